"""What the page begins with is there before its scripts are, and is asked for once."""

import pytest
from browser_world import Visit, World
from careers_site import Board, Opening
from fit import DESK, PHONE
from playwright.async_api import Browser, ViewportSize, expect


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


WHERE = """() => [...document.querySelectorAll('h1, [role="progressbar"]')].map((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect()
    const isTitle = element.tagName === 'H1' // which shares its row with more
    return [isTitle ? element.textContent : 'bar', left, top, isTitle ? 0 : right, bottom]
})"""


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_how_far_a_run_has_come_is_there_without_any_script_and_stays_where_it_is(
    visit: Visit, chromium: Browser, world: World, viewport: ViewportSize
) -> None:
    await visit.person.follow(f"smartrecruiters:{world.site.add(Board(openings=[Opening(key='1', title='Baker')]))}")
    run_id = await visit.person.start_run()
    await visit.page.set_viewport_size(viewport)
    await visit.page.goto(f"/runs/{run_id}?stay=true")
    await expect(visit.page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    app = await visit.page.evaluate(WHERE)
    async with await chromium.new_context(
        base_url=visit.person.origin,
        viewport=viewport,
        java_script_enabled=False,
        storage_state=await visit.page.context.storage_state(),
    ) as context:
        page = await context.new_page()
        await page.goto(f"/runs/{run_id}?stay=true")
        bar = page.get_by_role("progressbar", name="Jobs done")
        await expect(bar).to_have_attribute("aria-valuenow", "100")
        await expect(page.get_by_text("1 / 1 job", exact=True)).to_be_visible()
        first = await page.evaluate(WHERE)
    assert [one[0] for one in first] == [one[0] for one in app] == [f"Run {run_id}", "bar"]
    for before, after in zip(first, app, strict=True):
        assert before[1:] == pytest.approx(after[1:], abs=3)


async def test_what_the_server_has_written_stays_until_the_app_is_drawn(visit: Visit, world: World) -> None:
    await visit.person.follow(f"smartrecruiters:{world.site.add(Board(openings=[Opening(key='1', title='Baker')]))}")
    run_id = await visit.person.start_run()
    page = await visit.another_tab()
    await page.add_init_script("""
        window.seen = []
        new MutationObserver(() => {
            const root = document.querySelector('#root')
            if (!root) return
            const what = root.querySelector('.first') ? 'first' : root.firstElementChild ? 'app' : 'nothing'
            if (window.seen.at(-1) !== what) window.seen.push(what)
        }).observe(document, { subtree: true, childList: true })
    """)
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.get_by_test_id("run-progress")).to_be_visible()
    seen = await page.evaluate("window.seen")
    assert seen[-2:] == ["first", "app"]
    assert "nothing" not in seen[seen.index("first") :]
