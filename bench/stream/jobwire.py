"""Jobwire itself: a server without a worker, and a run whose jobs change through the real ledger."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from bench.child import child
from bench.runs import make_run
from bench.serve import Served, ServeTask
from bench.server import BenchServer
from bench.stream.peer import Peer, request
from bench.stream.rows import JOBWIRE
from bench.stream.sizes import Sizes
from jobwire.bootstrap.foundation import Foundation, foundation, load_settings
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.ingest.ports import Settlement
from jobwire.storage.ledger import Ledger
from jobwire.storage.run_stream import RunStream
from jobwire.storage.wakeups import Announcer

MANY: Final = 1_000_000
JOBS: Final = 2_000


@asynccontextmanager
async def jobwire(server: BenchServer, _sizes: Sizes) -> AsyncGenerator[Peer]:
    async with server.database() as url, foundation(load_settings(database_url=url)) as ground:
        settings = {"database_url": url, "port": 0, "max_viewers": MANY, "max_viewers_per_user": MANY}
        async with child("bench.serve", ServeTask(settings=settings, worker=False)) as served:
            where = urlsplit((await served.hear(Served)).url)
            async with Announcer(ground.database.conninfo) as announcer:
                yield await _peer(ground, Ledger(ground.database, announcer.announce), served.pid, where.port or 0)


async def _peer(ground: Foundation, ledger: Ledger, pid: int, port: int) -> Peer:
    run = await make_run(ground, 0, JOBS)
    cursor = (await RunStream(ground.database).versions([RunId(run.run_id)]))[RunId(run.run_id)]

    async def publish(number: int) -> None:
        await settle(ledger, RunId(run.run_id), JobKey(*run.jobs[number]))

    return Peer(
        name=JOBWIRE,
        pids=[pid],
        host="127.0.0.1",
        port=port,
        # With the cursor of now, a viewer is in step at once: what is measured is frames, not snapshots
        request=request(
            f"/api/ingestion/progress/{run.run_id}?last_event_id={cursor}&token={run.token}", f"127.0.0.1:{port}"
        ),
        publish=publish,
    )


async def settle(ledger: Ledger, run_id: RunId, key: JobKey) -> None:
    """One change, of one job."""
    async with ledger.unit() as unit:
        change = await unit.change(run_id)
        settled = await change.settle([Settlement(key=key, attempt=1, status=JobStatus.READY)])
        assert settled, f"{key} was settled already"
        await change.advance()
