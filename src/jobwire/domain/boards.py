"""What a person can read of the boards that they follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobwire.domain.companies import BoardRef
from jobwire.domain.expiry import Doubt
from jobwire.domain.setbacks import Setback


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """One followed board. `listings` counts how often it was listed; `last_counts` are its good sizes, newest first."""

    company: str
    board: BoardRef
    listings: int
    last_counts: Sequence[int]
    doubt: Doubt | None
    """What the person is asked, where its last listings lack so many postings that none is called gone."""
    setback: Setback | None
    """Its failures in a row, where it could not be listed last."""
