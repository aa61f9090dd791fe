"""A viewer: wait until the channel is past my cursor, take the frame from my cursor to now, send it, move the cursor.

There is no queue. A slow viewer asks later and gets one merged frame: that is the whole back-pressure.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import TYPE_CHECKING, Final

from jobwire.domain.runs import Version
from jobwire.progress.alarm import Alarm
from jobwire.progress.bell import Bell
from jobwire.progress.channel import Channel, Watcher
from jobwire.progress.checksums import Tally
from jobwire.progress.codings import coding
from jobwire.progress.events import HEARTBEAT, Stand, beat_event, closing, opening, rotate_event
from jobwire.progress.extras import PLAINLY, Extra, Wish
from jobwire.progress.frames import Frame
from jobwire.progress.ports import Line

if TYPE_CHECKING:
    from jobwire.progress.cohort import Cohort

RETRY_MS: Final = (1_000, 3_000)
"""The usual `retry`, jittered, so that a crash is not followed by a stampede."""
ROTATE_RETRY_MS: Final = 20
"""Before a planned close: a base client is blind for milliseconds."""
SHUTDOWN_RETRY_MS: Final = (20, 2_000)
LIFETIME_JITTER: Final = 0.1
NOTICE_S: Final = 2.0
"""So long before a planned close a client is told of it, but at most a third of the connection's life."""
NOTICE_PART: Final = 3
NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a viewer waits for what, in seconds."""

    heartbeat_s: float = 15
    """A comment goes out when nothing else has for so long: it keeps proxies from closing an idle stream."""
    beat_s: float = 10
    """A beat goes out every so often to who understands it."""
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
    """One connection.

    It stops by itself when the run has ended, when `ends_at` has come (after the group that is being sent) and, in the
    middle of whatever it does, at `expires_at`. Both are times of the event loop's clock; `clock` tells seconds since
    1970.
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
        wish: Wish = PLAINLY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._channel = channel
        self._cursor = cursor
        self._line = line
        self._wish = wish
        self._coding = coding(wish.encoding)
        self._traffic = channel.meters.of(wish.encoding)
        self._ends_at = min(ends_at, expires_at)
        self._expires_at = expires_at
        self._random = random
        self._patience = patience
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._news = Bell()
        self._alarm = Alarm(self._on_alarm)
        self._sent_at = self._loop.time()
        self._beats_at = self._sent_at if Extra.BEAT in wish.extras else NEVER
        self._warns_at = self._notice_at(self._sent_at) if Extra.ROTATE in wish.extras else NEVER
        self._stand: Stand | None = None
        self._sends_until: float | None = None
        self._is_broken = False
        self._is_closing = False
        self._cohort: Cohort[Watcher] | None = None
        self._joined = Tally()

    async def run(self) -> End:
        """Send until there is an end."""
        self._channel.join(self)
        try:
            await self._send(self._coding.start(opening(self._random.randint(*RETRY_MS))))
            end = await self._begin()  # before any look at the clock: however short a connection, it brings one on
            while end is None:
                end = await self._step()
            if end is End.DONE:
                await self._finish()
            return end
        finally:
            self._channel.leave(self)
            self._alarm.cancel()

    def wake(self) -> None:
        """The channel has news."""
        self._news.ring()

    def dismiss(self) -> None:
        """Go on alone."""
        self._part()
        self._news.ring()

    def lose(self) -> None:
        """The client has gone."""
        self._is_broken = True
        self.dismiss()

    def close(self) -> None:
        """This process, or the run itself, is going: say so and end."""
        self._is_closing = True
        self.dismiss()
        if self._sends_until is not None:
            self._give_until(self._loop.time() + self._patience.farewell_s)

    async def _begin(self) -> End | None:
        if self._is_behind:
            return await self._catch_up()
        self._stand = self._channel.stand(self._wish)
        return None

    async def _step(self) -> End | None:
        # Cleared before anything is looked at: what changes from here on wakes the wait below.
        self._news.hush()
        if self._is_broken:
            return End.BROKEN
        if self._is_closing:
            return await self._close(self._random.randint(*SHUTDOWN_RETRY_MS))
        now = self._loop.time()
        if now >= self._ends_at:
            return await self._close(ROTATE_RETRY_MS)
        if now >= self._warns_at:
            await self._warn(now)
        elif now >= self._beats_at:
            await self._beat(now)
        elif self._is_behind:
            return await self._catch_up()
        elif now >= self._sent_at + self._patience.heartbeat_s:
            await self._say(HEARTBEAT)
        else:
            await self._wait()
        return None

    @property
    def _is_behind(self) -> bool:
        return self._cursor is None or self._channel.version > self._cursor

    async def _catch_up(self) -> End | None:
        """Bring the client to now, or as far as one frame goes."""
        frame = await self._channel.frame(self._cursor, self._wish)
        if not await self._send_whole(frame):
            return End.BROKEN
        self._cursor, self._stand = frame.version, frame.stand
        return End.DONE if frame.last else None

    async def _send_whole(self, frame: Frame) -> bool:
        """Send a group: no word of a planned close may come in its middle. False when the client went meanwhile."""
        for data in frame.slices:
            await self._send(data)
            if self._is_broken:
                return False
        if frame.slices:
            self._count(frame)
        return True

    def _count(self, frame: Frame) -> None:
        self._coding.passed(frame.part)
        self._traffic.sent += 1
        if self._stand is not None and frame.cursor.ms is not None:  # it was in step: this is news
            self._channel.meters.commit_to_send.see(max(0.0, self._clock() - frame.cursor.ms / 1000))

    async def _beat(self, now: float) -> None:
        self._beats_at = now + self._patience.beat_s
        if self._stand is not None:
            await self._say(beat_event(self._stand, int(self._clock() * 1000)) + b"\n")

    async def _warn(self, now: float) -> None:
        self._warns_at = NEVER
        reason = "token" if self._expires_at <= self._ends_at else "lifetime"
        await self._say(rotate_event(int((self._ends_at - now) * 1000), reason) + b"\n")

    async def _close(self, retry_ms: int) -> End:
        told = Extra.ROTATE in self._wish.extras and self._is_closing
        await self._say((rotate_event(0, "shutdown") + b"\n" if told else b"") + closing(retry_ms))
        return End.BROKEN if self._is_broken else End.DONE

    async def _finish(self) -> None:
        if rest := self._coding.finish():
            await self._send(rest)
        await self._guard(self._line.end(self._patience_s))

    async def _say(self, data: bytes) -> None:
        """Send a few bytes that are for this client alone."""
        await self._send(self._coding.say(data))

    async def _send(self, data: bytes) -> None:
        await self._guard(self._line.send(data))
        self._sent_at = self._loop.time()
        self._traffic.bytes += len(data)

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
        silent_until = self._sent_at + self._patience.heartbeat_s
        self._alarm.set(min(self._ends_at, self._warns_at, self._beats_at, silent_until))
        self._gather()
        try:
            await self._news.wait()
        finally:
            self._part()

    def _gather(self) -> None:
        pipe = self._line.pipe()
        if pipe is not None and self._stand is not None:
            self._cohort = self._channel.gather(self, self._wish, self._stand, pipe)
            self._joined = self._cohort.tally

    def _part(self) -> None:
        """Take up from where the cohort is."""
        cohort, self._cohort = self._cohort, None
        if cohort is None:
            return
        self._channel.part(self, cohort)
        self._cursor, self._stand = cohort.cursor, cohort.stand
        self._sent_at = max(self._sent_at, cohort.told_at)
        if cohort.tally.length > self._joined.length:
            self._coding.passed(cohort.tally.since(self._joined))

    def _notice_at(self, now: float) -> float:
        return self._ends_at - min(NOTICE_S, (self._ends_at - now) / NOTICE_PART)

    def _on_alarm(self) -> None:
        if self._sends_until is None:
            self._news.ring()
        else:
            self._is_broken = True
            self._line.drop()


def lifetime_s(longest_s: float, random: Random) -> float:
    """How long a connection lives: a random tenth less than the longest, so that not all come back at once."""
    return longest_s * (1 - LIFETIME_JITTER * random.random())
