"""Which postings that a listing no longer holds are called expired, and why not.

The guards come from working crawlers (BOARDS §3): a board that has a bad day must not empty anybody's list. A guard
asks; it relents when a person says that the board has really become smaller, or when the board says the same for long
and nobody has said that it is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

BLAST_RADIUS: Final = 0.5
"""More than this part of a board's postings never goes in one listing."""
DROP_LIMIT: Final = 0.3
"""A count this much below the median of the last good listings is a bad day, not a decision."""
MEDIAN_OF: Final = 5
MEDIAN_NEEDS: Final = 3
CONFIRM_AFTER: Final = timedelta(hours=6)
"""Listings closer together than this are one witness, not two: somebody may run the same company again and again."""


class Guard(StrEnum):
    """What speaks against a listing. `confirmations` is how often it has to say the same before it is believed."""

    EMPTY = "empty"
    SHRUNK = "shrunk"
    NO_BOARD = "no_board"

    @property
    def confirmations(self) -> int:
        """A day and a half for an empty board, half a day for a smaller one or none; longer where runs are rarer."""
        return 6 if self is Guard.EMPTY else 3

    @property
    def question(self) -> str:
        """What a person is asked."""
        return "Is the board really gone?" if self is Guard.NO_BOARD else "Has the board really become so small?"


class Reply(StrEnum):
    """What somebody who follows the board has said of the postings that it lacks. It holds for all who follow it."""

    GONE = "gone"
    """It is true: the next listing that says so is believed."""
    KEPT = "kept"
    """It is not: as long as the board says the same, not even time makes it believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A board says that much less is there than was known, and the question is whether that is true."""

    guard: Guard
    why: str
    listed: int
    missing: int
    since: datetime
    """When it first said so, and when it last counted as a confirmation."""
    counted_at: datetime
    seen: int = 1
    """How often it said so, `CONFIRM_AFTER` or more apart."""
    reply: Reply | None = None
    """What a person has said to that; None while it is open."""

    @property
    def question(self) -> str:
        """What a person is asked, in one sentence and its reason; where they have said no, what came of that."""
        missing = f"{self.missing} known postings are missing, and are"
        if self.reply is Reply.KEPT:
            return f"{missing} kept, as somebody who follows the board has said: {self.why}."
        return (
            f"{missing} not called expired: {self.why}. "
            f"{self.guard.question} (Seen {self.seen} of {self.guard.confirmations} times.)"
        )

    def is_same(self, other: "Doubt") -> bool:
        """Whether the board says about the same as then: another size is another question."""
        larger = max(self.listed, other.listed)
        return self.guard is other.guard and abs(self.listed - other.listed) <= larger * DROP_LIMIT

    def confirmed_by(self, again: "Doubt") -> "Doubt":
        """The same once more: it counts when enough time has passed."""
        counts = again.counted_at - self.counted_at >= CONFIRM_AFTER
        return replace(
            again,
            since=self.since,
            counted_at=again.counted_at if counts else self.counted_at,
            seen=self.seen + counts,
            reply=self.reply,
        )

    @property
    def belief(self) -> str:
        """Why it is to be believed; empty where it is not."""
        if self.reply is Reply.GONE:
            return "somebody who follows the board has said that they are"
        if self.reply is None and self.seen >= self.guard.confirmations:
            return f"the board has said so {self.seen} times, hours apart"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A complete listing in numbers.

    `live`: postings of the board that were not gone before it; `missing`: those of them that it lacks; `listed`: how
    many it holds; `usual`: the sizes of the last good listings, newest first. `no_board`: instead of a listing, its
    system says that there is no such board.
    """

    live: int
    missing: int
    listed: int
    usual: Sequence[int] = ()
    no_board: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`expires` says whether the missing postings go; where not, `why_not` is a sentence for the log.

    `doubt` is the question that is open from now on. `belief` is why the board is believed although a guard spoke: then
    it has become another one, and the sizes that it had before say nothing any more.
    """

    expires: bool
    why_not: str = ""
    doubt: Doubt | None = None
    belief: str = ""


def objection(count: Count) -> tuple[Guard, str] | None:
    """Which guard speaks against a complete listing, and why."""
    if count.missing == 0:
        return None
    if count.no_board:
        return Guard.NO_BOARD, "its careers system knows no such board"
    if count.listed == 0:
        return Guard.EMPTY, "the board answered with an empty list"
    if count.missing > count.live * BLAST_RADIUS:
        return Guard.SHRUNK, f"{count.missing} of {count.live} postings would go at once"
    usual = median(count.usual[:MEDIAN_OF]) if len(count.usual) >= MEDIAN_NEEDS else 0
    if count.listed < usual * (1 - DROP_LIMIT):
        return Guard.SHRUNK, f"the board lists {count.listed} postings, and usually about {usual:.0f}"
    return None


def judge(count: Count, open_doubt: Doubt | None, now: datetime) -> Verdict:
    """Judge a complete listing, knowing the question that the board's earlier ones have raised."""
    spoken = objection(count)
    if spoken is None:
        return Verdict(expires=True)
    guard, why = spoken
    doubt = Doubt(guard=guard, why=why, listed=count.listed, missing=count.missing, since=now, counted_at=now)
    if open_doubt is not None and open_doubt.is_same(doubt):
        doubt = open_doubt.confirmed_by(doubt)
    if doubt.belief:
        return Verdict(expires=True, belief=doubt.belief)
    return Verdict(expires=False, why_not=why, doubt=doubt)
