"""How much of boards' answers this process holds at once: neither one board nor many may take all its memory."""

import asyncio
from typing import Final

from jobwire.domain.errors import BoardUnreadable, HostBusy

MEGABYTE: Final = 1024 * 1024
MAX_HELD_BYTES: Final = 160 * MEGABYTE
"""So much of one board is held at once: the largest that are known, Amazon's 20,000 postings, have some 130."""
MAX_TAKEN_BYTES: Final = 512 * MEGABYTE
"""So much is read for one listing, all answers together."""
MAX_REQUESTS: Final = 5_000
"""So many are made for one listing: at two a second that is most of an hour."""
FREE_BYTES: Final = 2 * MEGABYTE
"""What each board gets without asking; four of five take less."""
COMMON_BYTES: Final = 96 * MEGABYTE
"""What all boards share that take more. Where it is used up, one board at a time has all that one may have."""
LONGEST_WAIT_S: Final = 30.0
LOOK_EVERY_S: Final = 0.1
COME_BACK_S: Final = 5.0


class NoRoom(Exception):
    """There is no room for a piece of an answer: wait for it without the answer, and ask again."""


class Room:
    """What this process shares among the boards that it reads."""

    def __init__(self, common_bytes: int = COMMON_BYTES) -> None:
        self._left = common_bytes
        self._has_large = False

    def lend(self, size: int) -> bool:
        """Take from the common room, or give back (less than 0); False where there is not so much."""
        if size > self._left and size > 0:
            return False
        self._left -= size
        return True

    def take_large(self) -> bool:
        """Become the one board that needs none of the common room; False where there is one."""
        was_free, self._has_large = not self._has_large, True
        return was_free

    def leave_large(self) -> None:
        """Be that board no longer."""
        self._has_large = False


class Load:
    """What is held of one board: the answer in hand, and the lines kept of those before.

    `board` names it in messages. Its room is given back when nobody holds it any more, as memory is: a `Listing` has it
    in `held`.
    """

    def __init__(self, room: Room, board: str) -> None:
        self._room = room
        self.board = board
        self.requests = 0
        """So many have been made."""
        self._taken = 0
        self._in_hand = 0
        self._kept = 0
        self._borrowed = 0
        self._wanted = 0
        """What there was no room for when it was refused last: kept free for the answer that is asked for again."""
        self._is_large = False

    def __del__(self) -> None:
        self._room.lend(-self._borrowed)
        if self._is_large:
            self._room.leave_large()

    def begin_answer(self) -> None:
        """Count a request; the answer before it is no longer in hand. Raise `BoardUnreadable` where it is too many."""
        self.requests += 1
        if self.requests > MAX_REQUESTS:
            raise BoardUnreadable(f"{self.board}: the listing takes more than {MAX_REQUESTS} requests.")
        if self._taken > MAX_TAKEN_BYTES:
            raise self._too_large("takes", MAX_TAKEN_BYTES)
        self._in_hand = 0
        self._fit()

    def take(self, size: int) -> None:
        """Count a piece of an answer. Raise `NoRoom`, or `BoardUnreadable`."""
        self._taken += size
        self._in_hand += size
        if self._taken > MAX_TAKEN_BYTES:
            raise self._too_large("takes", MAX_TAKEN_BYTES)
        if not self._fit():
            self._wanted = self._kept + self._in_hand
            self._taken -= self._in_hand
            self._in_hand = 0
            raise NoRoom

    async def keep(self, size: int) -> None:
        """Count lines that are kept; wait for room. Raise `BoardUnreadable`, or `HostBusy`."""
        self._kept += size
        self._wanted = 0
        if not self._fit():
            self._wanted = self._kept
            await self.wait()

    async def wait(self) -> None:
        """Wait for room for what was refused: in common, or as the one board that may have all that one may have.

        Raise `HostBusy` where that takes long. Room is given back wherever a board is forgotten, in any thread: so it
        is looked for.
        """
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                while True:
                    if self._fit() or self._becomes_large():
                        return
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise HostBusy(f"{self.board}: other large boards are being read.", retry_after=COME_BACK_S) from None

    def _becomes_large(self) -> bool:
        if not self._room.take_large():
            return False
        self._is_large = True
        self._room.lend(-self._borrowed)
        self._borrowed = 0
        return True

    def _fit(self) -> bool:
        """Whether there is room for what is held, or was wanted. Raise `BoardUnreadable` where there never is."""
        held = max(self._kept + self._in_hand, self._wanted)
        if held > MAX_HELD_BYTES:
            raise self._too_large("holds", MAX_HELD_BYTES)
        more = 0 if self._is_large else max(0, held - FREE_BYTES) - self._borrowed
        if not self._room.lend(more):
            return False
        self._borrowed += more
        return True

    def _too_large(self, does: str, limit: int) -> BoardUnreadable:
        return BoardUnreadable(f"{self.board}: the listing {does} more than {limit // MEGABYTE} MB.")
