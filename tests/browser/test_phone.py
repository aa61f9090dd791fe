"""On a phone, 360 px wide: rows are cards, a run's parts are tabs, and nothing has to be scrolled sideways."""

from browser_world import Visit, World
from careers_site import Board, Opening
from fit import DESK, PHONE, misfits, small_targets
from playwright.async_api import expect
from sqlalchemy import insert

from jobwire.storage.tables import run_logs

WORD = "Donaudampfschifffahrt" * 480
STRANGE = [
    "<script>window.pwned = 'title'</script>" * 20,
    WORD,
    "\u202eמנהל מוצר בכיר \u202c " * 100,
    "👩‍👩‍👧‍👦🧑🏿‍🚀" * 500,
    "Z̸̢̛̳̤͎̗̲͓͇̘̹̣̱͐͊̂̽͛̀͋̿a̵lgo " * 50,
    "several " * 1200,
]
HTML = f"<h1>{WORD}</h1><p>{STRANGE[2]}{STRANGE[3]}</p><pre>{WORD}</pre><table><tr>{'<td>cell</td>' * 60}</tr></table>"


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


async def test_what_strangers_write_breaks_no_layout(world: World, visit: Visit) -> None:
    page = visit.page
    jobs = [Opening(key=str(number), title=title, html=HTML) for number, title in enumerate(STRANGE, 1)]
    slug = world.site.add(Board(openings=jobs))
    name = "<b>\u03a9</b>\u202e\u05de\u05e9\u05e8\u05d4" + "Rindfleischetikettierung" * 6
    item = {"op": "upsert", "company_name": name, "source": f"greenhouse:{slug}"}
    (outcome,) = await visit.person.post("/api/ingestion/settings", [item])
    assert outcome["success"], outcome
    run_id = await visit.person.start_run()
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        where = f"{size['width']} px"
        await page.goto(f"/runs/{run_id}?stay=true")
        await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
        await expect(page.get_by_test_id("company-card")).to_be_visible()
        assert await misfits(page) == [], where
        if size is PHONE:
            await page.get_by_role("tab", name="Log").click()
            assert await misfits(page) == [], where
            await page.get_by_role("tab", name="Jobs").click()
        await page.get_by_test_id("job-row").nth(1).get_by_role("button").click()
        await expect(page.get_by_role("dialog").get_by_role("cell").first).to_be_visible()
        assert await misfits(page) == [], where
        await page.keyboard.press("Escape")
        for path, ready in {
            "/configure": '[data-testid="preview-button"]',
            "/preview": "details",
            f"/runs/{run_id}/summary": "table",
            "/runs": "table",
            "/jobs": '[data-testid="posting-row"]',
            "/companies": "[data-company]",
        }.items():
            await page.goto(path)
            await expect(page.locator(ready).first).to_be_visible()
            assert await misfits(page) == [], f"{path}, {where}"
            assert await small_targets(page) == [], f"{path}, {where}"
    assert await page.evaluate("window.pwned") is None


async def test_what_strangers_write_into_the_log_breaks_no_layout(world: World, visit: Visit) -> None:
    """Boards' names, titles and answers are in its lines."""
    page = visit.page
    slug = world.site.add(Board(openings=[Opening(key="1", title="Engineer")]))
    await visit.person.follow(f"greenhouse:{slug}")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    lines = [f"line {number}: {said}" for number, said in enumerate([*STRANGE, HTML])]
    async with world.database.begin() as connection:
        rows = [{"run_id": run_id, "level": "warning", "company": WORD[:300], "message": line} for line in lines]
        await connection.execute(insert(run_logs), rows)
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        await page.reload()
        if size is PHONE:
            await page.get_by_role("tab", name="Log").click()
        shown = page.get_by_test_id("log-line").filter(has_text="line ")
        await expect(shown).to_have_count(len(lines))
        for number, line in enumerate(lines):
            await shown.nth(number).scroll_into_view_if_needed()
            await expect(shown.nth(number)).to_contain_text(line.split()[2][:20])
        assert await misfits(page) == [], f"{size['width']} px"
        assert await page.get_by_role("log").locator("script, table, h1, pre").count() == 0
    assert await page.evaluate("window.pwned") is None
