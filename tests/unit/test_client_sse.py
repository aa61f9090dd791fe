"""Server-Sent Events are taken apart as the standard wants, wherever the network cuts them."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.client.sse import Event, EventParser, EventTooLarge
from jobwire.domain.progress import RunView

GOLDEN = sorted((Path(__file__).parents[2] / "protocol" / "golden").glob("*.json"))

STREAM = (
    "\ufeff: jobwire\nretry: 1500\n\n"
    "event: status\ndata: initializing\n\n"
    'event:update\r\ndata:{"Köln":\r\ndata: 1}\r\nid: 5.17\r\n\r\n'
    ":\n\n"
    "data\rdata: two\r\rid: 6\n\n"
    "unknown: field\nevent: all_jobs\ndata: 東京 😀\n\n"
    "event: never\ndata: whole"
).encode()
EVENTS = [
    Event("status", "initializing"),
    Event("update", '{"Köln":\n1}', "5.17"),
    Event("message", "\ntwo"),
    Event("all_jobs", "東京 😀", "6"),
]


def parsed(*chunks: bytes) -> list[Event]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_a_stream_in_one_piece() -> None:
    assert parsed(STREAM) == EVENTS


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_stream_in_small_pieces(size: int) -> None:
    assert parsed(*(STREAM[start : start + size] for start in range(0, len(STREAM), size))) == EVENTS


def test_a_stream_cut_in_two_at_every_byte() -> None:
    for cut in range(len(STREAM) + 1):
        assert parsed(STREAM[:cut], STREAM[cut:]) == EVENTS, cut


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_a_stream_cut_anywhere(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert parsed(*(STREAM[start:end] for start, end in pairwise(edges))) == EVENTS


def test_retry_is_what_the_server_last_asked_for_in_plain_digits() -> None:
    parser = EventParser()
    assert parser.retry_ms is None
    parser.feed(b"retry: 20\n\nretry: soon\nretry: -1\nretry: \xd9\xa3\nretry: " + b"9" * 5000 + b"\n\n")
    assert parser.retry_ms == 20


def test_an_event_that_the_end_cuts_off_is_no_event() -> None:
    assert parsed(b"event: status\ndata: finished\n") == []


def test_an_id_with_a_nul_is_none_and_an_event_without_data_passes_its_id_on() -> None:
    assert parsed(b"id: 1\0\ndata: a\n\nid: 7\n\ndata: b\n\ndata: c\n\n") == [
        Event("message", "a"),
        Event("message", "b", "7"),
        Event("message", "c"),
    ]


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    assert parsed(b"data: \xff\xfe\n\n") == [Event("message", "\ufffd\ufffd")]


def test_an_event_without_end_is_refused() -> None:
    parser = EventParser(max_event_chars=1_000)
    for _ in range(20):
        parser.feed(b"data: 90 characters and an end\n\n" * 3)
    for _ in range(10):
        parser.feed(b"x" * 100)
    with pytest.raises(EventTooLarge):
        parser.feed(b"x")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_streams_end_in_the_state_that_they_name(path: Path) -> None:
    golden: dict[str, Any] = json.loads(path.read_text())
    wire = "".join(
        f"event: {event['event']}\ndata: {event['data']}\n" + (f"id: {event['id']}\n" if event["id"] else "") + "\n"
        for event in golden["events"]
    ).encode()
    view, parser = RunView(), EventParser()
    for start in range(0, len(wire), 11):
        for event in parser.feed(wire[start : start + 11]):
            view.apply(event.name, event.data, event.id)
    expect = golden["expect"]
    held: dict[str, dict[str, list[str]]] = {}
    for key, job in view.jobs.items():
        held.setdefault(key.company, {})[key.external_id] = [job.title, job.status]
    assert (view.status, view.cursor, held, view.digest()) == (
        expect["status"],
        expect["cursor"],
        expect["jobs"],
        expect["digest"],
    )
