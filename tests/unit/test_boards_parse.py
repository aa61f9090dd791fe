import json

import msgspec
import pytest

from jobwire.boards import parse
from jobwire.boards.readers import WireJob
from jobwire.domain.errors import BoardUnreadable, PostingUnreadable


class Part(msgspec.Struct):
    name: str | None = None
    size: int | None = None


class Job(WireJob):
    part: Part | None = None
    parts: list[Part] | None = None
    labels: list[str] | None = None


class Page(msgspec.Struct):
    jobs: list[msgspec.Raw]


PAGE = msgspec.json.Decoder(Page)
JOB = msgspec.json.Decoder(Job)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (rb'"a\u0000b"', "a\ufffdb"),
        (b'"a\0b"', "a\ufffdb"),
        (rb'"a\\u0000b"', r"a\u0000b"),
        (rb'"a\\\u0000b"', "a\\\ufffdb"),
        (rb'"a\ud800b"', "a\ufffdb"),
        (rb'"a\uDC00b"', "a\ufffdb"),
        (rb'"a\ud800\ud800\udc00b"', "a\ufffd\U00010000b"),
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\ud83d\\ude00"', "\ufffd\\ude00"),
        (rb'"\\ud83d\n\u00e9"', "\\ud83d\né"),
        (b'"a\xffb"', "a\ufffdb"),
        ('\ufeff"é"'.encode(), "é"),
        ('"plain é"'.encode(), "plain é"),
    ],
)
def test_text_that_no_database_takes_is_replaced(source: bytes, text: str) -> None:
    assert msgspec.json.decode(parse.clean(source), type=str) == text


def test_cleaning_twice_changes_nothing_more() -> None:
    once = parse.clean(b'"\xff\0\\ud800\\u0000\\\\u0000"')

    assert parse.clean(once) == once


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\n <!doctype html><html>", "web page"),
        (b'{"jobs": [{"id": 1}, {"id"', "not what the system documents"),
        (b"", "not what the system documents"),
        (b'{"openings": []}', "jobs"),
        (b'{"jobs": null}', "jobs"),
        (b"[]", "object"),
        (b"[" * 5_000_000, "not what the system documents"),
        (b'{"jobs":' + b"[" * 5_000_000, "nested too deeply"),
        (b'{"jobs":[' + b'{"a":' * 1_000_000, "nested too deeply"),
        (b'{"other":' + b"[" * 5_000_000, "nested too deeply"),
    ],
)
def test_a_page_that_is_not_one_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(BoardUnreadable, match="greenhouse:acme") as caught:
        parse.page(body, PAGE, board="greenhouse:acme")

    assert reason in caught.value.message


def test_a_field_of_the_wrong_type_costs_the_field_only() -> None:
    source = {
        "id": 7,
        "title": "Engineer",
        "part": {"name": 5, "size": 3},
        "parts": [{"name": "a"}, "odd", {"name": "b", "size": "big"}],
        "labels": ["x", 1, "y"],
    }

    job = parse.posting(json.dumps(source).encode(), JOB, board="lever:acme")

    assert job == Job(
        id=7,
        title="Engineer",
        part=Part(size=3),
        parts=[Part(name="a"), Part(name="b")],
        labels=["x", "y"],
    )


@pytest.mark.parametrize("number", ["1e400", "9" * 4_000, "-1e400", "1" + "0" * 400])
def test_absurd_numbers_cost_the_field_only(number: str) -> None:
    source = f'{{"id": "a", "title": "Engineer", "part": {{"size": {number}, "name": "n"}}}}'

    job = parse.posting(source.encode(), JOB, board="lever:acme")

    assert job.title == "Engineer"
    assert job.part is not None
    assert job.part.name == "n"


@pytest.mark.parametrize("source", [b"5", b'"text"', b"[]", b"null", b"{", b'{"id": ' + b"9" * 5_000 + b"}"])
def test_what_is_no_posting_is_unreadable(source: bytes) -> None:
    with pytest.raises(PostingUnreadable, match="lever:acme"):
        parse.posting(source, JOB, board="lever:acme")


def test_fields_that_are_passed_over_cost_nothing_and_the_others_stay() -> None:
    lines = parse.without(JOB, frozenset({"parts"}))
    job = parse.posting(b'{"id": 1, "title": "A", "parts": [{"name": "x"}], "labels": ["y"]}', lines, board="acme")
    assert not hasattr(job, "parts")
    assert (job.id, job.title, job.labels) == (1, "A", ["y"])
    odd = parse.posting(b'{"id": [], "title": "A", "parts": 7, "labels": "y"}', lines, board="acme")
    assert (odd.id, odd.title, odd.labels) == (None, "A", None)


def test_a_renamed_field_keeps_its_name_on_the_wire() -> None:
    class Named(WireJob, rename="camel"):
        title: str | None = msgspec.field(default=None, name="text")
        own_id: int | None = None
        body: str | None = None

    lines = parse.without(msgspec.json.Decoder(Named), frozenset({"body"}))
    job = parse.posting(b'{"id": 1, "text": "A", "ownId": 7, "body": "x"}', lines, board="acme")
    assert (job.title, job.own_id) == ("A", 7)
