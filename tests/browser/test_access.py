"""Who may see what, in the browser."""

from browser_world import Visit, World
from playwright.async_api import Browser, expect


async def test_whoever_is_signed_out_is_told_how_to_sign_in(world: World, chromium: Browser) -> None:
    context = await chromium.new_context(base_url=world.server.url)
    page = await context.new_page()
    for path in ("/", "/runs/1", "/configure"):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200
        await expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        await expect(page.get_by_text("jobwire token --link")).to_be_visible()

    # The link in another tab is enough: this one goes on by itself
    person = world.person()
    link = await person.link()
    other = await context.new_page()
    await other.goto(link)
    await other.wait_for_url("**/configure")
    await expect(page.get_by_text(person.email)).to_be_visible()

    # It worked once; where somebody is signed in already, that is no matter
    stranger = await chromium.new_context(color_scheme="dark")
    page = await stranger.new_page()
    answer = await page.goto(link)
    assert answer is not None
    assert answer.status == 403
    await expect(page.locator("p")).to_contain_text("in the folder of Jobwire, this prints another")
    await expect(page.locator("body")).to_have_css("color", "rgb(255, 255, 255)")
    await stranger.close()
    await context.close()


async def test_another_persons_run_is_none(world: World, visit: Visit) -> None:
    from_somebody_else = world.person()
    await from_somebody_else.follow(world.demo.companies[2])
    run_id = await from_somebody_else.start_run()
    visit.watch.expected = "404"
    await visit.page.goto(f"/runs/{run_id}")
    await expect(visit.page.get_by_role("heading", name="No such run")).to_be_visible()


async def test_sign_out(visit: Visit) -> None:
    visit.watch.expected = "401"
    await visit.page.get_by_role("button", name="Sign out").click()
    await expect(visit.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    await visit.page.reload()
    await expect(visit.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


async def test_a_violation_of_the_policy_is_noticed_whoever_looks(
    world: World, chromium: Browser, violations: list[str]
) -> None:
    page = await (await chromium.new_context(base_url=world.server.url)).new_page()
    await page.goto("/")
    async with page.expect_console_message():
        await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    await page.context.close()
    assert violations
    violations.clear()
