"""The PostgreSQL that is measured on: durable, as in production."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psutil
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from jobwire.storage import embedded
from jobwire.storage.database import conninfo

DATA: Final = Path(__file__).parents[1] / ".data" / "bench"
PREFIX: Final = "jobwire_bench_"
VARIABLE: Final = "JOBWIRE_BENCH_DATABASE_URL"


class BenchServer:
    """Makes databases. `version` is the server's, `pid` its first process's: None where it is not our own."""

    def __init__(self, url: str, *, is_own: bool) -> None:
        self._url = url
        self._made = 0
        (self.version,) = self._ask("SHOW server_version")
        self.pid = self._first_pid() if is_own else None
        self._drop_abandoned()

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[str]:
        """A new, empty database's URL, for as long as it is entered."""
        self._made += 1
        name = f"{PREFIX}{os.getpid()}_{self._made}"
        await asyncio.to_thread(
            self._run, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )
        try:
            yield make_url(self._url).set(database=name).render_as_string(hide_password=False)
        finally:
            await asyncio.to_thread(self._drop, name)

    def _first_pid(self) -> int:
        with psycopg.connect(conninfo(self._url)) as connection:
            return psutil.Process(connection.info.backend_pid).ppid()

    def _drop_abandoned(self) -> None:
        """Drop what benchmarks left that were killed."""
        for name in self._ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", PREFIX):
            if not psutil.pid_exists(int(name.removeprefix(PREFIX).split("_")[0])):
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(conninfo(self._url), autocommit=True) as connection:
            connection.execute(statement)

    def _ask(self, query: str, *values: str) -> list[str]:
        with psycopg.connect(conninfo(self._url), autocommit=True) as connection:
            return [row[0] for row in connection.execute(query.encode(), values)]


def forget_tags(database_url: str) -> None:
    """Have the next run read all boards, as where a careers system does not mark its answers: few do."""
    with psycopg.connect(conninfo(database_url), autocommit=True) as connection:
        forgotten = connection.execute("UPDATE boards SET tag = NULL WHERE tag IS NOT NULL").rowcount
    assert forgotten, "no board has a tag: it would be no other run"


@asynccontextmanager
async def bench_server() -> AsyncGenerator[BenchServer]:
    """The one that `JOBWIRE_BENCH_DATABASE_URL` names, else an embedded one of the checkout's own."""
    if given := os.environ.get(VARIABLE):
        yield BenchServer(given, is_own=False)
        return
    own = await asyncio.to_thread(embedded.start, DATA)
    try:
        yield BenchServer(own.url, is_own=True)
    finally:
        await asyncio.to_thread(own.close)
