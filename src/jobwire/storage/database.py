"""The one way to PostgreSQL: a bounded pool of connections, and the address for those who bring their own."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from jobwire.domain.errors import InvalidInput, Unavailable

OLDEST_SERVER: Final = 150_000
"""PostgreSQL 15, in libpq's numbering."""

_SCHEMES: Final = ("postgresql", "postgres", "postgresql+psycopg")
_CONNECT_TIMEOUT_S: Final = 10
_POOL_TIMEOUT_S: Final = 30


class Database:
    """A pool of at most `pool_size` connections to one database.

    Nothing is opened before the first use, and `close()` belongs to whoever made it. `begin`, `connect` and `snapshot`
    raise `Unavailable` when the server cannot be reached, is older than PostgreSQL 15, goes away within the block, or
    when no connection gets free within 30 s.

    After a restart of the server every pooled connection is dead. The first statement to notice raises `Unavailable`
    and replaces them all (SQLAlchemy's "pessimistic" check would cost a round trip before each transaction).

    `plans_anew`: each statement is planned for its own values, each time. A plan that is kept was made when a new
    database's tables were nearly empty, and reads all of them until PostgreSQL gets around to its statistics.
    """

    def __init__(self, url: str, *, pool_size: int = 10, plans_anew: bool = False) -> None:
        self._conninfo: str = conninfo(url)
        self._plans_anew = plans_anew
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=self._open,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT_S,
            pool_use_lifo=True,
        )

    @property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's engine, for what `begin` and `connect` do not cover."""
        return self._engine

    @property
    def conninfo(self) -> str:
        """A libpq connection string (it may hold a password), for raw psycopg connections and for Procrastinate."""
        return self._conninfo

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        """A connection in a transaction, committed when the block ends well and rolled back when it raises."""
        with _told_as_unavailable():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection]:
        """A connection whose transactions the caller commits; what was not committed is rolled back."""
        with _told_as_unavailable():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that reads, and sees everything as it was at its first statement."""
        async with self.connect() as connection:
            yield await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def close(self) -> None:
        """Close the pool. A connection still in use closes when its user is done with it."""
        await self._engine.dispose()

    async def _open(self, *_args: object, **_kwargs: object) -> psycopg.AsyncConnection[Any]:
        # libpq itself reads the address, so that several hosts, service files and TLS options mean here what they mean
        # to psql and to Procrastinate.
        try:
            connection = await psycopg.AsyncConnection.connect(self._conninfo)
        except psycopg.OperationalError as error:
            raise _unreachable(error) from error
        if connection.info.server_version < OLDEST_SERVER:
            found = connection.info.server_version // 10_000
            await connection.close()
            raise Unavailable(
                f"The database runs PostgreSQL {found}.",
                advice="Jobwire needs 15 or newer: upgrade it, or unset JOBWIRE_DATABASE_URL to use Jobwire's own.",
            )
        if self._plans_anew:
            await connection.execute("SET plan_cache_mode = force_custom_plan")
            await connection.commit()
        return connection


@contextmanager
def _told_as_unavailable() -> Generator[None]:
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise Unavailable("The connection to the database was lost.", advice="Try again.") from error
    except PoolTimeout as error:
        raise Unavailable(
            f"No connection to the database got free within {_POOL_TIMEOUT_S} s.",
            advice="Too much is going on at once, or a transaction hangs: look at pg_stat_activity.",
        ) from error


def conninfo(url: str) -> str:
    """The libpq connection string for an address as people write it.

    Takes `postgresql://`, `postgres://` and SQLAlchemy's `postgresql+psycopg://`, with everything that libpq allows in
    them. Adds Jobwire's name, UTC and a bound on the time to connect, where the address does not say otherwise.
    Raises `InvalidInput`, without the address (it may hold a password).
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme not in _SCHEMES:
        raise _unreadable()
    try:
        given = conninfo_to_dict(f"postgresql://{rest}")
    except psycopg.ProgrammingError:
        raise _unreadable() from None
    # Before the user's own options, so that theirs win.
    options = f"-c timezone=UTC {given.get('options') or ''}".strip()
    defaults = {"application_name": "jobwire", "connect_timeout": _CONNECT_TIMEOUT_S}
    return make_conninfo("", **{**defaults, **given, "options": options})


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "JOBWIRE_DATABASE_URL is not an address of a PostgreSQL database.",
        advice="Write postgresql://user:password@host:5432/database, special characters of the password %-encoded.",
    )


def _unreachable(error: psycopg.OperationalError) -> Unavailable:
    return Unavailable(
        f"The database cannot be reached: {' '.join(str(error).split())}",
        advice="Check that PostgreSQL runs and that JOBWIRE_DATABASE_URL names its host, database, user and password.",
    )
