"""Each page by keyboard alone: whatever can be pressed is reached by Tab, in order, and shows where the focus is."""

import re

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import Page, expect

MOST_TABS = 120
REACHABLE = """() => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true })
    const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')
    // One of a group that arrows go through is enough: those that are out of the tab order say so with -1.
    return [...all]
        .filter((element) => shown(element) && !element.disabled && element.tabIndex >= 0)
        .map((element, index) => (element.dataset.walk = String(index)))
}"""
STOP = """() => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1)
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1)
    const top = document.elementFromPoint(x, y)
    // A field in a frame of its own shows the focus there.
    const frame = element.matches('input') ? element.parentElement : null
    const isRinged = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
    return {
        walk: element.dataset.walk ?? null,
        what: element.outerHTML.slice(0, 120),
        isRinged: isRinged || (frame?.matches(':focus-within') && getComputedStyle(frame).outlineStyle !== 'none'),
        isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        isCovered: !(top && (element.contains(top) || top.contains(element))),
    }
}"""

FOCUSED_NAME = """() => {
    const at = document.activeElement
    return at === document.body ? '' : at.labels?.[0]?.innerText || at.ariaLabel || at.innerText || ''
}"""


async def walk(page: Page) -> list[str]:
    """Go through the page with Tab from its beginning; answer what is wrong with that."""
    await page.evaluate("document.activeElement?.blur(); getSelection()?.removeAllRanges(); scrollTo(0, 0)")
    wanted: list[str] = await page.evaluate(REACHABLE)
    order: list[str] = []
    wrong: list[str] = []
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(STOP)
        if stop is None or (stop["walk"] is not None and stop["walk"] in order):
            break
        if stop["walk"] is not None:
            order.append(stop["walk"])
        wrong += [f"{sign}: {stop['what']}" for sign, is_so in signs(stop) if is_so]
    names = {
        one: await page.evaluate(f"document.querySelector('[data-walk=\"{one}\"]')?.outerHTML.slice(0, 120)")
        for one in set(wanted) - set(order)
    }
    wrong += [f"never reached: {name}" for name in names.values() if name is not None]
    if order != sorted(order, key=int):
        wrong.append(f"out of order: {order}")
    return wrong


def signs(stop: dict[str, object]) -> list[tuple[str, bool]]:
    return [
        ("shows no focus", not stop["isRinged"]),
        ("out of view", not stop["isInView"]),
        ("covered", bool(stop["isCovered"])),
    ]


async def test_every_page_is_walked_by_tab(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(30)])
    board.openings[1].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}", "greenhouse:nobody-here")
    filters = {"include": ["engineer"], "exclude": ["intern"]}
    await visit.person.post(
        "/api/ingestion/settings", [{"op": "upsert", "company_name": slug, "title_filters": filters}]
    )
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    wrong: list[str] = []
    for path, ready in {
        "/configure": "[data-testid=preview-button]",
        "/preview": "text=2 of 2 boards answered",
        f"/runs/{run_id}?stay=true": '[data-testid="job-row"]',
        f"/runs/{run_id}/summary": "[data-testid=failed-kind]",
        "/runs": "table",
        "/jobs": '[data-testid="posting-row"]',
        "/companies": "text=nobody-here",
        "/settings": "text=Runs are kept for",
        "/nowhere": "text=No such page",
    }.items():
        await page.goto(path)
        await expect(page.locator(ready).first).to_be_visible()
        wrong += [f"{path}: {one}" for one in await walk(page)]
    assert not wrong, "\n".join(wrong)


async def test_the_walk_does_find_what_is_wrong(visit: Visit) -> None:
    page = visit.page
    await page.goto("/settings")
    await expect(page.get_by_text("Runs are kept for")).to_be_visible()
    assert await walk(page) == []
    await page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('afterbegin', "
        "'<button>blind</button><button tabindex=1>early</button>');"
        "document.querySelector('main button').style.outline = 'none'"
    )
    wrong = await walk(page)
    assert any("shows no focus" in one and "blind" in one for one in wrong)
    assert any("out of order" in one for one in wrong)


