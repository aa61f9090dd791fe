"""Jobwire itself: a server without a worker, and runs whose jobs change as the ledger changes them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from bench.child import child
from bench.made_run import MadeRun
from bench.runs import make_run
from bench.serve import Served, ServeTask
from bench.server import BenchServer
from bench.stream.peer import HOST, Peer, request
from bench.stream.rows import JOBWIRE
from bench.stream.sizes import Sizes
from jobwire.bootstrap.foundation import Foundation, foundation, load_settings
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.ingest.ports.runs import Settlement
from jobwire.storage.ledger import Ledger
from jobwire.storage.run_stream import RunStream
from jobwire.storage.wakeups import Announcer

MANY: Final = 1_000_000
JOBS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JobwireServer:
    """A running server, and its database."""

    ground: Foundation
    database_url: str
    pid: int
    port: int

    async def version(self, run: MadeRun) -> int:
        """Which version a run is at."""
        return (await RunStream(self.ground.database).versions([RunId(run.run_id)]))[RunId(run.run_id)]

    def request(self, run: MadeRun, cursor: int | None, encoding: str = "identity") -> str:
        """What a viewer of a run sends; with the cursor of now, it is in step at once."""
        since = "" if cursor is None else f"last_event_id={cursor}&"
        path = f"/api/ingestion/progress/{run.run_id}?{since}token={run.token}"
        return request(path, f"{HOST}:{self.port}", encoding)


@asynccontextmanager
async def jobwire_server(server: BenchServer, **settings: Any) -> AsyncGenerator[JobwireServer]:
    async with server.database() as url, foundation(load_settings(database_url=url)) as ground:
        given = {"database_url": url, "port": 0, "max_viewers": MANY, "max_viewers_per_user": MANY, **settings}
        async with child("bench.serve", ServeTask(settings=given, worker=False)) as served:
            port = urlsplit((await served.hear(Served)).url).port or 0
            yield JobwireServer(ground=ground, database_url=url, pid=served.pid, port=port)


@asynccontextmanager
async def jobwire(server: BenchServer, _sizes: Sizes) -> AsyncGenerator[Peer]:
    async with jobwire_server(server) as ours, Announcer(ours.ground.database.conninfo) as announcer:
        ledger = Ledger(ours.ground.database, announcer.announce)
        run = await make_run(ours.ground, 0, JOBS)

        async def publish(number: int) -> None:
            await settle(ledger, RunId(run.run_id), JobKey(*run.jobs[number]))

        request = ours.request(run, await ours.version(run))
        yield Peer(name=JOBWIRE, pids=[ours.pid], host=HOST, port=ours.port, request=request, publish=publish)


async def settle(ledger: Ledger, run_id: RunId, *keys: JobKey) -> None:
    """One change, of these jobs."""
    async with ledger.unit() as unit:
        change = await unit.change(run_id)
        settled = await change.settle([Settlement(key=key, attempt=1, status=JobStatus.READY) for key in keys])
        assert len(settled) == len(keys), "some of these jobs were settled already"
        await change.advance()
