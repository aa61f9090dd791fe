"""A Teamtailor site with its two feeds, over real HTTP: what only the RSS says, and the RSS alone."""

import json
from collections.abc import AsyncIterator
from html import escape

import pytest
from aiohttp import web
from boards_server import Site, reading

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, BoardGone, BoardRefused, BoardUnavailable, BoardUnreadable
from jobwire.domain.postings import EmploymentType, Posting, Workplace
from jobwire.ingest.ports.boards import BoardReader, Listing

ITEM = {
    "id": "20fa-1",
    "title": "Engineer",
    "url": "https://acme.teamtailor.com/jobs/1-engineer",
    "date_published": "2026-02-04T09:26:20+01:00",
    "_jobposting": {"description": "<p>JSON</p>", "employmentType": "FULL_TIME", "jobLocationType": "TELECOMMUTE"},
}
JSON_FEED = {"version": "https://jsonfeed.org/version/1.1", "items": [ITEM]}


def item(guid: str = "20fa-1", title: str = "Engineer", **more: str) -> str:
    fields = {
        "title": title,
        "description": escape("<p>RSS &amp; more</p>"),
        "pubDate": "Wed, 04 Feb 2026 00:26:20 +0100",
        "link": "https://acme.teamtailor.com/jobs/1-engineer",
        "remoteStatus": "hybrid",
        "guid": guid,
        "tt:department": "Platform",
        "tt:role": "Backend",
        **more,
    }
    places = (
        "<tt:locations><tt:location><tt:name>HQ</tt:name><tt:city>Oslo</tt:city><tt:country>Norway</tt:country>"
        "</tt:location><tt:location><tt:name>Studio</tt:name><tt:city/></tt:location></tt:locations>"
    )
    return f"<item>{''.join(f'<{name}>{text}</{name}>' for name, text in fields.items() if text)}{places}</item>"


def rss(*items: str) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:tt="https://teamtailor.com/locations">'
    return f"{head}<channel><title>Acme</title>{''.join(items)}</channel></rss>"


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[BoardReader]:
    async with reading(site, BoardRef("teamtailor", "acme")) as made:
        yield made


def feeds(site: Site, of_json: object, of_rss: str | int) -> None:
    """Answer with these feeds; a number is a status."""

    def answer(request: web.Request) -> web.StreamResponse:
        page = {"/jobs.json": of_json, "/jobs.rss": of_rss}[request.path]
        if isinstance(page, int):
            return web.Response(status=page)
        text = page if isinstance(page, str) else json.dumps(page)
        return web.Response(text=text, content_type="application/rss+xml" if text.startswith("<") else "text/plain")

    site.answer = answer


async def read(reader: BoardReader) -> tuple[Listing, list[Posting]]:
    listing = await reader.list("acme")
    return listing, [reader.extract("acme", one.source or b"") for one in listing.openings]


async def test_what_only_the_rss_says_is_added(site: Site, reader: BoardReader) -> None:
    feeds(site, JSON_FEED, rss(item("other", link="https://acme.teamtailor.com/jobs/2"), item()))
    listing, (posting,) = await read(reader)

    assert (listing.complete, listing.notes) == (True, [])
    assert (posting.department, posting.workplace) == ("Platform", Workplace.HYBRID)
    assert (posting.description_text, posting.employment_type) == ("JSON", EmploymentType.FULL_TIME)


@pytest.mark.parametrize(
    ("more", "department", "workplace"),
    [
        ({"tt:department": ""}, "Backend", Workplace.HYBRID),
        ({"remoteStatus": "fully"}, "Platform", Workplace.REMOTE),
        ({"remoteStatus": "none"}, "Platform", Workplace.REMOTE),  # as the JobPosting says
        ({"remoteStatus": "", "tt:department": "", "tt:role": ""}, None, Workplace.REMOTE),
        ({"guid": ""}, "Platform", Workplace.HYBRID),  # known by its address
        ({"guid": "other", "link": "https://acme.teamtailor.com/jobs/2"}, None, Workplace.REMOTE),
    ],
)
async def test_the_rss_is_matched_and_understood(
    site: Site, reader: BoardReader, more: dict[str, str], department: str | None, workplace: Workplace
) -> None:
    feeds(site, JSON_FEED, rss(item(**{"guid": "20fa-1", **more})))
    _, (posting,) = await read(reader)

    assert (posting.department, posting.workplace) == (department, workplace)


@pytest.mark.parametrize("answer", [404, 403])
async def test_a_site_without_rss_is_read_by_its_json(site: Site, reader: BoardReader, answer: int) -> None:
    feeds(site, JSON_FEED, answer)
    listing, (posting,) = await read(reader)

    assert (listing.complete, listing.notes) == (True, [])
    assert (posting.department, posting.workplace) == (None, Workplace.REMOTE)


async def test_rss_that_is_none_is_said(site: Site, reader: BoardReader) -> None:
    feeds(site, {"items": [ITEM, 5, {"id": 7, "title": "odd"}]}, "<html>")
    listing, postings = await read(reader)

    assert [one.title for one in postings] == ["Engineer", "odd"]
    assert listing.notes[0].startswith("Departments and work models are missing: teamtailor:acme: the answer is")


async def test_rss_that_fails_for_now_fails_the_listing(site: Site, reader: BoardReader) -> None:
    feeds(site, JSON_FEED, 500)
    with pytest.raises(BoardUnavailable):
        await reader.list("acme")


@pytest.mark.parametrize("answer", [404, 403])
async def test_a_site_without_json_is_read_by_its_rss(site: Site, reader: BoardReader, answer: int) -> None:
    feeds(site, answer, rss(item(), item("20fa-2", "Åpen søknad")))
    listing, (posting,) = await read(reader)

    assert listing.complete
    assert (posting.external_id, posting.title) == ("20fa-1", "Engineer")
    assert posting.url == "https://acme.teamtailor.com/jobs/1-engineer"
    assert posting.locations == ("Oslo, Norway", "Studio")
    assert str(posting.posted_on) == "2026-02-04"
    assert posting.description_html == "<p>RSS &amp; more</p>"
    assert (posting.department, posting.workplace) == ("Platform", Workplace.HYBRID)
    assert listing.notes == [
        "Its JSON Feed is not to be had: its RSS was read, which has neither salaries nor kinds of employment.",
        "Open applications are no openings: 1 left out.",
    ]


@pytest.mark.parametrize(
    ("of_json", "of_rss", "error"),
    [
        (404, 404, BoardGone),
        (403, 404, BoardRefused),
        (404, 403, BoardGone),
        (404, "<html>", BoardUnreadable),
        (500, rss(item()), BoardUnavailable),
    ],
)
async def test_a_site_without_either_says_why(
    site: Site, reader: BoardReader, of_json: int, of_rss: str | int, error: type[BoardError]
) -> None:
    feeds(site, of_json, of_rss)
    with pytest.raises(error) as caught:
        await reader.list("acme")
    assert type(caught.value) is error
