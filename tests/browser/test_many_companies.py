"""Whoever follows hundreds of companies: all can be drawn, and only those in sight have their fields and buttons."""

import re

import pytest
from axe import findings
from browser_world import Visit
from playwright.async_api import Locator, Page, expect

COMPANIES = 513
MOST_ELEMENTS = 3_000
"""With all fields and buttons of all companies there would be 10,400."""

FIND = "text => { getSelection().removeAllRanges(); return find(text) }"
STAYS = """async (row) => {
    const frames = async (count) => { while (count--) await new Promise(requestAnimationFrame) }
    const tops = []
    for (let frame = 0; frame < 20; frame++) {
        tops.push(Math.round(row.getBoundingClientRect().top))
        await frames(1)
    }
    return new Set(tops).size === 1
}"""


@pytest.fixture
async def page(visit: Visit) -> Page:
    """The page with all companies drawn; every other one has terms."""
    terms = {"include": ["engineer", "developer"], "exclude": ["intern"]}
    items = [
        {"op": "upsert", "source": f"acme{n:03}=greenhouse:acme{n}", "title_filters": terms if n % 2 else None}
        for n in range(COMPANIES)
    ]
    for start in range(0, COMPANIES, 500):
        await visit.person.post("/api/ingestion/settings", items[start : start + 500])
    await visit.page.goto("/configure")
    await visit.page.get_by_role("button", name=f"Show all {COMPANIES} companies").click()
    await expect(visit.page.locator("[data-company]")).to_have_count(COMPANIES)
    return visit.page


def row(page: Page, number: int) -> Locator:
    return page.locator(f'[data-company="acme{number:03}"]')


async def test_only_what_is_in_sight_is_drawn_whole(page: Page) -> None:
    async def elements() -> int:
        return await page.evaluate("document.querySelectorAll('*').length")

    await expect(row(page, 512)).not_to_have_attribute("data-whole", "true")
    await expect(row(page, 10)).not_to_have_attribute("data-whole", "true")
    assert await elements() < MOST_ELEMENTS
    for number in (250, 512, 100):
        await row(page, number).scroll_into_view_if_needed()
        await expect(row(page, number).get_by_role("switch")).to_be_visible()
        await expect(row(page, number).get_by_role("textbox")).to_have_count(2)
        assert await elements() < MOST_ELEMENTS
    assert await findings(page) == []


async def test_all_are_found_by_their_names_and_stay_where_they_are(page: Page) -> None:
    for name, number in {"acme400": 400, "greenhouse:acme301": 301}.items():
        assert await page.evaluate(FIND, name)
        await expect(row(page, number)).to_be_in_viewport()
        await expect(row(page, number).get_by_role("switch")).to_be_visible()
        await expect(row(page, number)).to_be_in_viewport()
        assert await page.evaluate("getSelection().toString()") == name
        assert await row(page, number).evaluate(STAYS)


async def test_the_keyboard_goes_through_all(page: Page) -> None:
    """From one company to the next, into rows that had no field before."""
    await row(page, 100).scroll_into_view_if_needed()
    await row(page, 100).get_by_role("switch").focus()
    for _ in range(150):
        await page.keyboard.press("Tab")
    name = await page.evaluate("document.activeElement.closest('[data-company]')?.dataset.company")
    assert re.fullmatch(r"acme12\d", name or "")
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator(f'[data-company="{name}"]')).to_be_in_viewport()


async def test_a_row_that_had_the_focus_keeps_what_is_in_it(page: Page) -> None:
    await row(page, 100).scroll_into_view_if_needed()
    await row(page, 100).get_by_label("Never with for acme100").fill("half typed")
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(row(page, 512).get_by_role("switch")).to_be_visible()
    await expect(row(page, 101)).not_to_have_attribute("data-whole", "true")
    await expect(row(page, 100).get_by_label("Never with for acme100")).to_have_value("half typed")
