"""Where scroll bars take room, as at most desks: columns stand under their headings, and nothing lies under a bar."""

from collections.abc import AsyncIterator

import pytest
from browser_world import CHROMIUM, FLAGS, World, open_page
from careers_site import Board, Opening
from playwright.async_api import Browser, Page, expect

LEFT_EDGES = """() => {
    const edges = (cells) => [...cells].map((cell) => cell.getBoundingClientRect().left)
    const table = document.querySelector('[role="table"][aria-label="Jobs of this run"]')
    const rows = table.querySelector('[role="rowgroup"]')
    return {
        bar: rows.offsetWidth - rows.clientWidth,
        headings: edges(table.querySelectorAll('[role="columnheader"]')),
        cells: edges(rows.querySelector('[role="row"]').children),
    }
}"""
DIALOG = """() => {
    const { left, right } = document.querySelector('dialog[open]').getBoundingClientRect()
    const page = document.documentElement.clientWidth
    return { bar: innerWidth - page, page, left, right }
}"""


@pytest.fixture
async def page(world: World, chromium: Browser) -> AsyncIterator[Page]:
    """A run of sixty jobs that has ended, in a browser with scroll bars."""
    openings = [Opening(key=str(number), title=f"Engineer {number}") for number in range(60)]
    person = world.person()
    await person.follow(f"greenhouse:{world.site.add(Board(openings=openings))}")
    run_id = await person.start_run()
    # The browser of the other tests hides all scroll bars
    with_bars = await chromium.browser_type.launch(
        executable_path=str(CHROMIUM), args=FLAGS, ignore_default_args=["--hide-scrollbars"]
    )
    page = (await open_page(with_bars, person)).page
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    yield page
    await with_bars.close()


async def test_rows_stand_under_their_headings(page: Page) -> None:
    await expect(page.get_by_test_id("job-row").first).to_be_visible()
    edges = await page.evaluate(LEFT_EDGES)
    assert edges["bar"] > 0
    assert edges["cells"] == edges["headings"]


async def test_a_drawer_and_a_dialog_stand_beside_the_bar(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 480})
    await page.get_by_role("tab", name="Jobs").click()
    await page.get_by_test_id("job-row").first.get_by_role("button").click()
    await assert_in_view(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("?")
    await assert_in_view(page)


async def assert_in_view(page: Page) -> None:
    await expect(page.get_by_role("dialog")).to_be_visible()
    edges = await page.evaluate(DIALOG)
    assert edges["bar"] > 0
    assert edges["left"] >= 0
    assert edges["right"] <= edges["page"]
