"""Thousands of broken answers a system: always a posting or an error that names the board and the field, never a crash.

The mutations follow from a seed, so that a failure comes again. `test_boards_fuzz.py` searches on its own.
"""

import json
import os
import random
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from boards_samples import BOARDS, DETAIL, MORE_BOARDS, MORE_DETAILS, sample
from boards_stub import reader_of
from test_boards_fields import CASES
from test_boards_fuzz import check, shrunk

from jobwire.boards.directory import parse_board
from jobwire.boards.registry import SYSTEMS
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, PostingUnreadable
from jobwire.ingest.ports.boards import BoardReader

MUTATIONS = 2_000 if "JOBWIRE_TEST_LONG" in os.environ else 250
"""Of each answer."""
SOURCE_MUTATIONS = 2 * MUTATIONS
LISTINGS = {**BOARDS, **MORE_BOARDS}
DETAILS = {DETAIL: "smartrecruiters:HireVue", **MORE_DETAILS}
FIELD = re.compile(
    r"no id|no title|not JSON|not a JSON object|not what the system documents|web page|nested too deeply|"
    r"no description|no address|another one|values|not listed|no longer|error \(-?\d+\)"
)
"""How messages name what is wrong."""

DEEP: Any = "bottom"
for _ in range(200):
    DEEP = [DEEP]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**18, 10**30, 1e308, "", " ", "\0", "\ud800", "\u202e", "x" * 20_000),
    *("<p>" * 300, "&" * 3_000, "<" * 3_000, "&#0;&lt;script&gt;", "javascript:x", "9" * 5_000, "2026-99-99"),
    *([], {}, [[]], [None] * 100, {"": {"": {}}}, DEEP, {"name": ["x"]}),
]
JUNK = [
    b"\0",
    b"\xff\xfe",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b'"',
    b"{",
    b"]",
    b"[" * 2_000,
    b"9" * 5_000,
    b"1e999",
    b"<html>",
]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places of a JSON document, by their keys."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [*([path] if path else []), *(place for key, value in inner for place in places(value, (*path, key)))]


def changed(document: Any, path: tuple[Any, ...], dice: random.Random) -> Any:
    """The document with one place dropped, repeated, renamed or replaced."""
    document = json.loads(json.dumps(document))
    node = document
    for key in path[:-1]:
        node = node[key]
    key = path[-1]
    match dice.randrange(5):
        case 0:
            del node[key]
        case 1 if isinstance(node, list):
            node.extend([node[key]] * dice.choice([1, 30]))
        case 1:
            node[f"{key}X"] = node.pop(key)
        case _:
            node[key] = dice.choice(ODD)
    return document


def broken(document: Any, dice: random.Random) -> bytes:
    """The document with up to three changes, and here and there with bytes that are none of JSON."""
    for _ in range(dice.randint(1, 3)):
        if found := places(document):
            document = changed(document, dice.choice(found), dice)
    body = json.dumps(document, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    match dice.randrange(8):
        case 0:
            at = dice.randrange(len(body) + 1)
            return body[:at] + dice.choice(JUNK) + body[at + dice.choice([0, 1, 30]) :]
        case 1:
            return body[: dice.randrange(len(body) + 1)]
        case 2:
            return body.decode("utf-8", "replace").encode(dice.choice(["utf-16", "latin-1", "utf-8-sig"]), "replace")
        case _:
            return body


def assert_told(error: BoardError, board: BoardRef) -> None:
    assert error.message.startswith(f"{board}"), error.message
    assert FIELD.search(error.message), error.message
    assert len(error.message) < 2_000


async def listed(reader: BoardReader, board: BoardRef) -> None:
    """Read a listing that may be broken, and all that it holds."""
    try:
        listing = await reader.list(board.slug)
    except BoardError as error:
        assert_told(error, board)
        return
    keys = [one.external_id for one in (*listing.openings, *listing.unreadable) if one.external_id]
    assert len(keys) == len(set(keys))
    for line in listing.unreadable:
        assert_told(PostingUnreadable(line.reason), board)
    for opening in listing.openings:
        check(reader, board.slug, opening.source or b"{}")


@pytest.mark.parametrize("name", LISTINGS)
async def test_broken_listings(name: str) -> None:
    board = parse_board(LISTINGS[name])
    document, dice, answer = shrunk(name), random.Random(name), [b""]
    reader = reader_of(board, lambda _: answer[0])
    for _ in range(MUTATIONS):
        answer[0] = broken(document, dice)
        await listed(reader, board)


@pytest.mark.parametrize("name", DETAILS)
async def test_broken_details(name: str) -> None:
    board = parse_board(DETAILS[name])
    document, dice, answer = json.loads(sample(name)), random.Random(name), [b""]
    key = str(document.get("id", "7"))
    line = json.dumps({"jobPostings": [{"title": "Engineer", "externalPath": f"/job/x_{key}"}]}).encode()
    reader = reader_of(board, lambda url: line if url.endswith("/jobs") else answer[0])
    for _ in range(MUTATIONS):
        answer[0] = broken(document, dice)
        try:
            source = await reader.fetch(board.slug, key)
        except BoardError as error:
            assert_told(error, board)
            continue
        check(reader, board.slug, source)


@pytest.mark.parametrize("name", CASES)
def test_broken_sources(name: str) -> None:
    """Of every system, also those of which there is no sample."""
    board_name, document, _ = CASES[name]
    board = parse_board(board_name)
    reader, dice = reader_of(board, lambda _: b""), random.Random(name)
    for _ in range(SOURCE_MUTATIONS):
        body = broken(document, dice)
        try:
            reader.extract(board.slug, body)
        except BoardError as error:
            assert_told(error, board)
        else:
            check(reader, board.slug, body)


def scarred(markup: str, dice: random.Random) -> bytes:
    """Markup with up to three tags lost, twice there or closed wrongly, and here and there bytes that are no text."""
    parts = re.split(r"(<[^>]*>)", markup)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(parts))
        parts[at] = dice.choice(
            ["", parts[at] * 2, f"</{parts[at][1:]}", "<" * 500, "x" * 20_000, "&nope;", "]]>", "\0"]
        )
    body = "".join(parts).encode()
    match dice.randrange(4):
        case 0:
            at = dice.randrange(len(body) + 1)
            return body[:at] + dice.choice(JUNK) + body[at:]
        case 1:
            return body[: dice.randrange(len(body) + 1)]
        case _:
            return body


