"""What a posting is to this person: relative to the listing up to which they took the board in."""

import pytest

from jobwire.domain.companies import BoardRef
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import CompanyStatus, RunId
from jobwire.domain.stays import Stay
from jobwire.ingest.crawling import DEAD_LINK, Gone, verdict, verdict_on_gone
from jobwire.ingest.own_keys import OwnKey
from jobwire.ingest.ports.postings import TextState
from jobwire.ingest.ports.runs import RunCompany

LISTING = 9


def company(taken: int, *, takings: tuple[int, ...] = (), told: int | None = None) -> RunCompany:
    return RunCompany(
        run_id=RunId(1),
        company="acme",
        board_id=1,
        board=BoardRef("text", "acme"),
        filters=TitleFilters(),
        taken=taken,
        taken_filters=TitleFilters(),
        takings=takings or (taken,),
        untold={} if told is None else {1: told},
        listing=LISTING,
        status=CompanyStatus.CRAWLING,
        reason=None,
        failures=0,
        named=False,
    )


def posting(stay: Stay, *parts: int) -> TextState:
    """Each part of it last changed in these listings."""
    return TextState(
        posting_id=1, stay=stay, checked_listing=LISTING, source_hash=b"", part_listings=parts, own_key=OwnKey()
    )


def said(of: RunCompany, text: TextState, *, was_kept: bool = True) -> tuple[str, str]:
    return verdict(of, LISTING, text, was_kept=was_kept)


TEXT = (0, 0, 0, 0, 0, 0, 0)
"""No part but the last one, the text, has changed."""


@pytest.mark.parametrize(
    ("taken", "first", "parts", "expected"),
    [
        (0, 1, (), ("ready", "new")),
        (0, 1, (*TEXT, 5), ("ready", "new")),
        (4, 5, (*TEXT, 7), ("ready", "new")),
        (4, 1, (), ("skipped", "unchanged")),
        (4, 1, (*TEXT, 4), ("skipped", "unchanged")),
        (4, 1, (*TEXT, 5), ("ready", "changed: text")),
        (4, 1, (*TEXT, 9), ("ready", "changed: text")),
        (4, 1, (*TEXT, 10), ("skipped", "unchanged")),  # told to those who get there
    ],
)
def test_ready_is_what_is_news_since(taken: int, first: int, parts: tuple[int, ...], expected: tuple[str, str]) -> None:
    assert said(company(taken), posting(Stay(first), *parts)) == expected


@pytest.mark.parametrize(
    ("taken", "parts"), [(1, "changed: title, salary, text"), (4, "changed: title, salary"), (6, "changed: salary")]
)
def test_all_parts_are_told_that_have_changed_since(taken: int, parts: str) -> None:
    assert said(company(taken), posting(Stay(1), 6, 0, 0, 0, 0, 0, 7, 3)) == ("ready", parts)


@pytest.mark.parametrize(
    ("told", "stay", "expected"),
    [
        (0, Stay(1), ("ready", "new")),
        (3, Stay(4), ("ready", "new")),
        (3, Stay(1), ("ready", "changed: text")),
        (4, Stay(1), ("skipped", "unchanged")),
        (3, Stay(1, (2, 4)), ("ready", "back")),
    ],
)
def test_what_could_not_be_read_is_told_by_what_was_told_before(
    told: int, stay: Stay, expected: tuple[str, str]
) -> None:
    assert said(company(6, takings=(1, 3, 6), told=told), posting(stay, *TEXT, 4)) == expected


def test_what_the_filters_kept_out_is_new_to_them() -> None:
    assert said(company(4), posting(Stay(1)), was_kept=False) == ("ready", "new to your filters")
    assert said(company(4), posting(Stay(1))) == ("skipped", "unchanged")
    assert said(company(4), posting(Stay(5)), was_kept=False) == ("ready", "new")


@pytest.mark.parametrize(
    ("takings", "stay", "expected"),
    [
        ((1, 3), Stay(1, (2, 4)), ("ready", "back")),
        ((1,), Stay(1, (2, 4)), ("skipped", "unchanged")),  # it went and came back in between
        ((3,), Stay(1, (2, 4)), ("ready", "new")),  # it was gone before this person began to follow
        ((2, 4), Stay(3, (4, 5)), ("ready", "new")),  # it came and went in between
        ((1, 3), Stay(1, (2, 4, 5, 6)), ("ready", "back")),
        ((1, 3, 4), Stay(1, (2, 4, 5, 6)), ("skipped", "unchanged")),
        ((1, 5), Stay(1, (2, 4, 5, 6)), ("ready", "back")),
    ],
)
def test_back_is_what_somebody_saw_and_then_saw_gone(
    takings: tuple[int, ...], stay: Stay, expected: tuple[str, str]
) -> None:
    assert said(company(takings[-1], takings=takings), posting(stay)) == expected


def test_listings_that_this_run_knows_nothing_of_say_nothing_of_what_was_seen() -> None:
    assert said(company(3, takings=(3, 5)), posting(Stay(1, (2, 4)))) == ("ready", "new")


def test_back_with_another_text_is_back() -> None:
    assert said(company(3, takings=(1, 3)), posting(Stay(1, (2, 4)), *TEXT, 4)) == ("ready", "back")


def test_a_posting_is_told_expired_once() -> None:
    assert verdict_on_gone(company(3), Stay(1), Gone()) == ("expired", Gone().reason)
    assert verdict_on_gone(company(3), Stay(1, gone=4), DEAD_LINK) == ("expired", DEAD_LINK.reason)
    assert verdict_on_gone(company(0), Stay(1, gone=2), DEAD_LINK) == ("expired", DEAD_LINK.reason)
    assert verdict_on_gone(company(3), Stay(1, gone=3), DEAD_LINK)[0] == "skipped"
    assert verdict_on_gone(company(3), Stay(1, (2, 4)), DEAD_LINK)[0] == "skipped"  # listed again, and dead again
