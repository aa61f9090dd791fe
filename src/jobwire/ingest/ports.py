"""What a run needs from the world. `boards`, `storage` and `worker` fit these; `bootstrap` plugs them together."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from jobwire.domain.companies import BoardRef, Follow
from jobwire.domain.expiry import Doubt
from jobwire.domain.filters import TitleFilters
from jobwire.domain.history import CHANGED
from jobwire.domain.postings import FINGERPRINT_PARTS, Posting
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import RetryWish
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, UserId
from jobwire.domain.setbacks import Setback
from jobwire.domain.stays import Stay
from jobwire.ingest.own_keys import OwnKey
from jobwire.ingest.tags import KnownTag, Tag

# Careers systems


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One line of a board's listing: enough to filter by title and to show the job.

    `source` is the system's own answer for this posting (JSON or HTML bytes) where the text came with the listing;
    None where `BoardReader.fetch` has to get it.
    """

    external_id: str
    title: str
    location: str
    url: str
    source: bytes | None = None
    change_key: str | None = None
    """What the system changes whenever the posting changes, where it has such a thing and sends no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A line of a listing that could not be read. `external_id` is empty where not even that was there."""

    external_id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A board's listing as it was at one time.

    Only a `complete` one may expire postings: every page was read and nothing speaks against its completeness.
    `external_id`s are unique over `openings` and `unreadable` together. `notes` are sentences for the run's log.
    """

    openings: Sequence[Opening]
    unreadable: Sequence[Unreadable] = ()
    complete: bool = True
    notes: Sequence[str] = ()
    patience: int = 1
    """So many complete listings in a row lack a posting before it is gone: more than one where lists are flaky."""
    tag: Tag | None = None
    """What the system marks it with, texts and all, where it does."""
    held: object = None
    """What stands for the memory that it takes: kept as long as the listing is, and nothing else."""


class BoardReader(Protocol):
    """One careers system, ready to be read over HTTP. All errors are `BoardError`s."""

    @property
    def system(self) -> str:
        """Its name as in `system:slug`."""
        ...

    @property
    def has_text(self) -> bool:
        """Whether a listing brings each posting's text (`Opening.source`), so that `fetch` is never needed."""
        ...

    def host(self, slug: str) -> str:
        """The throttle key: boards with the same one share a host's pace. Usually the host name."""
        ...

    def concurrency(self, slug: str) -> int:
        """How many requests at a time this board's host may get."""
        ...

    async def list(self, slug: str) -> Listing:
        """Read the whole listing, all pages of it."""
        ...

    async def list_unless(self, slug: str, tag: Tag) -> Listing | None:
        """Read the whole listing, unless it still is the one that `tag` marks: then the answer is None."""
        ...

    async def fetch(self, slug: str, external_id: str) -> bytes:
        """Read one posting's source. Raise `PostingGone` on 404 and 410."""
        ...

    def extract(self, slug: str, source: bytes) -> Posting:
        """Make a source into a posting: pure, and quick (well under a millisecond for a usual one).

        Raise `PostingUnreadable`, whose message names the field.
        """
        ...


class Boards(Protocol):
    """All careers systems that are known."""

    def reader(self, board: BoardRef) -> BoardReader:
        """The reader for a board. Raise `UnknownBoard`."""
        ...


# What is known of a board and its postings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBoard:
    """A board as its listings left it. `last_counts`: sizes of the last good ones, newest first."""

    listing: int
    began_at: datetime | None
    last_counts: Sequence[int]
    doubt: Doubt | None
    """The question that the last complete listings have raised."""
    setback: Setback | None = None
    """Its failures in a row, where it could not be listed last."""
    tag: KnownTag | None = None
    """What its last listing was marked with, where that was recorded whole."""


