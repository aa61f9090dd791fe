"""On a phone, 360 px wide: a table's rows are cards that lose no column, and a run's parts are tabs."""

from browser_world import Visit, World
from careers_site import Board, Opening
from fit import PHONE
from playwright.async_api import expect


async def test_tables_become_cards_that_lose_no_column(world: World, visit: Visit) -> None:
    page = visit.page
    await page.set_viewport_size(PHONE)
    slug = world.site.add(Board(openings=[Opening(key=str(key), title=f"Engineer {key}") for key in range(7)]))
    await visit.person.follow(f"greenhouse:{slug}")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}/summary")
    table = page.get_by_role("region", name="By company").get_by_role("table")
    names = [await one.text_content() for one in await table.locator("thead th").all()]
    cells = table.locator("tbody tr").first.locator("th, td")
    assert [await cell.get_attribute("data-label") for cell in await cells.all()][2:] == names[2:]
    for cell in await cells.all():
        await expect(cell).to_be_in_viewport()


async def test_pressing_a_company_shows_its_jobs(world: World, visit: Visit) -> None:
    page = visit.page
    await page.set_viewport_size(PHONE)
    slug = world.site.add(Board(openings=[Opening(key="1", title="Engineer")]))
    await visit.person.follow(f"greenhouse:{slug}")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await page.get_by_test_id("company-card").get_by_role("button").click()
    await expect(page.get_by_role("tab", name="Jobs")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_test_id("job-row")).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id("job-row")).to_be_visible()
