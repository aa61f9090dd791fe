import dataclasses
from datetime import date

import pytest

from jobwire.domain import postings
from jobwire.domain.postings import (
    FINGERPRINT_PARTS,
    PART_BYTES,
    EmploymentType,
    Posting,
    Salary,
    Workplace,
    fingerprint,
    source_hash,
)

POSTING = Posting(
    external_id="1",
    title="Engineer",
    url="https://example.com/1",
    locations=("Berlin", "Remote"),
    workplace=Workplace.HYBRID,
    employment_type=EmploymentType.FULL_TIME,
    department="Platform",
    posted_on=date(2026, 1, 2),
    salary=Salary(minimum=1, maximum=2, currency="EUR", interval=None),
    description="<p>Text</p>",
)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Cook"},
        {"url": "https://example.com/2"},
        {"locations": ("Remote", "Berlin")},
        {"locations": ("Berlin; Remote",)},
        {"workplace": None},
        {"employment_type": EmploymentType.CONTRACT},
        {"department": None},
        {"salary": None},
        {"description": "<p>Texts</p>"},
    ],
    ids=str,
)
def test_what_a_reader_sees_changes_the_fingerprint(change: dict[str, object]) -> None:
    assert fingerprint(dataclasses.replace(POSTING, **change)) != fingerprint(POSTING)  # pyright: ignore[reportArgumentType]


def test_what_moves_by_itself_does_not() -> None:
    assert fingerprint(dataclasses.replace(POSTING, posted_on=None)) == fingerprint(POSTING)
    assert fingerprint(dataclasses.replace(POSTING, description='<p class="a1">Text</p>')) == fingerprint(POSTING)
    assert fingerprint(dataclasses.replace(POSTING)) == fingerprint(POSTING)
    assert len(fingerprint(POSTING)) == PART_BYTES * len(FINGERPRINT_PARTS)


def test_a_new_extraction_reads_everything_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = source_hash(b"source")
    assert source_hash(b"source") == before != source_hash(b"sourc")
    monkeypatch.setattr(postings, "EXTRACTION_VERSION", postings.EXTRACTION_VERSION + 1)
    assert source_hash(b"source") != before


def test_places_in_one_line_and_remote() -> None:
    assert POSTING.location == "Berlin; Remote"
    assert POSTING.remote is False
    assert dataclasses.replace(POSTING, workplace=Workplace.REMOTE).remote is True
    assert dataclasses.replace(POSTING, workplace=None).remote is None


def test_a_description_is_shown_safe_and_readable() -> None:
    posting = dataclasses.replace(POSTING, description="<p onclick=x>R&amp;D</p><script>x</script>")
    assert posting.description_html == "<p>R&amp;D</p>"
    assert posting.description_text == "R&D"


def test_a_fingerprint_says_which_part_has_changed() -> None:
    before = fingerprint(POSTING)
    after = fingerprint(dataclasses.replace(POSTING, title="Other", description="<p>Other</p>"))
    places = range(0, len(before), PART_BYTES)
    differ = [before[place : place + PART_BYTES] != after[place : place + PART_BYTES] for place in places]
    assert [name for name, has in zip(FINGERPRINT_PARTS, differ, strict=True) if has] == ["title", "text"]
