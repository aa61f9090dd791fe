"""A board that suddenly lacks most of its postings asks on the page, and an answer counts."""

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import expect


async def run(visit: Visit) -> int:
    run_id = await visit.person.start_run()
    await visit.page.goto(f"/runs/{run_id}?stay=true")
    await expect(visit.page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    return run_id


async def test_postings_that_seem_gone_are_kept_and_then_let_go(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(10)])
    await visit.person.follow(f"greenhouse:{world.site.add(board)}")
    await run(visit)
    board.openings = board.openings[:3]
    run_id = await run(visit)
    asked = page.get_by_role("region", name="What the boards ask")
    await expect(asked).to_contain_text("7 postings seem gone. Is that so?")
    # The log names the buttons, not what a program or a terminal would do.
    advice = "Say so (“Yes, they are gone”), or that it is not so (“No, keep them”)."
    await expect(page.get_by_role("log")).to_contain_text(advice)
    await page.goto(f"/runs/{run_id}/summary")
    await asked.get_by_role("button", name="No, keep them").click()
    await expect(asked).to_contain_text("7 postings are kept")
    assert (await visit.page.get_by_test_id("summary-result").text_content()) == "Nothing new."
    await page.goto("/companies")
    await page.get_by_role("button", name="Yes, they are gone").click()
    await expect(page.get_by_text("7 postings will be called expired by the next run.")).to_be_visible()
    run_id = await run(visit)
    await page.goto(f"/runs/{run_id}/summary")
    await expect(page.get_by_test_id("summary-result")).to_have_text("Nothing new, 7 jobs gone.")
    await expect(asked).to_have_count(0)
