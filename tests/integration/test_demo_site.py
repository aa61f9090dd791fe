"""The made-up careers site over real HTTP."""

import itertools
import json
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from demo_shapes import ALWAYS, SOMETIMES, key_paths

from jobwire.demo.companies import Company
from jobwire.demo.options import DemoOptions, System
from jobwire.demo.server import DemoSite

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
LISTS: dict[System, str] = {
    "greenhouse": "/v1/boards/{slug}/jobs?content=true&pay_transparency=true",
    "lever": "/v0/postings/{slug}?mode=json",
    "ashby": "/posting-api/job-board/{slug}?includeCompensation=true",
    "smartrecruiters": "/v1/companies/{slug}/postings?limit=100",
}


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[DemoSite]:
    async with DemoSite(DemoOptions(companies=24, postings=3000, churn=0.3)) as running:
        yield running


@pytest.fixture(scope="module")
async def web(site: DemoSite) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=site.url) as client:
        yield client


def largest(site: DemoSite, system: System) -> Company:
    return max((c for c in site.world.companies if c.system == system), key=lambda company: company.size)


async def read(web: httpx.AsyncClient, path: str) -> Any:
    answer = await web.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def postings_of(system: System, page: Any) -> list[dict[str, Any]]:
    match system:
        case "lever":
            return page
        case "smartrecruiters":
            return page["content"]
        case _:
            return page["jobs"]


async def listed(web: httpx.AsyncClient, company: Company) -> list[dict[str, Any]]:
    """The whole board, page by page where it has pages."""
    path = LISTS[company.system].format(slug=company.slug)
    if company.system != "smartrecruiters":
        return postings_of(company.system, await read(web, path))
    pages = [await read(web, f"{path}&offset={offset}") for offset in range(0, company.size + 100, 100)]
    assert all(page["totalFound"] == len(pages[0]["content"]) or page["totalFound"] > 100 for page in pages)
    return [posting for page in pages for posting in page["content"]]


