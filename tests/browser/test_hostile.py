"""What strangers write is shown, and does nothing."""

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import expect

HOSTILE = """
<p>Join <b>us</b>.</p>
<script>window.pwned = 'script'; document.title = 'pwned'</script>
<img src="/nothing.png" onerror="window.pwned = 'onerror'">
<svg onload="window.pwned = 'svg'"></svg>
<a href="javascript:window.pwned = 'link'" onclick="window.pwned = 'click'">Apply here</a>
<iframe srcdoc="<script>parent.pwned = 'frame'</script>"></iframe>
<form action="/signin"><input name="code" autofocus onfocus="window.pwned = 'focus'"></form>
<style>body { display: none }</style>
"""
TITLES = [
    "<script>window.pwned = 'title'</script>",
    "<img src=x onerror=\"window.pwned='image'\">",
    "Engineer\n\nevent: status\ndata: finished\n\n",
    "\u202eright to left\u202c and \u2028 a line of its own",
    "__proto__",
    "Engineer & Co. &lt;b&gt;bold&lt;/b&gt; " + "very " * 60 + "long",
]


async def test_description_and_titles_do_nothing(world: World, visit: Visit) -> None:
    page = visit.page
    jobs = [Opening(key=str(number), title=title, html=HOSTILE) for number, title in enumerate(TITLES, 1)]
    slug = world.site.add(Board(openings=jobs), stem="constructor")
    await visit.person.follow(f"greenhouse:{slug}")
    run_id = await visit.person.start_run()
    await page.goto(f"/runs/{run_id}?stay=true")
    await expect(page.locator('[data-testid="run-status"][data-status="finished"]')).to_be_visible()
    rows = page.get_by_test_id("job-row")
    await expect(rows).to_have_count(len(TITLES))
    for number in range(1, len(TITLES) + 1):
        await page.locator(f'[data-external-id="{number}"] button').click()
        drawer = page.get_by_role("dialog")
        await expect(drawer.get_by_text("Join us.")).to_be_visible()
        assert await drawer.locator("script, img, iframe, form, input, style, [onclick]").count() == 0
        if await drawer.get_by_text("Apply here").count():
            await drawer.get_by_text("Apply here").click()
        await page.keyboard.press("Escape")
        await expect(drawer).to_have_count(0)
    assert await page.evaluate("window.pwned") is None
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.url.endswith("stay=true")
    assert await page.title() == f"Run {run_id} · Jobwire"
    assert [link.url for link in page.context.pages] == [page.url]


async def test_a_company_with_a_hostile_name(world: World, visit: Visit) -> None:
    page = visit.page
    slug = world.site.add(Board(openings=[Opening(key="1", title="Engineer")]))
    name = "<img src=x onerror=\"window.pwned='name'\"> & 'Söhne'"
    item = {"op": "upsert", "company_name": name, "source": f"greenhouse:{slug}"}
    assert (await visit.person.post("/api/ingestion/settings", [item]))[0]["success"]
    await page.goto("/preview")
    await expect(page.get_by_test_id("start-run")).to_have_text("Start run (1 job)")
    await page.get_by_test_id("start-run").click()
    await page.wait_for_url("**/summary")
    await expect(page.get_by_role("rowheader", name=name, exact=True)).to_be_visible()
    assert await page.evaluate("window.pwned") is None
