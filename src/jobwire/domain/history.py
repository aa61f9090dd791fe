"""What a person can read of their runs: what the storage answers and the API shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from jobwire.domain.companies import BoardRef
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, Version

CHANGED: Final = "changed: "
"""So the reason of a `ready` job begins whose posting the person knew; which parts have changed follows."""


class LogLevel(StrEnum):
    """How much a log line matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run as a whole. `counts` holds only the statuses that some job has; status and counts are of one moment."""

    run_id: RunId
    status: RunStatus
    version: Version
    counts: Mapping[JobStatus, int]
    changed_jobs: int
    """Of the `ready` ones: those whose postings the person knew. The others are new."""
    companies: int
    failed_companies: int
    """Of `companies`: those whose boards could not be listed."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error_message: str | None
    retry_of: RunId | None
    """The run whose failures this one tries again."""
    retried_in: RunId | None
    """The last run that tries this one's failures again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCompany:
    """One company of a run, under the title filters that it had then.

    It began when its board was asked for, or what had failed of it was opened again.
    """

    company: str
    board: BoardRef
    filters: TitleFilters
    status: CompanyStatus
    reason: str | None
    began_at: datetime | None
    settled_at: datetime | None
    counts: Mapping[JobStatus, int]
    changed_jobs: int
    """As of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """One job of a run. `url` and `posting_id` are None while the posting is not kept, or no longer."""

    company: str
    external_id: str
    title: str
    location: str
    status: JobStatus
    reason: str | None
    attempt: int
    posting_id: int | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs of a run to read; what is empty or None does not filter."""

    statuses: Sequence[JobStatus] = ()
    company: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a run's log; `seq` grows within the run, with gaps."""

    seq: int
    at: datetime
    level: LogLevel
    company: str | None
    external_id: str | None
    message: str