async def truth(web: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {company["source"]: company for company in (await read(web, "/_demo?ids=1"))["companies"]}


# Shapes


@pytest.mark.parametrize("system", ["greenhouse", "lever", "ashby", "smartrecruiters"])
async def test_a_list_has_the_keys_that_real_ones_have(site: DemoSite, web: httpx.AsyncClient, system: System) -> None:
    shape = "smartrecruiters list" if system == "smartrecruiters" else system
    all_keys: set[str] = set()
    boards = [await listed(web, company) for company in site.world.companies if company.system == system]
    for posting in itertools.chain(*boards):
        keys = set(key_paths(posting))
        assert ALWAYS[shape] <= keys
        assert keys <= ALWAYS[shape] | SOMETIMES[shape]
        all_keys |= keys
    never = {"ai_disclaimer", "ai_opt_out_request_url", "include_ai_disclaimer"}
    assert SOMETIMES[shape] - all_keys - never - {"salaryDescription", "salaryDescriptionPlain"} == set()


async def test_a_smartrecruiters_posting_has_the_keys_that_real_ones_have(
    site: DemoSite, web: httpx.AsyncClient
) -> None:
    company = largest(site, "smartrecruiters")
    shape = "smartrecruiters detail"
    for found in (await listed(web, company))[:20]:
        detail = await read(web, f"/v1/companies/{company.slug}/postings/{found['id']}")
        keys = set(key_paths(detail))
        assert ALWAYS[shape] <= keys <= ALWAYS[shape] | SOMETIMES[shape]
        same = found.keys() & detail.keys() - {"department"}
        assert {key: found[key] for key in same} == {key: detail[key] for key in same}
        assert found["department"]["id"] == str(detail["department"]["id"])


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not on this machine")
@pytest.mark.parametrize("shape", ALWAYS)
def test_the_keys_are_those_of_real_answers(shape: str) -> None:
    system, _, kind = shape.partition(" ")
    real: list[Any] = []
    for file in sorted((SAMPLES / system).glob(f"*{kind}.json" if kind else "*.json")):
        answer = json.loads(file.read_text())
        real += [answer] if kind == "detail" else postings_of(system, answer)  # pyright: ignore[reportArgumentType]
    assert real
    for posting in real:
        assert ALWAYS[shape] <= set(key_paths(posting)) <= ALWAYS[shape] | SOMETIMES[shape]


async def test_greenhouse_gives_only_what_was_asked_for(site: DemoSite, web: httpx.AsyncClient) -> None:
    company = largest(site, "greenhouse")
    bare = (await read(web, f"/v1/boards/{company.slug}/jobs"))["jobs"][0]
    assert bare.keys().isdisjoint({"content", "departments", "offices", "pay_input_ranges"})
    full = (await read(web, f"/v1/boards/{company.slug}/jobs?content=true"))["jobs"][0]
    assert full.keys() - bare.keys() == {"content", "departments", "offices"}
    assert await read(web, f"/v1/boards/{company.slug}/jobs/{full['id']}") == full
    board = await read(web, f"/v1/boards/{company.slug}")
    assert board["name"] == company.name


async def test_greenhouse_escapes_its_content_once(site: DemoSite, web: httpx.AsyncClient) -> None:
    contents = [posting["content"] for posting in await listed(web, largest(site, "greenhouse"))]
    assert all(content.startswith("&lt;div class=&quot;content-intro&quot;&gt;&lt;h2&gt;") for content in contents)
    assert not any("<" in content for content in contents)
    assert any("&amp;amp;" in content for content in contents)
    assert all("&nbsp;" in unescape(content) for content in contents)


async def test_ashby_says_nothing_of_pay_unless_asked(site: DemoSite, web: httpx.AsyncClient) -> None:
    company = largest(site, "ashby")
    board = await read(web, f"/posting-api/job-board/{company.slug}")
    assert board["apiVersion"] == "1"
    assert not any("compensation" in job for job in board["jobs"])


async def test_ids_and_links(site: DemoSite, web: httpx.AsyncClient) -> None:
    links = {"greenhouse": "absolute_url", "lever": "hostedUrl", "ashby": "jobUrl", "smartrecruiters": "postingUrl"}
    for system, link in links.items():
        company = largest(site, system)
        posting = (await listed(web, company))[0]
        if system == "smartrecruiters":
            assert posting["ref"] == f"{site.url}/v1/companies/{company.slug.lower()}/postings/{posting['id']}"
            posting = (await web.get(posting["ref"])).json()
        assert isinstance(posting["id"], int if system == "greenhouse" else str)
        assert posting[link].startswith(f"{site.url}/")
        page = await web.get(posting[link])
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


# Paging


async def test_lever_pages_by_skip_and_limit(site: DemoSite, web: httpx.AsyncClient) -> None:
    company = largest(site, "lever")
    everything = await listed(web, company)
    paged: list[Any] = []
    while len(page := await read(web, f"/v0/postings/{company.slug}?mode=json&skip={len(paged)}&limit=7")) == 7:
        paged += page
    assert paged + page == everything
    assert await read(web, f"/v0/postings/{company.slug}/{everything[0]['id']}?mode=json") == everything[0]


async def test_smartrecruiters_pages_by_offset_a_hundred_at_most(site: DemoSite, web: httpx.AsyncClient) -> None:
    company = largest(site, "smartrecruiters")
    assert company.size > 100
    path = f"/v1/companies/{company.slug}/postings"
    greedy = await read(web, f"{path}?limit=500")
    assert (greedy["limit"], greedy["offset"], greedy["totalFound"]) == (100, 0, company.size)
    assert len(greedy["content"]) == 100
    small = await read(web, f"{path}?limit=10&offset={company.size - 3}")
    assert len(small["content"]) == 3
    beyond = await read(web, f"{path}?limit=10&offset={company.size}")
    assert (beyond["content"], beyond["totalFound"]) == ([], company.size)
    assert [p["id"] for p in await listed(web, company)] == list(site.world.roster(company).entries)


# What does not exist


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/v1/boards/nobody/jobs?content=true", 404, '{"status":404,"error":"Job not found"}'),
        ("/v1/boards/nobody", 404, '{"error":"Job board not found"}'),
        ("/v0/postings/nobody?mode=json", 404, '{"ok":false,"error":"Document not found"}'),
        ("/posting-api/job-board/nobody", 404, "Not Found"),
        ("/v1/companies/nobody/postings", 200, '{"offset":0,"limit":100,"totalFound":0,"content":[]}'),
    ],
)
async def test_unknown_boards_answer_as_the_real_ones_do(
    web: httpx.AsyncClient, path: str, status: int, body: str
) -> None:
    answer = await web.get(path)
    assert (answer.status_code, answer.text) == (status, body)


async def test_unknown_postings_pages_and_addresses_are_404(site: DemoSite, web: httpx.AsyncClient) -> None:
    paths = [
        f"/v1/boards/{largest(site, 'greenhouse').slug}/jobs/1",
        f"/v0/postings/{largest(site, 'lever').slug}/1",
        f"/v1/companies/{largest(site, 'smartrecruiters').slug}/postings/1",
        f"/posting-api/job-board/{largest(site, 'ashby').slug}/1",
        f"/{largest(site, 'ashby').slug}/1",
        "/nobody",
        "/nobody/1",
        "/_demo/nothing",
    ]
    assert [(await web.get(path)).status_code for path in paths] == [404] * len(paths)


async def test_other_methods_are_refused(web: httpx.AsyncClient) -> None:
    assert (await web.post("/v1/boards/nobody/jobs")).status_code == 405
    assert (await web.get("/_demo/next")).status_code == 405


# Conditional requests


