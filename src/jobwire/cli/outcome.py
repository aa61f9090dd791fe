"""How a run ended: for the summary, and for the exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobwire.cli.exits import Exit, exit_of_run
from jobwire.cli.picture import CompanyPicture, Picture
from jobwire.cli.text import clean
from jobwire.domain.runs import JobStatus, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A run that has ended. `reason` is the run's own error, where it has one; `url` the server's, where it stays.

    `changed` counts by company those of the `ready` jobs that are not new; None where nobody could be asked.
    """

    picture: Picture
    reason: str | None
    url: str | None
    changed: Mapping[str, int] | None = None
    strict: bool = False

    @property
    def failed_boards(self) -> Sequence[CompanyPicture]:
        """The companies whose boards failed as a whole."""
        return [company for company in self.picture.companies if company.reason is not None]

    @property
    def changed_jobs(self) -> int | None:
        """How many of the `ready` jobs are not new; None where that is not known."""
        return None if self.changed is None else sum(self.changed.values())

    @property
    def exit(self) -> Exit:
        """The code that `jobwire watch` and `jobwire ingest` end with."""
        failures = self.picture.failed + len(self.failed_boards)
        return exit_of_run(self.picture.status, failures=failures, strict=self.strict)

    @property
    def page(self) -> str | None:
        """The address of the run's summary in the app; None where the server ends with the command."""
        return self.url and f"{self.url}/runs/{self.picture.run_id}/summary"

    @property
    def sentence(self) -> str:
        """Say it in one sentence (without the page)."""
        picture = self.picture
        count = picture.counts.get
        said = [
            *self._news(count(JobStatus.READY, 0)),
            f"{count(JobStatus.SKIPPED, 0):,} unchanged",
            f"{count(JobStatus.EXPIRED, 0):,} expired",
            f"{picture.failed:,} failed",
        ]
        if picture.left:
            said.append(f"{picture.left:,} left open")
        jobs = f"{plural(picture.total, 'job')} at {plural(len(picture.companies), 'company', 'companies')}"
        boards = f"; {plural(len(self.failed_boards), 'board')} failed" if self.failed_boards else ""
        reason = f" {clean(self.reason)}" if self.reason else ""
        return (
            f"Run {picture.run_id} {_ENDED[picture.status]} after {duration(picture.elapsed_s)}: "
            f"{', '.join(said)} of {jobs}{boards}.{reason}"
        )

    def _news(self, ready: int) -> list[str]:
        if (changed := self.changed_jobs) is None:
            return [f"{ready:,} new or changed"]
        return [f"{ready - changed:,} new", f"{changed:,} changed"]


_ENDED = {RunStatus.FINISHED: "finished", RunStatus.ERROR: "failed", RunStatus.ABORTED: "was aborted"}


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def duration(seconds: float) -> str:
    """Write how long something took, as the page does: `31 s`, `2 min 05 s`, `1 h 02 min`, `3 d 4 h`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
