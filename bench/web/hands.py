"""How soon the page answers a person, while it goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from typing import Final

from playwright.async_api import Page

from bench.figures import Figure, Target, percentile
from bench.web.served import Site
from bench.web.sizes import Sizes
from bench.web.view import View

NAME: Final = "hands"
ANSWER_MS: Final = Target("at most", 100)
UNSEEN_MS: Final = 16.0
"""What was quicker is not told of (`PerformanceEventTiming`)."""
EVERY_S: Final = 0.2

Do = Callable[[Page], Awaitable[None]]


def _key(key: str) -> Do:
    return lambda page: page.keyboard.press(key)


def _click(selector: str) -> Do:
    return lambda page: page.locator(selector).first.click()


async def _open_drawer(page: Page) -> None:
    await page.locator('[data-testid="job-row"]').first.click()
    await page.locator("dialog[open]").wait_for()


async def _close_drawer(page: Page) -> None:
    await page.keyboard.press("Escape")
    await page.locator("dialog[open]").wait_for(state="hidden")


WHAT: Final[Sequence[Do]] = (
    *(_key(key) for key in ("j", "j", "j", "k", "End", "Home", "f", "2", "2", "0", "0", "5", "5")),
    _click('[data-testid="company-card"] button'),
    _click('[data-testid="company-card"] button'),
    _click('button:has-text("Ready")'),
    _click('button:has-text("All ")'),
    _open_drawer,
    _close_drawer,
    _click('label:has-text("Follow")'),
    _click('label:has-text("Follow")'),
)
"""Moving in the list, filters by key and by pointer, a company, the drawer, the log."""


async def measure(view: View, site: Site, sizes: Sizes) -> list[Figure]:
    writing = asyncio.create_task(site.write(sizes.rate, sizes.interactions * EVERY_S))
    before = set(await view.page.evaluate("[...bench.interactions.keys()]"))
    for do in islice(cycle(WHAT), sizes.interactions):
        await do(view.page)
        await asyncio.sleep(EVERY_S)
    await writing
    found: list[tuple[int, float]] = await view.page.evaluate("[...bench.interactions]")
    slow = [duration for number, duration in found if number not in before]
    answers = slow + [UNSEEN_MS] * (sizes.interactions - len(slow))
    return [
        Figure(NAME, "key or click to the next paint, p95", percentile(answers, 0.95), "ms", ANSWER_MS),
        Figure(NAME, "the same, the slowest", max(answers), "ms"),
        Figure(NAME, "keys and clicks", len(answers), ""),
    ]
