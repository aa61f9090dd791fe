"""The migrations make what `tables.py` says, once, whoever runs them."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import AsyncConnection
from sqlalchemy import Connection, text

from jobwire.domain.errors import Unavailable
from jobwire.storage import migrate as migrate_module
from jobwire.storage.database import Database
from jobwire.storage.migrate import migrate
from jobwire.storage.tables import metadata
from patience import PATIENCE_S


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(("procrastinate_", "alembic_")))


def _differences(connection: Connection) -> list[object]:
    options = {"include_name": _ours, "compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


CONSTRAINTS = text("""
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY (CAST(:tables AS regclass[])) ORDER BY 1, 2
""")
INDEXES = text("""
    SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (CAST(:tables AS regclass[])) ORDER BY 1, 2
""")
STORAGE = text(
    "SELECT oid::regclass::text, reloptions FROM pg_class WHERE oid = ANY (CAST(:tables AS regclass[])) ORDER BY 1"
)


async def _details(database: Database) -> list[list[tuple[object, ...]]]:
    tables = {"tables": list(metadata.tables)}
    async with database.connect() as connection:
        return [
            [tuple(row) for row in await connection.execute(query, tables)] for query in (CONSTRAINTS, INDEXES, STORAGE)
        ]


async def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    async with database.connect() as connection:
        differences = await connection.run_sync(_differences)
    assert differences == [], "run: python -m jobwire.storage.migrations.regenerate"


async def test_constraints_indexes_and_storage_are_those_of_the_code(
    database: Database, empty_database_url: str
) -> None:
    straight = Database(empty_database_url, pool_size=1)
    try:
        async with straight.begin() as connection:
            await connection.run_sync(metadata.create_all)
        assert await _details(database) == await _details(straight)
    finally:
        await straight.close()


def test_the_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", "jobwire.storage:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [migrate_module.HEAD]


async def test_several_at_once_migrate_one_database(empty_database_url: str) -> None:
    processes = [Database(empty_database_url, pool_size=1) for _ in range(5)]
    try:
        await asyncio.gather(*(migrate(each) for each in processes))
        await asyncio.gather(*(migrate(each) for each in processes))
        async with processes[0].connect() as connection:
            assert (await connection.scalars(text("SELECT version_num FROM alembic_version"))).all() == [
                migrate_module.HEAD
            ]
    finally:
        for each in processes:
            await each.close()


async def test_a_migration_that_fails_leaves_nothing(empty_database_url: str) -> None:
    database = Database(empty_database_url, pool_size=1)
    try:
        async with database.begin() as connection:
            await connection.execute(text("CREATE TABLE procrastinate_jobs ()"))  # in the way
        with pytest.raises(Exception, match="procrastinate_jobs"):
            await migrate(database)
        async with database.begin() as connection:
            assert await connection.scalar(text("SELECT to_regclass('runs')")) is None
            await connection.execute(text("DROP TABLE procrastinate_jobs"))
        await migrate(database)
    finally:
        await database.close()


async def test_a_database_of_a_newer_jobwire_is_refused(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0999_future'"))
    with pytest.raises(Unavailable, match=r"newer Jobwire.*0999_future.*Upgrade"):
        await migrate(database)


async def test_a_database_from_before_the_first_release_is_refused(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001_ledger'"))
    with pytest.raises(Unavailable, match=r"before the first release.*data folder"):
        await migrate(database)


async def test_a_change_of_status_is_told_with_its_version(database: Database) -> None:
    async with await AsyncConnection.connect(database.conninfo, autocommit=True) as listener:
        await listener.execute("LISTEN jobwire_runs")
        async with database.begin() as connection:
            user = await connection.scalar(text("INSERT INTO users (email) VALUES ('a@example.com') RETURNING id"))
            run = await connection.scalar(
                text("INSERT INTO runs (user_id) VALUES (:user) RETURNING id"), {"user": user}
            )
        for change in ("version = 2", "status = status, version = 3", "status = 'aborted', version = 4"):
            async with database.begin() as connection:
                await connection.execute(text(f"UPDATE runs SET {change} WHERE id = :run"), {"run": run})
        await listener.execute("SELECT 1")
        told = [note.payload async for note in listener.notifies(timeout=PATIENCE_S, stop_after=1)]
        rest = [note.payload async for note in listener.notifies(timeout=0)]
    assert told == [f"{run} 4"]
    assert rest == []


async def test_procrastinate_finds_its_queue(database: Database) -> None:
    async with database.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
