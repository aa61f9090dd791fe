"""A run at one moment, as the terminal shows it; and the tracker that draws one picture after the other."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from jobwire.cli.answers import RunAnswer
from jobwire.cli.pace import Pace
from jobwire.domain.progress import CompanyView, RunView
from jobwire.domain.runs import TERMINAL_JOB_STATUSES, CompanyStatus, JobStatus, RunStatus


class Stage(IntEnum):
    """Where a company stands. In the order in which they are worth a line."""

    FAILED = 0
    RUNNING = 1
    WAITING = 2
    STOPPED = 3
    """The run has ended before it was through."""
    DONE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPicture:
    """One company. `reason` says why its board failed, `waits` what it waits for.

    They and the name are as they came, not cleaned.
    """

    name: str
    stage: Stage
    counts: Mapping[JobStatus, int]
    reason: str | None = None
    waits: str | None = None

    @property
    def total(self) -> int:
        """How many jobs it has, as far as is known."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many of them are over."""
        return _done(self.counts)

    @property
    def left(self) -> int:
        """How many of them are not over."""
        return self.total - self.done

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return self.counts.get(JobStatus.ERROR, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that a screen shows. `listed` counts boards, `rate` is jobs a second, `left_s` what is left; None: unknown.

    `elapsed_s` counts from when a worker began with the run, as the page does: one that waits for it has not begun.

    `percent` is 0 until all boards are listed, never goes back, and is 100 only when the run has finished.
    """

    run_id: int
    status: RunStatus
    counts: Mapping[JobStatus, int]
    companies: Sequence[CompanyPicture]
    listed: int
    percent: int
    rate: float | None
    left_s: float | None
    elapsed_s: float

    @property
    def total(self) -> int:
        """How many jobs are known; more may come until the run is `ingesting`."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many jobs are over."""
        return _done(self.counts)

    @property
    def left(self) -> int:
        """How many jobs are not over: in a run that has ended, how many were left open."""
        return self.total - self.done

    @property
    def failed(self) -> int:
        """How many jobs failed."""
        return self.counts.get(JobStatus.ERROR, 0)


@dataclass(slots=True)
class Tracker:
    """Draws pictures of one run, which the stream keeps in `view`; `run` is what the API said of it.

    `hosts` has the host of each company's board; a company that is not there counts as if it had one of its own.

    `clock` counts seconds and never goes back; `now` is the time of day, for runs that began before the watcher.
    """

    run: RunAnswer
    view: RunView
    clock: Callable[[], float]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    _percent: int = 0
    _pace: Pace = field(default_factory=Pace)
    _began: float | None = None

    def __post_init__(self) -> None:
        if self.run.started_at is not None:
            age = (self.now() - self.run.started_at).total_seconds()
            self._began = self.clock() - max(age, 0.0)

    def picture(self) -> Picture:
        """Draw the run as it is now."""
        status = self.view.status or self.run.status
        if self._began is None and status is not RunStatus.PENDING:
            self._began = self.clock()  # it was waiting when the API was asked, and has just begun
        companies = self._companies(ended=status.is_terminal)
        counts = sum((Counter(company.counts) for company in companies), Counter[JobStatus]())
        rate, left_s = self._next_pace(status, companies)
        listed = sum(_is_listed(standing) for standing in self.view.standings.values())
        return Picture(
            run_id=self.run.run_id,
            status=status,
            counts=counts,
            companies=companies,
            listed=listed,
            percent=self._next_percent(status, counts),
            rate=rate,
            left_s=left_s,
            elapsed_s=self._elapsed_s(),
        )

    def _companies(self, *, ended: bool) -> list[CompanyPicture]:
        counts: dict[str, Counter[JobStatus]] = {name: Counter() for name in self.view.standings}
        for key, job in self.view.jobs.items():
            if key.company in counts:  # a cut may come between a group's jobs and its companies
                counts[key.company][job.status] += 1
        return [_company(name, counts[name], standing, ended=ended) for name, standing in self.view.standings.items()]

    def _next_percent(self, status: RunStatus, counts: Mapping[JobStatus, int]) -> int:
        if status is RunStatus.FINISHED:
            self._percent = 100
        elif status.is_listed:  # before, the boards that still list may bring any number of jobs
            total = sum(counts.values())
            part = _done(counts) / total if total else 0.0
            self._percent = max(self._percent, min(int(part * 100), 99))
        return self._percent

    def _next_pace(self, status: RunStatus, companies: Sequence[CompanyPicture]) -> tuple[float | None, float | None]:
        if status.is_terminal:
            return None, None
        done = sum(company.done for company in companies)
        at_work = {
            company.name: (self.hosts.get(company.name, company.name), company.done, company.total)
            for company in companies
            if self.view.standings[company.name].status is CompanyStatus.CRAWLING and company.total
        }
        if self._pace.look(self.clock(), done, at_work):
            total = sum(company.total for company in companies) if status.is_listed else None
            self._pace.say(total, self._elapsed_s())
        return self._pace.rate, self._pace.left_s

    def _elapsed_s(self) -> float:
        if self.run.started_at is not None and self.run.finished_at is not None:
            return max((self.run.finished_at - self.run.started_at).total_seconds(), 0.0)
        return 0.0 if self._began is None else self.clock() - self._began


def _done(counts: Mapping[JobStatus, int]) -> int:
    return sum(count for status, count in counts.items() if status in TERMINAL_JOB_STATUSES)


def _is_listed(standing: CompanyView) -> bool:
    return standing.status not in {CompanyStatus.WAITING, CompanyStatus.LISTING}


def _company(name: str, counts: Mapping[JobStatus, int], standing: CompanyView, *, ended: bool) -> CompanyPicture:
    stage = _stage(standing.status, counts, ended=ended)
    return CompanyPicture(
        name=name,
        stage=stage,
        counts=counts,
        reason=standing.reason if standing.status is CompanyStatus.ERROR else None,
        waits=standing.reason if stage in {Stage.RUNNING, Stage.WAITING} else None,
    )


def _stage(status: CompanyStatus, counts: Mapping[JobStatus, int], *, ended: bool) -> Stage:
    if status is CompanyStatus.ERROR:
        return Stage.FAILED
    if status is CompanyStatus.DONE or ended:
        if counts.get(JobStatus.ERROR):
            return Stage.FAILED
        return Stage.DONE if status is CompanyStatus.DONE else Stage.STOPPED
    return Stage.WAITING if status is CompanyStatus.WAITING else Stage.RUNNING
