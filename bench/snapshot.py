"""A large run: how long a viewer waits for the complete state, on a channel that is cold and on one that is open."""

import time
from typing import Final, NamedTuple

import msgspec

from bench.child import child
from bench.figures import Figure
from bench.made_run import MadeRun
from bench.plan import Plan
from bench.runs import make_run
from bench.serve import Served, ServeTask
from bench.server import BenchServer
from bench.viewing import Stream, client
from jobwire.bootstrap.foundation import foundation, load_settings

NAME: Final = "snapshot"


class Snapshot(NamedTuple):
    """`seconds` are from the request to the event; the bytes are those of the answer's body until then."""

    seconds: float
    wire_bytes: int
    text_bytes: int


async def measure(server: BenchServer, plan: Plan) -> list[Figure]:
    async with server.database() as database_url:
        async with foundation(load_settings(database_url=database_url)) as ground:
            run = await make_run(ground, 0, plan.snapshot_jobs)
        settings = {"database_url": database_url, "port": 0}
        async with child("bench.serve", ServeTask(settings=settings, worker=False)) as served:
            first, second = await _two_viewers((await served.hear(Served)).url, run)
    return [
        Figure(NAME, f"{plan.snapshot_jobs:,} jobs, cold channel", first.seconds, "s"),
        Figure(NAME, f"{plan.snapshot_jobs:,} jobs, second viewer", second.seconds, "s"),
        Figure(NAME, "bytes on the wire", first.wire_bytes, "B"),
        Figure(NAME, "bytes of events", first.text_bytes, "B"),
    ]


async def _two_viewers(url: str, run: MadeRun) -> tuple[Snapshot, Snapshot]:
    path = f"/api/ingestion/progress/{run.run_id}?token={run.token}"
    jobs = len(run.jobs)
    return await first_snapshot(url, path, jobs), await first_snapshot(url, path, jobs)


async def first_snapshot(url: str, path: str, jobs: int) -> Snapshot:
    """Connect, and wait for all jobs."""
    async with client(url) as session:
        began_ns = time.monotonic_ns()
        async with session.get(path, headers={"Accept": "text/event-stream"}) as response:
            response.raise_for_status()
            stream = Stream(response)
            async for event, at_ns in stream.events():
                if event.name == "all_jobs":
                    state = msgspec.json.decode(event.data)
                    assert sum(map(len, state.values())) == jobs, "the snapshot is not complete"
                    return Snapshot((at_ns - began_ns) / 1e9, stream.wire_bytes, stream.text_bytes)
    raise EOFError("the stream has ended without a snapshot")
