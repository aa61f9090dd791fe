"""Many tabs of one browser share one stream, and outlive the worker that holds it."""

import asyncio
from typing import Any, Final

from playwright.async_api import Browser

from bench.figures import Figure, Target
from bench.web.served import Site
from bench.web.sizes import Sizes
from bench.web.view import View

NAME: Final = "tabs"
ONE: Final = Target("at most", 1)
RIGHT_S: Final = Target("at most", 2)
AFTERWARDS_S: Final = 20.0
"""Tabs ask the worker for a sign of life every two seconds: by then all have noticed."""


async def measure(first: View, site: Site, sizes: Sizes) -> list[Figure]:
    """`first` is one of them, which is there already."""
    context = first.page.context
    views = [first, *[await View.open(context, site.big) for _ in range(sizes.tabs - 1)]]
    batches = await site.write(sizes.rate, 1)
    for view in views:
        await view.shows(batches[-1].version)
    streams = await site.viewers()
    assert context.browser is not None
    killed, batches = await asyncio.gather(
        _kill_shared_workers(context.browser), site.write(sizes.rate / 10, AFTERWARDS_S)
    )
    assert killed == 1, f"{killed} shared workers"
    right_s = [await _right_again_s(view, batches[-1].version) for view in views]
    return [
        Figure(NAME, f"streams of {sizes.tabs} tabs", streams, "", ONE),
        Figure(NAME, "worker killed: the slowest tab right again after it notices", max(right_s), "s", RIGHT_S),
        Figure(NAME, "streams afterwards", await site.viewers(), "", ONE),
    ]


async def _right_again_s(view: View, version: int) -> float:
    """From when it asked for another worker to when it painted something newer, live."""
    await view.shows(version)
    noticed: float = await view.probe("workers.at(-1)")
    live: float = await view.page.evaluate(
        "noticed => bench.states.find(([state, at]) => state === 'live' && at >= noticed)?.[1] ?? 0", noticed
    )
    newer: float = await view.page.evaluate("noticed => bench.versions.find(([, at]) => at >= noticed)[1]", noticed)
    return (max(live, newer) - noticed) / 1e3


async def _kill_shared_workers(browser: Browser) -> int:
    """End them as a crash does; say how many there were."""
    session: Any = await browser.new_browser_cdp_session()
    targets = (await session.send("Target.getTargets"))["targetInfos"]
    workers = [target for target in targets if target["type"] == "shared_worker"]
    for worker in workers:
        await session.send("Target.closeTarget", {"targetId": worker["targetId"]})
    await session.detach()
    return len(workers)
