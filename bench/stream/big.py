"""A run of 100,000 jobs: how long a viewer waits for all of it, and what it costs the server to keep it current."""

from typing import Final

from bench.child import child
from bench.cpu import CpuClock
from bench.made_run import MadeRun
from bench.runs import make_run
from bench.server import BenchServer
from bench.snapshot import Snapshot, first_snapshot
from bench.stream.crowd import Counted, CrowdTask, Until
from bench.stream.jobwire import JobwireServer, jobwire_server
from bench.stream.peer import HOST, PeerMissing
from bench.stream.polling import polling_server
from bench.stream.rows import JOBWIRE, POLLING, Limit, Row
from bench.stream.sizes import Sizes
from bench.stream.writer import Commit, WriterTask

COLD_S: Final = (Limit(1.5),)
WARM_S: Final = (Limit(0.3),)
WIRE_BYTES: Final = (Limit(1_500_000),)
CORE_PERCENT: Final = (Limit(25),)
LAST_WAIT_S: Final = 5.0


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    async with jobwire_server(server) as ours:
        run = await make_run(ours.ground, 0, sizes.big_jobs)
        url = f"http://{HOST}:{ours.port}"
        path = f"/api/ingestion/progress/{run.run_id}?token={run.token}"
        cold = {JOBWIRE: await first_snapshot(url, path, sizes.big_jobs)}
        warm = {JOBWIRE: await first_snapshot(url, path, sizes.big_jobs)}
        try:
            async with polling_server(ours.database_url) as theirs:
                url = f"http://{HOST}:{theirs.port}"
                cold[POLLING] = await first_snapshot(url, f"/{run.run_id}", sizes.big_jobs)
                warm[POLLING] = await first_snapshot(url, f"/{run.run_id}", sizes.big_jobs)
        except PeerMissing as reason:
            missing.add(str(reason))
        busy = await _busy_percent(ours, run, sizes)
    about = f"{sizes.big_viewers} viewers, {sizes.changes_per_second:g} changes/s"
    return [
        Row(f"{sizes.big_jobs:,} jobs, cold channel to all of it at the client", "s", _seconds(cold), COLD_S),
        Row("the same, second viewer", "s", _seconds(warm), WARM_S),
        Row("the same, bytes on the wire", "B", {name: one.wire_bytes for name, one in cold.items()}, WIRE_BYTES),
        Row(f"CPU of the server on that run: {about}", "% of a core", {JOBWIRE: busy}, CORE_PERCENT),
    ]


def _seconds(found: dict[str, Snapshot]) -> dict[str, float]:
    return {name: one.seconds for name, one in found.items()}


async def _busy_percent(ours: JobwireServer, run: MadeRun, sizes: Sizes) -> float:
    """Commits of a few jobs, as the worker makes them (ARCHITECTURE, rule 6)."""
    changes = round(sizes.changes_per_second * sizes.big_s)
    jobs = run.jobs[:: max(1, len(run.jobs) // changes)][:changes]  # from all companies
    size = sizes.big_commit
    commits = [Commit(run.run_id, jobs[start : start + size]) for start in range(0, len(jobs), size)]
    writing = WriterTask(
        database_url=ours.database_url,
        topics=[run.run_id],
        commits=commits,
        per_second=sizes.changes_per_second / size,
        seed=sizes.seed,
    )
    request = ours.request(run, await ours.version(run))
    crowd = CrowdTask(host=HOST, port=ours.port, requests=[request], viewers=sizes.big_viewers)
    async with child("bench.stream.crowd", crowd) as viewers, child("bench.stream.writer", writing) as writer:
        await viewers.hear(str)
        await writer.hear(str)
        clock = CpuClock({JOBWIRE: ours.pid})
        committed_ns = await writer.ask("go", list[int])
        used_s = clock.read()[JOBWIRE]
        seen = await viewers.ask(Until(1, LAST_WAIT_S), Counted)
    assert seen.frames >= sizes.big_viewers, "not every viewer saw the run change"
    return 100 * used_s / ((max(committed_ns) - min(committed_ns)) / 1e9)
