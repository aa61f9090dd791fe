"""How late changes come: a writer commits, viewers see, both note when."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.child import child
from bench.stream.sights import Enough, Sight, SightsTask
from bench.stream.writer import WriterTask

LAST_WAIT_S: Final = 10.0
"""What was not seen so long after the last commit is lost."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """From commit to sight (ms) for each change at each viewer of its run, and how many were never seen.

    `per_second` is the rate at which changes were committed.
    """

    late_ms: Sequence[float]
    lost: int
    per_second: float


async def lateness(
    seeing: SightsTask, writing: WriterTask, *, warm_up_s: float, viewers: str = "bench.stream.sights"
) -> Lateness:
    """Commit everything, once all viewers are there; what was committed while warming up does not count."""
    async with child(viewers, seeing) as crowd, child("bench.stream.writer", writing) as writer:
        await crowd.hear(str)
        await writer.hear(str)
        committed_ns = await writer.ask("go", list[int])
        watching = Counter(number % len(seeing.requests) for number in range(seeing.viewers))
        topics = {run_id: topic for topic, run_id in enumerate(writing.topics)}
        wanted = sum(len(commit.jobs) * watching[topics[commit.run_id]] for commit in writing.commits)
        sights = await crowd.ask(Enough(wanted, LAST_WAIT_S), list[Sight])
    changes = [
        (topics[commit.run_id], key, at_ns)
        for commit, at_ns in zip(writing.commits, committed_ns, strict=True)
        for _, key in commit.jobs
    ]
    return compared(changes, sights, watching, min(committed_ns) + int(warm_up_s * 1e9))


def compared(
    changes: Sequence[tuple[int, str, int]], sights: Sequence[Sight], viewers: Counter[int], begin_ns: int
) -> Lateness:
    """`changes` are topic, external_id and commit (ns); those before `begin_ns` do not count."""
    seen: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for sight in sights:
        seen[sight.topic, sight.external_id].append(sight.at_ns)
    late_ms: list[float] = []
    lost = 0
    counted = [change for change in changes if change[2] >= begin_ns]
    for topic, key, committed_ns in counted:
        late_ms += [(at_ns - committed_ns) / 1e6 for at_ns in seen[topic, key]]
        lost += viewers[topic] - len(seen[topic, key])
    last_ns = max(at_ns for *_, at_ns in counted)
    return Lateness(late_ms, lost, len(counted) / ((last_ns - begin_ns) / 1e9))
