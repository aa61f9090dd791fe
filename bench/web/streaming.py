"""What a run that goes on costs the page's main thread, and how old its figures are when they are painted."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Figure, Target, percentile
from bench.web.served import Site
from bench.web.sizes import Sizes
from bench.web.view import View
from bench.web.writer import Batch

STEADY: Final = "U1 steady"
BURST: Final = "U2 burst"
SIZE: Final = "U3 size"
FRESH: Final = "U6 fresh"
BUSY_PERCENT: Final = Target("at most", 15)
BUSY_THROTTLED_PERCENT: Final = Target("at most", 30)
BUSY_BURST_PERCENT: Final = Target("at most", 25)
NONE: Final = Target("at most", 0)
FRAMES_PER_SECOND: Final = Target("at least", 55)
ELEMENTS: Final = Target("at most", 2_500)
HEAP_MB: Final = Target("at most", 60)
PAINT_MS: Final = Target("at most", 300)
KEPT_UP: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What was seen of the page while the writer wrote. `ages_ms`: from commit to paint, one a change."""

    busy_percent: float
    long_tasks: int
    frames_per_second: float
    changes_per_second: float
    ages_ms: Sequence[float]


async def measure(view: View, site: Site, sizes: Sizes) -> list[Figure]:
    await site.write(sizes.rate, sizes.warm_up_s)
    steady = await _watch(view, site, sizes.rate, sizes.measured_s)
    await view.throttle(sizes.throttle)
    throttled = await _watch(view, site, sizes.rate, sizes.measured_s)
    await view.throttle(1)
    elements = await view.elements()
    await view.page.evaluate("bench.countFrames()")
    burst = await _watch(view, site, sizes.burst_rate, sizes.burst_s)
    elements = max(elements, await view.elements())
    slow = f"{sizes.throttle:g}x throttle"
    return [
        Figure(STEADY, "main thread busy", steady.busy_percent, "%", BUSY_PERCENT),
        Figure(STEADY, "tasks over 50 ms", steady.long_tasks, "", NONE),
        Figure(STEADY, f"main thread busy, {slow}", throttled.busy_percent, "%", BUSY_THROTTLED_PERCENT),
        Figure(STEADY, "changes written", steady.changes_per_second, "/s", _kept_up(sizes.rate)),
        Figure(BURST, "main thread busy", burst.busy_percent, "%", BUSY_BURST_PERCENT),
        Figure(BURST, "frames", burst.frames_per_second, "/s", FRAMES_PER_SECOND),
        Figure(BURST, "tasks over 50 ms", burst.long_tasks, ""),
        Figure(BURST, "changes written", burst.changes_per_second, "/s", _kept_up(sizes.burst_rate)),
        Figure(SIZE, "elements", elements, "", ELEMENTS),
        Figure(SIZE, f"heap of the page, {sizes.jobs:,} rows", await view.heap_mb(), "MB", HEAP_MB),
        Figure(FRESH, "commit to paint, p50", percentile(steady.ages_ms, 0.5), "ms"),
        Figure(FRESH, "commit to paint, p95", percentile(steady.ages_ms, 0.95), "ms", PAINT_MS),
        Figure(FRESH, "commit to paint in the burst, p95", percentile(burst.ages_ms, 0.95), "ms"),
    ]


async def _watch(view: View, site: Site, rate: float, seconds: float) -> Stretch:
    tasks, frames = await view.probe("longTasks.length"), await view.probe("frames")
    busy, began = await view.busy_s(), time.monotonic()
    batches = await site.write(rate, seconds)
    took = time.monotonic() - began
    busy = await view.busy_s() - busy
    frames = await view.probe("frames") - frames
    await view.shows(batches[-1].version)
    return Stretch(
        busy_percent=100 * busy / took,
        long_tasks=await view.probe("longTasks.length") - tasks,
        frames_per_second=frames / took,
        changes_per_second=sum(batch.changes for batch in batches) / took,
        ages_ms=_ages(batches, await view.probe("versions")),
    )


def _ages(batches: Sequence[Batch], painted: Sequence[tuple[int, float]]) -> list[float]:
    """A change is painted with the first version that is not older."""
    ages: list[float] = []
    later = iter(painted)
    version, at_ms = next(later)
    for batch in batches:
        while version < batch.version:
            version, at_ms = next(later)
        ages += [at_ms - batch.committed_ms] * batch.changes
    return ages


def _kept_up(rate: float) -> Target:
    """Below this the other figures are of a lighter load than they say."""
    return Target("at least", KEPT_UP * rate)
