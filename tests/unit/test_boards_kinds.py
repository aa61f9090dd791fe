"""Every kind of broken answer, all over every known answer, for certain: `test_boards_mutations.py` throws dice.

Dropped keys, wrong types, huge strings, deep nesting, wrong encodings: always a posting or an error that names the
board (and with it the company) and the field.
"""

import json
import os
import random
from collections.abc import Sequence
from typing import Any

import pytest
from boards_samples import sample
from boards_stub import reader_of
from test_boards_fields import CASES
from test_boards_fuzz import check, shrunk
from test_boards_mutations import DETAILS, LISTINGS, PAGES, assert_told, listed, page_of, places

from jobwire.boards.directory import parse_board
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError
from jobwire.ingest.ports.boards import BoardReader

MOST = 100_000 if "JOBWIRE_TEST_LONG" in os.environ else 12
"""So many places of each answer take each kind."""
HOLE = "\x01hole\x01"
"""Stands where JSON that Python does not write is put."""
DROPPED = object()
VALUES: dict[str, Any] = {
    "dropped": DROPPED,
    "no value": None,
    "a truth": True,
    "a number": 7,
    "a text": "x",
    "a list": ["x"],
    "an object": {"x": "x"},
    "a list of lists": [[["x"]]],
    "a huge number": 10**400,
    "a huge text": "x" * 1_000_000,
    "a huge text of tags": "<p>" * 100_000,
    "a huge text of one tag": "<a " + "x=y " * 100_000,
    "a deep list": [HOLE, "[" * 100_000 + "]" * 100_000],
    "a deep object": [HOLE, '{"x":' * 50_000 + "1" + "}" * 50_000],
    "a list without an end": [HOLE, "[" * 100_000],
    "a long list": ["x"] * 30_000,
}
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp1252", "shift_jis", "utf-7")
NAMES = {"name": "Ingénieur für Öfen, 日本 🚀"}


def places_of(document: Any, kind: str) -> Sequence[tuple[Any, ...]]:
    """So many places, of long lists among the first two items; the same ones each time."""
    found = [path for path in places(document) if not any(isinstance(key, int) and key > 1 for key in path)]
    return random.Random(kind).sample(found, min(MOST, len(found)))


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> bytes:
    """The document with something else at one place."""
    document = json.loads(json.dumps(document))
    node = document
    for key in path[:-1]:
        node = node[key]
    if value is DROPPED:
        del node[path[-1]]
        return json.dumps(document).encode()
    is_raw = isinstance(value, list) and value[0] == HOLE
    node[path[-1]] = HOLE if is_raw else value
    body = json.dumps(document)
    return (body.replace(json.dumps(HOLE), value[1]) if is_raw else body).encode()


def encoded(document: Any, encoding: str) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode(encoding, "replace")


async def fetched(reader: BoardReader, board: BoardRef, key: str) -> None:
    """Read a posting's page that may be broken."""
    try:
        source = await reader.fetch(board.slug, key)
    except BoardError as error:
        assert_told(error, board)
    else:
        check(reader, board.slug, source)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("name", LISTINGS)
async def test_a_value_anywhere_in_a_listing(name: str, kind: str) -> None:
    board, document, answer = parse_board(LISTINGS[name]), shrunk(name), [b""]
    reader = reader_of(board, lambda _: answer[0])
    for path in places_of(document, kind):
        answer[0] = with_value(document, path, VALUES[kind])
        await listed(reader, board)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("name", DETAILS)
async def test_a_value_anywhere_in_a_postings_answer(name: str, kind: str) -> None:
    board, document, answer = parse_board(DETAILS[name]), json.loads(sample(name)), [b""]
    key = str(document.get("id", "7"))
    line = json.dumps({"jobPostings": [{"title": "Engineer", "externalPath": f"/job/x_{key}"}]}).encode()
    reader = reader_of(board, lambda url: line if url.endswith("/jobs") else answer[0])
    for path in places_of(document, kind):
        answer[0] = with_value(document, path, VALUES[kind])
        await fetched(reader, board, key)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("name", CASES)
def test_a_value_anywhere_in_a_source(name: str, kind: str) -> None:
    """Of every system, also those of which there is no sample."""
    board_name, document, _ = CASES[name]
    board = parse_board(board_name)
    reader = reader_of(board, lambda _: b"")
    for path in places_of(document, kind):
        body = with_value(document, path, VALUES[kind])
        try:
            reader.extract(board.slug, body)
        except BoardError as error:
            assert_told(error, board)
        else:
            check(reader, board.slug, body)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("name", PAGES)
async def test_a_value_anywhere_in_the_data_of_a_page(name: str, kind: str) -> None:
    board, document, answer = parse_board(PAGES[name].board), PAGES[name].data(), [b""]
    reader = reader_of(board, lambda url: b"" if url.endswith("/robots.txt") else answer[0])
    for path in places_of(document, kind):
        answer[0] = page_of(name, with_value(document, path, VALUES[kind]))
        await listed(reader, board)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", [*LISTINGS, *PAGES])
async def test_an_encoding_that_is_not_the_systems(name: str, encoding: str) -> None:
    board = parse_board(LISTINGS[name] if name in LISTINGS else PAGES[name].board)
    document = shrunk(name) if name in LISTINGS else PAGES[name].data()
    body = encoded([document, NAMES] if isinstance(document, list) and name in PAGES else document, encoding)
    if name in PAGES:
        body = page_of(name, body)
    reader = reader_of(board, lambda url: b"" if url.endswith("/robots.txt") else body)
    await listed(reader, board)
    for end in range(max(0, len(body) - 20), len(body)):
        reader = reader_of(board, lambda url, end=end: b"" if url.endswith("/robots.txt") else body[:end])
        await listed(reader, board)
