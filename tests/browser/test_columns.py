"""The rows of a run's list stand under the headings of their columns, where a scroll bar takes room, too."""

from browser_world import CHROMIUM, FLAGS, World, open_page
from careers_site import Board, Opening
from playwright.async_api import Browser, expect

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


async def test_rows_stand_under_their_headings(world: World, chromium: Browser) -> None:
    slug = world.site.add(
        Board(openings=[Opening(key=str(number), title=f"Engineer {number}") for number in range(60)])
    )
    person = world.person()
    await person.follow(f"greenhouse:{slug}")
    run_id = await person.start_run()
    # The browser of the other tests hides all scroll bars
    with_bars = await chromium.browser_type.launch(
        executable_path=str(CHROMIUM), args=FLAGS, ignore_default_args=["--hide-scrollbars"]
    )
    try:
        page = (await open_page(with_bars, person)).page
        await page.goto(f"/runs/{run_id}?stay=true")
        await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
        edges = await page.evaluate(LEFT_EDGES)
        assert edges["bar"] > 0
        assert edges["cells"] == edges["headings"]
    finally:
        await with_bars.close()
