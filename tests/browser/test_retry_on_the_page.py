"""What failed is tried again from the page: in a run that goes on, and as a new run after the end."""

import re

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import Page, expect
from run_tables import jobs_in_database


def openings(count: int) -> list[Opening]:
    return [Opening(key=str(number), title=f"Engineer {number}") for number in range(1, count + 1)]


async def badge(page: Page, status: str) -> None:
    await expect(page.locator(f'[data-testid="run-status"][data-status="{status}"]').first).to_be_visible()


async def test_in_a_run_that_goes_on(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=openings(4), free=3)
    board.openings[0].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}", "greenhouse:nobody-here-yet")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    failed = page.get_by_role("region", name="What failed")
    await expect(failed).to_contain_text("1 board, 1 job")
    await expect(failed.get_by_test_id("failed-kind")).to_have_count(2)
    board.openings[0].status = 200
    world.site.boards["nobody-here-yet"] = Board(openings=[Opening(key="7", title="Cook")])
    await failed.get_by_test_id("retry-all").click()
    row = page.locator('[data-testid="job-row"][data-external-id="1"]')
    await expect(row).to_have_attribute("data-status", "pending")
    await expect(failed).to_have_count(0)
    board.let_all_through()
    await badge(page, "finished")
    await expect(failed).to_have_count(0)
    assert await jobs_in_database(world.database, run_id) == {
        **{(slug, str(number)): "ready" for number in range(1, 5)},
        ("nobody-here-yet", "7"): "ready",
    }


async def test_after_the_end_of_one_kind_of_failure(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=openings(4))
    board.openings[0].status = board.openings[1].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}", "greenhouse:nobody-at-all")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}/summary")
    await page.get_by_role("button", name=re.compile("^Retry 2: ")).wait_for()
    board.openings[0].status = 200
    await page.get_by_role("button", name=re.compile("^Retry 2: ")).click()
    await page.wait_for_url(re.compile(rf"/runs/(?!{run_id}\b)\d+"))
    await page.wait_for_url(re.compile(r"/summary$"))
    await expect(page.get_by_test_id("summary-result")).to_have_text("1 new job, 1 job failed.")
    again = int(re.findall(r"/runs/(\d+)/", page.url)[0])
    assert await jobs_in_database(world.database, again) == {(slug, "1"): "ready", (slug, "2"): "error"}

    await page.goto(f"/runs/{run_id}/summary")
    await page.get_by_role("link", name=f"See run {again}").click()
    await page.wait_for_url(f"**/runs/{again}/summary")
    await page.get_by_role("link", name="Runs", exact=True).click()
    await expect(page.get_by_role("row", name=f"again what failed of run {run_id}")).to_be_visible()
