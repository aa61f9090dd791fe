"""A listing in the making: each posting becomes an opening or an unreadable line, and none stops the others."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from jobwire.boards.room import Load
from jobwire.boards.text import one_line
from jobwire.domain.errors import PostingUnreadable
from jobwire.ingest.ports.boards import Listing, Opening, Unreadable

_EXTERNAL_ID: Final = re.compile(r"[!-~]{1,200}")
"""Printable, no white space, and short enough for a database index."""
MAX_BITS: Final = 640
"""Of a number that may be an id: 200 digits have no more than 665, and any id that is kept has fewer."""
CAPS: Final = frozenset({1_000, 2_000, 5_000, 10_000})
"""A listing of just this size was probably cut off."""
MAX_PAGES: Final = 200
FLAKY: Final = 4
"""The patience with lists that are made for people, as HTML: working crawlers found two to be too few."""
MAX_LINES: Final = 100_000
"""No board has so many postings: the largest that are known have some 25,000."""
LINE_BYTES: Final = 2_048
"""What a line takes besides its source, in all that is made of it."""
MAX_NAMELESS: Final = 100
"""So many lines without an id are told one by one: nothing but their number can be known of the others."""


def identity(external_id: str | int | None, title: str | None, *, board: str) -> tuple[str, str]:
    """Return a posting's key and title. Raise `PostingUnreadable` that names the field."""
    line = one_line(title)
    key = usable_key(external_id)
    if not key:
        which = f'the posting "{line}"' if line else "a posting"
        raise PostingUnreadable(f"{board}: {which} has no id, or none that can be kept.")
    if not line:
        raise PostingUnreadable(f"{board}: posting {key} has no title.")
    return key, line


def usable_key(external_id: str | int | None) -> str:
    """Return a posting's id as a key; empty where it cannot be one."""
    if isinstance(external_id, int) and external_id.bit_length() > MAX_BITS:
        return ""  # Python writes no number of more than 4,300 digits
    key = "" if external_id is None else str(external_id).strip()
    return key if _EXTERNAL_ID.fullmatch(key) else ""


@dataclass(slots=True)
class Draft:
    """Collects the lines of one board's listing. `load` counts what it takes."""

    load: Load
    patience: int = 1
    """As in `Listing`."""
    complete: bool = True
    openings: list[Opening] = field(default_factory=list[Opening])
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])
    _keys: set[str] = field(default_factory=set[str])
    _repeated: int = 0
    left_out: int = 0
    _nameless: int = 0
    hidden: int = 0
    _uncounted: int = 0
    """Bytes of lines that the load does not know of yet."""
    notes: list[str] = field(default_factory=list[str])

    @property
    def board(self) -> str:
        """Its name in messages."""
        return self.load.board

    @property
    def size(self) -> int:
        """How many different lines there are so far."""
        return len(self.openings) + len(self.unreadable)

    @property
    def seen(self) -> int:
        """How many different lines the board has shown so far, with those that are no openings."""
        return self.size + self.left_out + self.hidden

    @property
    def is_full(self) -> bool:
        """Whether no more lines are taken; the listing is in doubt then."""
        if self.seen + self._repeated < MAX_LINES:
            return False
        self.doubt(f"Only the first {MAX_LINES} lines of the listing were read.")
        return True

    def holds(self, external_id: str) -> bool:
        """Whether a posting with this key is there already."""
        return external_id in self._keys

    def leave_out(self) -> None:
        """Take note of a line that is there, and is not to be listed."""
        self.left_out += 1

    def add(self, opening: Opening) -> None:
        """Add an opening, unless its key is there already."""
        if self._is_new(opening.external_id):
            self.openings.append(opening)
            self._uncounted += LINE_BYTES + len(opening.source or b"")

    def refuse(self, error: PostingUnreadable, external_id: str | int | None = None, title: str | None = None) -> None:
        """Add a posting that cannot be read, with what is known of it."""
        key = usable_key(external_id)
        if not key:
            self.doubt("A posting without an id may be any of those that are missing.")
        if self._is_new(key) if key else self._is_shown():
            self.unreadable.append(Unreadable(external_id=key, title=one_line(title), reason=error.message))
            self._uncounted += LINE_BYTES

    def _is_shown(self) -> bool:
        """Whether one more line without an id is told: the first ones are."""
        is_shown = self._nameless < MAX_NAMELESS
        self._nameless += is_shown
        self.hidden += not is_shown
        return is_shown

    def _is_new(self, key: str) -> bool:
        if key in self._keys:
            self._repeated += 1
            return False
        self._keys.add(key)
        return True

    def note(self, sentence: str) -> None:
        """Leave a sentence for the run's log, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def doubt(self, sentence: str) -> None:
        """Say why the listing may lack postings."""
        self.complete = False
        self.note(sentence)

    async def find_room(self) -> None:
        """Wait until there is room for the lines added last. Raise `BoardUnreadable` where there never is."""
        size, self._uncounted = self._uncounted, 0
        await self.load.keep(size)

    def part(self) -> "Draft":
        """Return a draft for a part of this listing."""
        return Draft(self.load)

    def take_in(self, part: "Draft") -> None:
        """Add the lines of a part of the listing. Parts may overlap: that is no repetition."""
        for opening in part.openings:
            if opening.external_id not in self._keys:
                self.add(opening)
        self.hidden += part.hidden
        for line in part.unreadable:
            if line.external_id not in self._keys:
                self.unreadable.append(line)
                self._keys.update({line.external_id} - {""})
        self.complete &= part.complete
        for sentence in part.notes:
            self.note(sentence)

    def expect(self, total: int | None) -> None:
        """Compare with the number of postings that the system says there are, where it does."""
        seen = self.seen + self._repeated
        if total is not None and total > seen:
            self.doubt(f"The board says that it has {total} postings, and lists {seen}.")

    def finish(self) -> Listing:
        """Return the listing."""
        if self._repeated:
            postings = "posting was" if self._repeated == 1 else "postings were"
            self.note(f"{self._repeated} {postings} listed more than once: the first of each was kept.")
        if self.hidden:
            self.note(f"{self.hidden} more lines of the listing have no id, and are not shown.")
        if self.size in CAPS:
            self.doubt(f"The board lists exactly {self.size} postings, which may be a limit of the system.")
        return Listing(
            openings=self.openings,
            unreadable=self.unreadable,
            complete=self.complete,
            notes=self.notes,
            patience=self.patience,
            held=self.load,
        )


class PageRead(NamedTuple):
    """How many postings a page held, and how many the system says there are, where it does."""

    listed: int
    total: int | None = None


async def read_pages(
    draft: Draft, read: Callable[[int], Awaitable[PageRead]], *, limit: int, max_pages: int = MAX_PAGES
) -> None:
    """Read page after page into the draft until one is not full, or all postings that there are have been seen.

    `read` takes an offset and adds that page's postings; `limit` is the size of a full page.
    """
    for offset in range(0, limit * max_pages, limit):
        before = draft.seen
        listed, total = await read(offset)
        if offset and draft.seen - before < listed:
            draft.doubt("A page of the listing repeats an earlier one.")
        is_last = listed < limit or (total is not None and offset + listed >= total)
        if is_last or draft.seen == before:
            draft.expect(total)
            return
    draft.doubt(f"Only the first {max_pages} pages of the listing were read.")
