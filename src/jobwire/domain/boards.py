"""What a person can read of the boards that they follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.companies import BoardRef
from jobwire.domain.expiry import Doubt
from jobwire.domain.runs import CompanyStatus, RunId
from jobwire.domain.setbacks import Setback


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """What became of a company in the newest of the person's runs that had it."""

    run_id: RunId
    status: CompanyStatus
    reason: str | None
    ended: bool
    """Whether the run has: what was at work in it no longer is."""
    host: str
    """Whose pace it had: boards with the same one are read in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """A followed company's board, as the last listings and runs left it. `listings` counts how often it was listed."""

    company: str
    board: BoardRef
    enabled: bool
    listings: int
    listed_at: datetime | None
    """When the last listing began, where it was a good one; else None."""
    last_counts: Sequence[int]
    """Its good sizes, newest first."""
    postings: int
    """How many of the board's postings are kept and not gone."""
    doubt: Doubt | None
    """What the person is asked, where its last listings lack so many postings that none is called gone."""
    setback: Setback | None
    """Its failures in a row, where it could not be listed last."""
    last_run: LastRun | None
