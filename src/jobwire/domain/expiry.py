"""Which postings that a listing no longer holds are called expired, and why not.

The guards come from working crawlers (BOARDS §3): a board that has a bad day must not empty anybody's list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

BLAST_RADIUS: Final = 0.5
"""More than this part of a board's postings never goes in one listing."""
DROP_LIMIT: Final = 0.3
"""A count this much below the median of the last good listings is a bad day, not a decision."""
MEDIAN_OF: Final = 5
MEDIAN_NEEDS: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """`expires` says whether the missing postings go; where not, `why_not` is a sentence for the log."""

    expires: bool
    why_not: str = ""


def judge(*, complete: bool, live: int, missing: int, listed: int, last_counts: Sequence[int]) -> Verdict:
    """Judge one listing.

    `live`: postings of the board that were not gone before it; `missing`: those of them that it lacks; `listed`: how
    many it holds; `last_counts`: the sizes of the last good listings, newest first.
    """
    if missing == 0:
        return Verdict(expires=True)
    if not complete:
        return Verdict(expires=False, why_not="the listing was not complete")
    if listed == 0:
        return Verdict(expires=False, why_not="the board answered with an empty list")
    if missing > live * BLAST_RADIUS:
        return Verdict(expires=False, why_not=f"{missing} of {live} postings would go at once")
    usual = median(last_counts[:MEDIAN_OF]) if len(last_counts) >= MEDIAN_NEEDS else 0
    if listed < usual * (1 - DROP_LIMIT):
        return Verdict(expires=False, why_not=f"the board lists {listed} postings, and usually about {usual:.0f}")
    return Verdict(expires=True)
