"""The secret that signs tokens: every process that serves the same data has the same one."""

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from jobwire.domain.errors import Unavailable
from jobwire.logs import Log
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.tables import secrets as secrets_table

FILE_NAME: Final = "secret.key"
ROW_NAME: Final = "signing"
MIN_CHARS: Final = 32

_BYTES: Final = 48
_MAX_BYTES: Final = 4096
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_log = Log(__name__)


async def signing_secret(settings: Settings, database: Database) -> str:
    """The configured secret, else the one in a shared database, else the one in the data folder.

    What is missing is made. Raise `Unavailable` where a kept one cannot be trusted.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.database_url is not None:
        return await database_secret(database)
    return await to_thread.run_sync(file_secret, settings.data_dir / FILE_NAME)


async def database_secret(database: Database) -> str:
    """The secret that is kept in the database. Of several that start at once the first one wins, for all."""
    made = upsert(secrets_table).values(name=ROW_NAME, value=_new()).on_conflict_do_nothing()
    kept = select(secrets_table.c.value).where(secrets_table.c.name == ROW_NAME)
    async with database.begin() as connection:
        if (value := (await connection.execute(kept)).scalar_one_or_none()) is None:
            await connection.execute(made)
            value = (await connection.execute(kept)).scalar_one()
    return _checked(str(value), where="in the table secrets")


def file_secret(path: Path) -> str:
    """The secret that is kept in a file of mode 0600, whole or not at all, whoever starts at the same time."""
    try:
        return _read(path)
    except FileNotFoundError:
        _make(path)
        return _read(path)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_new())
            file.flush()
            os.fsync(file.fileno())
        # A rename would replace what another process has already read; a link fails when the name is taken
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    except OSError as error:
        raise Unavailable(
            f"The signing secret cannot be kept in {path}: {error.strerror}.", advice="Set JOBWIRE_SECRET_KEY."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise
        raise _unreadable(path, error.strerror) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(path, "it is no file")
        if stat.S_IMODE(status.st_mode) & _OTHERS:
            _close_to_others(descriptor, path)
        content = os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)
    return _checked(content.decode("ascii", "replace"), where=f"in {path}")


def _unreadable(path: Path, reason: str | None) -> Unavailable:
    return Unavailable(
        f"The signing secret in {path} cannot be read: {reason}.",
        advice="Make it a plain file of the user that runs Jobwire, or set JOBWIRE_SECRET_KEY.",
    )


def _close_to_others(descriptor: int, path: Path) -> None:
    """Make the file private. Whoever could read it may have forged tokens: so it is said, too."""
    try:
        os.fchmod(descriptor, 0o600)
    except OSError as error:
        raise Unavailable(
            f"Others can read the signing secret in {path}, and its mode cannot be changed: {error.strerror}.",
            advice="Give the file to the user that runs Jobwire, with mode 0600.",
        ) from error
    _log.warning(
        "secret.was_open",
        path=path,
        advice="It was readable for others and is closed now. If others use this machine, delete it: "
        "a new one is made, and everybody signs in again.",
    )


def _checked(value: str, *, where: str) -> str:
    if len(value) < MIN_CHARS or not value.isascii() or not value.isprintable():
        raise Unavailable(
            f"The signing secret {where} is damaged.",
            advice="Delete it: a new one is made at the next start, and everybody signs in again.",
        )
    return value


def _new() -> str:
    return secrets.token_urlsafe(_BYTES)
