"""A server without a worker, a run of its own, and a process that changes the run's jobs."""

import re
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import psutil
from sqlalchemy import text

from bench.child import Child, child
from bench.made_run import MadeRun
from bench.runs import make_run, viewer_email
from bench.serve import Served, ServeTask
from bench.server import BenchServer
from bench.web.sizes import Sizes
from bench.web.writer import Batch, Stretch, WriterTask
from jobwire.bootstrap.foundation import Foundation, foundation, load_settings

VIEWERS: Final = re.compile(r"^jobwire_stream_viewers (\d+)", re.MULTILINE)
SIGN_IN: Final = timedelta(minutes=10)


class Site:
    """What a browser looks at: `big` is the run that is written to, `few` one that stands still."""

    def __init__(self, ground: Foundation, database_url: str, writer: Child, *, big: MadeRun, few: MadeRun) -> None:
        self.url = ""
        self.big = big
        self.few = few
        self._ground = ground
        self._database_url = database_url
        self._writer = writer
        self._servers = AsyncExitStack()
        self._pid = 0

    async def start_server(self) -> None:
        """Start it; at the address of the one before, where there was one."""
        settings = {"database_url": self._database_url, "port": urlsplit(self.url).port or 0}
        server = await self._servers.enter_async_context(
            child("bench.serve", ServeTask(settings=settings, worker=False))
        )
        self.url = (await server.hear(Served)).url
        self._pid = server.pid

    def signal_server(self, which: signal.Signals) -> None:
        psutil.Process(self._pid).send_signal(which)

    async def close(self) -> None:
        await self._servers.aclose()

    async def sign_in_link(self, run: MadeRun) -> str:
        """Signs the run's owner in, once."""
        users = self._ground.users
        owner = await users.ensure(viewer_email(0 if run is self.big else 1))
        return f"{self.url}/signin?code={await users.issue_code(owner, SIGN_IN)}"

    async def write(self, rate: float, seconds: float) -> Sequence[Batch]:
        """Change so many jobs a second of the big run."""
        return await self._writer.ask(Stretch(changes_per_second=rate, seconds=seconds), list[Batch])

    async def viewers(self) -> int:
        """How many streams the server has open."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as answer:
            found = VIEWERS.search(await answer.text())
        assert found is not None, "the server does not count its viewers"
        return int(found.group(1))

    async def statuses(self) -> dict[str, int]:
        """How many jobs of the big run have each status, as the database has it."""
        query = text("SELECT status, count(*) FROM run_jobs WHERE run_id = :run GROUP BY status")
        async with self._ground.database.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(query, {"run": self.big.run_id})}


@asynccontextmanager
async def site(server: BenchServer, sizes: Sizes) -> AsyncGenerator[Site]:
    async with server.database() as url, foundation(load_settings(database_url=url)) as ground:
        big, few = await make_run(ground, 0, sizes.jobs), await make_run(ground, 1, sizes.few_jobs)
        task = WriterTask(database_url=url, run=big, seed=sizes.seed)
        async with child("bench.web.writer", task) as writer:
            made = Site(ground, url, writer, big=big, few=few)
            try:
                await made.start_server()
                yield made
            finally:
                await made.close()
