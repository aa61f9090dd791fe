"""Systems whose postings are found by their line of the listing: what is kept of it, and for how long."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from boards_server import Site, Time, client, settings_for, status

from jobwire.boards.details import FRESH_S, KEEP_S, Kept, Lines
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, BoardGone, BoardRefused, BoardUnavailable, PostingGone
from jobwire.ingest.ports.boards import BoardReader, Boards


@dataclass
class Breezy:
    """A careers site at BreezyHR: names of pages by key."""

    pages: dict[str, str] = field(default_factory=dict[str, str])
    lists: int = 0
    odd: list[object] = field(default_factory=list[object])

    def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/json":
            self.lists += 1
            jobs = [{"id": key, "friendly_id": page, "name": "Engineer"} for key, page in self.pages.items()]
            return web.json_response([*jobs, *self.odd])
        known = request.path.removeprefix("/p/") in self.pages.values()
        page = f'<div class="description">{request.path}</div>'
        return web.Response(text=page, content_type="text/html") if known else web.Response(status=404)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def boards(site: Site, time: Time) -> AsyncIterator[Boards]:
    settings = settings_for(site.origin)
    async with client(settings, time) as asking:
        yield BoardRegistry(settings, asking)


@pytest.fixture
def reader(boards: Boards) -> BoardReader:
    return boards.reader(BoardRef("breezy", "acme"))


@pytest.fixture
def breezy(site: Site) -> Breezy:
    made = Breezy({"a": "a-one", "b": "b-two"})
    site.answer = made
    return made


async def text_of(reader: BoardReader, key: str) -> str:
    return reader.extract("acme", await reader.fetch("acme", key)).description_text


async def test_a_listing_serves_the_postings_that_follow(reader: BoardReader, breezy: Breezy, time: Time) -> None:
    await reader.list("acme")
    assert [await text_of(reader, key) for key in "ab"] == ["/p/a-one", "/p/b-two"]
    assert breezy.lists == 1

    time.now += KEEP_S + 1
    await text_of(reader, "a")
    assert breezy.lists == 2


async def test_a_process_that_did_not_list_the_board_lists_it_once(boards: Boards, breezy: Breezy) -> None:
    reader = boards.reader(BoardRef("breezy", "acme"))
    assert await text_of(reader, "a") == "/p/a-one"
    assert await text_of(reader, "b") == "/p/b-two"
    assert breezy.lists == 1


async def test_a_page_that_has_moved_is_found_again(reader: BoardReader, breezy: Breezy, time: Time) -> None:
    await reader.list("acme")
    breezy.pages["a"] = "a-new-name"
    with pytest.raises(PostingGone):  # the listing is new: the page is gone
        await text_of(reader, "a")

    time.now += FRESH_S + 1
    assert await text_of(reader, "a") == "/p/a-new-name"
    del breezy.pages["b"]
    time.now += FRESH_S + 1
    with pytest.raises(PostingGone, match="posting b is not listed"):
        await text_of(reader, "b")


async def test_a_posting_that_an_incomplete_listing_lacks_is_not_gone(reader: BoardReader, breezy: Breezy) -> None:
    breezy.odd = [{"name": "without an id"}]
    assert await text_of(reader, "a") == "/p/a-one"
    with pytest.raises(BoardUnavailable, match="posting c is not in what could be listed"):
        await reader.fetch("acme", "c")


async def test_a_board_that_is_gone_takes_no_posting_with_it(site: Site, reader: BoardReader) -> None:
    site.answer = status(302, Location="https://breezy.hr/")
    with pytest.raises(BoardGone):
        await reader.list("acme")
    with pytest.raises(BoardGone):
        await reader.fetch("acme", "a")


def kept(count: int, at: float = 0.0) -> Kept:
    """Lines that cannot be packed into less."""
    return Kept.of({str(n): random.Random(n).randbytes(1_000) for n in range(count)}, complete=True, at=at)


def test_a_line_is_found_among_many() -> None:
    lines = {f"{n:x}": f'{{"n": {n}}}'.encode() for n in range(2_000)}
    packed = Kept.of(lines, complete=True, at=0)
    assert {key: packed.line(key) for key in [*lines, "else"]} == {**lines, "else": None}
    assert Kept.of({}, complete=True, at=0).line("a") is None


def test_the_last_listings_lines_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwire.boards.details.MAX_BYTES", 10_000)
    lines = Lines()
    for slug, count in {"a": 2, "b": 5, "c": 2, "d": 4, "e": 5}.items():
        lines.keep(slug, kept(count))
    assert [slug for slug in "abcde" if lines.since(slug, 0)] == ["a", "c", "e"], "the largest went, and made room"

    lines.keep("f", kept(11))
    assert [slug for slug in "abcdef" if lines.since(slug, 0)] == ["f"]

    lines.keep("g", kept(1, at=KEEP_S + 1))
    assert [slug for slug in "fg" if lines.since(slug, 0)] == ["g"], "what serves no more has gone"


async def test_large_boards_that_are_read_in_turns_are_listed_once_each(
    site: Site, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Workday's are, of which a run has several at a time."""
    count = 500
    names = [f"board-{number}" for number in range(8)]
    lists: Counter[str] = Counter()
    line = {"department": "Research and development of things", "location": {"city": "Berlin", "country": "Germany"}}

    def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/json":
            lists[request.headers["Host"]] += 1
            return web.json_response(
                [{"id": f"k{n}", "friendly_id": f"{n}-x", "name": "E", **line} for n in range(count)]
            )
        return web.Response(text='<div class="description">text</div>', content_type="text/html")

    monkeypatch.setattr("jobwire.boards.details.MAX_BYTES", 2 * count * len(json.dumps(line)))
    site.answer = answer
    for name in names:
        await boards.reader(BoardRef("breezy", name)).list(name)
    for number in range(3):
        for name in names:
            await boards.reader(BoardRef("breezy", name)).fetch(name, f"k{number}")
    assert list(lists.values()) == [1] * len(names)


