"""A cohort: viewers that hold the same and are told of news in one go, by the channel and not by their own tasks.

To wake thousands of tasks costs more than what they send. What a cohort's viewers have in common (where they are, when
they were told last) is kept once, so that a frame costs a viewer no more than the bytes that it is sent.
"""

import asyncio
from collections.abc import Iterable
from typing import Final, Generic, Protocol, TypeVar

from jobwire.domain.runs import Version
from jobwire.progress.checksums import Tally
from jobwire.progress.codings import Packer
from jobwire.progress.events import Stand
from jobwire.progress.extras import Encoding, Wish
from jobwire.progress.frames import Frame
from jobwire.progress.meters import Meters
from jobwire.progress.ports import Pipe
from jobwire.progress.shelf import Shelf

SIZE: Final = 500
"""So many are told before others get their turn."""


class Member(Protocol):
    """Who is in a cohort."""

    def dismiss(self) -> None:
        """Leave the cohort, and go on alone from where it is. Returns at once."""
        ...


M = TypeVar("M", bound=Member)


class Cohort(Generic[M]):
    """Viewers of one wish at one version. Who is sent anything outside of it has to leave it first.

    `told_at` is when they were sent something last (the event loop's clock), `tally` is all that they were sent here.
    """

    def __init__(self, wish: Wish, cursor: Version, stand: Stand) -> None:
        self.cursor = cursor
        self.stand = stand
        self.told_at = 0.0
        self.tally = Tally()
        self._wish = wish
        self._packer = Packer() if wish.encoding is Encoding.GZIP else None
        self._members: dict[M, Pipe] = {}

    @property
    def members(self) -> list[M]:
        """Who is here now."""
        return list(self._members)

    @property
    def is_empty(self) -> bool:
        """Whether nobody is here any more."""
        return not self._members

    def has_room(self, wish: Wish, cursor: Version) -> bool:
        """Whether such a viewer fits in."""
        return self.cursor == cursor and self._wish == wish and len(self._members) < SIZE

    def add(self, member: M, pipe: Pipe) -> None:
        """One more. It need not have been sent what the others were last."""
        self._members[member] = pipe
        if self._packer is not None:
            self._packer.forget()

    def remove(self, member: M) -> None:
        """One less."""
        self._members.pop(member, None)

    def tell(self, shelf: Shelf, meters: Meters, at_s: float) -> None:
        """Send the news to all, and dismiss who cannot be sent it at once; at a time in seconds since 1970.

        All of them are dismissed where the frame is a large one, or the last one, after which a stream closes.
        """
        try:
            frame = shelf.at_hand(self.cursor, self._wish._replace(encoding=Encoding.IDENTITY))
        except Exception:  # noqa: BLE001 - it must not reach other cohorts; it comes again in each viewer's own task
            frame = None
        if frame is None or frame.last or frame.is_large:
            _dismiss(self.members)
            return
        if frame.slices:
            self._send(frame, meters, at_s)
        self.cursor, self.stand = frame.version, frame.stand

    def _send(self, frame: Frame, meters: Meters, at_s: float) -> None:
        text, traffic = b"".join(frame.slices), meters.of(self._wish.encoding)
        data = text
        if self._packer is not None:
            data = self._packer.pack(text)
            traffic.made += 1
        _dismiss(_write(self._members, data))  # before anything says that they were told
        if self._packer is not None:
            self.tally = self.tally.plus(text)
        self.told_at = asyncio.get_running_loop().time()
        told = len(self._members)
        traffic.add(told, told * len(data))
        if frame.cursor.ms is not None:
            meters.commit_to_send.see(max(0.0, at_s - frame.cursor.ms / 1000), told)


def _write(members: dict[M, Pipe], data: bytes) -> list[M]:
    """Write to whose connection holds nothing; answer the others."""
    others: list[M] = []
    for member, pipe in list(members.items()):  # who is lost as it is written to, leaves
        try:
            if pipe.get_write_buffer_size():
                others.append(member)
            else:
                pipe.write(data)
        except Exception:  # noqa: BLE001 - it must not reach the others; it comes again in this one's own task
            others.append(member)
    return others


def _dismiss(members: Iterable[Member]) -> None:
    for member in members:
        member.dismiss()