@dataclass(frozen=True, slots=True)
class News:
    """The listing in which a posting's text last was news to anybody.

    `parts` are the listings in which each of `FINGERPRINT_PARTS` last changed, 0 for never; empty where none has.
    """

    listing: int
    parts: Sequence[int] = ()

    def since(self, listing: int) -> str:
        """Say what it is to somebody who took that listing in: `new`, or `changed: ` and all parts that have since."""
        changed = [name for name, at in zip(FINGERPRINT_PARTS, self.parts, strict=False) if at > listing]
        return f"{CHANGED}{', '.join(changed)}" if changed else "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextState:
    """Up to when a posting's text is known. The numbers are listings of its board."""

    posting_id: int
    stay: Stay
    checked_listing: int
    source_hash: bytes | None
    news: News
    own_key: OwnKey

    @property
    def is_live(self) -> bool:
        """Whether it stands on the board, as far as is known."""
        return self.stay.gone is None

    def is_read_for(self, listing: int) -> bool:
        """Whether its text was compared for this listing or a later one, and it stands on the board."""
        return self.checked_listing >= listing and self.is_live

    def is_spared(self, now: datetime) -> bool:
        """Whether its system says that its text is the known one."""
        return self.source_hash is not None and self.is_live and self.own_key.spares(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPosting(TextState):
    """What is known of one posting without its text."""

    external_id: str
    title: str
    """As its board lists it: its own page may have it in other words. Title filters are matched on this one."""
    location: str
    misses: int
    """So many listings in a row lack it, while it still counts as live."""
    is_dead_link: bool
    """Gone by its own page, and still listed: every run asks its page again."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A posting that was read for `listing`, to be written if it differs from what is known.

    `row` is the posting as storage takes it.
    """

    posting_id: int
    listing: int
    source_hash: bytes
    row: bytes
    key: str | None = None
    """The own key (`OwnKey.listed`) under which it was asked for."""


class FreshPosting(NamedTuple):
    """An opening that its board (by id) holds for the first time, in this listing."""

    board_id: int
    listing: int
    opening: Opening


class Postings(Protocol):
    """Boards and postings within a unit of work. Order of locks: the boards, then postings by id, all at once."""

    async def lock_boards(self, board_ids: Collection[int]) -> Mapping[int, KnownBoard]:
        """Lock the boards' rows until the end of the unit: all that it needs, before anything else."""
        ...

    async def of_boards(self, board_ids: Collection[int]) -> Mapping[int, Mapping[str, KnownPosting]]:
        """All postings of these boards, by external_id, gone ones too."""
        ...

    async def lock(self, posting_ids: Collection[int]) -> None:
        """Lock all known postings that the unit is going to write: once, before the first of them is written."""
        ...

    async def add(self, fresh: Sequence[FreshPosting]) -> Mapping[tuple[int, str], int]:
        """Insert postings seen for the first time; answer their ids by board and external_id."""
        ...

    async def relist(self, openings: Mapping[int, Opening], back: Mapping[int, int]) -> None:
        """Rewrite the lines of known postings (by id); those in `back` (id: listing) are live again.

        Title, location and URL stay as the posting's text said, where that was read.
        """
        ...

    async def mark_gone(self, posting_ids: Mapping[int, int], reason: str, *, is_listed: bool = False) -> None:
        """Mark postings (id: listing) gone, unless they are already; `is_listed` where their own pages said so."""
        ...

    async def mark_unlisted(self, posting_ids: Collection[int]) -> None:
        """Note that postings which were gone by their own pages are now off the board as well."""
        ...

    async def bring_back(self, posting_ids: Mapping[int, int]) -> None:
        """Postings (id: listing) that were gone by their own pages could be read again: they are live."""
        ...

    async def note_keys(self, keys: Mapping[int, str | None]) -> None:
        """Note postings' own keys (by id) as they are listed now."""
        ...

    async def mark_missing(self, posting_ids: Mapping[int, int]) -> None:
        """Note how many listings in a row (id: number) lack postings that still count as live."""
        ...

    async def record_boards(self, boards: Mapping[int, KnownBoard]) -> None:
        """Make this what is known of the boards. A listing that nobody may share has no `began_at`."""
        ...

    async def write(self, extracts: Sequence[Extract]) -> Mapping[int, News]:
        """Write what was read; answer by posting id when it last was news.

        A posting that was compared for a later listing meanwhile stays as it is, and is left out of the answer.
        """
        ...

    async def mark_checked(self, posting_ids: Mapping[int, int]) -> None:
        """Note that the postings (id: listing) were compared and are unchanged."""
        ...

    async def mark_read(self, keys: Mapping[int, str]) -> None:
        """Note under which own keys (by id) texts were asked for that are unchanged."""
        ...


# The ledger


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
    listing: int | None
    """The listing that this run works on; None before there is one."""
    status: CompanyStatus
    failures: int
    """Failures in a row so far."""
    named: bool
    """The person has named it: it is asked even while its board is left alone."""

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

    async def fail_company(self, company: str, reason: str) -> bool:
        """A company whose board cannot be listed is settled as `error`. False where it had come further already."""
        ...

    async def listed(self, companies: Mapping[str, tuple[int, Sequence[NewJob]]]) -> Collection[str]:
        """The companies' boards are listed: their jobs join the run, and they are `crawling` from now on.

        Each comes with its listing's number and its jobs. Answer those for which that is new: one that was listed
        already (a task that is delivered twice) stays as it is.
        """
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


class Retries(Protocol):
    """What failed of a run, to be opened again within a unit of work."""

    async def strangers(self, run_id: RunId, wish: RetryWish) -> Sequence[str]:
        """What is wished for and is not in the run at all, whether it failed or not: each said in a few words."""
        ...

    async def failed_boards(self, run_id: RunId, wish: RetryWish) -> Sequence[str]:
        """The companies that are wished for and whose boards could not be listed, in the run's order."""
        ...

    async def reopen_jobs(self, run_id: RunId, wish: RetryWish) -> Mapping[str, int]:
        """Failed jobs become `pending` as a new attempt, and their companies `crawling`; answer how many by host.

        The run's lock is held: `Unit.change` took it.
        """
        ...

    async def reopen_boards(self, run_id: RunId, boards: Sequence[tuple[Follow, str]]) -> None:
        """Companies whose boards failed wait to be listed, each (with its host) as it is followed now, and as if named.

        The run's lock is held. Raise `Conflict` where they are no longer followed as given.
        """
        ...

    async def copy_jobs(self, run_id: RunId, of: RunId, wish: RetryWish) -> Mapping[str, int]:
        """Give a new run the failed jobs of an ended one; answer how many by host.

        Their companies settle without moving what the person has taken in.
        """
        ...


class Unit(Protocol):
    """A unit of work: one transaction. Order of locks: boards, postings by id, the run, its rows."""

    @property
    def postings(self) -> Postings:
        """Boards and postings, in this transaction."""
        ...

    @property
    def retries(self) -> Retries:
        """What failed, in this transaction."""
        ...

    async def driver_connection(self) -> Any:
        """The driver's own connection: what the queue writes through it commits with this unit."""
        ...

    async def change(self, run_id: RunId) -> RunChange:
        """Lock the run and give it a new version. Raise `RunEnded`: the whole unit is then rolled back."""
        ...

    async def owned_run(self, user_id: UserId, run_id: RunId) -> None:
        """Raise `NotFound` unless the run is this user's."""
        ...

    async def create_run(
        self, user_id: UserId, companies: Sequence[tuple[Follow, str]], *, named: bool = False
    ) -> RunId:
        """Create a run of these companies (with their hosts); `named` where the person has named each of them.

        Raise `RunActive`, or `Conflict` where the companies are no longer followed as they are given.
        """
        ...


class Ledger(Protocol):
    """The only writer of run state."""

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Open a unit of work. What it changed is announced to all viewers after the commit."""
        ...

    async def claim(self, run_id: RunId, host: str) -> Claim:
        """What is open of a run at a host. Raise `RunEnded`."""
        ...

    async def is_open(self, run_id: RunId, host: str) -> bool:
        """Whether anything is left to do of a run at a host, once all changes that have begun are through."""
        ...

    async def is_wanted(self, host: str) -> bool:
        """Whether anybody else waits for a host now: another run's slice, or a person with a preview."""
        ...

    async def log_late(self, run_id: RunId, lines: Sequence[LogLine]) -> None:
        """Keep log lines that come after the end: without a version."""
        ...


# A person's companies


class Follows(Protocol):
    """The companies that people follow."""

    async def all(self, user: UserId) -> Sequence[Follow]:
        """All of a user's, disabled ones too."""
        ...


# Tasks


class Tasks(Protocol):
    """The queue of slices: each is a stretch of one host's work for one run."""

    async def defer_slices(self, unit: Unit, run_id: RunId, hosts: Collection[str]) -> None:
        """Queue one slice for each host, in the unit's transaction; a host that has one waiting gets no other."""
        ...
