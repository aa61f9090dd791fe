"""What the API needs from the world. `storage`, `boards` and `ingest` fit these; `bootstrap` plugs them together.

Everything that reads or changes something of a person takes that person, and answers `NotFound` for somebody else's.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jobwire.api.tokens import Tokens
from jobwire.domain.boards import BoardState
from jobwire.domain.companies import BoardRef, Follow
from jobwire.domain.expiry import Doubt, Reply
from jobwire.domain.filters import TitleFilters
from jobwire.domain.history import JobFilter, LogLine, RunCompany, RunJob, RunSummary
from jobwire.domain.openings import (
    Mark,
    OpeningDetail,
    OpeningFacets,
    OpeningFilter,
    OpeningKey,
    OpeningLine,
    OpeningPage,
    SavedSearch,
)
from jobwire.domain.pages import Page
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import Retried, RetryWish
from jobwire.domain.runs import RunId, UserId
from jobwire.ingest.looking import Look
from jobwire.ingest.previews import Preview
from jobwire.progress.meters import Meters


class Health(Protocol):
    """Whether what Jobwire stands on is there."""

    async def check(self) -> None:
        """Return when the database answers. Raise `Unavailable`."""
        ...


class Users(Protocol):
    """Who may sign in."""

    async def email(self, user: UserId) -> str | None:
        """The user's address; None when there is no such user."""
        ...

    async def redeem(self, code: str) -> UserId | None:
        """Whom a sign-in code is for. It works once: afterwards, or when it is too old, None."""
        ...


class Follows(Protocol):
    """The companies that a person follows."""

    async def all(self, user: UserId) -> Sequence[Follow]:
        """All of them, by company name."""
        ...

    async def upsert(
        self,
        user: UserId,
        company: str,
        *,
        board: BoardRef | None = None,
        filters: TitleFilters | None = None,
        enabled: bool | None = None,
        move: bool = False,
    ) -> BoardRef:
        """Add or change one; what is None stays as it is. Raise `InvalidInput` for a new one without a board.

        A known one goes to another board only with `move`. Raise `FollowedElsewhere`.
        """
        ...

    async def at_own_host(self, user: UserId, company: str, board: BoardRef, /) -> tuple[str, BoardRef] | None:
        """Another company of theirs at what is this very board, one of the two by the company's own host.

        None where it is not known to be, or where they follow this board as it is written already.
        """
        ...

    async def delete(self, user: UserId, company: str) -> None:
        """Stop following. Its history stays. Raise `InvalidInput` when it is not followed."""
        ...


class Boards(Protocol):
    """The boards that a person follows."""

    async def all(self, user: UserId) -> Sequence[BoardState]:
        """All of them, by company name."""
        ...

    async def reply(self, user: UserId, company: str, reply: Reply, /) -> Doubt:
        """Say whether what a board lacks is gone. Raise `InvalidInput`, or `Conflict` where nothing is asked."""
        ...


class RunReads(Protocol):
    """A person's runs, to read. All but `current` and `recent` raise `NotFound`."""

    async def current(self, user: UserId) -> RunId | None:
        """The run that is active, if any."""
        ...

    async def require(self, user: UserId, run: RunId) -> None:
        """Return when this is a run of the person's."""
        ...

    async def summary(self, user: UserId, run: RunId) -> RunSummary:
        """One run as a whole."""
        ...

    async def recent(self, user: UserId, *, before: int | None, limit: int) -> Page[RunSummary]:
        """Runs, newest first, with an id below `before`."""
        ...

    async def companies(self, user: UserId, run: RunId) -> Sequence[RunCompany]:
        """The run's companies, in the order that they were asked for."""
        ...

    async def jobs(
        self, user: UserId, run: RunId, wanted: JobFilter, *, after: JobKey | None, limit: int
    ) -> Page[RunJob]:
        """The run's jobs by company and external_id, behind `after`."""
        ...

    async def locations(self, user: UserId, run: RunId, keys: Sequence[JobKey]) -> Mapping[JobKey, str]:
        """Where these jobs of the run are, as far as it has them."""
        ...

    async def logs(self, user: UserId, run: RunId, *, after: int, limit: int) -> Page[LogLine]:
        """The run's log lines with `seq > after`, in order."""
        ...