# Personio with its feed switched off


def personio(page: str) -> dict[str, web.Response]:
    jobs = [{"id": 7, "name": "Engineer", "office": "Berlin", "department": "IT", "description": ""}]
    return {
        "/search.json": web.Response(text=json.dumps(jobs), content_type="application/json"),
        "/job/7": web.Response(text=page, content_type="text/html"),
    }


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<div class="page_jobDescriptionX"><h2>Tasks</h2><p>This</p></div>', "Tasks\nThis"),
        ('<script type="application/ld+json">{"@type": "JobPosting", "description": "<p>That</p>"}</script>', "That"),
    ],
)
async def test_personio_without_a_feed_is_read_from_its_pages(site: Site, boards: Boards, page: str, text: str) -> None:
    answers = personio(page)
    site.answer = lambda request: answers.pop(request.path, web.Response(status=404))
    reader = boards.reader(BoardRef("personio", "acme"))
    listing = await reader.list("acme")
    posting = reader.extract("acme", await reader.fetch("acme", "7"))

    assert site.paths == ["/xml?language=en", "/search.json?language=en", "/robots.txt", "/job/7?language=en"]
    assert (posting.title, posting.locations, posting.department) == ("Engineer", ("Berlin",), "IT")
    assert posting.description_text == text
    assert "switched its feed off" in listing.notes[0]


BOXES = """<h2>Jobs</h2><a class="job-box-link job-box" href="/job/7?language=en"><h3 class="jb-title">Engineer &amp;
more</h3><p>Permanent, Berlin</p></a> <a class="x-job-box" href="https://acme.jobs.personio.de/job/8">Cook</a>
<a class="job-box" href="/job/7">again</a><a class="job-box" href="/jobs">no</a><a href="/job/9">no</a>"""


async def test_personio_without_an_index_is_read_from_its_first_page(site: Site, boards: Boards) -> None:
    place = {"address": {"addressLocality": "Berlin", "addressCountry": "Germany"}}
    stated = json.dumps({"@type": "JobPosting", "description": "<p>That</p>", "jobLocation": place})
    answers = {"/": BOXES, "/job/7": f'<script type="application/ld+json">{stated}</script>'}

    def answer(request: web.Request) -> web.StreamResponse:
        page = answers.get(request.path)
        return web.Response(text=page, content_type="text/html") if page else web.Response(status=404)

    site.answer = answer
    reader = boards.reader(BoardRef("personio", "acme"))
    listing = await reader.list("acme")
    posting = reader.extract("acme", await reader.fetch("acme", "7"))

    asked = ["/xml?language=en", "/search.json?language=en", "/robots.txt", "/?language=en", "/job/7?language=en"]
    assert site.paths == asked
    assert [(one.external_id, one.title) for one in listing.openings] == [("7", "Engineer & more"), ("8", "Cook")]
    assert (listing.complete, listing.patience) == (True, 4)
    assert (posting.locations, posting.description_text) == (("Berlin, Germany",), "That")


