"""Commit to client: how long a committed change takes to become an event at every viewer, next to polling."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bench.child import child
from bench.cpu import POSTGRES, CpuClock
from bench.figures import Figure, Target, percentile
from bench.made_run import MadeRun
from bench.plan import Plan
from bench.runs import make_run
from bench.serve import Served, ServeTask
from bench.server import BenchServer
from bench.watch import Sights, Watched, WatchTask
from bench.write import Change, WriteTask
from jobwire.bootstrap.foundation import foundation, load_settings

NAME: Final = "live"
P50_MS: Final = Target("at most", 20)
P99_MS: Final = Target("at most", 100)
KEPT_UP: Final = 0.95
"""The part of the wanted rate below which the other figures are of a lighter load than they say."""
NONE: Final = Target("at most", 0)


async def measure(server: BenchServer, plan: Plan) -> list[Figure]:
    """A server, a writer and viewers, each a process of its own."""
    async with server.database() as database_url:
        runs = await _make_runs(database_url, plan)
        settings = {"database_url": database_url, "port": 0}
        async with child("bench.serve", ServeTask(settings=settings, worker=False)) as served:
            url = (await served.hear(Served)).url
            clock = CpuClock(
                {"server": served.pid} | ({POSTGRES: server.pid} if server.pid else {}), families=[POSTGRES]
            )
            changes, watched = await _change_and_watch(url, database_url, runs, plan)
            used = clock.read()
    cpu = [Figure(NAME, f"all of it, CPU: {name}", seconds, "s") for name, seconds in used.items()]
    return [*_figures(plan, changes, watched), *cpu]


async def _make_runs(database_url: str, plan: Plan) -> list[MadeRun]:
    async with foundation(load_settings(database_url=database_url)) as ground:
        return [await make_run(ground, number, plan.jobs_a_run) for number in range(plan.runs)]


async def _change_and_watch(
    url: str, database_url: str, runs: list[MadeRun], plan: Plan
) -> tuple[list[Change], Watched]:
    watching = WatchTask(
        url=url, runs=runs, viewers=plan.viewers, pollers=plan.pollers, poll_every_s=plan.poll_every_s, seed=plan.seed
    )
    writing = WriteTask(
        database_url=database_url,
        runs=runs,
        changes=round((plan.warm_up_s + plan.measured_s) * plan.changes_per_second),
        changes_per_second=plan.changes_per_second,
        seed=plan.seed,
    )
    async with child("bench.watch", watching) as clients:
        await clients.hear(str)
        async with child("bench.write", writing) as writer:
            changes = await writer.hear(list[Change])
            watched = await clients.ask(Counter(change.run_id for change in changes), Watched)
    return changes, watched


def _figures(plan: Plan, changes: Sequence[Change], watched: Watched) -> list[Figure]:
    begin_ns = min(change.committed_ns for change in changes) + plan.warm_up_s * 1e9
    counted = [change for change in changes if change.committed_ns >= begin_ns]
    stream, lost = latencies(counted, watched.viewers)
    polled, missed = latencies(counted, watched.pollers)
    last_ns = max(change.committed_ns for change in counted)
    kept_up = Target("at least", KEPT_UP * plan.changes_per_second)
    return [
        Figure(NAME, "commit to event, p50", percentile(stream, 0.5), "ms", P50_MS),
        Figure(NAME, "commit to event, p99", percentile(stream, 0.99), "ms", P99_MS),
        Figure(NAME, "commit to event, max", max(stream, default=0), "ms"),
        Figure(NAME, "events measured", len(stream), ""),
        Figure(NAME, "events lost", lost, "", NONE),
        Figure(NAME, "changes committed", len(counted) / ((last_ns - begin_ns) / 1e9), "/s", kept_up),
        Figure(NAME, f"polling every {plan.poll_every_s:g} s, p50", percentile(polled, 0.5), "ms"),
        Figure(NAME, f"polling every {plan.poll_every_s:g} s, p99", percentile(polled, 0.99), "ms"),
        Figure(NAME, "polling, changes never seen", missed, ""),
        Figure(NAME, "polling p50 / stream p50", percentile(polled, 0.5) / percentile(stream, 0.5), "times"),
        Figure(NAME, "bytes a viewer", _mean_bytes(watched.viewers), "B"),
        Figure(NAME, "bytes a poller", _mean_bytes(watched.pollers), "B"),
    ]


def latencies(changes: Sequence[Change], clients: Sequence[Sights]) -> tuple[list[float], int]:
    """From commit to sight (ms) for each change at each client of its run, and how many were never seen."""
    seen_ns: Mapping[int, list[Mapping[str, int]]] = {sights.run_id: [] for sights in clients}
    for sights in clients:
        seen_ns[sights.run_id].append(sights.seen_ns)
    found: list[float] = []
    lost = 0
    for change in changes:
        for seen in seen_ns.get(change.run_id, []):
            at_ns = seen.get(change.external_id)
            if at_ns is None:
                lost += 1
            else:
                found.append((at_ns - change.committed_ns) / 1e6)
    return found, lost


def _mean_bytes(clients: Sequence[Sights]) -> float:
    return round(sum(sights.wire_bytes for sights in clients) / len(clients))
