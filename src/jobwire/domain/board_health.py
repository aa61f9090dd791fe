"""How the boards of a person's companies are doing."""

from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.companies import BoardRef
from jobwire.domain.runs import CompanyStatus, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """What became of a company in the newest of the person's runs that had it."""

    run_id: RunId
    status: CompanyStatus
    reason: str | None
    ended: bool
    """Whether the run has: what was at work in it no longer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardHealth:
    """A followed company's board, as the last listings and runs left it."""

    company: str
    board: BoardRef
    enabled: bool
    listed_at: datetime | None
    """When the last complete listing began; None when there is none, or the last one was not complete."""
    openings: int | None
    """How many the last listing had; None before the first."""
    postings: int
    """How many of the board's postings are kept and not gone."""
    last_run: LastRun | None
