"""One stream for all tabs, and what becomes of it when something breaks: over a wire that counts and cuts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser_world import PATIENCE_MS, Visit, World, open_page
from careers_site import Board, CareersSite, Opening
from jobwire_process import JobwireProcess, Person
from playwright.async_api import Browser, BrowserContext, Page, expect
from run_tables import jobs_in_database, run_in_database
from watched_page import jobs_on_page
from wire import Wire, wire_to

from jobwire.storage.database import Database

NOTE_STATES = """
window.states = []
new MutationObserver(() => {
  const state = document.querySelector('[data-testid="connection-pill"]')?.dataset.state
  if (state && state !== states.at(-1)) states.push(state)
}).observe(document, { subtree: true, childList: true, attributes: true })
"""
WITHOUT_SHARED_WORKER = "delete window.SharedWorker"
PING_MS, MISSED_PINGS = 2000, 2
"""So often a tab asks for its worker, and so many questions in a row are left open before it takes it for dead."""
A_STALLED_TASK_MS = 60_000
"""A dead worker's task is taken over once its heartbeat is old."""


@dataclass
class HeldRun:
    """A run of forty jobs at 25 %, and somebody who looks at it over a wire."""

    world: World
    visit: Visit
    wire: Wire
    board: Board
    run_id: int

    @property
    def context(self) -> BrowserContext:
        return self.visit.page.context

    async def tab(self) -> Page:
        tab = await self.context.new_page()
        await tab.goto(f"/runs/{self.run_id}?stay=true")
        return tab

    async def tabs(self, count: int) -> list[Page]:
        tabs = [await self.tab() for _ in range(count)]
        for tab in tabs:
            await expect(tab.get_by_test_id("run-progress")).to_have_attribute("aria-valuenow", "25")
            await is_live(tab)
        return tabs

    async def ends_right(self, tabs: list[Page], patience_ms: int = PATIENCE_MS) -> None:
        """Every tab shows the last version; one of them is looked at row by row."""
        self.board.let_all_through()
        for tab in tabs:
            await expect(tab.get_by_test_id("run-status").first).to_have_attribute(
                "data-status", "finished", timeout=patience_ms
            )
        _, version = await run_in_database(self.world.database, self.run_id)
        for tab in tabs:
            seen = await tab.locator("html").get_attribute("data-run-version")
            assert seen is not None
            assert int(seen.split(".")[0]) == version
            assert await tab.get_by_test_id("run-progress").get_attribute("aria-valuenow") == "100"
        assert await jobs_on_page(tabs[-1]) == await jobs_in_database(self.world.database, self.run_id)


@pytest.fixture
async def held(world: World, chromium: Browser) -> AsyncIterator[HeldRun]:
    board = Board(openings=[Opening(key=str(number), title=f"Engineer {number}") for number in range(40)], free=10)
    person = world.person()
    await person.follow(f"smartrecruiters:{world.site.add(board)}")
    async with wire_to(world.server.url) as wire:
        visit = await open_page(chromium, person, wire.url)
        yield HeldRun(world, visit, wire, board, await person.start_run())
        board.let_all_through()
        await visit.page.context.close()


async def is_live(tab: Page) -> None:
    await expect(tab.get_by_test_id("connection-pill")).to_have_attribute("data-state", "live")


async def kill_shared_workers(chromium: Browser) -> int:
    """End them as a crash does; say how many there were."""
    session = await chromium.new_browser_cdp_session()
    targets = (await session.send("Target.getTargets"))["targetInfos"]
    workers = [target for target in targets if target["type"] == "shared_worker"]
    for worker in workers:
        await session.send("Target.closeTarget", {"targetId": worker["targetId"]})
    await session.detach()
    return len(workers)


async def test_nine_tabs_one_stream(held: HeldRun) -> None:
    tabs = await held.tabs(9)
    assert (held.wire.streams, held.wire.streams_ever) == (1, 1)
    for tab in tabs[:3]:
        await tab.close()
    await held.ends_right(tabs[3:])
    assert held.wire.streams_ever == 1
    await held.wire.has_streams(0)


async def miss_the_worker(tabs: list[Page]) -> None:
    """Let time pass in the tabs until they have missed their worker and joined another one; then it stands still.

    A worker takes as long to start as the machine wants, and a tab that waits for too long does without one.
    """
    clock = tabs[0].context.clock
    await clock.pause_at(await tabs[0].evaluate("Date.now()") / 1000 + 1)
    await clock.run_for((MISSED_PINGS + 1) * PING_MS)


