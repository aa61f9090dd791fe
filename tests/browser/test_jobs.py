"""The Jobs page in Chromium, on postings that a real run has brought."""

import asyncio
import re

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import Page, expect
from test_hostile import HOSTILE, TITLES


async def openings_of(world: World, visit: Visit, *openings: Opening) -> int:
    """Follow a board with these, and read it; answer the run."""
    slug = world.site.add(Board(openings=list(openings)))
    await visit.person.follow(f"greenhouse:{slug}")
    run_id = await visit.person.start_run()
    await visit.page.goto(f"/runs/{run_id}?stay=true")
    await expect(visit.page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    return run_id


def count(page: Page, number: int) -> object:
    noun = "posting" if number == 1 else "postings"
    return expect(page.get_by_role("heading", name=re.compile(f"^{number} {noun}$"))).to_be_visible()


async def test_from_a_word_to_a_posting_and_back(world: World, visit: Visit) -> None:
    page = visit.page
    openings = [Opening(key=str(n), title=f"{['Engineer', 'Designer'][n % 2]} {n}") for n in range(40)]
    run_id = await openings_of(world, visit, *openings, Opening(key="99", title="Cook", html="<p>Bake zwieback.</p>"))
    await page.get_by_role("link", name="Jobs", exact=True).click()
    await count(page, 41)
    search = page.get_by_role("searchbox", name="Find postings")

    await search.fill("desi")
    await count(page, 20)
    assert "q=desi" in page.url
    await search.fill("zwie")
    await count(page, 1)  # as soon as the worker has taken the posting's words
    await page.reload()
    await count(page, 1)
    await expect(search).to_have_value("zwie")

    await page.get_by_role("button", name="Cook").click()
    await expect(page.get_by_role("dialog").get_by_text("Bake zwieback.")).to_be_visible()
    assert "job=" in page.url
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Cook")).to_be_focused()

    await search.fill("dezigner")
    await expect(page.get_by_text("No posting has “dezigner”: these have “designer”.")).to_be_visible()
    await count(page, 20)
    await page.goto(f"/jobs?run={run_id}")
    await count(page, 41)
    await page.get_by_role("button", name=f"New in run {run_id}").click()
    await expect(page.get_by_role("button", name=f"New in run {run_id}")).to_have_count(0)


async def test_back_undoes_what_was_chosen_and_a_run_is_chosen_by_keyboard(world: World, visit: Visit) -> None:
    page = visit.page
    openings = [Opening(key=str(n), title=f"{['Engineer', 'Designer'][n % 2]} {n}") for n in range(10)]
    run_id = await openings_of(world, visit, *openings)
    await page.goto("/jobs")
    await count(page, 10)
    search = page.get_by_role("searchbox", name="Find postings")
    status = page.get_by_role("combobox", name="Status")
    run = page.get_by_role("combobox", name="New in run")

    await run.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page).to_have_url(re.compile(rf"\?run={run_id}$"))
    await count(page, 10)
    await search.press_sequentially("desi")
    await count(page, 5)
    await status.select_option("gone")
    await count(page, 0)
    await page.reload()
    await count(page, 0)

    await page.go_back()
    await count(page, 5)
    await expect(status).to_have_value("live")
    await expect(search).to_have_value("desi")
    await page.go_back()
    await count(page, 10)
    await expect(run).to_have_value("")
    await expect(search).to_have_value("")
    await page.go_forward()
    await count(page, 5)
    await expect(run).to_have_value(str(run_id))


async def test_stars_and_what_was_seen_survive_a_reload(world: World, visit: Visit) -> None:
    page = visit.page
    titles = {"1": "Cook", "2": "Baker", "3": "Clerk"}
    await openings_of(world, visit, *(Opening(key=key, title=title) for key, title in titles.items()))
    await page.goto("/jobs")
    await count(page, 3)
    row = page.get_by_test_id("posting-row")
    await page.get_by_role("button", name="Cook").focus()
    await page.keyboard.press("s")
    await expect(row.filter(has_text="Cook").get_by_role("button", name="Star", pressed=True)).to_be_visible()
    await page.get_by_role("button", name="Baker", exact=True).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(row.filter(has_text="Baker")).to_have_attribute("data-seen", "true")
    await page.keyboard.press("Escape")

    await page.get_by_role("checkbox", name="Starred").check()
    await expect(page.get_by_role("checkbox", name="Starred")).to_have_css("accent-color", "rgb(36, 80, 200)")
    await count(page, 1)
    await page.reload()
    await count(page, 1)
    await expect(row).to_contain_text("Cook")
    await page.get_by_role("checkbox", name="Starred").uncheck()
    await page.get_by_role("checkbox", name="Not seen yet").check()
    await count(page, 2)
    await expect(row.filter(has_text="Baker")).to_have_count(0)


async def test_arrows_go_through_the_rows(world: World, visit: Visit) -> None:
    page = visit.page
    await openings_of(world, visit, *(Opening(key=str(n), title=f"Job {n}") for n in range(150)))
    await page.goto("/jobs")
    await count(page, 150)
    await page.get_by_test_id("posting-row").first.get_by_role("button").first.focus()
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await expect(page.locator('[aria-rowindex="5"] button >> nth=0')).to_be_focused()
    await page.keyboard.press("End")
    # Not `wait_for_function`: what it has the page evaluate, the Content-Security-Policy refuses
    async with asyncio.timeout(20):
        while await page.evaluate("document.querySelector('[role=rowgroup]').scrollHeight < 150 * 60"):
            await page.evaluate("new Promise(requestAnimationFrame)")
    await page.keyboard.press("End")
    await expect(page.locator('[aria-rowindex="151"]')).to_be_visible()
    await page.evaluate("document.querySelector('[role=rowgroup]').scrollTop = 0")
    await expect(page.locator('[aria-rowindex="2"]')).to_be_visible()
    await expect(page.locator('[aria-rowindex="151"] button >> nth=0')).to_be_focused()
    assert await page.get_by_test_id("posting-row").count() < 60


async def test_hostile_postings_do_nothing_there(world: World, visit: Visit) -> None:
    page = visit.page
    jobs = [Opening(key=str(number), title=title, html=HOSTILE) for number, title in enumerate(TITLES)]
    await openings_of(world, visit, *jobs)
    for width in (1280, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto("/jobs")
        await count(page, len(TITLES))
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        for row in await page.get_by_test_id("posting-row").all():
            assert (await row.bounding_box() or {})["height"] == 60
            await row.get_by_role("button").first.click()
            await expect(page.get_by_role("dialog").get_by_text("Join us.")).to_be_visible()
            assert await page.evaluate("document.querySelector('dialog').scrollWidth <= innerWidth")
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await page.evaluate("window.pwned") is None
