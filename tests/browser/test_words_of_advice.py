"""What the page says is to be done can be done on the page."""

from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import expect


async def test_an_address_at_no_system_is_told_of_the_button_below(visit: Visit) -> None:
    page = visit.page
    await page.goto("/configure")
    lines = ["https://127.0.0.1/jobs", "careers.example.com", "Acme=https://127.0.0.1/jobs"]
    await page.get_by_test_id("add-companies-input").fill("\n".join(lines))
    await page.get_by_test_id("add-companies-submit").click()
    refused = page.locator("[data-error]")
    await expect(refused).to_have_count(len(lines))
    for line in await refused.all():
        await expect(line).to_contain_text("Have the page looked at (“Look which system is behind it”), or")
        await expect(line.get_by_role("button", name="Look which system is behind it")).to_be_visible()
    visit.watch.expected = "422"
    await refused.last.get_by_role("button").click()
    await expect(refused.last).to_contain_text("https://127.0.0.1/jobs is no address of a public page.")


async def test_what_has_changed_elsewhere_is_told_with_its_place_on_the_page(world: World, visit: Visit) -> None:
    page, person = visit.page, visit.person
    slug = world.site.add(Board(openings=[Opening(key="1", title="Engineer")]))
    await person.follow(f"greenhouse:{slug}")
    await page.goto("/preview")
    await expect(page.get_by_text("1 of 1 board answered")).to_be_visible()
    await person.post("/api/ingestion/settings", [{"op": "delete", "company_name": slug}])
    visit.watch.expected = "422"
    await page.get_by_role("button", name="Start run").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "There is no company to run. Follow one first (the Configure page)."
    )


async def test_a_company_that_is_followed_no_longer_is_told_of_with_where_to_look(world: World, visit: Visit) -> None:
    page, person = visit.page, visit.person
    slug, other = (world.site.add(Board(openings=[Opening(key="1", title="Engineer")])) for _ in range(2))
    await person.follow(f"greenhouse:{slug}", f"greenhouse:{other}")
    await page.goto("/configure")
    await expect(page.get_by_role("button", name=f"Delete {slug}")).to_be_visible()
    await person.post("/api/ingestion/settings", [{"op": "delete", "company_name": slug}])
    await page.get_by_role("button", name=f"Delete {slug}").click()
    said = f"You do not follow {slug}. Look up its exact name (the Companies page)."
    await expect(page.get_by_role("alert")).to_have_text(said)