async def test_the_worker_of_all_tabs_is_killed(held: HeldRun, chromium: Browser) -> None:
    await held.context.clock.install()
    tabs = await held.tabs(3)
    assert await kill_shared_workers(chromium) == 1
    await held.wire.has_streams(0)
    await miss_the_worker(tabs)
    await held.wire.has_streams(1)
    await held.context.clock.resume()
    for tab in tabs:
        await is_live(tab)
    assert held.wire.streams_ever == 2
    # The next worker has only what has changed since: tabs that need the rest have another stream.
    tabs += await held.tabs(2)
    await held.wire.has_streams(2)
    assert held.wire.streams_ever == 3
    await held.ends_right(tabs)
    assert held.wire.streams_ever == 3


async def test_a_stream_that_is_cut_goes_on(held: HeldRun) -> None:
    (tab,) = await held.tabs(1)
    held.board.free = 20
    held.wire.cut()
    await held.wire.has_streams(1)
    await is_live(tab)
    await held.ends_right([tab])
    assert held.wire.streams_ever == 2


async def test_without_a_shared_worker_each_tab_has_a_stream(held: HeldRun) -> None:
    await held.context.add_init_script(WITHOUT_SHARED_WORKER)
    tabs = await held.tabs(2)
    assert (held.wire.streams, held.wire.streams_ever) == (2, 2)
    await held.ends_right(tabs)


async def test_paused_updates_stand_still(held: HeldRun) -> None:
    tab, other = await held.tabs(2)
    await tab.bring_to_front()
    await tab.get_by_role("button", name="Pause updates").click()
    pill = tab.get_by_test_id("connection-pill")
    await expect(pill).to_have_attribute("data-state", "paused")
    await held.ends_right([other])
    assert await tab.get_by_test_id("run-progress").get_attribute("aria-valuenow") == "25"
    await tab.bring_to_front()
    await tab.get_by_role("button", name="Resume updates").click()
    await held.ends_right([tab])
    await expect(pill).to_have_attribute("data-state", "ended")


async def test_the_log_comes_with_the_stream(held: HeldRun) -> None:
    (tab,) = await held.tabs(1)
    line = tab.get_by_test_id("log-line").first
    await line.click()
    await expect(line).to_have_attribute("aria-current", "true")
    seq = await line.get_attribute("data-seq")
    assert tab.url.endswith(f"#line-{seq}")
    await tab.reload()
    await expect(tab.locator(f'[data-seq="{seq}"]')).to_have_attribute("aria-current", "true")
    await tab.get_by_label("Follow").check()
    assert held.visit.watch.count("/api/ingestion/logs/") == 0
    async with tab.expect_download() as download:
        await tab.get_by_role("button", name="Download").click()
    assert (await download.value).suggested_filename == f"jobwire-run-{held.run_id}.log"
    await held.ends_right([tab])
    await tab.get_by_text("How fresh is this?").click()
    await expect(tab.get_by_test_id("freshness-p50")).to_contain_text("within")


async def test_the_server_is_restarted(held: HeldRun) -> None:
    tabs = await held.tabs(2)
    held.visit.watch.expected = "ERR_"
    await held.world.server.stop()
    for tab in tabs:
        await expect(tab.get_by_test_id("connection-pill")).to_have_attribute("data-state", "reconnecting")
    await held.world.server.start()
    for tab in tabs:
        await is_live(tab)
    await held.ends_right(tabs, A_STALLED_TASK_MS)


async def test_a_planned_rotation_is_not_seen(
    web_app: None,
    database_url: str,
    database: Database,
    site: CareersSite,
    boards: dict[str, str],
    chromium: Browser,
    tmp_path: Path,
) -> None:
    slug = site.add(Board(openings=[Opening(key=str(number), title=f"Engineer {number}") for number in range(110)]))
    pace = '{"127.0.0.1": {"per_second": 14, "concurrency": 2}}'
    more = {"JOBWIRE_MAX_CONNECTION_S": "3", "JOBWIRE_HOST_PACE": pace}
    server = JobwireProcess(database_url, tmp_path, boards, **more)
    await server.start()
    try:
        async with wire_to(server.url) as wire:
            person = Person(server, database, "me@example.org")
            await person.follow(f"smartrecruiters:{slug}")
            visit = await open_page(chromium, person, wire.url)
            await visit.page.context.add_init_script(NOTE_STATES)
            run_id = await person.start_run()
            await visit.page.goto(f"/runs/{run_id}?stay=true")
            badge = visit.page.get_by_test_id("run-status").first
            await expect(badge).to_have_attribute("data-status", "finished", timeout=60_000)
            await expect(visit.page.get_by_test_id("connection-pill")).to_have_attribute("data-state", "ended")
            assert await visit.page.evaluate("states") == ["connecting", "live", "ended"]
            assert wire.streams_ever >= 3
            assert wire.most_streams == 2  # the next one is made before the last one is broken
            assert await jobs_on_page(visit.page) == await jobs_in_database(database, run_id)
            assert not visit.watch.surprises
            await visit.page.context.close()
    finally:
        await server.stop()
