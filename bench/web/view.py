"""A page of the app in Chromium, with what measures it."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from bench.made_run import MadeRun
from bench.web.served import Site

CHROMIUM: Final = "/usr/bin/chromium"
PROBE: Final = Path(__file__).with_name("probe.js")
PATIENCE_MS: Final = 120_000
POLL_S: Final = 0.05
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    # Pages behind another one go on as if they were seen: the machine has no screen to show them on
    flags = ["--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def signed_in(browser: Browser, site: Site, run: MadeRun) -> AsyncGenerator[BrowserContext]:
    """A browser with an empty cache, of the run's owner."""
    context = await browser.new_context(base_url=site.url, viewport=DESK)
    try:
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(await site.sign_in_link(run))
        await page.close()
        await context.add_init_script(path=PROBE)
        yield context
    finally:
        await context.close()


class View:
    """The progress page of one run. Processor times are of its main thread, in seconds."""

    def __init__(self, page: Page, session: Any) -> None:
        self.page = page
        self._session = session

    @classmethod
    async def open(cls, context: BrowserContext, run: MadeRun, *, throttle: float = 1) -> "View":
        """Go there, and wait for the first figures."""
        page = await context.new_page()
        view = cls(page, await context.new_cdp_session(page))
        await view._send("Performance.enable", timeDomain="threadTicks")
        await view.throttle(throttle)
        await page.goto(f"/runs/{run.run_id}?stay=true")
        await view._until("bench.firstProgress > 0")
        return view

    async def throttle(self, times: float) -> None:
        await self._send("Emulation.setCPUThrottlingRate", rate=times)

    async def busy_s(self) -> float:
        return (await self._metrics())["TaskDuration"]

    async def heap_mb(self) -> float:
        """What is left on the heap when all that can go has gone."""
        await self._send("HeapProfiler.collectGarbage")
        return (await self._metrics())["JSHeapUsedSize"] / 1e6

    async def elements(self) -> int:
        count: int = await self.page.evaluate("document.querySelectorAll('*').length")
        return count

    async def probe(self, what: str) -> Any:
        """Something that `probe.js` notes."""
        return await self.page.evaluate(f"bench.{what}")

    async def shows(self, version: int) -> float:
        """Wait until it has painted this version or a later one, live; say when (ms since 1970)."""
        await self._until(
            "version => bench.versions.at(-1)?.[0] >= version && bench.states.at(-1)?.[0] === 'live'", version
        )
        at: float = await self.page.evaluate(
            "version => Math.max(bench.states.at(-1)[1], bench.versions.find(([one]) => one >= version)[1])", version
        )
        return at

    async def is_down(self) -> float:
        """Wait until it has painted that the stream is lost; say when (ms since 1970)."""
        await self._until("['reconnecting', 'offline'].includes(bench.states.at(-1)?.[0])")
        at: float = await self.page.evaluate("bench.states.at(-1)[1]")
        return at

    async def _until(self, expression: str, argument: Any = None) -> None:
        """Playwright's own `wait_for_function` needs `eval`, which the page's Content-Security-Policy forbids."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while not await self.page.evaluate(expression, argument):  # noqa: ASYNC110 - the page cannot tell us
                await asyncio.sleep(POLL_S)

    async def _metrics(self) -> dict[str, float]:
        answer = await self._send("Performance.getMetrics")
        return {metric["name"]: metric["value"] for metric in answer["metrics"]}

    async def _send(self, method: str, **parameters: Any) -> Any:
        return await self._session.send(method, parameters)


def now_ms() -> float:
    return time.time() * 1000
