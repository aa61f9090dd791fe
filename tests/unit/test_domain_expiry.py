from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobwire.domain.expiry import CONFIRM_AFTER, Count, Doubt, Guard, Reply, Verdict, judge

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def verdict(
    *, live: int = 100, missing: int = 5, listed: int = 95, last: tuple[int, ...] = (), doubt: Doubt | None = None
) -> Verdict:
    return judge(Count(live=live, missing=missing, listed=listed, usual=last), doubt, NOON)


def doubt(
    guard: Guard, *, listed: int, seen: int = 1, ago: timedelta = CONFIRM_AFTER, reply: Reply | None = None
) -> Doubt:
    then = NOON - ago
    return Doubt(guard=guard, why="", listed=listed, missing=9, since=then, counted_at=then, seen=seen, reply=reply)


def test_a_listing_expires_what_it_lacks() -> None:
    assert verdict() == Verdict(expires=True)


def test_nothing_missing_needs_no_judgement() -> None:
    assert verdict(missing=0, listed=0) == Verdict(expires=True)


@pytest.mark.parametrize(
    ("case", "guard", "why"),
    [
        ({"missing": 100, "listed": 0}, Guard.EMPTY, "the board answered with an empty list"),
        ({"missing": 51, "listed": 49}, Guard.SHRUNK, "51 of 100 postings would go at once"),
        (
            {"missing": 35, "listed": 65, "last": (100, 100, 100)},
            Guard.SHRUNK,
            "the board lists 65 postings, and usually about 100",
        ),
    ],
)
def test_the_guards_ask_and_say_why(case: dict[str, object], guard: Guard, why: str) -> None:
    said = verdict(**case)  # pyright: ignore[reportArgumentType]
    assert not said.expires
    assert said.why_not == why
    assert said.doubt is not None
    assert (said.doubt.guard, said.doubt.seen, said.doubt.since) == (guard, 1, NOON)
    assert why in said.doubt.question


def test_the_limits_themselves_are_allowed() -> None:
    assert verdict(missing=50, listed=50).expires
    assert verdict(missing=30, listed=70, last=(100, 100, 100)).expires
    assert verdict(live=2, missing=1, listed=1).expires
    assert not verdict(live=1, missing=1, listed=1).expires


def test_the_usual_size_needs_three_listings_and_forgets_those_before_the_fifth() -> None:
    assert verdict(missing=40, listed=60, last=(100, 100)).expires
    assert verdict(missing=40, listed=60, last=(60, 60, 60, 100, 100, 1_000, 1_000)).expires
    assert not verdict(missing=40, listed=60, last=(60, 100, 100, 100, 60)).expires


def test_postings_that_join_do_not_hide_those_that_go() -> None:
    assert not verdict(live=100, missing=60, listed=200).expires


@pytest.mark.parametrize(("guard", "listed", "needed"), [(Guard.SHRUNK, 40, 3), (Guard.EMPTY, 0, 6)])
def test_the_same_again_and_again_is_believed(guard: Guard, listed: int, needed: int) -> None:
    missing = 100 - listed
    last_but_one = verdict(missing=missing, listed=listed, doubt=doubt(guard, listed=listed, seen=needed - 2))
    assert last_but_one.doubt is not None
    assert last_but_one.doubt.seen == needed - 1
    assert last_but_one.doubt.since == NOON - CONFIRM_AFTER
    assert verdict(missing=missing, listed=listed, doubt=doubt(guard, listed=listed, seen=needed - 1)) == Verdict(
        expires=True, belief=f"the board has said so {needed} times, hours apart"
    )


def test_listings_in_one_sitting_confirm_nothing() -> None:
    soon = CONFIRM_AFTER - timedelta(seconds=1)
    said = verdict(missing=60, listed=40, doubt=doubt(Guard.SHRUNK, listed=40, seen=2, ago=soon))
    assert said.doubt is not None
    assert (said.doubt.seen, said.doubt.counted_at) == (2, NOON - soon)


def test_another_size_is_another_question() -> None:
    for before in (doubt(Guard.SHRUNK, listed=20, seen=2), doubt(Guard.EMPTY, listed=0, seen=5)):
        for known in (before, replace(before, reply=Reply.GONE)):
            said = verdict(missing=60, listed=40, doubt=known)
            assert said.doubt is not None
            assert (said.doubt.seen, said.doubt.reply, said.doubt.since) == (1, None, NOON)


def test_an_answer_is_enough() -> None:
    said = verdict(missing=60, listed=40, doubt=doubt(Guard.SHRUNK, listed=42, reply=Reply.GONE))
    assert said.belief == "somebody who follows the board has said that they are"
    assert verdict(missing=60, listed=40, doubt=doubt(Guard.SHRUNK, listed=42, reply=Reply.GONE)).expires
    assert verdict(missing=100, listed=0, doubt=doubt(Guard.EMPTY, listed=0, reply=Reply.GONE)).expires


def test_what_is_kept_is_not_believed_with_time() -> None:
    said = verdict(missing=60, listed=40, doubt=doubt(Guard.SHRUNK, listed=42, seen=9, reply=Reply.KEPT))
    assert not said.expires
    assert said.doubt is not None
    assert (said.doubt.reply, said.doubt.seen) == (Reply.KEPT, 10)
    assert "kept" in said.doubt.question


def test_a_good_listing_ends_the_question() -> None:
    assert verdict(doubt=doubt(Guard.SHRUNK, listed=40)).doubt is None
