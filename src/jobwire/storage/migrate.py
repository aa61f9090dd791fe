"""Brings a database's schema up to this version of Jobwire."""

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.errors import Unavailable
from jobwire.storage.database import Database

HEAD: Final = "0001_9a879805"
"""The newest revision. Kept here so that a database that is up to date costs no look at the files."""
FIRST: Final = "0001_"
"""How the first revision's name begins; until the first release it goes on otherwise whenever the tables change."""

_LOCK: Final = 0x6A6F6277697265  # "jobwire"


async def migrate(database: Database) -> None:
    """Apply what is missing, all or nothing; with nothing missing it takes two small statements.

    Safe when several processes start at once: one does it, the others wait for it. Raises `Unavailable` when the
    database was made by a newer Jobwire, or by one from before the first release.
    """
    async with database.begin() as connection:
        if await _revision(connection) == HEAD:
            return
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if await _revision(connection) == HEAD:
            return
        await connection.run_sync(_upgrade)


async def _revision(connection: AsyncConnection) -> str | None:
    exists = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    return await connection.scalar(text("SELECT version_num FROM alembic_version")) if exists else None


def _upgrade(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "jobwire.storage:migrations")
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, HEAD)


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    found = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    if not found:
        return
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is not None and revision not in known and revision.startswith(FIRST):
        raise Unavailable(
            "The database was made by a Jobwire from before the first release, with other tables.",
            advice="Those are not carried over: move the data folder away, or name another one with JOBWIRE_DATA_DIR.",
        )
    if revision is not None and revision not in known:
        raise Unavailable(
            f"The database was made by a newer Jobwire (revision {revision}).",
            advice="Upgrade this Jobwire to the version that runs elsewhere, or give it a database of its own.",
        )
