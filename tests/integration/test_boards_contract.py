"""What holds for the reader of every careers system, over real HTTP."""

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web
from boards_server import Answer, Site, Time, body, client, serve, settings_for, status
from boards_shapes import PAGED, SHAPES, Shape

from jobwire.boards.registry import SYSTEMS, BoardRegistry
from jobwire.domain.errors import (
    BoardError,
    BoardGone,
    BoardUnavailable,
    BoardUnreadable,
    HostBusy,
    PostingGone,
    PostingUnreadable,
)
from jobwire.domain.postings import Posting
from jobwire.ingest.ports import BoardReader, Boards, Opening


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve() as running:
        yield running


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


def board_of(shape: Shape, jobs: list[object]) -> Answer:
    """A site that lists these, and knows the details of those that have any."""

    def answer(request: web.Request) -> web.Response:
        if shape.is_listing(request):
            return web.json_response(shape.listing(jobs, request))
        key = request.path.rsplit("/", 1)[-1]
        known = [job for job in jobs if isinstance(job, dict) and str(job.get("id")) == key]
        return web.json_response(known[0]) if known else web.Response(status=404)

    return answer


async def posting_of(reader: BoardReader, opening: Opening) -> Posting:
    source = opening.source if reader.has_text else await reader.fetch("acme", opening.external_id)
    assert source is not None
    return reader.extract("acme", source)


def test_every_system_is_covered() -> None:
    assert [shape.system for shape in SHAPES] == list(SYSTEMS)


async def test_a_board_is_read(site: Site, reader: BoardReader, shape: Shape) -> None:
    url = "https://acme.example/jobs/7?a=1"
    site.answer = board_of(shape, [shape.job("7", "  Senior  Engineer ", url=url), shape.job("x-8", "Cook")])
    listing = await reader.list("acme")
    posting = await posting_of(reader, listing.openings[0])

    assert reader.system == shape.system
    assert reader.host("acme") == "127.0.0.1"
    assert reader.concurrency("acme") >= 1
    assert [(one.external_id, one.title) for one in listing.openings] == [("7", "Senior Engineer"), ("x-8", "Cook")]
    assert listing.complete
    assert not listing.unreadable
    assert (posting.external_id, posting.title, posting.url) == ("7", "Senior Engineer", url)
    assert (posting.description_html, posting.description_text) == ("<p>Text</p>", "Text")


