"""How soon the page shows a run, and how much has to come before."""

import gzip
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from playwright.async_api import Browser

from bench.figures import Figure, Target
from bench.web.served import Site
from bench.web.sizes import Sizes
from bench.web.view import View, signed_in
from jobwire.bootstrap.serving import WEB

if TYPE_CHECKING:
    from bench.made_run import MadeRun

NAME: Final = "load"
FIRST_MS: Final = Target("at most", 500)
FIRST_THROTTLED_MS: Final = Target("at most", 1_000)
SCRIPTS_KIB: Final = Target("at most", 150)


async def measure(browser: Browser, site: Site, sizes: Sizes) -> list[Figure]:
    slow = f"{sizes.throttle:g}x throttle"
    few, big = f"{sizes.few_jobs:,} jobs", f"{sizes.jobs:,} jobs"
    async with signed_in(browser, site, site.few) as context:
        page = (await View.open(context, site.few)).page
        scripts = await page.evaluate(
            "performance.getEntriesByType('resource').map(({ name }) => name).filter(name => name.endsWith('.js'))"
        )
    first = {
        (run, throttle): await _first_ms(browser, site, run, sizes.loads, throttle)
        for run in ("few", "big")
        for throttle in (1.0, sizes.throttle)
    }
    return [
        Figure(NAME, f"first progress on the screen, {few}", first["few", 1.0], "ms", FIRST_MS),
        Figure(NAME, f"the same, {slow}", first["few", sizes.throttle], "ms", FIRST_THROTTLED_MS),
        Figure(NAME, f"first progress on the screen, {big}", first["big", 1.0], "ms", FIRST_MS),
        Figure(NAME, f"the same, {slow}", first["big", sizes.throttle], "ms", FIRST_THROTTLED_MS),
        Figure(NAME, "JavaScript of the first load, gzip", _gzip_kib(scripts), "KiB", SCRIPTS_KIB),
    ]


async def _first_ms(browser: Browser, site: Site, which: str, times: int, throttle: float) -> float:
    """From the navigation, with nothing cached; the median."""
    run: MadeRun = getattr(site, which)
    found: list[float] = []
    for _ in range(times):
        async with signed_in(browser, site, run) as context:
            found.append(await (await View.open(context, run, throttle=throttle)).probe("firstProgress"))
    return median(found)


def _gzip_kib(urls: list[str]) -> float:
    """The page's own scripts, and the one of the worker that its tabs share."""
    names = {Path(url).name for url in urls} | {path.name for path in WEB.glob("assets/worker-*.js")}
    return sum(len(gzip.compress((WEB / "assets" / name).read_bytes())) for name in names) / 1024
