"""A round: one piece of news, on its way to all viewers of a run."""

from jobwire.domain.runs import Version
from jobwire.progress.extras import Wish
from jobwire.progress.frames import Frame
from jobwire.progress.meters import Meters
from jobwire.progress.shelf import Shelf


class Round:
    """Hands each viewer its frame, and counts what was sent. `now` is the time of the event loop's clock."""

    def __init__(self, shelf: Shelf, now: float) -> None:
        self.now = now
        self._shelf = shelf
        self._told: dict[tuple[int, Version], Told] = {}

    def frame(self, cursor: Version, wish: Wish, kind: int) -> "Told":
        """What takes a viewer at this cursor on; `kind` is the wish as a number, which is quick to look up."""
        told = self._told.get((kind, cursor))
        if told is None:
            told = self._told[kind, cursor] = Told(self._shelf.at_hand(cursor, wish), wish)
        return told

    def count(self, meters: Meters, at_s: float) -> None:
        """Count what was sent, at a time in seconds since 1970."""
        for told in self._told.values():
            if told.viewers and told.data:
                meters.of(told.wish.encoding).add(told.viewers, told.viewers * len(told.data))
                if told.made_ms is not None:
                    meters.commit_to_send.see(max(0.0, at_s - told.made_ms / 1000), told.viewers)


class Told:
    """A frame in a round, and how many viewers were sent it.

    `data` is None where a viewer has to send it by itself: it is large, or the last one, after which the stream closes.
    """

    __slots__ = ("cursor", "data", "made_ms", "part", "stand", "viewers", "wish")

    def __init__(self, frame: Frame | None, wish: Wish) -> None:
        self.wish = wish
        self.viewers = 0
        self.data: bytes | None = None
        if frame is None or frame.last or len(frame.slices) > 1:
            return
        self.data = frame.slices[0] if frame.slices else b""
        self.part = frame.part
        self.cursor = frame.version
        self.stand = frame.stand
        self.made_ms = frame.cursor.ms
