"""Trying again what failed of a run."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryWish:
    """What of a run to try again, as far as it failed: these companies and these jobs. Both None: everything."""

    companies: Sequence[str] | None = None
    jobs: Sequence[JobKey] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is named."""
        return self.companies is None and self.jobs is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What is tried again: so many jobs, and so many boards that are listed again.

    `run_id` is the run that does it: the same one, or a new one where that had ended.
    """

    run_id: RunId
    jobs: int
    boards: int
