"""Careers pages with schema.org's JobPosting, over real HTTP: one posting, a page with links, a sitemap."""

import gzip
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from boards_server import Site, Time, client, settings_for

from jobwire.boards.registry import BoardRegistry
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import (
    AddressRefused,
    BoardError,
    BoardGone,
    BoardRefused,
    BoardUnavailable,
    BoardUnreadable,
    HostBusy,
)
from jobwire.domain.postings import Posting, Workplace
from jobwire.ingest.ports.boards import Boards, Listing

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from boards_samples import sample

HOST = "www.acme.example"


def job(title: str | None, **more: object) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "description": "<p>Text</p>",
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


Page = str | bytes | int
"""What a site answers with: a text, a file as it is, or a status."""


@dataclass
class Pages:
    """A site of pages by path, with its query where that has a page of its own; the others are not there."""

    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    asked: list[str] = field(default_factory=list[str])

    def __call__(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Host"] == HOST
        self.asked.append(request.path)
        page = self.pages.get(request.raw_path, self.pages.get(request.path, 404))
        if isinstance(page, bytes):
            return web.Response(body=page, content_type="application/gzip")
        if isinstance(page, int):
            return web.Response(status=page, headers={"Retry-After": "60"} if page == 429 else {})
        return web.Response(text=page, content_type="text/html")


@pytest.fixture
async def boards(site: Site) -> AsyncIterator[Boards]:
    settings = settings_for(site.origin)
    async with client(settings, Time()) as asking:
        yield BoardRegistry(settings, asking)


def pages(site: Site, pages: dict[str, Page]) -> Pages:
    made = Pages(pages)
    site.answer = made
    return made


async def read(boards: Boards, path: str = "/jobs") -> tuple[Listing, dict[str, Posting]]:
    slug = HOST + path
    reader = boards.reader(BoardRef("page", slug))
    listing = await reader.list(slug)
    return listing, {one.external_id: reader.extract(slug, one.source or b"") for one in listing.openings}


LINKS = """<a href="/jobs/1">One</a> <a href="jobs/2#apply">Two</a> <a href="https://www.acme.example/jobs/3?x=1">3</a>
<a href="/jobs/1">again</a> <a href="/careers/open/4">Four</a> <a href="/about">About</a> <a href="/jobs">here</a>
<a href="https://evil.example/jobs/5">no</a> <a href="javascript:jobs()">no</a> <a href="http://[jobs">no</a>
<a href="mailto:jobs@acme.example">no</a>"""


async def test_the_pages_that_a_page_leads_to_are_read(site: Site, boards: Boards) -> None:
    acme = pages(
        site,
        {
            "/jobs": LINKS,
            "/jobs/1": job("Engineer", jobLocationType="TELECOMMUTE", datePosted="2026-08-05"),
            "/jobs/2": "<p>no posting</p>",
            "/jobs/3": job("Cook", url="https://www.acme.example/cook"),
            "/careers/open/4": job("Nurse"),
        },
    )
    listing, postings = await read(boards)

    assert acme.asked == ["/robots.txt", "/jobs", "/jobs/1", "/jobs/2", "/jobs/3", "/careers/open/4"]
    assert {key: one.title for key, one in postings.items()} == {
        "/jobs/1": "Engineer",
        "/jobs/3?x=1": "Cook",
        "/careers/open/4": "Nurse",
    }
    assert listing.complete
    assert postings["/jobs/1"].url == "https://www.acme.example/jobs/1"
    assert postings["/jobs/1"].workplace is Workplace.REMOTE
    assert str(postings["/jobs/1"].posted_on) == "2026-08-05"
    assert postings["/jobs/3?x=1"].url == "https://www.acme.example/cook"
    assert postings["/jobs/1"].description_html == "<p>Text</p>"


async def test_a_page_of_one_posting(site: Site, boards: Boards) -> None:
    acme = pages(site, {"/jobs": job("Engineer") + LINKS})
    listing, postings = await read(boards)

    assert list(postings) == ["/jobs"]
    assert listing.complete
    assert acme.asked == ["/robots.txt", "/jobs"]


async def test_a_page_of_several_postings(site: Site, boards: Boards) -> None:
    own, theirs = job("A", url="https://www.acme.example/jobs/a"), job("B", identifier={"value": 7})
    pages(site, {"/jobs": own + theirs + job("C") + job(None, identifier="8")})
    listing, postings = await read(boards)

    assert list(postings) == ["/jobs/a", "7"]
    assert [(one.external_id, one.title) for one in listing.unreadable] == [("", "C"), ("8", "")]
    assert not listing.complete


async def test_what_is_over_is_not_listed(site: Site, boards: Boards) -> None:
    pages(site, {"/jobs": job("Old", validThrough="1969-12-31")})  # the tests' clock stands at 1970
    old, _ = await read(boards)
    pages(site, {"/jobs": job("Now", validThrough="1970-01-01T00:00:00Z")})
    now, _ = await read(boards)

    assert [one.title for one in (*old.openings, *now.openings)] == ["Now"]
    assert old.complete


async def test_a_page_that_says_that_its_posting_is_closed_has_none(site: Site, boards: Boards) -> None:
    notice = "<h2>This job is no longer accepting applications</h2>"
    answers: dict[str, str | int] = {"/jobs": LINKS, "/jobs/1": job("Open"), "/jobs/2": notice + job("Closed")}
    answers["/jobs/3"] = notice + job("One") + job("of two", url="https://www.acme.example/jobs/9")
    pages(site, answers)
    listing, postings = await read(boards)

    assert [one.title for one in postings.values()] == ["Open", "of two"]  # of several, nobody knows which is meant
    assert "Pages that say that their posting is over: 1." in listing.notes

    pages(site, {"/jobs": notice + job("Closed")})
    listing, postings = await read(boards)
    assert (listing.complete, postings) == (True, {})


async def test_a_page_that_asks_who_we_are_may_be_any(site: Site, boards: Boards) -> None:
    question = "<title>Just a moment...</title><a href='/jobs/1'>x</a>"
    pages(site, {"/jobs": LINKS, "/jobs/1": job("One"), "/jobs/2": question})
    listing, postings = await read(boards)
    assert list(postings) == ["/jobs/1"]
    assert not listing.complete

    pages(site, {"/jobs": question})
    with pytest.raises(BoardRefused, match=r"www\.acme\.example asks whether a person is reading"):
        await read(boards)


NEXT = '<link rel="next" href="/jobs?page=2">'
OF_PAGES = {
    "rel=next": [NEXT, '<a rel="nofollow next" href="?page=3">next</a>', ""],
    "numbers": ['<a href="?page=2">2</a> <a href="?page=3">3</a>'] * 3,
    "postings within": [NEXT + job("A", identifier="a") + job("B", identifier="b"), '<a rel=next href="?page=3">', ""],
}


@pytest.mark.parametrize("shape", OF_PAGES)
async def test_a_list_goes_on_on_its_other_pages(site: Site, boards: Boards, shape: str) -> None:
    first, second, third = OF_PAGES[shape]
    acme = pages(
        site,
        {
            "/jobs": f'{first} <a href="/jobs/1">1</a>',
            "/jobs?page=2": f'{second} <a href="/jobs/2">2</a>',
            "/jobs?page=3": f'{third} <a href="/jobs/3">3</a> <a href="/jobs/1">1</a>',
            **{f"/jobs/{number}": job(f"Engineer {number}") for number in (1, 2, 3)},
        },
    )
    listing, _ = await read(boards)
    within = ["A", "B"] if shape == "postings within" else []
    assert sorted(one.title for one in listing.openings) == [*within, "Engineer 1", "Engineer 2", "Engineer 3"]
    assert (listing.complete, listing.notes) == (True, [])
    assert len(acme.asked) == len(set(acme.asked)) + 2, "robots.txt, three pages of the list, and each posting, once"


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ('<a rel="next" href="/jobs?page=9">next</a>', "The list goes on at /jobs?page=9, which could not be read"),
        ('<a href="/jobs/page/2/">2</a>', "The list goes on at /jobs/page/2/, which could not be read"),
        ('<a rel="next" href="https://other.example/jobs?page=2">next</a>', "The list goes on at another host"),
        ('<a rel="next" href="/private?page=2">next</a>', "the site asks robots to leave /private?page=2 alone"),
        ("".join(f'<a href="?page={number}">' for number in range(2, 99)), "Only the first 4 pages of the list"),
    ],
)
async def test_a_list_whose_end_is_not_reached_may_lack_any(
    site: Site, boards: Boards, monkeypatch: pytest.MonkeyPatch, link: str, says: str
) -> None:
    monkeypatch.setattr("jobwire.boards.page.MAX_LIST_PAGES", 4)
    of_site: dict[str, Page] = {f"/jobs?page={number}": "<p>more</p>" for number in range(2, 9)}
    of_site["/jobs?page=9"] = 500
    rules = "User-agent: *\nDisallow: /private"
    pages(site, {**of_site, "/robots.txt": rules, "/jobs": f'<a href="/jobs/1">1</a>{link}', "/jobs/1": job("One")})
    listing, postings = await read(boards)
    assert list(postings) == ["/jobs/1"]
    assert not listing.complete
    assert says in " ".join(listing.notes)