POSITION = """<?xml version="1.0" encoding="UTF-8"?><workzag-jobs><position><id>7</id><office>Berlin</office>
<additionalOffices><office>Munich</office></additionalOffices><department>IT</department><name>Engineer</name>
<jobDescriptions><jobDescription><name>Tasks</name><value><![CDATA[<p>Build</p>]]></value></jobDescription>
</jobDescriptions><employmentType>permanent</employmentType><createdAt>2026-08-05T10:00:00+02:00</createdAt>
</position><position><id>8</id><name>Cook</name></position></workzag-jobs>"""
POSTING = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Engineer",
    "description": "<p>Build</p>",
    "datePosted": "2026-08-05",
    "validThrough": "2999-12-31",
    "employmentType": ["FULL_TIME"],
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Oslo", "addressCountry": "NO"}},
    "baseSalary": {"currency": "EUR", "value": {"minValue": 1, "maxValue": 2, "unitText": "HOUR"}},
    "identifier": {"name": "Acme", "value": "7"},
    "url": "https://www.acme.example/jobs/7",
}
TEXT = [None, "<p>Build</p>"]
ROW = ["7", "Engineer", "", TEXT, TEXT, None, None, "Google", "en-US", [["Oslo, Norway"]], TEXT]
TIKTOK = {"code": 0, "data": {"job_post_list": [{"id": "7", "title": "Engineer", "description": "Build"}], "count": 1}}


class SamplePage(NamedTuple):
    """A web page with data in a script."""

    board: str
    before: str
    """What stands right before the data."""
    name: str

    def data(self) -> Any:
        return json.JSONDecoder().raw_decode(self._split()[1])[0]

    def around(self, data: bytes) -> bytes:
        before, rest = self._split()
        _, end = json.JSONDecoder().raw_decode(rest)
        return (before + self.before).encode() + data + rest[end:].encode()

    def _split(self) -> tuple[str, str]:
        before, mark, rest = sample(self.name).decode().partition(self.before)
        assert mark
        return before, rest


PAGES = {
    page.name: page
    for page in (
        SamplePage("google", "hash: '2', data:", "google/af_initdatacallback_trimmed.html"),
        SamplePage("page:www.meta.example/jobs", 'nonce="test">', "jsonld/meta_software_engineer.html"),
    )
}


def page_of(name: str, data: bytes) -> bytes:
    """The sample of a page with other data in it."""
    return PAGES[name].around(data)


@pytest.mark.parametrize("name", PAGES)
async def test_broken_pages(name: str) -> None:
    page = PAGES[name]
    board, document, dice, answer = parse_board(page.board), page.data(), random.Random(name), [b""]
    reader = reader_of(board, lambda url: b"" if url.endswith("/robots.txt") else answer[0])
    for _ in range(MUTATIONS):
        data = broken(document, dice)
        answer[0] = page_of(name, data) if dice.random() < 0.8 else scarred(sample(name).decode(), dice)
        await listed(reader, board)


def posting_page(dice: random.Random) -> bytes:
    body = broken({"@graph": [POSTING, {**POSTING, "title": "Cook"}]}, dice)
    return b"<html><script type='application/ld+json'>" + body + b"</script></html>"


def results_page(dice: random.Random) -> bytes:
    data = broken([[ROW, ["8", "Cook"]], None, 2, 20], dice)
    script = b"<script>AF_initDataCallback({key: 'ds:1', hash: '2', data:" + data + b", sideChannel: {}});</script>"
    return b"<html>" + script + b"</html>"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("personio:acme", lambda dice: scarred(POSITION, dice)),
        ("tiktok", lambda dice: broken(TIKTOK, dice)),
        ("google", results_page),
        ("page:www.acme.example/jobs", posting_page),
    ],
    ids=["personio", "tiktok", "google", "page"],
)
async def test_broken_listings_that_no_sample_shows(source: str, answer: Callable[[random.Random], bytes]) -> None:
    board, dice, body = parse_board(source), random.Random(source), [b""]
    reader = reader_of(board, lambda url: b"" if url.endswith("/robots.txt") else body[0])
    for _ in range(MUTATIONS):
        body[0] = answer(dice)
        await listed(reader, board)


def test_listings_of_every_system_are_broken() -> None:
    of_another_host = {"lever-eu": "lever", "personio-com": "personio", "bytedance": "tiktok"}
    broken_here = {source.partition(":")[0] for source in LISTINGS.values()} | {"personio", "tiktok", "google", "page"}
    assert {of_another_host.get(system, system) for system in SYSTEMS} == broken_here
