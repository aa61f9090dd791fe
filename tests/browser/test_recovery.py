"""The server and its worker are killed in mid-run: the page comes back by itself, and so does the run."""

from pathlib import Path

from browser_world import Visit, open_page
from careers_site import Board, CareersSite, Opening
from jobwire_process import JobwireProcess, Person
from playwright.async_api import Browser, expect
from run_tables import jobs_in_database
from watched_page import jobs_on_page

from jobwire.storage.database import Database

A_STALLED_TASK_MS = 60_000
"""A dead worker's task is taken over once its heartbeat is old."""


async def test_server_killed_and_restarted(
    web_app: None,
    database_url: str,
    database: Database,
    site: CareersSite,
    boards: dict[str, str],
    chromium: Browser,
    tmp_path: Path,
) -> None:
    board = Board(openings=[Opening(key=str(number), title=f"Engineer {number}") for number in range(60)], free=15)
    slug = site.add(board)
    server = JobwireProcess(database_url, tmp_path, boards)
    await server.start()
    try:
        person = Person(server, database, "me@example.org")
        await person.follow(f"smartrecruiters:{slug}")
        run_id = await person.start_run()
        visit = await open_page(chromium, person)
        page = visit.page
        await page.goto(f"/runs/{run_id}?stay=true")
        await expect(page.get_by_test_id("run-progress")).to_have_attribute("aria-valuenow", "25")
        pill = page.get_by_test_id("connection-pill")
        await expect(pill).to_have_attribute("data-state", "live")

        await server.kill()
        await expect(pill).to_have_attribute("data-state", "reconnecting")
        board.let_all_through()
        await server.start()

        ended = page.locator('[data-testid="run-status"][data-status="finished"]')
        await expect(ended).to_be_visible(timeout=A_STALLED_TASK_MS)
        await expect(pill).to_have_attribute("data-state", "ended")
        assert await jobs_on_page(page) == await jobs_in_database(database, run_id)
        assert set((await jobs_in_database(database, run_id)).values()) == {"ready"}
        # Nothing is wrong but the line
        visit.watch.expected = "ERR_"
        assert not visit.watch.surprises
        await page.context.close()
    finally:
        await server.stop()


async def test_a_page_that_does_not_come_says_so_and_comes_with_another_try(visit: Visit) -> None:
    """It is loaded when somebody goes there: the server may be away by then."""
    page = visit.page
    await page.goto("/configure")
    await page.route("**/assets/JobsPage*", lambda route: route.abort())
    await page.get_by_role("link", name="Jobs", exact=True).click()
    await expect(page.get_by_role("heading", name="This page did not load")).to_be_visible()
    await expect(page.get_by_text("The server does not answer")).to_be_visible()
    assert all("ERR_FAILED" in said or "Unable to preload" in said for said in visit.watch.complaints)
    visit.watch.complaints.clear()
    await page.unroute_all()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
