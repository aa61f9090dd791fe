"""What the HTTP interface answers, as far as the terminal reads it: parsed at the edge, unknown fields ignored."""

from datetime import datetime

import msgspec

from jobwire.domain.expiry import Reply
from jobwire.domain.history import LogLevel
from jobwire.domain.runs import JobStatus, RunStatus


class HealthAnswer(msgspec.Struct, frozen=True):
    """`GET /api/health`: what tells Jobwire from anything else that listens."""

    status: str
    version: str


class RunAnswer(msgspec.Struct, frozen=True):
    """A run."""

    run_id: int
    status: RunStatus
    counts: dict[JobStatus, int]
    total_jobs: int
    started_at: datetime | None
    finished_at: datetime | None
    error_message: str | None


class RunCompanyAnswer(msgspec.Struct, frozen=True):
    """A company of a run: so many of its `ready` jobs are changed, the others are new."""

    company_name: str
    changed_jobs: int


class RunCompaniesAnswer(msgspec.Struct, frozen=True):
    """All companies of a run."""

    companies: list[RunCompanyAnswer]


class RunPageAnswer(msgspec.Struct, frozen=True):
    """Runs, newest first."""

    runs: list[RunAnswer]


class LogLineAnswer(msgspec.Struct, frozen=True):
    """One line of a run's log."""

    seq: int
    at: datetime
    level: LogLevel
    company: str | None
    external_id: str | None
    message: str


class LogPageAnswer(msgspec.Struct, frozen=True):
    """Lines in order; the next page is after `last_seq`."""

    logs: list[LogLineAnswer]
    last_seq: int
    more: bool


class FollowAnswer(msgspec.Struct, frozen=True):
    """A company that this person follows; `source` is `board:slug`."""

    company_name: str
    source: str
    is_enabled: bool


class ItemAnswer(msgspec.Struct, frozen=True):
    """What became of one posted settings item."""

    company_name: str | None
    success: bool
    error: str | None


class DoubtAnswer(msgspec.Struct, frozen=True):
    """What a board asks, and what was said to that."""

    question: str
    reply: Reply | None


class SetbackAnswer(msgspec.Struct, frozen=True):
    """Why a board could not be listed last."""

    reason: str


class LastRunAnswer(msgspec.Struct, frozen=True):
    """The newest run that had a board, and the host that it is at."""

    run_id: int
    host: str


class BoardAnswer(msgspec.Struct, frozen=True):
    """A followed board; `openings` is what its last good listing had."""

    company_name: str
    source: str
    is_enabled: bool
    listed_at: datetime | None
    openings: int | None
    doubt: DoubtAnswer | None
    setback: SetbackAnswer | None
    last_run: LastRunAnswer | None


class RepliedAnswer(msgspec.Struct, frozen=True):
    """What happens now that it was replied to."""

    message: str


class SightingAnswer(msgspec.Struct, frozen=True):
    """A board that a page shows, and why it was taken for that."""

    source: str
    sentence: str


class LookAnswer(msgspec.Struct, frozen=True):
    """What a page shows, or why nothing is known."""

    sightings: list[SightingAnswer]
    error_message: str | None


class StartedAnswer(msgspec.Struct, frozen=True):
    """The run that has begun."""

    run_id: int


class RetryAnswer(msgspec.Struct, frozen=True):
    """The run that tries again, and how much."""

    run_id: int
    jobs: int
    boards: int


class ProblemAnswer(msgspec.Struct, frozen=True):
    """An error (RFC 9457), with the run that a 409 names."""

    detail: str
    run_id: int | None = None