async def test_from_a_company_to_its_summary_without_a_mouse(world: World, visit: Visit) -> None:
    """Add a company, preview it, run it, look at a job, and read the summary."""
    page, keys = visit.page, visit.page.keyboard
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(12)], free=4)
    slug = world.site.add(board)
    await page.goto("/configure")
    await tab_to(page, re.compile("One a line"))
    await keys.type(f"smartrecruiters:{slug}")
    await keys.press("Control+Enter")
    await expect(page.locator(f'[data-company="{slug}"]')).to_be_visible()
    await tab_to(page, "1 company: preview")
    await keys.press("Enter")
    await expect(page.get_by_text("1 of 1 board answered")).to_be_visible()
    await tab_to(page, re.compile(re.escape(slug)))
    await keys.press("Enter")
    await expect(page.get_by_text("Engineer 11")).to_be_visible()
    await tab_to(page, re.compile("Start run"))
    await keys.press("Enter")
    await expect(page.locator('[data-testid="job-row"][data-status="ready"]').first).to_be_visible()
    await keys.press("j")
    await expect(page.locator('[aria-rowindex="2"] button')).to_be_focused()
    await keys.press("j")
    await expect(page.locator('[aria-rowindex="3"] button')).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await keys.press("Escape")
    await expect(page.locator('[aria-rowindex="3"] button')).to_be_focused()
    board.let_all_through()
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    await tab_to(page, "Go to summary")
    await keys.press("Enter")
    await expect(page.get_by_test_id("summary-result")).to_contain_text("12 new jobs")


async def test_what_goes_by_its_own_press_leaves_the_focus_beside_it(world: World, visit: Visit) -> None:
    page, keys = visit.page, visit.page.keyboard
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(20)], free=4)
    slug = world.site.add(board)
    await visit.person.follow("a=greenhouse:nobody-here", f"b=smartrecruiters:{slug}")
    await page.goto("/configure")
    await page.get_by_role("button", name="Delete a").focus()
    await keys.press("Enter")
    await expect(page.locator('[data-company="a"]')).to_have_count(0)
    await expect(page.get_by_role("switch", name="Run b")).to_be_focused()
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.locator('[data-testid="connection-pill"][data-state="live"]')).to_be_visible()
    await page.get_by_role("button", name="Pause updates").focus()
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="Resume updates")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="Pause updates")).to_be_focused()
    await page.get_by_test_id("abort-button").focus()
    await keys.press("Enter")
    await page.get_by_test_id("abort-confirm").focus()
    await keys.press("Enter")
    await expect(page.get_by_role("link", name="Go to summary")).to_be_focused()
    board.let_all_through()


async def test_two_clicks_from_a_running_run_to_why_something_failed(world: World, visit: Visit) -> None:
    page = visit.page
    board = Board(openings=[Opening(key=str(n), title=f"Engineer {n}") for n in range(20)], free=8)
    board.openings[1].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}")
    run_id = await visit.person.start_run()
    await page.goto("/runs")
    await page.get_by_role("link", name=f"Run {run_id}").click()
    await page.get_by_test_id("failed-kind").locator("summary").click()
    why = page.get_by_test_id("failed-kind")
    await expect(why).to_contain_text("403")
    await expect(why.get_by_text("Engineer 1", exact=True)).to_be_visible()
    await expect(page.locator('[data-testid="run-status"][data-status="ingesting"]')).to_be_visible()
    board.let_all_through()


async def test_a_row_that_a_key_leads_to_is_in_sight(world: World, visit: Visit) -> None:
    """Whatever part of the page was: a list's own scrolling is not enough where the list reaches beyond the window."""
    page, keys = visit.page, visit.page.keyboard
    await page.set_viewport_size({"width": 1280, "height": 640})
    board = Board(openings=[Opening(key=f"{n:02}", title=f"Engineer {n}") for n in range(60)])
    board.openings[30].status = 403
    slug = world.site.add(board)
    await visit.person.follow(f"smartrecruiters:{slug}")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    for key, row in (("f", '[data-status="error"]'), ("End", '[aria-rowindex="61"]'), ("Home", '[aria-rowindex="2"]')):
        await page.evaluate("key => scrollTo(0, key === 'Home' ? document.body.scrollHeight : 0)", key)
        await keys.press(key)
        await expect(page.locator(f"{row} button")).to_be_focused()
        stop = await page.evaluate(STOP)
        assert [sign for sign, is_so in signs(stop) if is_so] == [], key


async def tab_to(page: Page, name: str | re.Pattern[str]) -> None:
    """Press Tab until what has this name has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        said = await page.evaluate(FOCUSED_NAME)
        if said.strip() == name if isinstance(name, str) else name.search(said):
            return
    raise AssertionError(f"Tab does not lead to {name}.")
