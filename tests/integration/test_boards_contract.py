"""What holds for the reader of every careers system, over real HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from aiohttp import web
from boards_server import Answer, Site, Time, body, client, settings_for, status
from boards_shapes import PAGED, SHAPES, Shape

from jobwire.boards.registry import SYSTEMS, BoardRegistry
from jobwire.domain.errors import (
    AddressRefused,
    BoardError,
    BoardGone,
    BoardRefused,
    BoardUnavailable,
    BoardUnreadable,
    HostBusy,
    PostingGone,
    PostingUnreadable,
)
from jobwire.domain.postings import Posting
from jobwire.ingest.ports.boards import BoardReader, Boards, Opening

at_own_hosts = pytest.mark.parametrize(
    "shape", [one for one in SHAPES if SYSTEMS[one.system].own_host], ids=lambda shape: shape.system
)


@pytest.fixture
async def boards(site: Site) -> AsyncIterator[Boards]:
    settings = settings_for(site.origin)
    async with client(settings) as asking:
        yield BoardRegistry(settings, asking)


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.system)
def shape(request: pytest.FixtureRequest) -> Shape:
    return request.param


@pytest.fixture
def reader(boards: Boards, shape: Shape) -> BoardReader:
    return boards.reader(shape.board)


async def posting_of(reader: BoardReader, shape: Shape, opening: Opening) -> Posting:
    source = opening.source if reader.has_text else await reader.fetch(shape.slug, opening.external_id)
    assert source is not None
    return reader.extract(shape.slug, source)


def test_every_system_is_covered() -> None:
    covered = [shape.system for shape in SHAPES]

    assert covered == [name for name in SYSTEMS if name != "page"]  # which has a site of pages: test_boards_page.py


async def test_a_board_is_read(site: Site, reader: BoardReader, shape: Shape) -> None:
    url = "https://acme.example/jobs/7?a=1"
    site.answer = shape.site([shape.job("7", "  Senior  Engineer ", url=url), shape.job("x-8", "Cook")])
    listing = await reader.list(shape.slug)
    posting = await posting_of(reader, shape, listing.openings[0])

    assert reader.system == shape.system
    assert reader.host(shape.slug) == "127.0.0.1"
    assert reader.concurrency(shape.slug) >= 1
    assert [(one.external_id, one.title) for one in listing.openings] == [("7", "Senior Engineer"), ("x-8", "Cook")]
    assert listing.complete
    assert not listing.unreadable
    assert (posting.external_id, posting.title) == ("7", "Senior Engineer")
    assert posting.url == (url if shape.url else listing.openings[0].url)
    assert posting.url.startswith("https://")
    assert (posting.description_html, posting.description_text) == ("<p>Text</p>", "Text")


@at_own_hosts
async def test_a_board_is_read_at_the_companys_own_host(site: Site, boards: Boards, shape: Shape) -> None:
    shape = replace(shape, slug="jobs.acme.example")
    site.answer = shape.site([shape.job("7", "Engineer")])
    reader = boards.reader(shape.board)
    listing = await reader.list(shape.slug)

    assert [one.external_id for one in listing.openings] == ["7"]
    assert {request.headers["Host"] for request in site.requests} == {"jobs.acme.example"}
    assert (await posting_of(reader, shape, listing.openings[0])).url.startswith("https://jobs.acme.example/")


@at_own_hosts
async def test_a_companys_own_host_that_leads_to_its_other_pages_is_not_gone(
    site: Site, boards: Boards, shape: Shape
) -> None:
    site.answer = lambda _: web.Response(status=302, headers={"Location": "https://acme.example/"})
    with pytest.raises(AddressRefused):
        await boards.reader(shape.board).list("jobs.acme.example")
    site.answer = lambda _: web.Response(status=302, headers={"Location": f"https://www.{shape.system}.com/"})
    with pytest.raises(BoardGone):
        await boards.reader(shape.board).list("acme")


@at_own_hosts
async def test_a_board_that_has_moved_to_the_companys_own_host_says_how_it_is_written(
    site: Site, boards: Boards, shape: Shape
) -> None:
    def moved(host: str, path: str | None = None) -> Answer:
        return lambda request: web.Response(
            status=301, headers={"Location": f"https://{host}{path or request.raw_path}"}
        )

    site.answer = moved("jobs.acme.example")
    with pytest.raises(AddressRefused, match=f"follow it as {shape.system}:jobs.acme.example"):
        await boards.reader(shape.board).list(shape.slug)
    for elsewhere in (moved("jobs.acme.example", "/"), moved(f"other.{shape.system}.com"), moved("127.0.0.1:1")):
        site.answer = elsewhere
        with pytest.raises(AddressRefused, match="look at its careers page"):
            await boards.reader(shape.board).list(shape.slug)


async def test_an_empty_board_is_an_empty_listing(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = shape.site([])
    listing = await reader.list(shape.slug)

    assert listing.openings == []
    assert listing.complete


async def test_one_bad_posting_stops_no_other(site: Site, reader: BoardReader, shape: Shape) -> None:
    bad: list[object] = [shape.job("1", ""), shape.job("2", None), shape.job(None, "Cook"), shape.job("", "Cook"), 5]
    site.answer = shape.site([shape.job("7", "Engineer"), *bad, shape.job("8", "Engineer")])
    listing = await reader.list(shape.slug)

    assert [one.external_id for one in listing.openings] == ["7", "8"]
    assert [one.external_id for one in listing.unreadable] == ["1", "2", "", "", ""]
    assert [one.title for one in listing.unreadable] == ["", "", "Cook", "Cook", ""]
    assert all(one.reason.startswith(f"{shape.board}: ") for one in listing.unreadable)
    assert "posting 1 has no title" in listing.unreadable[0].reason
    assert '"Cook" has no id' in listing.unreadable[2].reason
    assert not listing.complete


async def test_a_posting_without_a_title_alone_leaves_the_listing_complete(
    site: Site, reader: BoardReader, shape: Shape
) -> None:
    site.answer = shape.site([shape.job("7", "Engineer"), shape.job("8", None)])

    assert (await reader.list(shape.slug)).complete


async def test_a_posting_that_is_listed_twice_is_kept_once(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = shape.site([shape.job("7", "First"), shape.job("7", "Second")])
    listing = await reader.list(shape.slug)

    assert [one.title for one in listing.openings] == ["First"]
    assert listing.notes
    assert listing.complete


async def test_optional_fields_of_the_wrong_type_lose_no_posting(site: Site, reader: BoardReader, shape: Shape) -> None:
    names = [field.encode_name for field in type_fields(reader)]
    for odd in (5, "odd", [1], {"a": 1}, True, None):
        job = shape.job("7", "Engineer")
        job |= dict.fromkeys(set(names) - {shape.id, shape.title, *shape.fixed}, odd)
        site.answer = shape.site([job])
        listing = await reader.list(shape.slug)
        posting = await posting_of(reader, shape, listing.openings[0])
        assert (posting.external_id, posting.title) == ("7", "Engineer")
        assert posting.url.startswith("https://")


def type_fields(reader: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(reader._decoder.type)


async def test_text_that_no_database_takes_is_replaced(site: Site, reader: BoardReader, shape: Shape) -> None:
    job = json.dumps(shape.job("7", "A\0B\ud800C", "<p>x\0\udc00y</p>"))
    site.answer = shape.site([json.loads(job)])
    listing = await reader.list(shape.slug)
    posting = await posting_of(reader, shape, listing.openings[0])

    assert listing.openings[0].title == posting.title == "A\ufffdB\ufffdC"
    assert posting.description_text == "x\ufffd\ufffdy"


async def test_a_posting_is_safe_to_show(site: Site, reader: BoardReader, shape: Shape) -> None:
    html = '<p onclick="x()">ok<img src=x onerror=x()><script>x()</script><a href="javascript:x()">link</a></p>'
    site.answer = shape.site([shape.job("7", "<b>Engineer</b>", html, url="javascript:alert(1)")])
    listing = await reader.list(shape.slug)
    posting = await posting_of(reader, shape, listing.openings[0])

    assert posting.description_html == '<p>ok<a rel="noopener noreferrer nofollow">link</a></p>'
    assert posting.url.startswith("https://")
    assert "7" in posting.url
    assert listing.openings[0].url.startswith("https://")


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (status(404), BoardGone, "no such board"),
        (status(410), BoardGone, "no such board"),
        (status(500), BoardUnavailable, "status 500"),
        (status(503), BoardUnavailable, "status 503"),
        (status(401), BoardRefused, "refuses"),
        (status(422), BoardUnreadable, "status 422"),
        (status(429, Retry_After="60"), HostBusy, "60 s"),
        (body(b"<html>maintenance</html>"), BoardUnreadable, "web page"),
        (body(b'{"jobs": [{"id": 1, "ti'), BoardUnreadable, "not what the system documents"),
        (body(b'[{"id": 1, "ti'), BoardUnreadable, "not what the system documents"),
        (body(b""), BoardUnreadable, "not what the system documents"),
        (body(b"null"), BoardUnreadable, "not what the system documents"),
        (body(b"[" * 5_000_000), BoardUnreadable, ""),
        (body(b'{"jobs":' + b"[" * 5_000_000), BoardUnreadable, ""),
        (body(b'{"content":' + b"[" * 5_000_000), BoardUnreadable, ""),
    ],
)
async def test_a_board_that_cannot_be_read_says_why(
    site: Site, reader: BoardReader, shape: Shape, answer: Answer, error: type[BoardError], says: str
) -> None:
    site.answer = answer
    with pytest.raises(error) as caught:
        await reader.list(shape.slug)

    assert type(caught.value) is error
    assert caught.value.message.startswith(f"{shape.board}: ")
    assert says in caught.value.message
    assert "secret" not in str(caught.value)
    assert caught.value.next_step


async def test_a_board_that_refuses_says_so_or_wants_patience(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = status(403)
    is_throttle = 403 in SYSTEMS[shape.system].manners.refusals
    with pytest.raises(HostBusy if is_throttle else BoardError, match="30 s" if is_throttle else "refuses"):
        await reader.list(shape.slug)

    ways = 2 if shape.system in {"eightfold", "teamtailor"} else 1
    assert len(site.requests) == (4 if is_throttle else ways)


async def test_a_posting_that_has_left_is_gone(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = shape.site([shape.job("7", "Engineer")])
    assert reader.extract(shape.slug, await reader.fetch(shape.slug, "7")).title == "Engineer"

    with pytest.raises(PostingGone, match=f"{shape.board}.*posting 8"):
        await reader.fetch(shape.slug, "8")


@pytest.mark.parametrize("source", [b"", b"{", b"[]", b"5", b"<html>", b"\xff\0", b"[" * 100_000, b'{"id": 1}', b"{}"])
def test_a_source_that_is_no_posting_is_unreadable(reader: BoardReader, shape: Shape, source: bytes) -> None:
    with pytest.raises(PostingUnreadable, match=f"^{shape.board}: "):
        reader.extract(shape.slug, source)


@pytest.mark.parametrize("pages", [-0.01, 1, 1.1, 2.5])
@pytest.mark.parametrize("shape", PAGED, ids=lambda shape: shape.system, indirect=True)
async def test_all_pages_are_read(site: Site, reader: BoardReader, shape: Shape, pages: float) -> None:
    limit = shape.limit or 0
    count = int(pages * limit) if pages > 0 else limit - 1
    site.answer = shape.site([shape.job(str(n), "Engineer") for n in range(count)])
    listing = await reader.list(shape.slug)

    assert [one.external_id for one in listing.openings] == [str(n) for n in range(count)]
    assert listing.complete
    assert listing.notes == []
    assert len([path for path in site.paths if path != "/robots.txt"]) == shape.requests(count)


@pytest.mark.parametrize("shape", PAGED, ids=lambda shape: shape.system, indirect=True)
async def test_a_site_that_ignores_the_offset_is_not_complete(site: Site, reader: BoardReader, shape: Shape) -> None:
    jobs = [shape.job(str(n), "Engineer") for n in range((shape.limit or 0) * 5)]
    page = shape.listing(jobs)
    site.answer = body(page.encode() if isinstance(page, str) else page)
    listing = await reader.list(shape.slug)

    assert len(listing.openings) == shape.limit
    assert len([path for path in site.paths if path != "/robots.txt"]) == 2
    assert not listing.complete


@pytest.mark.parametrize("shape", PAGED, ids=lambda shape: shape.system, indirect=True)
async def test_a_page_that_fails_fails_the_listing(site: Site, reader: BoardReader, shape: Shape) -> None:
    jobs = [shape.job(str(n), "Engineer") for n in range((shape.limit or 0) * 5)]
    good = shape.site(jobs)
    site.answer = lambda request: web.Response(status=500) if len(site.requests) > 1 else good(request)

    with pytest.raises(BoardUnavailable):
        await reader.list(shape.slug)


async def test_time_is_only_what_the_test_makes_it(site: Site, shape: Shape) -> None:
    time = Time()
    settings = settings_for(site.origin)
    async with client(settings, time) as asking:
        site.then(status(500), shape.site([]))
        await BoardRegistry(settings, asking).reader(shape.board).list(shape.slug)

    assert time.slept == [SYSTEMS[shape.system].manners.backoff_s]


@pytest.mark.parametrize(
    "shape", [one for one in SHAPES if one.system in {"smartrecruiters", "eightfold"}], indirect=True
)
async def test_an_answer_about_another_posting_is_none(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = lambda _: shape.detail(shape.job("8", "Cook"))
    with pytest.raises(BoardUnreadable, match=f"{shape.board}: posting 7 was answered with another one"):
        await reader.fetch(shape.slug, "7")