@pytest.mark.parametrize("link", ["?department=2", "#page=2", "/jobs?page=two", "/other?page=2", "javascript:next()"])
async def test_other_links_are_no_pages_of_the_list(site: Site, boards: Boards, link: str) -> None:
    pages(site, {"/jobs": f'<a href="/jobs/1">1</a> <a href="{link}">x</a>', "/jobs/1": job("One")})
    listing, _ = await read(boards)
    assert listing.complete


def named(*paths: str, kind: str = "urlset") -> str:
    """A sitemap, or an index of some."""
    places = "".join(f"<url><loc> https://{HOST}{path} </loc></url>" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="x">{places}</{kind}>'


async def test_a_page_that_leads_nowhere_is_read_by_the_sitemaps_that_robots_are_told(
    site: Site, boards: Boards
) -> None:
    acme = pages(
        site,
        {
            "/robots.txt": f"Sitemap: https://{HOST}/maps.xml\nSitemap: https://other.example/sitemap.xml\n",
            "/maps.xml": named("/maps/jobs.xml.gz", "/maps.xml", kind="sitemapindex"),
            "/maps/jobs.xml.gz": gzip.compress(named("/jobs", "/jobs/1", "/about").encode()),
            "/jobs": '<div id="app"></div>',
            "/jobs/1": job("One"),
        },
    )
    listing, postings = await read(boards)
    assert list(postings) == ["/jobs/1"]
    assert listing.complete
    assert acme.asked == ["/robots.txt", "/jobs", "/maps.xml", "/maps/jobs.xml.gz", "/jobs/1"]


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (gzip.compress(bytes(9 * 1024 * 1024)), "is cut off, or holds more than 8388608 bytes"),
        (gzip.compress(named("/jobs/2").encode())[:-9], "is cut off, or holds more"),
        (b"\x1f\x8bnothing", "cannot be unpacked"),
        (404, "could not be read"),
    ],
)
async def test_a_sitemap_that_cannot_be_read_may_name_any(
    site: Site, boards: Boards, packed: bytes | int, says: str
) -> None:
    first = named("/jobs/1", "/more.xml.gz")
    pages(site, {"/sitemap.xml": first, "/more.xml.gz": packed, "/jobs/1": job("One")})
    listing, postings = await read(boards, "/sitemap.xml")
    assert list(postings) == ["/jobs/1"]
    assert not listing.complete
    assert says in " ".join(listing.notes)


