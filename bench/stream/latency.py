"""From a commit to its event at the viewers, many runs changing at once; next to viewers of a server that polls."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from bench.figures import percentile
from bench.made_run import MadeRun
from bench.runs import make_run
from bench.server import BenchServer
from bench.stream.jobwire import JobwireServer, jobwire_server
from bench.stream.lateness import Lateness, lateness
from bench.stream.peer import HOST, PeerMissing
from bench.stream.polling import POLL_S, polling_server
from bench.stream.rows import JOBWIRE, POLLING, Limit, Row
from bench.stream.sights import SightsTask
from bench.stream.sizes import Sizes
from bench.stream.writer import Commit, WriterTask

P50_MS: Final = (Limit(10), Limit(0.01, of=POLLING))
P99_MS: Final = (Limit(50),)
NONE: Final = (Limit(0),)


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    found = {JOBWIRE: await _of_jobwire(server, sizes)}
    try:
        found[POLLING] = await _of_polling(server, sizes)
    except PeerMissing as reason:
        missing.add(str(reason))
    about = f"{sizes.run_viewers:,} viewers of {sizes.runs} runs, {sizes.changes_per_second:,.0f} changes/s"
    return [
        Row(f"commit to client, p50: {about}", "ms", _each(found, lambda one: percentile(one.late_ms, 0.5)), P50_MS),
        Row("commit to client, p99", "ms", _each(found, lambda one: percentile(one.late_ms, 0.99)), P99_MS),
        Row("commit to client, lost", "", _each(found, lambda one: one.lost), NONE),
        Row("commit to client, measured", "", _each(found, lambda one: len(one.late_ms))),
        Row("commit to client, changes committed", "/s", _each(found, lambda one: one.per_second)),
    ]


def _each(found: Mapping[str, Lateness], value: Callable[[Lateness], float]) -> Mapping[str, float]:
    return {name: value(one) for name, one in found.items()}


async def _of_jobwire(server: BenchServer, sizes: Sizes) -> Lateness:
    async with jobwire_server(server) as ours:
        runs = await _runs(ours, sizes)
        requests = [ours.request(run, await ours.version(run)) for run in runs]
        seeing = SightsTask(host=HOST, port=ours.port, requests=requests, viewers=sizes.run_viewers)
        return await lateness(seeing, _writing(ours, runs, sizes), warm_up_s=sizes.warm_up_s)


async def _of_polling(server: BenchServer, sizes: Sizes) -> Lateness:
    """Jobwire's server idles next to it: it is there to make the runs."""
    async with jobwire_server(server) as ours, polling_server(ours.database_url) as theirs:
        runs = await _runs(ours, sizes)
        requests = [theirs.request(run.run_id) for run in runs]
        seeing = SightsTask(host=HOST, port=theirs.port, requests=requests, viewers=sizes.run_viewers)
        writing = _writing(ours, runs, sizes)
        return await lateness(seeing, writing, warm_up_s=max(sizes.warm_up_s, POLL_S))


async def _runs(ours: JobwireServer, sizes: Sizes) -> list[MadeRun]:
    return [await make_run(ours.ground, number, sizes.run_jobs) for number in range(sizes.runs)]


def _writing(ours: JobwireServer, runs: list[MadeRun], sizes: Sizes) -> WriterTask:
    """One job a commit, of whichever run the dice name."""
    random = Random(sizes.seed)
    jobs = [iter(run.jobs) for run in runs]
    chosen = [random.randrange(len(runs)) for _ in range(round(sizes.changes_per_second * sizes.write_s))]
    commits = [Commit(runs[index].run_id, [next(jobs[index])]) for index in chosen]
    return WriterTask(
        database_url=ours.database_url,
        topics=[run.run_id for run in runs],
        commits=commits,
        per_second=sizes.changes_per_second,
        seed=sizes.seed,
    )
