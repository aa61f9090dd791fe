"""The way of a run through the page, in Chromium, against a real server, worker and database."""

import re

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import Page, expect
from run_tables import jobs_in_database, run_in_database
from watched_page import jobs_on_page


def openings(count: int, title: str = "Engineer") -> list[Opening]:
    return [Opening(key=str(number), title=f"{title} {number}") for number in range(1, count + 1)]


async def run_of(page: Page) -> int:
    """The run at whose page this one is, or comes."""
    await page.wait_for_url(re.compile(r"/runs/\d+"))
    found = re.search(r"/runs/(\d+)", page.url)
    assert found
    return int(found[1])


def badge(page: Page, status: str) -> object:
    return expect(page.locator(f'[data-testid="run-status"][data-status="{status}"]').first).to_be_visible()


async def test_from_configure_to_summary(world: World, visit: Visit) -> None:
    page, watch = visit.page, visit.watch
    board = Board(openings=[*openings(3), Opening(key="9", title="Cook")])
    held = Board(openings=openings(2, "Designer"), free=0)
    first, second = world.site.add(board), world.site.add(held)
    lever = next(company for company in world.demo.world.companies if company.system == "lever")
    lines = f"greenhouse:{first}\nnonsense:thing\nhttps://jobs.lever.co/{lever.slug}\nnew name=smartrecruiters:{second}"

    # Configure: somebody new begins here
    await page.wait_for_url("**/configure")
    await page.get_by_test_id("add-companies-input").fill(lines)
    await page.get_by_test_id("add-companies-submit").click()
    taken_for = page.get_by_role("list", name="What your lines were taken for")
    await expect(taken_for.get_by_role("listitem")).to_have_count(4)
    await expect(taken_for.locator("[data-error]")).to_have_count(1)
    await expect(taken_for.locator("[data-error]")).to_contain_text("nonsense")
    await expect(page.get_by_test_id("add-companies-input")).to_have_value("nonsense:thing")
    await page.get_by_label(f"Never with for {first}").fill("cook")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Remove cook")).to_be_visible()
    await page.get_by_test_id("preview-button").click()

    # Preview: what the boards have, nothing saved
    listed = lever.size + 6
    await expect(page.get_by_test_id("start-run")).to_have_text(f"Start run ({listed - 1} jobs)")
    await page.locator(f'[data-company="{first}"] summary').click()
    await expect(page.locator(f'[data-company="{first}"]')).to_contain_text("Cook")
    await page.get_by_test_id("start-run").click()

    # Progress: held until it was seen
    run_id = await run_of(page)
    await badge(page, "ingesting")
    assert await run_in_database(world.database, run_id) is not None
    await expect(page.get_by_test_id("company-card")).to_have_count(3)
    await expect(page.locator('[data-testid="job-row"][data-status="crawling"]').first).to_be_visible()
    logs_before = watch.count("/api/ingestion/logs/")
    held.let_all_through()
    await badge(page, "finished")

    # Summary: by itself, after exactly one last look at the log
    await page.wait_for_url(f"**/runs/{run_id}/summary")
    assert watch.count("/api/ingestion/logs/") == logs_before + 1
    await expect(page.get_by_test_id("summary-result")).to_have_text(f"{listed - 1} new jobs.")
    assert set((await jobs_in_database(world.database, run_id)).values()) == {"ready"}
    await page.go_back()
    await page.wait_for_url("**/preview")


async def test_reload_second_tab_and_the_end(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=openings(120), free=30)
    await visit.person.follow(f"smartrecruiters:{world.site.add(board)}")
    run_id = await visit.person.start_run()

    # The start page leads to the run that is going, in this tab as in another
    await page.goto("/")
    assert await run_of(page) == run_id
    await expect(page.get_by_test_id("run-progress")).to_have_attribute("aria-valuenow", "25")
    tab = await visit.another_tab()
    await tab.goto("/")
    assert await run_of(tab) == run_id
    await page.reload()
    for one in (page, tab):
        await expect(one.get_by_test_id("run-progress")).to_have_attribute("aria-valuenow", "25")

    # Both end in what the database holds, version and all
    await tab.goto(f"/runs/{run_id}?stay=true")
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.get_by_test_id("connection-pill")).to_have_attribute("data-state", "live")
    await expect(tab.get_by_test_id("connection-pill")).to_have_attribute("data-state", "live")
    board.let_all_through()
    for one in (page, tab):
        await badge(one, "finished")
        assert await jobs_on_page(one) == await jobs_in_database(world.database, run_id)
        _, version = await run_in_database(world.database, run_id)
        seen = await one.locator("html").get_attribute("data-run-version")
        assert seen is not None
        assert int(seen.split(".")[0]) == version


async def test_abort(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=openings(40), free=10)
    await visit.person.follow(f"smartrecruiters:{world.site.add(board)}")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}")
    await expect(page.get_by_test_id("run-progress")).to_have_attribute("aria-valuenow", "25")
    await page.get_by_test_id("abort-button").click()
    await expect(page.get_by_role("dialog")).to_contain_text("What is done stays: 10 jobs")
    await page.get_by_test_id("abort-confirm").click()
    await badge(page, "aborted")
    await page.wait_for_url("**/summary")
    await expect(page.get_by_test_id("summary-result")).to_contain_text("10 jobs done, 30 jobs were left open")
    await expect(page.get_by_role("region", name="By company").get_by_text("Stopped")).to_be_visible()
    assert (await run_in_database(world.database, run_id))[0] == "aborted"
    await page.goto(f"/runs/{run_id}?stay=true")
    await page.get_by_role("button", name="Left open 30").click()
    await expect(page.get_by_test_id("job-row").first).to_contain_text("Left open")
    await expect(page.get_by_text("30 jobs of 40")).to_be_visible()
    board.let_all_through()


async def test_failures_and_log(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=openings(3), free=0)
    board.openings[1].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}", "greenhouse:nobody-here")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    failed = page.get_by_role("region", name="What failed")
    await expect(failed).to_contain_text("nobody-here")
    board.let_all_through()
    await badge(page, "finished")
    row = page.locator('[data-testid="job-row"][data-status="error"]')
    await expect(row).to_contain_text("403")
    await expect(failed).to_contain_text("1 board, 1 job")
    await expect(page.locator('[data-testid="company-card"][data-company="nobody-here"]')).to_have_attribute(
        "data-status", "error"
    )
    await expect(page.locator('[data-testid="log-line"][data-level="error"]').first).to_be_visible()
    await page.get_by_role("link", name="Go to summary").click()
    await expect(page.get_by_test_id("summary-result")).to_contain_text("1 job failed, 1 board could not be listed")


async def test_a_run_that_is_over_is_shown_again(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.person.follow(f"greenhouse:{world.site.add(Board(openings=openings(5)))}")
    run_id = await visit.person.start_run()
    await page.goto("/")
    await page.wait_for_url(f"**/runs/{run_id}/summary")
    await page.goto("/")
    await page.wait_for_url(f"**/runs/{run_id}/summary")
    await page.get_by_role("link", name="Jobs and log").click()
    await expect(page.get_by_test_id("job-row")).to_have_count(5)
    assert await jobs_on_page(page) == await jobs_in_database(world.database, run_id)
    await page.get_by_role("link", name="Runs", exact=True).click()
    await expect(page.get_by_role("link", name=f"Run {run_id}")).to_be_visible()
