"""The frames of one run's newest version: each made once, and shared by every viewer that needs it."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Final

from jobwire.domain.runs import Version
from jobwire.progress.frames import Frame, encode
from jobwire.progress.ports import JobRow
from jobwire.progress.state import RunState

LARGE: Final = 2_000
"""A group of more jobs is encoded off the event loop, one at a time."""
STALE_PART: Final = 4
"""A kept snapshot is of use while at most one job in so many has changed since."""
MAX_FRAMES: Final = 256
MAX_BYTES: Final = 16 * 1024 * 1024
"""What is kept between two versions. A frame beyond that is made for each viewer anew: they are rare, and slow ones."""


class Shelf:
    """Makes and keeps frames. `clear` it whenever the state has changed."""

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._frames: dict[Version | None, Frame] = {}
        self._bytes = 0
        self._snapshot: Frame | None = None
        self._encoding = asyncio.Lock()

    def clear(self) -> None:
        """Forget the frames: the run is at another version. A large snapshot stays while it is of use."""
        self._frames.clear()
        self._bytes = 0
        if self._snapshot is not None and not self._is_useful(self._snapshot):
            self._snapshot = None

    async def frame(self, cursor: Version | None) -> Frame:
        """A frame that takes a base client on from its cursor (None: from nothing).

        It leads to now, or (a large snapshot) to a version from which one update leads to now.
        """
        place = self._place(cursor)
        if frame := self._known(place):
            return frame
        if not self._is_large(place):
            return self._keep(place, encode(self._state.content(place)))
        async with self._encoding:
            return await self._large(cursor)

    async def _large(self, cursor: Version | None) -> Frame:
        place = self._place(cursor)  # the state may have changed, or another viewer have made it, while this one waited
        if frame := self._known(place):
            return frame
        content = self._state.content(place)
        frame = await asyncio.to_thread(encode, content)
        if content.whole and self._is_useful(frame):
            self._snapshot = frame
        return self._keep(place, frame) if frame.version == self._state.version else frame

    def _is_large(self, place: Version | None) -> bool:
        if len(self._state) <= LARGE or place is None:
            return len(self._state) > LARGE
        return _is_longer(self._state.changed_since(place), LARGE)

    def _place(self, cursor: Version | None) -> Version | None:
        """All snapshots are one and the same."""
        return None if self._state.needs_snapshot(cursor) else cursor

    def _known(self, place: Version | None) -> Frame | None:
        return self._frames.get(place) or (self._snapshot if place is None else None)

    def _keep(self, place: Version | None, frame: Frame) -> Frame:
        if place is None or (len(self._frames) < MAX_FRAMES and self._bytes + frame.size <= MAX_BYTES):
            self._frames[place] = frame
            self._bytes += frame.size
        return frame

    def _is_useful(self, snapshot: Frame) -> bool:
        """Whether this snapshot and one update are a good way to now."""
        state = self._state
        if snapshot.version < state.replaced_at or state.status.is_terminal:
            return False
        return not _is_longer(state.changed_since(snapshot.version), len(state) // STALE_PART)


def _is_longer(jobs: Iterator[JobRow], limit: int) -> bool:
    return next(islice(jobs, limit, None), None) is not None
