"""What the page begins with is asked for before its scripts are there, and once."""

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import expect


async def test_a_runs_page_asks_for_the_session_and_the_run_at_once_and_once(world: World, visit: Visit) -> None:
    await visit.person.follow(f"smartrecruiters:{world.site.add(Board(openings=[Opening(key='1', title='Baker')]))}")
    run_id = await visit.person.start_run()
    await visit.page.goto(f"/runs/{run_id}?stay=true")
    await expect(visit.page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    page = await visit.another_tab()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(visit.person.origin)))
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.get_by_text("Baker")).to_be_visible()
    first = ["/api/session", f"/api/ingestion/status/{run_id}"]
    scripts = [path for path in asked if path.startswith("/assets/") and path.endswith(".js")]
    assert [path for path in asked if path in (*first, scripts[0])] == [*first, scripts[0]]
