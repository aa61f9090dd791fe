"""A viewer: wait until the channel is past my cursor, take the frame from my cursor to now, send it, move the cursor.

There is no queue. A slow viewer asks later and gets one merged frame: that is the whole back-pressure.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import Final

from jobwire.domain.runs import Version
from jobwire.progress.alarm import Alarm
from jobwire.progress.channel import Channel
from jobwire.progress.frames import HEARTBEAT, closing, opening
from jobwire.progress.ports import Line

RETRY_MS: Final = (1_000, 3_000)
"""The usual `retry`, jittered, so that a crash is not followed by a stampede."""
ROTATE_RETRY_MS: Final = 20
"""Before a planned close: a base client is blind for milliseconds."""
SHUTDOWN_RETRY_MS: Final = (20, 2_000)
LIFETIME_JITTER: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a viewer waits for what, in seconds."""

    heartbeat_s: float = 15
    """A comment goes out when nothing else has for so long: it keeps proxies from closing an idle stream."""
    stall_s: float = 60
    """A connection that takes nothing for so long is dropped,"""
    farewell_s: float = 2
    """and for so long once the process is going."""


class End(Enum):
    """How a viewer came to its end."""

    DONE = auto()
    """The run has ended and everything was sent, or a planned close was told."""
    BROKEN = auto()
    """The client has gone, or was dropped: nothing more can be sent."""


class Viewer:
    """One connection of a base client.

    It stops by itself when the run has ended, when `ends_at` has come (after the group that is being sent) and, in the
    middle of whatever it does, at `expires_at`. Both are times of the event loop's clock.
    """

    def __init__(
        self,
        channel: Channel,
        cursor: Version | None,
        line: Line,
        *,
        ends_at: float,
        expires_at: float,
        random: Random,
        patience: Patience,
    ) -> None:
        self._channel = channel
        self._cursor = cursor
        self._line = line
        self._ends_at = min(ends_at, expires_at)
        self._expires_at = expires_at
        self._random = random
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._alarm = Alarm(self._on_alarm)
        self._sent_at = self._loop.time()
        self._sends_until: float | None = None
        self._is_broken = False
        self._is_closing = False

    async def run(self) -> End:
        """Send until there is an end."""
        self._channel.join(self)
        try:
            await self._send(opening(self._random.randint(*RETRY_MS)))
            end = await self._catch_up()  # before any look at the clock: however short a connection, it brings one on
            while end is None:
                end = await self._step()
            if end is End.DONE:
                await self._guard(self._line.end(self._patience_s))
            return end
        finally:
            self._channel.leave(self)
            self._alarm.cancel()

    def wake(self) -> None:
        """The channel has news."""
        self._news.set()

    def lose(self) -> None:
        """The client has gone."""
        self._is_broken = True
        self._news.set()

    def close(self) -> None:
        """This process, or the run itself, is going: say so and end."""
        self._is_closing = True
        self._news.set()
        if self._sends_until is not None:
            self._give_until(self._loop.time() + self._patience.farewell_s)

    async def _step(self) -> End | None:
        # Cleared before anything is looked at: what changes from here on wakes the wait below.
        self._news.clear()
        if self._is_broken:
            return End.BROKEN
        if self._is_closing:
            return await self._close(self._random.randint(*SHUTDOWN_RETRY_MS))
        now = self._loop.time()
        if now >= self._ends_at:
            return await self._close(ROTATE_RETRY_MS)
        if self._is_behind:
            return await self._catch_up()
        if now >= self._sent_at + self._patience.heartbeat_s:
            await self._send(HEARTBEAT)
        else:
            await self._wait()
        return None

    @property
    def _is_behind(self) -> bool:
        return self._cursor is None or self._channel.version > self._cursor

    async def _catch_up(self) -> End | None:
        """Bring the client to now, or as far as one frame goes."""
        if not self._is_behind:
            return None
        frame = await self._channel.frame(self._cursor)
        if not await self._send_whole(frame.slices):
            return End.BROKEN
        self._cursor = frame.version
        return End.DONE if frame.last else None

    async def _send_whole(self, slices: Sequence[bytes]) -> bool:
        """Send a group: no word of a planned close may come in its middle. False when the client went meanwhile."""
        for data in slices:
            await self._send(data)
            if self._is_broken:
                return False
        return True

    async def _close(self, retry_ms: int) -> End:
        await self._send(closing(retry_ms))
        return End.BROKEN if self._is_broken else End.DONE

    async def _send(self, data: bytes) -> None:
        await self._guard(self._line.send(data))
        self._sent_at = self._loop.time()

    async def _guard(self, sending: Awaitable[None]) -> None:
        """Wait for the client to take something, but not for ever."""
        self._give_until(self._loop.time() + self._patience_s)
        await sending
        self._sends_until = None

    @property
    def _patience_s(self) -> float:
        return self._patience.farewell_s if self._is_closing else self._patience.stall_s

    def _give_until(self, when: float) -> None:
        self._sends_until = min(when, self._expires_at)
        self._alarm.set(self._sends_until)

    async def _wait(self) -> None:
        self._alarm.set(min(self._ends_at, self._sent_at + self._patience.heartbeat_s))
        await self._news.wait()

    def _on_alarm(self) -> None:
        if self._sends_until is None:
            self._news.set()
        else:
            self._is_broken = True
            self._line.drop()


def lifetime_s(longest_s: float, random: Random) -> float:
    """How long a connection lives: a random tenth less than the longest, so that not all come back at once."""
    return longest_s * (1 - LIFETIME_JITTER * random.random())
