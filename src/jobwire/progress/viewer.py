"""A viewer: wait until the channel is past my cursor, take the frame from my cursor to now, send it, move the cursor.

There is no queue. A slow viewer asks later and gets one merged frame: that is the whole back-pressure.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from jobwire.domain.runs import Version
from jobwire.progress.channel import Channel
from jobwire.progress.frames import HEARTBEAT, closing, opening

HEARTBEAT_S: Final = 15.0
"""A comment goes out when nothing else has for so long: it keeps proxies from closing an idle stream."""
SLICE: Final = 64 * 1024
"""A frame goes out in slices of at most so many bytes: a stalled viewer pins a slice, not a snapshot."""
RETRY_MS: Final = (1_000, 3_000)
"""The usual `retry`, jittered, so that a crash is not followed by a stampede."""
ROTATE_RETRY_MS: Final = 20
"""Before a planned close: a base client is blind for milliseconds."""
SHUTDOWN_RETRY_MS: Final = (20, 2_000)
LIFETIME_JITTER: Final = 0.1

Send = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a connection may live, in seconds from now, and the random tenth that it lives less."""

    seconds: float
    random: Random

    def ends_at(self, now: float) -> float:
        """When, on the event loop's clock."""
        return now + self.seconds * (1 - LIFETIME_JITTER * self.random.random())


class Viewer:
    """One connection of a base client."""

    def __init__(self, channel: Channel, cursor: Version | None, shutdown: asyncio.Event, lifetime: Lifetime) -> None:
        self._channel = channel
        self._cursor = cursor
        self._shutdown = shutdown
        self._random = lifetime.random
        self._ends_at = lifetime.ends_at(asyncio.get_running_loop().time())

    async def run(self, send: Send) -> None:
        """Send until the run has ended, the connection's time is up or the process is going."""
        await send(opening(self._random.randint(*RETRY_MS)))
        if not await self._send_frame(send):
            return
        while True:
            if self._shutdown.is_set():
                await send(closing(self._random.randint(*SHUTDOWN_RETRY_MS)))
                return
            left = self._ends_at - asyncio.get_running_loop().time()
            if left <= 0:
                await send(closing(ROTATE_RETRY_MS))
                return
            if await self._news(min(left, HEARTBEAT_S)):
                if not await self._send_frame(send):
                    return
            elif left > HEARTBEAT_S:
                await send(HEARTBEAT)

    async def _send_frame(self, send: Send) -> bool:
        """Bring the client to now; answer whether there is more to come."""
        while self._cursor is None or self._channel.version > self._cursor:
            frame = await self._channel.frame(self._cursor)
            for start in range(0, len(frame.data), SLICE):
                await send(frame.data[start : start + SLICE])
            self._cursor = frame.version
            if frame.last:
                return False
        return True

    async def _news(self, timeout: float) -> bool:
        """Wait for news, for the process to go, or for the time to pass; answer whether there is news."""
        assert self._cursor is not None
        try:
            async with asyncio.timeout(timeout):
                await self._channel.wait(self._cursor)
        except TimeoutError:
            return False
        return True
