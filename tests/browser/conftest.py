"""The whole of Jobwire for a browser: careers sites, a server with its worker, and Chromium."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from browser_world import CHROMIUM, FLAGS, PATIENCE_MS, Visit, World, open_page
from careers_site import CareersSite, careers_site
from jobwire_process import JobwireProcess
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, async_playwright, expect
from web_build import build_when_stale

from jobwire.api.tokens import Audience
from jobwire.demo.options import DemoOptions
from jobwire.demo.server import DemoSite
from jobwire.storage.database import Database

HAS_CHROMIUM = CHROMIUM.exists()


class Violations(list[str]):
    """What pages did against their Content-Security-Policy, whichever test opened them and however."""

    def watch(self, browser: Browser) -> None:
        """Have every context that is opened from now on tell of them. Chromium itself writes each to the console."""
        open_context = browser.new_context

        async def new_context(**options: Any) -> BrowserContext:
            context = await open_context(**options)
            context.on("console", self._note)
            return context

        browser.new_context = new_context

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.append(message.text)


@pytest.fixture(scope="session")
def all_violations() -> Violations:
    return Violations()


@pytest.fixture(autouse=True)
def violations(all_violations: Violations) -> Iterator[Violations]:
    """No test is good in which a page violated its policy; one that asks for it clears the list."""
    all_violations.clear()
    yield all_violations
    assert list(all_violations) == []


@pytest.fixture(scope="session")
async def chromium(all_violations: Violations) -> AsyncIterator[Browser]:
    if not HAS_CHROMIUM:
        pytest.skip(f"There is no Chromium at {CHROMIUM}. On Debian: apt-get install chromium.")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        all_violations.watch(browser)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def web_app() -> None:
    build_when_stale()


@pytest.fixture(scope="session")
async def site() -> AsyncIterator[CareersSite]:
    async with careers_site() as site:
        yield site


@pytest.fixture(scope="session")
async def demo() -> AsyncIterator[DemoSite]:
    async with DemoSite(DemoOptions(companies=8, postings=160)) as demo:
        yield demo


@pytest.fixture(scope="session")
def boards(site: CareersSite, demo: DemoSite) -> dict[str, str]:
    """Two systems as the tests say, two as the made-up site has them."""
    return demo.board_urls | {"greenhouse": site.origin, "smartrecruiters": site.origin}


@pytest.fixture(scope="session")
def world_database_url(postgres: Any, template_url: str) -> Iterator[str]:
    url = postgres.create(template=template_url)
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
async def world(
    web_app: None,
    world_database_url: str,
    boards: dict[str, str],
    site: CareersSite,
    demo: DemoSite,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    server = JobwireProcess(world_database_url, tmp_path_factory.mktemp("jobwire"), boards)
    database = Database(world_database_url, pool_size=2)
    try:
        await server.start()
        yield World(server, database, site, demo)
    finally:
        await server.stop()
        await database.close()


@pytest.fixture
async def visit(world: World, chromium: Browser) -> AsyncIterator[Visit]:
    """Somebody who is signed in, and looks at the start page. Nothing may go wrong in their browser."""
    visit = await open_page(chromium, world.person())
    yield visit
    context = visit.page.context
    await context.close()
    assert not visit.watch.surprises
    assert set(visit.watch.tokens_in_addresses()) <= {Audience.TICKET}
