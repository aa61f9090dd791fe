"""A run in the ledger: its companies, its jobs, its log, and how they change. `storage` fits these."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from jobwire.domain.companies import BoardRef
from jobwire.domain.filters import TitleFilters
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus
from jobwire.domain.stays import Stay
from jobwire.ingest.ports.postings import KnownPosting, TextState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCompany:
    """One company of a run, as the ledger has it."""

    run_id: RunId
    company: str
    board_id: int
    board: BoardRef
    filters: TitleFilters
    taken: int
    """The listing of the board up to which this person had taken it in when the run began; 0 for never."""
    taken_filters: TitleFilters
    takings: Sequence[int]
    """The listings that this person has taken in of late; those after `taken` are none of this run's business."""
    untold: Mapping[int, int]
    """Postings (by id) that could not be read when it was taken in: the listing up to which each was told before."""
    listing: int | None
    """The listing that this run works on; None before there is one."""
    status: CompanyStatus
    reason: str | None
    """What it waits for, as the run's viewers were told."""
    failures: int
    """Failures in a row so far."""
    named: bool
    """The person has named it: it is asked even while its board is left alone."""

    def told(self, posting_id: int) -> int:
        """The listing up to which this person was told of a posting."""
        return self.untold.get(posting_id, self.taken)

    def has_seen(self, stay: Stay) -> bool:
        """Whether this person has had a posting with this stay before them."""
        return stay.was_seen_at(listing for listing in self.takings if listing <= self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJob(TextState):
    """A job that has no terminal status yet, with what is known of its posting."""

    key: JobKey
    attempt: int
    status: JobStatus
    title: str
    was_kept: bool
    """Whether the person's filters kept its title when they last took the board in."""


@dataclass(frozen=True, slots=True)
class UnlistedJob:
    """An open job of which only the key is known: its line could not be read when the board was listed."""

    key: JobKey
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that joins a run. One that is known to be over from the start has a terminal status."""

    external_id: str
    posting_id: int | None
    title: str
    location: str
    status: JobStatus = JobStatus.PENDING
    reason: str | None = None
    was_kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A job's terminal status, for one attempt."""

    key: JobKey
    attempt: int
    status: JobStatus
    reason: str | None = None


LogLevel = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of a run's log."""

    message: str
    level: LogLevel = "info"
    company: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The part of a run that is to be done at one host: its companies and their open jobs, not all where many are."""

    run_id: RunId
    created_at: datetime
    """When the run was made, and `at`: when it was claimed. Both by the database's clock."""
    at: datetime
    companies: Sequence[RunCompany]
    jobs: Mapping[str, Sequence[OpenJob]]
    """By company, and so are `unlisted`."""
    unlisted: Mapping[str, Sequence[UnlistedJob]]


class RunChange(Protocol):
    """A change of one run: the run's row is locked, and everything written carries the run's new version."""

    @property
    def status(self) -> RunStatus:
        """The run's status, as this change has made it so far."""
        ...

    async def begin(self) -> None:
        """A pending run becomes `initializing`; any other stays as it is."""
        ...

    async def mark_listing(self, companies: Sequence[str]) -> None:
        """Waiting companies become `listing`; others stay as they are."""
        ...

    async def wait_for(self, host: str, reason: str | None) -> None:
        """Tell what the open companies of a host wait for; None where they go on."""
        ...

    async def cut_short(self, company: str) -> int:
        """Count that a company's listing has to begin again; answer how often that was."""
        ...

    async def fail_company(self, company: str, reason: str) -> bool:
        """A company whose board cannot be listed is settled as `error`. False where it had come further already."""
        ...

    async def listed(self, companies: Mapping[str, tuple[int, Sequence[NewJob]]]) -> Collection[str]:
        """The companies' boards are listed: their jobs join the run, and they are `crawling` from now on.

        Each comes with its listing's number and its jobs. Answer those for which that is new: one that was listed
        already (a task that is delivered twice) stays as it is.
        """
        ...

    async def note_absent(self, companies: Mapping[str, Sequence[int]]) -> None:
        """Note the postings (by id) that companies' boards are thought to have, though their listings lack them."""
        ...

    async def mark_crawling(self, jobs: Sequence[tuple[JobKey, int]]) -> None:
        """Pending jobs (key, attempt) become `crawling`; others stay as they are."""
        ...

    async def adopt(self, company: str, jobs: Mapping[str, KnownPosting]) -> None:
        """Tell open jobs (by external_id) that nothing was known of which postings they are about."""
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> frozenset[JobKey]:
        """Give open jobs their terminal status. Answer those that got one: the others had one, or another attempt."""
        ...

    async def settle_all(self, company: str, status: JobStatus, reason: str) -> int:
        """Settle every open job of a company; answer how many there were."""
        ...

    async def count_failures(self, company: str, failures: int) -> None:
        """Keep the number of failures in a row."""
        ...

    async def log(self, lines: Sequence[LogLine]) -> None:
        """Write lines to the run's log."""
        ...

    async def advance(self) -> Mapping[str, Mapping[JobStatus, int]]:
        """Settle the companies without open jobs, then move the run on as far as it has come.

        Answer the companies that this settled, with the number of their jobs by status.

        To be called last: it asks in statements of its own, under the run's lock, so that of two last workers exactly
        one sees the end.
        """
        ...

    async def end(self, status: RunStatus, *, error_message: str | None = None) -> None:
        """Give the run a terminal status as it stands."""
        ...