async def test_personio_whose_first_page_names_nothing_may_have_any(site: Site, boards: Boards) -> None:
    site.answer = lambda request: web.Response(text="<p>Join us") if request.path == "/" else web.Response(status=404)
    listing = await boards.reader(BoardRef("personio", "acme")).list("acme")

    assert not listing.complete
    assert "names no postings" in listing.notes[0]


async def test_personio_without_anything_is_gone(site: Site, boards: Boards) -> None:
    site.answer = status(404)
    with pytest.raises(BoardGone):
        await boards.reader(BoardRef("personio", "acme")).list("acme")


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><workzag-jobs>&b;</workzag-jobs>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hosts">]><workzag-jobs>&a;</workzag-jobs>'


@pytest.mark.parametrize(
    "feed",
    [
        ENTITIES,
        OUTSIDE,
        b"<a>" * 20_000 + b"</a>" * 20_000,
        b"<workzag-jobs>" + b"<position/>" * 300_001 + b"</workzag-jobs>",
        b"<workzag-jobs><position>",
        b'<?xml version="1.0" encoding="no-such"?><workzag-jobs/>',
        b"<rss/>",
    ],
    ids=["entities", "outside", "deep", "many", "cut", "encoding", "rss"],
)
async def test_hostile_xml_is_unreadable(site: Site, boards: Boards, feed: bytes) -> None:
    site.answer = lambda _: web.Response(body=feed, content_type="text/xml")
    with pytest.raises(BoardError, match="personio:acme: the answer is"):
        await boards.reader(BoardRef("personio", "acme")).list("acme")


@pytest.mark.parametrize("is_newer", [True, False])
async def test_eightfold_is_asked_by_the_api_that_is_on(site: Site, boards: Boards, is_newer: object) -> None:
    newer = {
        "id": 7,
        "name": "Engineer",
        "locations": ["Berlin,Germany"],
        "workLocationOption": "hybrid",
        "postedTs": 1,
    }
    older = {
        "id": 7,
        "name": "Engineer",
        "locations": ["Berlin,Germany"],
        "work_location_option": "hybrid",
        "t_create": 1,
    }
    answers = {
        "/api/pcsx/search": {"status": 200, "data": {"positions": [newer], "count": 1}},
        "/api/pcsx/position_details": {
            "data": {**newer, "jobDescription": "<p>Text</p>", "publicUrl": "https://x.example/7"}
        },
        "/api/apply/v2/jobs": {"positions": [older], "count": 1},
        "/api/apply/v2/jobs/7": {
            **older,
            "job_description": "<p>Text</p>",
            "canonicalPositionUrl": "https://x.example/7",
        },
    }

    def answer(request: web.Request) -> web.StreamResponse:
        is_on = request.path.startswith("/api/pcsx") == is_newer
        return web.json_response(answers[request.path]) if is_on else web.Response(status=403)

    site.answer = answer
    slug = "jobs.acme.com/acme.com"
    reader = boards.reader(BoardRef("eightfold", slug))
    listing = await reader.list(slug)
    asked = len(site.requests)
    posting = reader.extract(slug, await reader.fetch(slug, "7"))

    assert [(one.external_id, one.location) for one in listing.openings] == [("7", "Berlin, Germany")]
    assert asked == (2 if is_newer else 1)
    assert len(site.requests) == asked + 1  # the way is remembered
    assert (posting.workplace, posting.description_text, posting.url) == ("hybrid", "Text", "https://x.example/7")
    assert str(posting.posted_on) == "1970-01-01"


async def test_eightfold_that_refuses_by_both_ways_refuses(site: Site, boards: Boards) -> None:
    site.answer = lambda _: web.Response(status=403)
    slug = "jobs.acme.com/acme.com"
    with pytest.raises(BoardRefused, match=r"127\.0\.0\.1 refuses to answer \(status 403\)"):
        await boards.reader(BoardRef("eightfold", slug)).list(slug)
    assert [request.path for request in site.requests] == ["/api/apply/v2/jobs", "/api/pcsx/search"]