class PostingReads(Protocol):
    """The postings of the boards that a person follows."""

    async def search(self, user: UserId, wanted: OpeningFilter, *, after: OpeningKey | None, limit: int) -> OpeningPage:
        """Postings whose titles the person's filters keep, newest first, behind `after`. Raise `NotFound`."""
        ...

    async def newest(self, user: UserId, wanted: OpeningFilter, *, limit: int) -> Sequence[OpeningLine]:
        """Those of `search` that Jobwire saw first last, whatever day they state. Raise `NotFound`."""
        ...

    async def facets(self, user: UserId, wanted: OpeningFilter) -> OpeningFacets:
        """Count what `search` lists, and what it would list with other values. Raise `NotFound`."""
        ...

    async def one(self, user: UserId, posting_id: int) -> OpeningDetail:
        """One posting of a followed board or of a job of one's own runs. Raise `NotFound`."""
        ...


class Exports(Protocol):
    """All postings that a question leaves."""

    def lines(self, user: UserId, wanted: OpeningFilter, /) -> AsyncGenerator[Sequence[OpeningLine]]:
        """What `PostingReads.search` lists at one moment, in parts of which the first is empty.

        Raise `NotFound`, `Unavailable`. To be closed by whoever does not read to the end.
        """
        ...


class Marks(Protocol):
    """What a person notes on postings; doing it again changes nothing."""

    async def make(self, user: UserId, posting_id: int, mark: Mark) -> None:
        """Mark a posting that the person can read. Raise `NotFound`."""
        ...

    async def remove(self, user: UserId, posting_id: int, mark: Mark) -> None:
        """Take a mark away."""
        ...


class SavedSearches(Protocol):
    """Questions that a person keeps, each with the key of a feed."""

    async def all(self, user: UserId) -> Sequence[SavedSearch]:
        """All of them, by name."""
        ...

    async def save(self, user: UserId, name: str, wanted: OpeningFilter) -> str:
        """Keep one, in the place of an older one with this name; answer its feed's key, which is not kept."""
        ...

    async def delete(self, user: UserId, search_id: int) -> None:
        """Forget one; its feed ends. Raise `NotFound`."""
        ...

    async def of_feed(self, key: str) -> SavedSearch | None:
        """The one with this feed."""
        ...


class Runs(Protocol):
    """Starts and aborts runs."""

    async def start(self, user: UserId, companies: Sequence[str] | None, /) -> RunId:
        """Start a run of all enabled companies, or of these. Raise `RunActive`, `InvalidInput`."""
        ...

    async def abort(self, user: UserId, run: RunId, /) -> None:
        """Freeze a run as it stands. Raise `NotFound`, `RunEnded`."""
        ...


class Retries(Protocol):
    """Tries again what failed."""

    async def retry(self, user: UserId, run: RunId, wish: RetryWish, /) -> Retried:
        """Open it again in the run, or start a new run of it. Raise `NotFound`, `InvalidInput`, `RunActive`."""
        ...


class Previews(Protocol):
    """What a run would bring."""

    async def preview(self, user: UserId, companies: Sequence[str] | None, /) -> Mapping[str, Preview]:
        """List the boards of all enabled companies, or of these, by company. Raise `InvalidInput`."""
        ...


class Looks(Protocol):
    """Which boards a careers page shows."""

    async def look(self, user: UserId, address: str, /) -> Look:
        """Have the page read, and say what was recognised. Raise `InvalidInput` where it is no page's address."""
        ...


class Directory(Protocol):
    """Which board a line names."""

    def parse_company(self, line: str, /) -> tuple[str | None, BoardRef]:
        """Read `board:slug`, `name=board:slug` or a careers URL. Raise `UnknownBoard` or `InvalidInput`."""
        ...

    def may_have_own_host(self, board: BoardRef, /) -> bool:
        """Whether a board may be known by its company's own host as well. Raise `UnknownBoard`."""
        ...

    def well_known(self) -> Sequence[tuple[str, BoardRef]]:
        """Companies to choose from, each with a name."""
        ...

    def public_url(self, board: BoardRef, /) -> str:
        """The address of a board's page for people. Raise `UnknownBoard`."""
        ...

    def made_up(self) -> Sequence[tuple[str, BoardRef]]:
        """Those of a demo site that stands in for real ones, each with a name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that the routes call. `web` is the folder of the built app; None or a missing one shows a hint."""

    health: Health
    tokens: Tokens
    users: Users
    follows: Follows
    boards: Boards
    run_reads: RunReads
    posting_reads: PostingReads
    exports: Exports
    marks: Marks
    saved_searches: SavedSearches
    runs: Runs
    retries: Retries
    previews: Previews
    looks: Looks
    directory: Directory
    meters: Meters = field(default_factory=Meters)
    web: Path | None = None
