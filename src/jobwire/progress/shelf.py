"""The frames of one run's newest version: each made once, and shared by every viewer that needs it."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from jobwire.domain.runs import Version
from jobwire.progress.extras import Encoding, Extra, Wish
from jobwire.progress.frames import Frame, encode
from jobwire.progress.meters import Meters
from jobwire.progress.ports import JobRow
from jobwire.progress.state import RunState

LARGE: Final = 500
"""A group of more jobs, or lines of the log, is encoded off the event loop, one at a time."""
STALE_PART: Final = 4
"""A kept snapshot is of use while there were no more changes since than one for so many jobs."""
MAX_FRAMES: Final = 256
MAX_BYTES: Final = 16 * 1024 * 1024
"""What is kept between two versions. A frame beyond that is made for each viewer anew: they are rare, and slow ones."""

_CONTENT: Final = Extra.ADDED | Extra.COMPANIES | Extra.LOG


class _Kept(NamedTuple):
    snapshot: Frame
    changes: int


class Shelf:
    """Makes and keeps frames. `clear` it whenever the state has changed.

    Large ones are made and kept with gzip alone, for everybody.
    """

    def __init__(self, state: RunState, meters: Meters) -> None:
        self._state = state
        self._meters = meters
        self._frames: dict[tuple[Wish, Version | None], Frame] = {}
        self._bytes = 0
        self._snapshots: dict[Wish, _Kept] = {}
        self._encoding = asyncio.Lock()

    def clear(self) -> None:
        """Forget the frames: the run is at another version. A large snapshot stays while it is of use."""
        self._frames.clear()
        self._bytes = 0
        for kind in [kind for kind, kept in self._snapshots.items() if not self._is_useful(kind, kept)]:
            del self._snapshots[kind]

    async def frame(self, cursor: Version | None, wish: Wish) -> Frame:
        """A frame that takes a client on from its cursor (None: from nothing).

        It leads to now, or (a large snapshot) to a version from which one update leads to now.
        """
        if frame := self.at_hand(cursor, wish):
            return frame
        async with self._encoding:
            return _travelling(await self._large(cursor, wish), wish.encoding)

    def at_hand(self, cursor: Version | None, wish: Wish) -> Frame | None:
        """The frame, unless it is a large one that has to be made yet."""
        kind = self._kind(wish)
        place = self._place(cursor, kind)
        if frame := self._known(place, kind):
            return frame
        if self._is_large(place, kind):
            packed = self._known(place, _packed(kind))
            return packed and _travelling(packed, kind.encoding)
        return self._keep(place, kind, self._made(encode(self._state.content(place, kind.extras), kind.encoding), kind))

    async def _large(self, cursor: Version | None, wish: Wish) -> Frame:
        # The state may have changed, or another viewer made it, while this one waited
        kind = _packed(self._kind(wish))
        place = self._place(cursor, kind)
        if frame := self._known(place, kind):
            return frame
        content, changes = self._state.content(place, kind.extras), self._state.changes
        frame = self._made(await asyncio.to_thread(encode, content, kind.encoding), kind)
        kept = _Kept(frame, changes)
        if content.snapshot is not None and self._is_useful(kind, kept):
            self._snapshots[kind] = kept
        return self._keep(place, kind, frame) if frame.version == self._state.version else frame

    def _kind(self, wish: Wish) -> Wish:
        """What tells frames apart: few kinds, so that many viewers share each."""
        extras = wish.extras & (_CONTENT | Extra.BEAT if self._state.status.is_terminal else _CONTENT)
        return Wish(extras, wish.encoding)

    def _is_large(self, place: Version | None, kind: Wish) -> bool:
        state, since = self._state, place or Version(0)
        if _is_longer(state.changed_since(since), LARGE):
            return True
        return Extra.LOG in kind.extras and len(state.log_since(since)) > LARGE

    def _place(self, cursor: Version | None, kind: Wish) -> Version | None:
        """All snapshots are one and the same, unless lines of the log and companies come with them."""
        return None if self._state.needs_snapshot(cursor, kind.extras) else cursor

    def _known(self, place: Version | None, kind: Wish) -> Frame | None:
        if frame := self._frames.get((kind, place)):
            return frame
        kept = self._snapshots.get(kind) if place is None else None
        return kept and kept.snapshot

    def _keep(self, place: Version | None, kind: Wish, frame: Frame) -> Frame:
        if place is None or (len(self._frames) < MAX_FRAMES and self._bytes + frame.size <= MAX_BYTES):
            self._frames[kind, place] = frame
            self._bytes += frame.size
        return frame

    def _made(self, frame: Frame, kind: Wish) -> Frame:
        self._meters.of(kind.encoding).made += 1
        return frame

    def _is_useful(self, kind: Wish, kept: _Kept) -> bool:
        """Whether this snapshot and one update are a good way to now."""
        state = self._state
        if state.status.is_terminal or state.changes - kept.changes > len(state) // STALE_PART:
            return False
        return Extra.ADDED in kind.extras or kept.snapshot.version >= state.replaced_at


def _packed(kind: Wish) -> Wish:
    return kind._replace(encoding=Encoding.GZIP)


def _travelling(packed: Frame, encoding: Encoding) -> Frame:
    return packed if encoding is Encoding.GZIP else packed.inflated()


def _is_longer(jobs: Iterator[JobRow], limit: int) -> bool:
    return next(islice(jobs, limit, None), None) is not None