async def test_an_unchanged_board_is_304(site: DemoSite, web: httpx.AsyncClient) -> None:
    for system, path in LISTS.items():
        first = await web.get(path.format(slug=largest(site, system).slug))
        assert ("etag" in first.headers) == (system != "smartrecruiters")
        if "etag" in first.headers:
            tag = {"if-none-match": first.headers["etag"]}
            again = await web.get(path.format(slug=largest(site, system).slug), headers=tag)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


# Churn


async def test_the_oracle_says_what_the_listings_show_before_and_after_a_generation() -> None:
    options = DemoOptions(companies=8, postings=900, churn=0.3)
    async with DemoSite(options) as site, httpx.AsyncClient(base_url=site.url) as web:
        before = [(c, {str(p["id"]): p for p in await listed(web, c)}) for c in site.world.companies]
        expected = await truth(web)
        for company, postings in before:
            assert list(postings) == expected[f"{company.system}:{company.slug}"]["ids"]

        tag = (await web.get(LISTS["ashby"].format(slug=largest(site, "ashby").slug))).headers["etag"]
        assert (await web.post("/_demo/next")).json() == {"generation": 1}
        moved = await web.get(LISTS["ashby"].format(slug=largest(site, "ashby").slug), headers={"if-none-match": tag})
        assert moved.status_code == 200

        expected = await truth(web)
        for company, old in before:
            new = {str(p["id"]): p for p in await listed(web, company)}
            said = expected[f"{company.system}:{company.slug}"]
            assert list(new) == said["ids"]
            assert said["count"] == len(new)
            assert sorted(new.keys() - old.keys()) == said["changes"]["new"]
            assert sorted(old.keys() - new.keys()) == said["changes"]["gone"]
            differ = sorted(key for key in new.keys() & old.keys() if new[key] != old[key])
            # SmartRecruiters' list does not show that a text has changed.
            assert differ == ([] if company.system == "smartrecruiters" else said["changes"]["changed"])
            for key in said["changes"]["gone"][:3] if company.system == "smartrecruiters" else []:
                gone = await web.get(f"/v1/companies/{company.slug}/postings/{key}")
                assert gone.status_code == 404


async def test_a_board_moves_on_by_itself_when_it_is_listed_again_much_later() -> None:
    now = 1000.0
    options = DemoOptions(companies=4, postings=400, churn=0.3, churn_after=20)
    async with DemoSite(options, clock=lambda: now) as site, httpx.AsyncClient(base_url=site.url) as web:
        for system, path in LISTS.items():
            company = largest(site, system)

            async def generation(address: str = path.format(slug=company.slug), of: Company = company) -> int:
                await read(web, address)
                return site.world.generation_of(of)

            now = 1000.0
            assert await generation() == 0
            now += 19.9
            assert await generation() == 0
            now += 0.1
            assert await generation() == 1
            assert await generation() == 1
        assert site.world.generation == 0


async def test_later_pages_do_not_move_a_board_on() -> None:
    now = 0.0
    options = DemoOptions(companies=4, postings=900, churn_after=20)
    async with DemoSite(options, clock=lambda: now) as site, httpx.AsyncClient(base_url=site.url) as web:
        smart, lever = largest(site, "smartrecruiters"), largest(site, "lever")
        await read(web, f"/v1/companies/{smart.slug}/postings?offset=0")
        await read(web, f"/v0/postings/{lever.slug}?skip=0&limit=10")
        now = 50.0
        await read(web, f"/v1/companies/{smart.slug}/postings?offset=100")
        await read(web, f"/v0/postings/{lever.slug}?skip=10&limit=10")
        assert {site.world.generation_of(company) for company in (smart, lever)} == {0}


# The rest of the site


async def test_the_front_page_links_to_every_company(site: DemoSite, web: httpx.AsyncClient) -> None:
    front = (await web.get("/")).text
    for company in site.world.companies:
        assert f'href="/{company.slug}"' in front
        page = await web.get(f"/{company.slug}")
        assert page.status_code == 200
        assert all(f'href="/{company.slug}/{key}"' in page.text for key in site.world.roster(company).entries)


async def test_the_overview_names_companies_as_the_commands_take_them(site: DemoSite, web: httpx.AsyncClient) -> None:
    overview = await read(web, "/_demo")
    assert [company["spec"] for company in overview["companies"]] == site.companies
    assert site.companies[0] == f"{site.world.companies[0].name}={overview['companies'][0]['source']}"
    assert overview["board_urls"] == site.board_urls
    assert overview["postings"] == 3000
    assert "ids" not in overview["companies"][0]


async def test_two_sites_with_the_same_options_answer_the_same() -> None:
    options = DemoOptions(companies=4, postings=40)
    bodies: list[list[str]] = []
    for _ in range(2):
        async with DemoSite(options) as site, httpx.AsyncClient(base_url=site.url) as web:
            paths = [LISTS[company.system].format(slug=company.slug) for company in site.world.companies]
            bodies.append([(await web.get(path)).text.replace(site.url, "") for path in paths])
    assert bodies[0] == bodies[1]
