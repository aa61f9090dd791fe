"""Every page is open to all: axe finds nothing in light, dark or forced colours, wide or as narrow as a phone."""

from axe import findings
from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import Browser, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
LOOK = """(element) => {
    const style = getComputedStyle(element)
    return [style.borderTopWidth, style.borderTopColor, style.outlineStyle, style.outlineWidth, style.backgroundColor]
}"""


async def check(page: Page, path: str, ready: str) -> list[str]:
    """What is wrong with the page at `path`, once it shows `ready` (a selector)."""
    await page.goto(path)
    await expect(page.locator(ready).first).to_be_visible()
    wide = await findings(page)
    await page.set_viewport_size(PHONE)
    over = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    narrow = await findings(page)
    await page.set_viewport_size(DESK)
    return [
        *(f"{path}, {one}" for one in wide),
        *(f"{path} at 360 px, {one}" for one in narrow),
        *([f"{path} at 360 px scrolls sideways by {over} px"] if over > 0 else []),
    ]


async def test_pages_of_somebody_new(visit: Visit) -> None:
    page = visit.page
    wrong = [
        *await check(page, "/configure", "[data-testid=add-companies-input]"),
        *await check(page, "/preview", "text=No company is switched on"),
        *await check(page, "/runs", "h1"),
        *await check(page, "/companies", "text=You follow nobody yet."),
        *await check(page, "/settings", "text=Runs are kept for"),
        *await check(page, "/nowhere", "text=No such page"),
    ]
    assert not wrong, "\n".join(wrong)


async def test_pages_of_a_run(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(30)], free=10)
    board.openings[1].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}", "greenhouse:nobody-here")
    filters = {"include": ["engineer"], "exclude": ['"intern"', "/^cook/"]}
    item = {"op": "upsert", "company_name": slug, "title_filters": filters}
    await visit.person.post("/api/ingestion/settings", [item])
    wrong = [
        *await check(page, "/configure", "[data-testid=preview-button]"),
        *await check(page, "/preview", "text=1 board failed"),
    ]
    run_id = await visit.person.start_run()
    wrong += [
        *await check(page, f"/runs/{run_id}?status=ready", '[data-testid="job-row"][data-status="ready"]'),
        *await check(page, "/configure", f"text=Run {run_id} is going on."),
        *await check(page, "/runs", f"text=Run {run_id}"),
    ]
    board.let_all_through()
    wrong += [
        *await check(page, f"/runs/{run_id}?stay=true", '[data-testid="run-status"][data-status="finished"]'),
        *await check(page, f"/runs/{run_id}/summary", '[data-testid="summary-result"]'),
        *await check(page, "/companies", "text=nobody-here"),
        *await check(page, "/jobs", "text=Engineer 19"),
    ]
    assert not wrong, "\n".join(wrong)


async def test_what_is_opened_on_the_pages(world: World, visit: Visit) -> None:
    """Dialogs, drawers, failures, and the parts of a run that a phone has behind tabs."""
    page = visit.page
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(4)], free=3)
    board.openings[0].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}", "greenhouse:nobody-here")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.get_by_role("region", name="What failed")).to_contain_text("1 board, 1 job")
    wrong = [f"failures, {one}" for one in await findings(page)]

    async def opened(what: str) -> None:
        await expect(page.get_by_role("dialog")).to_be_visible()
        wrong.extend(f"{what}, {one}" for one in await findings(page))
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.keyboard.press("?")
    await opened("shortcuts")
    await page.get_by_role("button", name="Abort").click()
    await opened("abort")
    for status in ("ready", "error"):
        await page.locator(f'[data-testid="job-row"][data-status="{status}"] button').first.click()
        await opened(f"drawer of a job in {status}")
    await page.set_viewport_size(PHONE)
    for tab in ("Jobs", "Log"):
        await page.get_by_role("tab", name=tab).click()
        wrong += [f"{tab} on a phone, {one}" for one in await findings(page)]
    await page.set_viewport_size(DESK)
    board.let_all_through()
    await page.goto("/jobs")
    await page.get_by_test_id("posting-row").first.get_by_role("button").first.click()
    await opened("drawer of a posting")
    assert not wrong, "\n".join(wrong)


async def test_what_is_chosen_is_seen_in_forced_colours(world: World, visit: Visit) -> None:
    """There backgrounds and shadows are the browser's own: it has to be told by something else."""
    page = visit.page
    slugs = [world.site.add(Board(openings=[Opening(key="1", title="Engineer")])) for _ in range(2)]
    await visit.person.follow(*(f"greenhouse:{slug}" for slug in slugs))
    await page.goto(f"/runs/{await visit.person.start_run()}?company={slugs[0]}&stay=true")
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    await page.emulate_media(forced_colors="active")
    for part in ("Jobs", "Companies"):
        looks = {
            pressed: await page.get_by_role("region", name=part)
            .get_by_role("button", pressed=pressed)
            .first.evaluate(LOOK)
            for pressed in (True, False)
        }
        assert looks[True] != looks[False], part


async def test_the_page_of_whoever_is_signed_out(world: World, chromium: Browser) -> None:
    context = await chromium.new_context(base_url=world.server.url)
    assert await check(await context.new_page(), "/", "text=jobwire token --link") == []
    await context.close()


async def test_axe_does_find_what_is_wrong(visit: Visit) -> None:
    await visit.page.goto("/configure")
    await expect(visit.page.get_by_test_id("add-companies-input")).to_be_visible()
    await visit.page.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
    assert any("label" in one for one in await findings(visit.page))
