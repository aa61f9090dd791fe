"""Careers systems: what their boards list, and how they are read. `boards` fits these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jobwire.domain.companies import BoardRef
from jobwire.domain.postings import Posting
from jobwire.ingest.tags import Tag


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
        """Read one posting's source. Raise `PostingGone` on 404 and 410, `PostingRefused` on 400, 405 and 422."""
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

    def pause_s(self, host: str) -> float:
        """For how many seconds a host wants to be left alone; 0 for one that may be asked."""
        ...
