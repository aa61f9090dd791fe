"""Boards and postings as they are known, and kept for everybody. `storage` fits these."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from jobwire.domain.expiry import Doubt
from jobwire.domain.history import CHANGED
from jobwire.domain.postings import FINGERPRINT_PARTS
from jobwire.domain.setbacks import Setback
from jobwire.domain.stays import Stay
from jobwire.domain.strikes import Strikes
from jobwire.ingest.own_keys import OwnKey
from jobwire.ingest.ports.boards import Opening
from jobwire.ingest.tags import KnownTag


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextState:
    """Up to when a posting's text is known. The numbers are listings of its board."""

    posting_id: int
    stay: Stay
    checked_listing: int
    source_hash: bytes | None
    part_listings: Sequence[int]
    """The listings in which each of `FINGERPRINT_PARTS` last changed, 0 for never; empty where none has."""
    own_key: OwnKey
    strikes: Strikes | None = None
    """How often its own page has refused the question."""

    def changes(self, *, since: int, until: int) -> str:
        """Say which parts have changed after the one listing, up to the other: `changed: title, text`, or nothing.

        What changed in a later listing is told to those who get there: the text is the same for all, and one run may
        be slower than another.
        """
        parts = zip(FINGERPRINT_PARTS, self.part_listings, strict=False)
        changed = [name for name, at in parts if since < at <= until]
        return f"{CHANGED}{', '.join(changed)}" if changed else ""

    @property
    def is_live(self) -> bool:
        """Whether it stands on the board, as far as is known."""
        return self.stay.gone is None

    def is_read_for(self, listing: int) -> bool:
        """Whether its text was compared for this listing or a later one, and it stands on the board."""
        return self.checked_listing >= listing and self.is_live

    def is_of(self, came: bytes | None) -> bool:
        """Whether a text with this hash, which came with its listing, is the known one."""
        return self.is_live and came is not None and came == self.source_hash

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


class ExtractedRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A posting as storage takes it: its columns, and its description, which is most of it."""

    columns: bytes
    description: bytes


@dataclass(frozen=True, slots=True)
class Extract:
    """A posting that was read for `listing`, to be written if it differs from what is known."""

    posting_id: int
    listing: int
    source_hash: bytes
    row: ExtractedRow
    key: str | None = None
    """The own key (`OwnKey.listed`) under which it was asked for."""


class FreshPosting(NamedTuple):
    """An opening that its board (by id) holds for the first time, in this listing."""

    board_id: int
    listing: int
    opening: Opening


class Postings(Protocol):
    """Boards and postings within a unit of work. Order of locks: the boards, then postings by id, all at once."""

    async def read_boards(self, board_ids: Collection[int]) -> Mapping[int, KnownBoard]:
        """What is known of the boards, which somebody else may change meanwhile."""
        ...

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

    async def write(self, extracts: Sequence[Extract]) -> Mapping[int, Sequence[int]]:
        """Write what was read; answer by posting id the listings in which each part last changed (`TextState`).

        A posting that was compared for a later listing meanwhile stays as it is, and is left out of the answer.
        """
        ...

    async def mark_checked(self, posting_ids: Mapping[int, int]) -> None:
        """Note that the postings (id: listing) were compared and are unchanged: their pages have answered."""
        ...

    async def mark_struck(self, strikes: Mapping[int, Strikes]) -> None:
        """Note how often postings' own pages (by id) have refused the question."""
        ...

    async def mark_read(self, keys: Mapping[int, str]) -> None:
        """Note under which own keys (by id) texts were asked for that are unchanged."""
        ...
