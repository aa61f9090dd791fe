"""Whatever a careers system answers, a reader makes postings of it or raises a `BoardError`."""

import json
from typing import Any

import pytest
from boards_samples import BOARDS, DETAIL, MORE_BOARDS, MORE_DETAILS, sample
from boards_stub import reader_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.boards.directory import parse_board
from jobwire.domain.errors import BoardError
from jobwire.domain.postings import Posting, fingerprint
from jobwire.ingest.ports.boards import BoardReader

FILES = [*BOARDS, DETAIL, *MORE_BOARDS, *MORE_DETAILS]
DETAILS = {DETAIL: "smartrecruiters:HireVue", **MORE_DETAILS}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        [0, -1, 10**30, 1e308, "", " ", "\0", "\ud800", "<p>" * 50, "javascript:x", "&#0;&lt;", [], {}, [[]]]
    ),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)
ODD_BYTES = st.sampled_from(
    [b"\0", b"\xff", b"\\u0000", b"\\ud800", b"\\", b'"', b"{", b"]", b"9" * 5_000, b"1e999", b""]
)


def shrunk(name: str) -> Any:
    """A sample with its first two postings only, so that examples are quick."""
    data = json.loads(sample(name))
    if isinstance(data, list):
        return data[:2]
    for key in ("jobs", "content", "offers", "items", "jobPostings", "positions"):
        if key in data:
            data[key] = data[key][:2]
    return data


def mutate(node: Any, draw: Any) -> Any:
    """The JSON with an odd value somewhere in it."""
    if not node or not isinstance(node, dict | list) or draw(st.integers(0, 9)) == 0:
        return draw(ODD_VALUES)
    key = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
    copy = node.copy()
    copy[key] = mutate(node[key], draw)
    return copy


async def read_everything(name: str, body: bytes) -> None:
    board = parse_board({**BOARDS, **MORE_BOARDS, **DETAILS}[name])
    reader = reader_of(board, lambda _: body)
    if name in DETAILS:
        listed = b'{"jobPostings": [{"title": "Engineer", "externalPath": "/job/x_7"}]}'
        reader = reader_of(board, lambda url: listed if url.endswith("/jobs") else body)
        try:
            source = await reader.fetch(board.slug, "7")
        except BoardError:
            return
        check(reader, board.slug, source)
        return
    try:
        listing = await reader.list(board.slug)
    except BoardError:
        return
    keys = [line.external_id for line in (*listing.openings, *listing.unreadable) if line.external_id]
    assert len(keys) == len(set(keys))
    assert all(line.reason for line in listing.unreadable)
    for opening in listing.openings:
        check(reader, board.slug, opening.source or b"{}")


def check(reader: BoardReader, slug: str, source: bytes) -> None:
    try:
        posting = reader.extract(slug, source)
    except BoardError:
        return
    assert isinstance(posting, Posting)
    assert posting.external_id
    assert posting.title == posting.title.strip() != ""
    assert posting.url.lower().startswith(("http://", "https://"))
    texts = [posting.title, posting.url, *posting.locations, posting.description_html, posting.description_text]
    assert "\0" not in "".join(texts)
    "".join([*texts, posting.department or ""]).encode()  # no lone surrogate
    assert "<script" not in posting.description_html
    fingerprint(posting)


@pytest.mark.parametrize("name", FILES)
@QUICK
@given(data=st.data())
async def test_odd_values(name: str, data: st.DataObject) -> None:
    changed = shrunk(name)
    for _ in range(data.draw(st.integers(1, 4))):
        changed = mutate(changed, data.draw)

    await read_everything(name, json.dumps(changed).encode())


@pytest.mark.parametrize("name", FILES)
@QUICK
@given(data=st.data())
async def test_odd_bytes(name: str, data: st.DataObject) -> None:
    body = json.dumps(shrunk(name), ensure_ascii=data.draw(st.booleans())).encode()
    at = data.draw(st.integers(0, len(body)))
    until = data.draw(st.sampled_from([at, at + 1, at + 20, len(body)]))

    await read_everything(name, body[:at] + data.draw(ODD_BYTES) + body[until:])
