"""The statuses of runs, companies and jobs, and which may follow which."""

from enum import StrEnum
from typing import Final, NewType

RunId = NewType("RunId", int)
UserId = NewType("UserId", int)
Version = NewType("Version", int)
"""A run's own counter: one more with each committed change of the run, never less."""


class RunStatus(StrEnum):
    """Where a run stands. It is `initializing` until every board is listed or has failed."""

    PENDING = "pending"
    INITIALIZING = "initializing"
    INGESTING = "ingesting"
    FINISHED = "finished"
    ERROR = "error"
    ABORTED = "aborted"

    @property
    def is_terminal(self) -> bool:
        """True when nothing of the run changes any more."""
        return self in TERMINAL_RUN_STATUSES

    @property
    def is_listed(self) -> bool:
        """True when the set of jobs no longer grows: a base client may be shown it."""
        return self is RunStatus.INGESTING or self.is_terminal


TERMINAL_RUN_STATUSES: Final = frozenset({RunStatus.FINISHED, RunStatus.ERROR, RunStatus.ABORTED})


class CompanyStatus(StrEnum):
    """Where one company of a run stands."""

    WAITING = "waiting"
    LISTING = "listing"
    CRAWLING = "crawling"
    DONE = "done"
    ERROR = "error"

    @property
    def is_settled(self) -> bool:
        """True when the company's part of the run is over."""
        return self in {CompanyStatus.DONE, CompanyStatus.ERROR}


class JobStatus(StrEnum):
    """Where one job of a run stands: statuses only go forward within an attempt."""

    PENDING = "pending"
    CRAWLING = "crawling"
    READY = "ready"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    ERROR = "error"

    @property
    def is_terminal(self) -> bool:
        """True when this attempt is over."""
        return self in TERMINAL_JOB_STATUSES


TERMINAL_JOB_STATUSES: Final = frozenset({JobStatus.READY, JobStatus.SKIPPED, JobStatus.EXPIRED, JobStatus.ERROR})

BREAKER_THRESHOLD: Final = 5
"""Failures in a row at one company that open its breaker."""
