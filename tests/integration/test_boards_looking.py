"""Which careers system is behind a company's own page: pages of every kind, served on loopback."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from boards_server import Site, settings_for

from jobwire.boards.http import BoardClient
from jobwire.boards.looking import PageLooker, boards_on
from jobwire.domain.errors import BoardError, BoardGone, InvalidInput
from jobwire.ingest.looking import Look

FAST = {"127.0.0.1": {"per_second": 10_000, "concurrency": 16}}
POSTING = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Cook"}</script>'


@pytest.fixture
async def looker(site: Site) -> AsyncIterator[PageLooker]:
    settings = settings_for(site.origin, host_pace=FAST)
    async with BoardClient(settings, jitter=lambda: 0.0) as client:
        yield PageLooker(settings, client)


def pages(site: Site, of: dict[str, web.Response | str]) -> None:
    """Serve pages by host and path; a text is HTML."""

    def answer(request: web.Request) -> web.Response:
        found = of.get(f"{request.headers['Host'].partition(':')[0]}{request.raw_path}")
        if isinstance(found, str):
            return web.Response(text=found, content_type="text/html")
        return found or web.Response(status=404)

    site.answer = answer


def sources(look: Look) -> list[str]:
    return [str(one.board) for one in look.sightings]


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ('<script src="https://boards.greenhouse.io/embed/job_board/js?for=example"></script>', "greenhouse:example"),
        ('<a href="https://job-boards.eu.greenhouse.io/example/jobs/1">x</a>', "greenhouse:example"),
        (
            'get("https:\\/\\/boards-api.greenhouse.io\\/v1\\/boards\\/example\\/jobs")',
            "greenhouse:example",
        ),
        ('<a href="https://jobs.lever.co/example/9d1c">Engineer</a>', "lever:example"),
        ('<script>u = "//api.lever.co/v0/postings/example?mode=json"</script>', "lever:example"),
        ('<script src="https://jobs.ashbyhq.com/example/embed"></script>', "ashby:example"),
        (
            '"https:\\u002F\\u002Fapi.ashbyhq.com\\u002Fposting-api\\u002Fjob-board\\u002Fexample"',
            "ashby:example",
        ),
        ('<a href="https://example.wd5.myworkdayjobs.com/en-US/Careers/job/x">x</a>', "workday:example.wd5/Careers"),
        ('"https://example.wd1.myworkdayjobs.com/wday/cxs/example/Jobs/jobs"', "workday:example.wd1/Jobs"),
        ('<a href="https://apply.workable.com/example/j/1/">x</a>', "workable:example"),
        ('<a href="https://example.recruitee.com/o/cook">x</a>', "recruitee:example"),
        ('<iframe src="https://example.jobs.personio.de/?language=en"></iframe>', "personio:example"),
        ('<a href="https://example.teamtailor.com/jobs">x</a>', "teamtailor:example"),
        ('<a href="https://example.breezy.hr/p/1">x</a>', "breezy:example"),
        ('<a href="https://jobs.smartrecruiters.com/Example/1-cook">x</a>', "smartrecruiters:Example"),
        ("<script>widget({'company_code': 'Example'})</script>", "smartrecruiters:Example"),
        ('<script>window._EF_GROUP_ID = "example.com";</script>', "eightfold:careers.example.com/example.com"),
    ],
)
async def test_marks_of_every_system(site: Site, looker: PageLooker, page: str, source: str) -> None:
    pages(site, {"careers.example.com/": f"<html><body>{page}</body></html>"})
    look = await looker.look("https://careers.example.com/")
    assert sources(look) == [source]
    (one,) = look.sightings
    assert one.sentence.startswith("careers.example.com is ")
    assert one.board.slug in one.sentence


RECRUITEE = (
    '<meta property="og:image" content="https://careers.recruiteecdn.com/image/upload/x.png">'
    '<div data-rendered data-component="PublicApp" data-props="{&quot;appConfig&quot;:{}}"></div>'
)
TEAMTAILOR = (
    '<script src="https://assets-aws.teamtailor-cdn.com/assets/careersite.js"></script>'
    '<body data-controller="careersite--ready careersite--referrer-cookie">'
)


@pytest.mark.parametrize(
    ("path", "page", "board"),
    [
        ("/o/some-job", RECRUITEE, "recruitee:careers.example.com"),
        ("/jobs/123-title", TEAMTAILOR, "teamtailor:careers.example.com"),
        ("/jobs", TEAMTAILOR + '<a href="https://tt.teamtailor.com/x">Sign in</a>', "teamtailor:careers.example.com"),
        ("/", RECRUITEE + "job.e4u78@example.recruitee.com", "recruitee:careers.example.com"),
    ],
)
async def test_pages_that_a_system_serves_at_the_companys_own_host(
    site: Site, looker: PageLooker, path: str, page: str, board: str
) -> None:
    pages(site, {f"careers.example.com{path}": page + POSTING})
    look = await looker.look(f"https://careers.example.com{path}")

    assert sources(look) == [board]
    assert look.sightings[0].url == "https://careers.example.com"
    assert look.sightings[0].sentence.endswith('board "careers.example.com" (its pages are made by it).')


def robots(*sitemaps: str) -> web.Response:
    return web.Response(text="User-agent: *\nDisallow: /x\n" + "".join(f"Sitemap: {one}\n" for one in sitemaps))


async def test_a_workday_tenant_shows_all_its_sites(site: Site, looker: PageLooker) -> None:
    host = "example.wd5.myworkdayjobs.com"
    sitemaps = [f"https://{host}/{one}/siteMap.xml" for one in ("Careers", "en-US/Careers", "Students", "a b")]
    pages(site, {f"{host}/robots.txt": robots(*sitemaps, "https://other.wd5.myworkdayjobs.com/Careers/siteMap.xml")})
    look = await looker.look(host)

    assert sources(look) == ["workday:example.wd5/Careers", "workday:example.wd5/Students"]
    assert look.sightings[1].sentence == (
        f'{host} is Workday board "example.wd5/Students" (named in its robots.txt, one of 2).'
    )
    assert look.sightings[1].url == f"https://{host}/Students"
    assert site.paths == ["/robots.txt"]
    assert sources(await looker.look(f"https://{host}/en-US/Students/job/Oslo/Cook_R1"))[0] == sources(look)[1]


async def test_a_tenant_of_many_sites_shows_some_and_says_how_many_there_are(site: Site, looker: PageLooker) -> None:
    host = "example.wd3.myworkdayjobs.com"
    pages(site, {f"{host}/robots.txt": robots(*(f"https://{host}/S{n}/siteMap.xml" for n in range(70)))})
    look = await looker.look(f"https://{host}/S69")

    assert len(look.sightings) == 20
    assert sources(look)[:2] == ["workday:example.wd3/S69", "workday:example.wd3/S0"]
    assert "one of 70" in look.sightings[0].sentence


async def test_sitemaps_at_other_hosts_are_none_of_this_ones(site: Site, looker: PageLooker) -> None:
    elsewhere = robots("https://example.wd5.myworkdayjobs.com/Careers/siteMap.xml", "https://jobs.lever.co/other/x.xml")
    pages(site, {"careers.example.com/robots.txt": elsewhere, "careers.example.com/": TEAMTAILOR})
    assert sources(await looker.look("careers.example.com")) == ["teamtailor:careers.example.com"]

    shared = robots("https://apply.workable.com/sitemaps/1.xml")
    pages(site, {"apply.workable.com/robots.txt": shared, "apply.workable.com/": "<p>Welcome</p>"})
    assert sources(await looker.look("apply.workable.com")) == []


async def test_what_else_such_a_page_names_comes_after(site: Site, looker: PageLooker) -> None:
    partner = '<a href="https://jobs.lever.co/partner/1">1</a><a href="https://jobs.lever.co/partner/2">2</a>'
    pages(site, {"careers.example.com/": RECRUITEE + partner})
    assert sources(await looker.look("careers.example.com")) == ["recruitee:careers.example.com", "lever:partner"]


async def test_pages_under_the_systems_own_domain_have_the_boards_name(site: Site, looker: PageLooker) -> None:
    pages(site, {"example.recruitee.com/": RECRUITEE, "example.na.teamtailor.com/jobs": TEAMTAILOR})
    assert sources(await looker.look("example.recruitee.com")) == ["recruitee:example"]
    assert sources(await looker.look("example.na.teamtailor.com/jobs")) == ["teamtailor:example.na"]


@pytest.mark.parametrize(
    "page",
    [
        '<img src="https://careers.recruiteecdn.com/image/upload/x.png">',
        '<script src="https://jobs-widget.recruiteecdn.com/widget.js"></script><div id="rt-widget"></div>',
        '<script src="https://scripts.teamtailor-cdn.com/widgets/jobs.js" data-teamtailor-api-key="x"></script>',
        '<div data-component="PublicApp"></div><body data-controller="careersite--ready">',
    ],
)
def test_what_others_may_have_in_their_pages_makes_no_board_of_their_host(page: str) -> None:
    assert boards_on("www.example.com", page) == []


async def test_a_host_that_leads_to_the_companys_own_pages(site: Site, looker: PageLooker) -> None:
    away = web.Response(status=302, headers={"Location": "https://example.com/jobs"})
    pages(site, {"careers.example.com/": away, "example.com/jobs": '<a href="https://jobs.lever.co/example">x</a>'})
    assert sources(await looker.look("careers.example.com")) == ["lever:example"]


async def test_it_says_what_was_taken_for_what(site: Site, looker: PageLooker) -> None:
    page = '<a href="https://jobs.lever.co/example/1">1</a><a href="https://jobs.lever.co/example/2">2</a>'
    pages(site, {"careers.example.com/": page + '<a href="https://jobs.ashbyhq.com/partner/3">3</a>'})
    look = await looker.look("careers.example.com")
    assert sources(look) == ["lever:example", "ashby:partner"]
    assert look.sightings[0].sentence == 'careers.example.com is Lever board "example" (named in the page 2 times).'
    assert look.sightings[0].url == "https://jobs.lever.co/example"


async def test_a_page_that_leads_to_a_careers_system(site: Site, looker: PageLooker) -> None:
    away = web.Response(status=302, headers={"Location": "https://jobs.lever.co/example"})
    pages(site, {"careers.example.com/": away})
    look = await looker.look("https://careers.example.com/")
    assert sources(look) == ["lever:example"]
    assert "leads to https://jobs.lever.co/example" in look.sightings[0].sentence


async def test_a_page_that_leads_to_the_companys_other_host(site: Site, looker: PageLooker) -> None:
    away = web.Response(status=301, headers={"Location": "https://www.example.com/jobs"})
    pages(site, {"example.com/": away, "www.example.com/jobs": '<a href="https://jobs.lever.co/example">x</a>'})
    assert sources(await looker.look("example.com")) == ["lever:example"]


async def test_a_redirect_to_a_private_address_is_not_followed(site: Site, looker: PageLooker) -> None:
    away = web.Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    pages(site, {"example.com/": away})
    with pytest.raises(InvalidInput, match="no address of a public page"):
        await looker.look("example.com")


async def test_the_board_may_be_a_page_further(site: Site, looker: PageLooker) -> None:
    first = '<a href="/about">About</a><a href="/open-positions">Open positions</a>'
    pages(
        site,
        {"example.com/work": first, "example.com/open-positions": '<a href="https://jobs.lever.co/example">x</a>'},
    )
    assert sources(await looker.look("https://example.com/work")) == ["lever:example"]
    assert not any("about" in path for path in site.paths)


async def test_pages_with_postings_of_their_own_are_the_last_resort(site: Site, looker: PageLooker) -> None:
    pages(site, {"example.com/jobs": '<a href="/jobs/cook">Cook</a>', "example.com/jobs/cook": POSTING})
    look = await looker.look("https://example.com/jobs")
    assert sources(look) == ["page:example.com/jobs"]
    assert "no careers system that is known" in look.sightings[0].sentence


async def test_a_page_at_a_host_in_other_letters(site: Site, looker: PageLooker) -> None:
    host = "xn--mnchen-3ya.example"
    pages(site, {f"{host}/jobs": '<a href="https://münchen.example/jobs/cook">Cook</a>', f"{host}/jobs/cook": POSTING})
    for address in ("https://München.example/jobs", "münchen.example/jobs", f"https://{host}/jobs"):
        assert sources(await looker.look(address)) == [f"page:{host}/jobs"]


async def test_a_page_that_shows_nothing(site: Site, looker: PageLooker) -> None:
    pages(site, {"example.com/": "<p>Welcome</p>"})
    assert sources(await looker.look("example.com")) == []


async def test_a_page_is_read_as_its_site_asks(site: Site, looker: PageLooker) -> None:
    rules = web.Response(text="User-agent: *\nDisallow: /careers")
    pages(site, {"example.com/robots.txt": rules, "example.com/careers": "<p>x</p>"})
    with pytest.raises(BoardError, match="robots"):
        await looker.look("https://example.com/careers")
    pages(site, {})
    with pytest.raises(BoardGone):
        await looker.look("https://other.example.com/careers")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "localhost",
        "ftp://example.com/",
        "https://me@example.com/",
        "example.com:8080",
        "http://①②⑦.⓪.⓪.①/",
        "https://ü..example/",
        "",
        "x",
    ],
)
async def test_what_is_no_page_is_not_asked(site: Site, looker: PageLooker, address: str) -> None:
    with pytest.raises(InvalidInput, match="no address of a public page"):
        await looker.look(address)
    assert site.requests == []


@pytest.mark.parametrize(
    "noise", ["//" * 200_000, "https://" + "a." * 100_000, "<a href=" * 50_000, "company_code:" * 50_000]
)
def test_a_hostile_page_costs_no_time(noise: str) -> None:
    assert boards_on("example.com", noise) == []


def test_a_careers_systems_own_addresses_are_no_company() -> None:
    page = """https://boards.greenhouse.io/embed/job_app https://www.teamtailor.com/en https://app.breezy.hr/x
        https://apply.workable.com/ https://static.smartrecruiters.com/x https://breezy.hr https://jobs.lever.co"""
    assert boards_on("example.com", page) == []
