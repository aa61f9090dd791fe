"""Take pictures of every page from a real run over the made-up careers site: light and dark, at a desk and on a phone.

python tests/browser/screenshots.py              # docs/images/*.webp
python tests/browser/screenshots.py --review DIR # whole pages, as long as they are, as PNG
python tests/browser/screenshots.py --quick DIR  # two pictures, to see that it works
"""

import argparse
import asyncio
import base64
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobwire_process import JobwireProcess, Person
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect
from web_build import build_when_stale

from jobwire.demo.options import SHOW
from jobwire.demo.server import DemoSite
from jobwire.storage import embedded
from jobwire.storage.database import Database

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PACE = '{"127.0.0.1": {"per_second": 25, "concurrency": 4}}'
"""So that there is time to look at the run while it goes on."""
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
CHROMIUM = "/usr/bin/chromium"
QUALITY = 74
"""Of WebP, in percent."""
WELL_ON_ITS_WAY = re.compile(r"[7-9]\d|100")
"""Percent: late enough for a rate and a time that is left."""


@dataclass(frozen=True)
class Look:
    """A colour scheme, a size, and what to call the pictures taken in it."""

    dark: bool
    size: ViewportSize
    name: str
    """`{}` stands for the page."""


LOOKS = [
    Look(dark=dark, size=size, name=f"{{}}-{'dark' if dark else 'light'}{'-phone' if size is NARROW else ''}")
    for size in (WIDE, NARROW)
    for dark in (False, True)
]


@dataclass(frozen=True)
class Photographer:
    """Somebody who takes pictures in one look."""

    page: Page
    look: Look
    folder: Path
    review: bool

    async def shoot(self, stage: str) -> None:
        await self.page.bring_to_front()
        await self.page.evaluate("() => document.fonts.ready")
        name = self.folder / self.look.name.format(stage)
        if self.review:
            await self.page.screenshot(path=name.with_suffix(".png"), full_page=True, animations="disabled")
        else:
            name.with_suffix(".webp").write_bytes(await self._small())

    async def _small(self) -> bytes:
        """What is in view, as WebP, which Playwright itself cannot make."""
        session: Any = await self.page.context.new_cdp_session(self.page)
        answer = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        await session.detach()
        return base64.b64decode(answer["data"])


async def take_all(crew: list[Photographer], person: Person, demo: DemoSite) -> None:
    """Go the way of a run once, and shoot each stage in each one."""
    for one in crew:
        if one.review:
            await one.page.goto("/configure")
            await one.page.get_by_role("heading", name="Companies to follow").wait_for()
            await one.shoot("configure-empty")
    await person.follow(*demo.companies)
    await person.post("/api/ingestion/settings", _filters(demo))
    for one in crew:
        await one.page.goto("/configure")
        await one.page.get_by_test_id("preview-button").wait_for()
        await one.shoot("configure")
        await one.page.goto("/preview")
        await one.page.get_by_text("boards answered").filter(has_text="12 of 12").wait_for()
        await one.page.locator("details summary").first.click()
        await one.shoot("preview")
    run_id = await person.start_run()
    await asyncio.gather(*(one.page.goto(f"/runs/{run_id}") for one in crew))
    for one in crew:
        bar = one.page.get_by_test_id("run-progress")
        await expect(bar).to_have_attribute("aria-valuenow", WELL_ON_ITS_WAY, timeout=60_000)
        await one.shoot("progress")
    for one in crew:
        await one.page.wait_for_url("**/summary", timeout=60_000)
        await one.page.get_by_role("region", name="By company").get_by_role("table").wait_for()
        await one.shoot("summary")
    await person.start_run()
    for one in crew:
        if one.review:
            await one.page.goto(f"/runs/{run_id}?stay=true")
            await one.shoot("progress-ended")
        await one.page.goto("/jobs")
        await one.page.get_by_test_id("posting-row").first.wait_for()
        await expect(one.page.get_by_text("until their text has been read")).to_have_count(0, timeout=60_000)
        await one.shoot("jobs")
        await one.page.goto("/runs")
        await one.page.get_by_role("table").wait_for()
        await one.shoot("runs")
        await one.page.goto("/companies")
        await one.page.get_by_text("listed").first.wait_for()
        await one.shoot("companies")
        await one.page.goto("/settings")
        await one.page.get_by_text("Runs are kept for").wait_for()
        await one.shoot("settings")


def _filters(demo: DemoSite) -> list[dict[str, object]]:
    """Filters of one company, so that the pictures show what they look like."""
    name = min(company.name for company in demo.world.companies)
    filters = {"include": [], "exclude": ["intern", '"Night Shift"']}
    return [{"op": "upsert", "company_name": name, "title_filters": filters}]


@asynccontextmanager
async def jobwire() -> AsyncIterator[tuple[Person, DemoSite]]:
    """A server and a worker on a database of their own, and somebody who has an account there."""
    with tempfile.TemporaryDirectory(prefix="jobwire-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with embedded.start(folder / "database", durable=False) as running:
            async with DemoSite(SHOW) as demo:
                server = JobwireProcess(running.url, folder, demo.board_urls, JOBWIRE_HOST_PACE=PACE)
                database = Database(running.url, pool_size=2)
                try:
                    await server.start()
                    yield Person(server, database, "me@localhost"), demo
                finally:
                    await server.stop()
                    await database.close()


async def photographer(browser: Browser, person: Person, look: Look, folder: Path, *, review: bool) -> Photographer:
    context = await browser.new_context(
        base_url=person.origin, color_scheme="dark" if look.dark else "light", viewport=look.size
    )
    page = await context.new_page()
    await page.goto(await person.link())
    return Photographer(page, look, folder, review)


async def take_two(crew: list[Photographer], person: Person) -> None:
    """The page of somebody new, in each look."""
    for one in crew:
        await one.page.goto("/configure")
        await one.page.get_by_test_id("add-companies-input").wait_for()
        await one.shoot("configure")


async def main(folder: Path, *, review: bool = False, quick: bool = False) -> None:
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with jobwire() as (person, demo), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        looks = LOOKS[::3] if quick else LOOKS  # the first and the last: light at a desk, dark on a phone
        crew = [await photographer(browser, person, look, folder, review=review) for look in looks]
        await (take_two(crew, person) if quick else take_all(crew, person, demo))
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take pictures of a real run.")
    parser.add_argument("--review", type=Path, metavar="DIR", help="whole pages, into DIR")
    parser.add_argument("--quick", type=Path, metavar="DIR", help="two pictures alone, into DIR")
    asked = parser.parse_args()
    build_when_stale()
    target: Path = asked.review or asked.quick or IMAGES
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, review=asked.review is not None, quick=asked.quick is not None))