async def test_no_more_sitemaps_are_read_than_allowed(
    site: Site, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwire.boards.sitemaps.MAX_SITEMAPS", 1)
    maps: dict[str, Page] = {f"/{name}.xml": named(f"/jobs/{name}") for name in "ab"}
    pages(site, {**maps, "/sitemap.xml": named("/a.xml", "/b.xml"), "/jobs/a": job("A"), "/jobs/b": job("B")})
    listing, postings = await read(boards, "/sitemap.xml")
    assert list(postings) == ["/jobs/a"]
    assert listing.notes == ["Only the first 1 sitemaps were read."]


async def test_a_sitemap_and_those_that_it_names(site: Site, boards: Boards) -> None:
    pages(
        site,
        {
            "/sitemap.xml": named("/maps/a.xml", "/maps/b.xml", kind="sitemapindex"),
            "/maps/a.xml": named("/jobs/1", "/blog/2", "/jobs/3?a=1&amp;b=2"),
            "/maps/b.xml": named("/jobs/1", "/positions/4"),
            "/jobs/1": job("One"),
            "/jobs/3": job("Three"),
            "/positions/4": job("Four"),
        },
    )
    listing, postings = await read(boards, "/sitemap.xml")

    assert list(postings) == ["/jobs/1", "/jobs/3?a=1&b=2", "/positions/4"]
    assert listing.complete


@pytest.mark.parametrize(
    ("answer", "is_complete"), [(404, True), (410, True), (500, False), (403, False), (422, False)]
)
async def test_a_page_that_fails_may_be_any(site: Site, boards: Boards, answer: int, is_complete: object) -> None:
    pages(site, {"/jobs": LINKS, "/jobs/1": job("One"), "/jobs/2": answer})
    listing, postings = await read(boards)

    assert list(postings) == ["/jobs/1"]
    assert listing.complete is is_complete


async def test_a_site_that_wants_patience_gets_it(site: Site, boards: Boards) -> None:
    pages(site, {"/jobs": LINKS, "/jobs/1": job("One"), "/jobs/2": 429})
    with pytest.raises(HostBusy):
        await read(boards)


async def test_robots_are_told_where_they_may_go(site: Site, boards: Boards) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: Jobwire\nDisallow: /jobs/2\nDisallow: /careers\n"
    acme = pages(site, {"/robots.txt": rules, "/jobs": LINKS, "/jobs/1": job("One"), "/jobs/2": job("Two")})
    _, postings = await read(boards)
    assert list(postings) == ["/jobs/1"]
    assert "/jobs/2" not in acme.asked

    with pytest.raises(BoardError, match=r"page:www\.acme\.example/careers: the site asks robots to leave /careers"):
        await read(boards, "/careers")
    assert "/careers" not in acme.asked


async def test_a_page_without_postings_is_not_complete(site: Site, boards: Boards) -> None:
    pages(site, {"/jobs": "<html><p>Join us!</p><a href='/jobs/1'>x</a></html>"})
    listing, _ = await read(boards)

    assert not listing.openings
    assert not listing.complete
    assert "schema.org/JobPosting" in listing.notes[0]


async def test_no_more_pages_are_read_than_allowed(site: Site, boards: Boards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwire.boards.page.MAX_PAGES", 2)
    pages(site, {"/jobs": LINKS, "/jobs/1": job("One"), "/careers/open/4": job("Four")})
    listing, postings = await read(boards)

    assert list(postings) == ["/jobs/1"]
    assert not listing.complete


@pytest.mark.parametrize("answer", [404, 410])
async def test_a_page_that_is_not_there_is_gone(site: Site, boards: Boards, answer: int) -> None:
    pages(site, {"/jobs": answer})
    with pytest.raises(BoardGone, match=r"page:www\.acme\.example/jobs"):
        await read(boards)


async def test_a_page_that_leads_to_another_host_is_not_followed(site: Site, boards: Boards) -> None:
    site.answer = lambda request: web.Response(status=302, headers={"Location": "http://169.254.169.254/"})
    with pytest.raises(AddressRefused):
        await read(boards)


async def test_the_sample(site: Site, boards: Boards) -> None:
    pages(site, {"/jobs": sample("jsonld/meta_software_engineer.html").decode()})
    listing, postings = await read(boards)
    posting = postings["/jobs"]

    assert listing.complete
    assert posting.title == "Software Engineer, Infrastructure"
    assert posting.locations[:3] == ("Sunnyvale, CA", "Bellevue, WA", "Redmond, WA")
    assert str(posting.posted_on) == "2025-06-10"
    assert posting.description_text.startswith("Meta is seeking talented engineers")
    assert "Collaborate with cross-functional teams" in posting.description_text


async def test_robots_may_be_told_by_patterns(site: Site, boards: Boards) -> None:
    rules = "User-agent: *\nDisallow: /jobs/*?x=\nDisallow: /careers/\nAllow: /careers/open\nDisallow: /*2$\n"
    acme = pages(site, {"/robots.txt": rules, "/jobs": LINKS, "/jobs/1": job("One"), "/careers/open/4": job("Four")})
    _, postings = await read(boards)

    assert list(postings) == ["/jobs/1", "/careers/open/4"]
    assert acme.asked == ["/robots.txt", "/jobs", "/jobs/1", "/careers/open/4"]


async def test_a_site_that_wants_pauses_gets_them(site: Site) -> None:
    time = Time()
    pages(site, {"/robots.txt": "User-agent: *\nCrawl-delay: 7\n", "/jobs": LINKS, "/jobs/1": job("One")})
    settings = settings_for(site.origin)
    async with client(settings, time) as asking:
        await read(BoardRegistry(settings, asking))

    assert time.slept[-3:] == [7, 7, 7]


async def test_rules_that_cannot_be_read_allow_nothing(site: Site, boards: Boards) -> None:
    acme = pages(site, {"/robots.txt": 500, "/jobs": job("One")})
    with pytest.raises(BoardUnavailable):
        await read(boards)
    assert "/jobs" not in acme.asked


async def test_rules_are_read_once_for_many_pages(site: Site, boards: Boards) -> None:
    acme = pages(site, {"/jobs": job("One"), "/careers": job("Two")})
    await read(boards)
    await read(boards, "/careers")

    assert acme.asked == ["/robots.txt", "/jobs", "/careers"]


@pytest.mark.parametrize(
    "meta", ['<meta name="tdm-reservation" content="1">', "<META content=1 name='tdm-reservation'/>"]
)
async def test_pages_that_are_reserved_are_left_alone(site: Site, boards: Boards, meta: str) -> None:
    pages(site, {"/jobs": f"<html><head>{meta}</head>" + job("One")})
    with pytest.raises(BoardError, match="reserves its pages from text and data mining"):
        await read(boards)

    pages(site, {"/jobs": '<meta name="tdm-reservation" content="0">' + job("One")})
    assert (await read(boards))[0].complete


GOOGLE_RULES = """User-agent: *
Disallow: /about/careers/applications/jobs/results?page=
Disallow: /about/careers/applications/jobs/results?*&page=
"""
RESULTS = "/about/careers/applications/jobs/results"


def google_page(key: str) -> str:
    row = [
        key,
        "Engineer II, C++",
        None,
        [None, "<li>Code"],
        [None, "<li>BSc"],
        *[None] * 4,
        [["Zürich"]],
        [None, "<p>We"],
    ]
    data = json.dumps([row]).replace("<", "\\u003c")
    return f"<html><script>AF_initDataCallback({{key: 'ds:0', hash: '1', data:{data}, sideChannel: {{}}}});</script>"


async def test_google_is_read_by_its_sitemap_where_its_results_are_closed_to_robots(site: Site, boards: Boards) -> None:
    asked: list[str] = []
    places = [
        f"https://www.google.com{RESULTS}/71-engineer-ii-c",
        f"https://www.google.com{RESULTS}/72-cook",
        "https://x.example/3",
    ]
    sitemap = "<urlset>" + "".join(f"<url><loc>{one}</loc></url>" for one in places) + "</urlset>"
    answers = {
        "/robots.txt": GOOGLE_RULES,
        "/about/careers/applications/jobs/sitemap.xml": sitemap,
        f"{RESULTS}/71-engineer-ii-c": google_page("71"),
        f"{RESULTS}/72-cook": google_page("71"),
    }

    def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text=answers[request.path]) if request.path in answers else web.Response(status=404)

    site.answer = answer
    reader = boards.reader(BoardRef("google", "google"))
    listing = await reader.list("google")
    posting = reader.extract("google", await reader.fetch("google", "71"))

    assert [(one.external_id, one.title) for one in listing.openings] == [("71", "Engineer Ii C"), ("72", "Cook")]
    assert listing.complete
    assert asked == list(answers)[:3]
    assert posting.title == "Engineer II, C++"
    assert posting.locations == ("Zürich",)
    assert posting.description_text == "We\n- BSc\n- Code"
    with pytest.raises(BoardUnreadable, match="posting 72 was answered with another one"):
        await reader.fetch("google", "72")