async def test_an_empty_board_is_an_empty_listing(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = board_of(shape, [])
    listing = await reader.list("acme")

    assert listing.openings == []
    assert listing.complete


async def test_one_bad_posting_stops_no_other(site: Site, reader: BoardReader, shape: Shape) -> None:
    bad: list[object] = [shape.job("1", ""), shape.job("2", None), shape.job(None, "Cook"), shape.job("", "Cook"), 5]
    site.answer = board_of(shape, [shape.job("7", "Engineer"), *bad, shape.job("8", "Engineer")])
    listing = await reader.list("acme")

    assert [one.external_id for one in listing.openings] == ["7", "8"]
    assert [one.external_id for one in listing.unreadable] == ["1", "2", "", "", ""]
    assert [one.title for one in listing.unreadable] == ["", "", "Cook", "Cook", ""]
    assert all(one.reason.startswith(f"{shape.system}:acme: ") for one in listing.unreadable)
    assert "posting 1 has no title" in listing.unreadable[0].reason
    assert '"Cook" has no id' in listing.unreadable[2].reason
    assert not listing.complete


async def test_a_posting_without_a_title_alone_leaves_the_listing_complete(
    site: Site, reader: BoardReader, shape: Shape
) -> None:
    site.answer = board_of(shape, [shape.job("7", "Engineer"), shape.job("8", None)])

    assert (await reader.list("acme")).complete


async def test_a_posting_that_is_listed_twice_is_kept_once(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = board_of(shape, [shape.job("7", "First"), shape.job("7", "Second")])
    listing = await reader.list("acme")

    assert [one.title for one in listing.openings] == ["First"]
    assert listing.notes
    assert listing.complete


async def test_optional_fields_of_the_wrong_type_lose_no_posting(site: Site, reader: BoardReader, shape: Shape) -> None:
    names = [field.encode_name for field in type_fields(reader)]
    for odd in (5, "odd", [1], {"a": 1}, True, None):
        job = shape.job("7", "Engineer")
        job |= dict.fromkeys(set(names) - {"id", shape.title, "isListed", "active"}, odd)
        site.answer = board_of(shape, [job])
        listing = await reader.list("acme")
        posting = await posting_of(reader, listing.openings[0])
        assert (posting.external_id, posting.title) == ("7", "Engineer")
        assert posting.url.startswith("https://")


def type_fields(reader: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(reader._decoder.type)


async def test_text_that_no_database_takes_is_replaced(site: Site, reader: BoardReader, shape: Shape) -> None:
    job = json.dumps(shape.job("7", "A\0B\ud800C", "<p>x\0\udc00y</p>"))
    site.answer = board_of(shape, [json.loads(job)])
    listing = await reader.list("acme")
    posting = await posting_of(reader, listing.openings[0])

    assert listing.openings[0].title == posting.title == "A\ufffdB\ufffdC"
    assert posting.description_text == "x\ufffd\ufffdy"


async def test_a_posting_is_safe_to_show(site: Site, reader: BoardReader, shape: Shape) -> None:
    html = '<p onclick="x()">ok<img src=x onerror=x()><script>x()</script><a href="javascript:x()">link</a></p>'
    site.answer = board_of(shape, [shape.job("7", "<b>Engineer</b>", html, url="javascript:alert(1)")])
    listing = await reader.list("acme")
    posting = await posting_of(reader, listing.openings[0])

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
        (status(401), BoardError, "refuses"),
        (status(403), BoardError, "refuses"),
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
        await reader.list("acme")

    assert type(caught.value) is error
    assert caught.value.message.startswith(f"{shape.system}:acme: ")
    assert says in caught.value.message
    assert "secret" not in str(caught.value)
    assert caught.value.next_step


async def test_a_posting_that_has_left_is_gone(site: Site, reader: BoardReader, shape: Shape) -> None:
    site.answer = board_of(shape, [shape.job("7", "Engineer")])
    assert reader.extract("acme", await reader.fetch("acme", "7")).title == "Engineer"

    with pytest.raises(PostingGone, match=f"{shape.system}:acme.*posting 8"):
        await reader.fetch("acme", "8")


@pytest.mark.parametrize("source", [b"", b"{", b"[]", b"5", b"<html>", b"\xff\0", b"[" * 100_000, b'{"id": 1}', b"{}"])
def test_a_source_that_is_no_posting_is_unreadable(reader: BoardReader, shape: Shape, source: bytes) -> None:
    with pytest.raises(PostingUnreadable, match=f"^{shape.system}:acme: "):
        reader.extract("acme", source)


@pytest.mark.parametrize("count", [99, 100, 101, 250])
@pytest.mark.parametrize("shape", PAGED, ids=lambda shape: shape.system, indirect=True)
async def test_all_pages_are_read(site: Site, reader: BoardReader, shape: Shape, count: int) -> None:
    site.answer = board_of(shape, [shape.job(str(n), "Engineer") for n in range(count)])
    listing = await reader.list("acme")

    assert [one.external_id for one in listing.openings] == [str(n) for n in range(count)]
    assert listing.complete
    assert listing.notes == []
    assert len(site.requests) == (count // 100 + 1 if shape.system != "smartrecruiters" else -(-count // 100))


@pytest.mark.parametrize("shape", PAGED, ids=lambda shape: shape.system, indirect=True)
async def test_a_site_that_ignores_the_offset_is_not_complete(site: Site, reader: BoardReader, shape: Shape) -> None:
    jobs = [shape.job(str(n), "Engineer") for n in range(100)]
    page = shape.listing(jobs)
    site.answer = body({**page, "totalFound": 500} if isinstance(page, dict) else page)
    listing = await reader.list("acme")

    assert len(listing.openings) == 100
    assert len(site.requests) == 2
    assert not listing.complete


@pytest.mark.parametrize("shape", PAGED, ids=lambda shape: shape.system, indirect=True)
async def test_a_page_that_fails_fails_the_listing(site: Site, reader: BoardReader, shape: Shape) -> None:
    jobs = [shape.job(str(n), "Engineer") for n in range(250)]
    site.answer = lambda request: (
        web.Response(status=500) if len(site.requests) > 1 else web.json_response(shape.listing(jobs, request))
    )

    with pytest.raises(BoardUnavailable):
        await reader.list("acme")


async def test_time_is_only_what_the_test_makes_it(site: Site, shape: Shape) -> None:
    time = Time()
    settings = settings_for(site.origin)
    async with client(settings, time) as asking:
        site.then(status(500), body(shape.listing([])))
        await BoardRegistry(settings, asking).reader(shape.board).list("acme")

    assert time.slept == [SYSTEMS[shape.system].manners.backoff_s]
