"""How soon a page says that it has lost the stream, and how soon it is right again."""

import asyncio
import signal
from typing import Final

from bench.figures import Figure, Target
from bench.web.served import Site
from bench.web.sizes import Sizes
from bench.web.view import View, now_ms
from jobwire.domain.runs import JobStatus

NAME: Final = "lost"
SILENCE_S: Final = Target("at most", 25)
KNOWN_S: Final = Target("at most", 2)
RIGHT_S: Final = Target("at most", 1)
NONE: Final = Target("at most", 0)
AWAY_S: Final = 4.0
"""How long the server is away, once that is shown: for so long changes go on without it."""
COUNTS: Final = "[...document.querySelectorAll('[aria-keyshortcuts] b')].map(({ textContent }) => textContent)"


async def measure(view: View, site: Site, sizes: Sizes) -> list[Figure]:
    silent_s, answered_s = await _silence(view, site, sizes)
    closed_s, restarted_s = await _restart(view, site, sizes)
    return [
        Figure(NAME, "a server that says nothing more, until it is shown", silent_s, "s", SILENCE_S),
        Figure(NAME, "right again after it goes on", answered_s, "s", RIGHT_S),
        Figure(NAME, "a server that was killed, until it is shown", closed_s, "s", KNOWN_S),
        Figure(NAME, "right again after it is started", restarted_s, "s", RIGHT_S),
        Figure(NAME, "counts of statuses that differ from the database's", await _wrong(view, site), "", NONE),
    ]


async def _silence(view: View, site: Site, sizes: Sizes) -> tuple[float, float]:
    """Stop the process: its connections stay, and nothing comes on them."""
    batches = await site.write(sizes.rate, 1)
    await view.shows(batches[-1].version)
    began = now_ms()
    site.signal_server(signal.SIGSTOP)
    try:
        shown = await view.is_down()
        batches = await site.write(sizes.rate, AWAY_S)
    finally:
        back = now_ms()
        site.signal_server(signal.SIGCONT)
    return (shown - began) / 1e3, (await view.shows(batches[-1].version) - back) / 1e3


async def _restart(view: View, site: Site, sizes: Sizes) -> tuple[float, float]:
    """End the process, and start another one at its address."""
    began = now_ms()
    site.signal_server(signal.SIGKILL)
    shown, batches = await asyncio.gather(view.is_down(), site.write(sizes.rate, AWAY_S))
    await site.start_server()
    back = now_ms()
    return (shown - began) / 1e3, (await view.shows(batches[-1].version) - back) / 1e3


async def _wrong(view: View, site: Site) -> int:
    """How many of the filters' counts differ; they are in the order of the statuses."""
    shown: list[str] = await view.page.evaluate(COUNTS)
    counts = await site.statuses()
    return sum(
        int(count.replace(",", "")) != counts.get(status, 0) for status, count in zip(JobStatus, shown, strict=True)
    )
