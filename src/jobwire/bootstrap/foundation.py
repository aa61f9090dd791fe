"""What every command stands on: settings, a migrated database, and who may sign in."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, get_args

from pydantic import SecretStr, ValidationError

from jobwire.api.tokens import Tokens
from jobwire.domain.errors import InvalidInput, Unavailable
from jobwire.domain.runs import UserId
from jobwire.logs import Log, redact
from jobwire.settings import Settings
from jobwire.storage import embedded
from jobwire.storage.database import Database
from jobwire.storage.embedded import EmbeddedServer
from jobwire.storage.health import DatabaseHealth
from jobwire.storage.migrate import migrate
from jobwire.storage.secrets import signing_secret
from jobwire.storage.users import Users

LOCAL_EMAIL: Final = "me@localhost"
"""This machine's own user: whoever can read the data folder."""
GUARD_EVERY_S: Final = 1.0
_QUOTED: Final = 100
"""Characters of a bad value that are said back."""

_log = Log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What every command stands on: a migrated database, and who may sign in."""

    settings: Settings
    database: Database
    embedded: EmbeddedServer | None
    """None where `JOBWIRE_DATABASE_URL` names the database."""
    users: Users
    tokens: Tokens


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment. Raise `InvalidInput` that says of each bad one what it takes."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(), **given}) if given else Settings()
    except ValidationError as error:
        flaws = {str(flaw["loc"][0]): flaw["loc"][1:] for flaw in reversed(error.errors())}
        sentences = [_what_it_takes(name, flaws[name]) for name in Settings.model_fields if name in flaws]
        raise InvalidInput(" ".join(sentences), advice="More in docs/reference/settings.md.") from None


def _what_it_takes(name: str, place: Sequence[int | str]) -> str:
    """Say what a bad setting is and should be; what is secret is not quoted. `place` is where in a JSON value."""
    variable, field = f"JOBWIRE_{name.upper()}", Settings.model_fields[name]
    value = next((value for key, value in os.environ.items() if key.upper() == variable), None)
    if value is None or SecretStr in get_args(field.annotation):
        said = "cannot be used"
    else:
        said = f'is "{redact(value if len(value) <= _QUOTED else f"{value[:_QUOTED]}…")}"'
    where = f" (at {'.'.join(map(str, place))})" if place else ""
    return f"{variable} {said}{where}. It takes {field.description}."


@asynccontextmanager
async def foundation(settings: Settings, *, plans_anew: bool = False) -> AsyncGenerator[Foundation]:
    """Start or join the database and bring it up to date; `plans_anew` as with `Database`.

    Raise `Unavailable`, `InvalidInput`.
    """
    async with AsyncExitStack() as stack:
        own = None
        if settings.database_url is None:
            own = await asyncio.to_thread(embedded.start, settings.data_dir)
            stack.push_async_callback(asyncio.to_thread, own.close)
            url = own.url
        else:
            url = settings.database_url.get_secret_value()
        database = Database(url, plans_anew=plans_anew)
        stack.push_async_callback(database.close)
        await migrate(database)
        secret = await signing_secret(settings, database)
        yield Foundation(
            settings=settings,
            database=database,
            embedded=own,
            users=Users(database),
            tokens=Tokens(secret, time.time),
        )


async def local_user(ground: Foundation) -> UserId:
    """This machine's own user, made when new."""
    return await ground.users.ensure(LOCAL_EMAIL)


@asynccontextmanager
async def guarded(ground: Foundation) -> AsyncGenerator[None]:
    """Start the embedded database again when it has gone: killed, or out of memory."""
    if ground.embedded is None:
        yield
        return
    guard = asyncio.create_task(_guard(ground.embedded, DatabaseHealth(ground.database)), name="database guard")
    try:
        yield
    finally:
        guard.cancel()
        await asyncio.gather(guard, return_exceptions=True)


async def _guard(server: EmbeddedServer, health: DatabaseHealth) -> None:
    while True:
        await asyncio.sleep(GUARD_EVERY_S)
        try:
            await health.check()
        except Unavailable as error:
            _log.warning("database.away", reason=str(error))
            try:
                await asyncio.to_thread(server.ensure_running)
            except Unavailable as reason:
                _log.warning("database.not_started", reason=str(reason))
