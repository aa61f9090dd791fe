"""Thousands of broken answers a system: always a posting or an error that names the board and the field, never a crash.

The mutations follow from a seed, so that a failure comes again. `test_boards_fuzz.py` searches on its own.
"""

import json
import os
import random
import re
from typing import Any

import pytest
from boards_samples import BOARDS, DETAIL, MORE_BOARDS, MORE_DETAILS, sample
from boards_stub import reader_of
from test_boards_fields import CASES
from test_boards_fuzz import check, shrunk

from jobwire.boards.directory import parse_board
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, PostingUnreadable
from jobwire.ingest.ports import BoardReader

MUTATIONS = 2_000 if "JOBWIRE_TEST_LONG" in os.environ else 250
"""Of each answer."""
SOURCE_MUTATIONS = 2 * MUTATIONS
LISTINGS = {**BOARDS, **MORE_BOARDS}
DETAILS = {DETAIL: "smartrecruiters:HireVue", **MORE_DETAILS}
FIELD = re.compile(
    r"no id|no title|not JSON|not a JSON object|not what the system documents|web page|nested too deeply|"
    r"no description|no address|another one|values|not listed|no longer|error \d+"
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
