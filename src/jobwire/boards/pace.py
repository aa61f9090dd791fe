"""How fast a host is asked: one `Host` for each throttle key, shared by everything in this process."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Final

from jobwire.domain.errors import BoardUnavailable, HostBusy
from jobwire.domain.standing import Standing
from jobwire.settings import HostPace

LONGEST_WAIT_S: Final = 5.0
"""A host that asks for less is waited for here; for more, the caller gets `HostBusy` and does something else."""
LONGEST_WAIT_IN_LISTING_S: Final = 120.0
"""The same in the middle of a listing, which would have to begin again."""
GIVE_UP_AFTER_S: Final = 15 * 60.0
"""A host that refuses for longer than this, at once or time after time, is not waited for any more."""
LONGEST_PAUSE_S: Final = 60 * 60.0
"""No `Retry-After`, however absurd, keeps this process away from a host for longer."""
SLOWEST: Final = 32.0
"""So many times slower than usual is a host asked at most that refuses again and again."""
FASTER_AFTER: Final = 10
"""So many answers in a row make a host's pace a little faster again."""
FASTER_BY: Final = 1.5
TIMER_RESOLUTION_S: Final = 0.001


class Host:
    """The pace of one host: evenly spaced starts, at most `pace.concurrency` requests at a time.

    A refusal halves the pace; answers bring it back little by little (as TCP does it: RFC 5681, turned around).
    `clock` counts seconds and never goes back.
    """

    def __init__(
        self, name: str, pace: HostPace, *, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]]
    ) -> None:
        self.name = name
        self._clock = clock
        self._sleep = sleep
        self._slowness = 1.0
        self._usual_interval = 1 / pace.per_second
        self._least_interval = 0.0
        self._answers = 0
        self._gate = asyncio.Semaphore(pace.concurrency)
        self._next_start = -math.inf
        self._paused_until = -math.inf
        self._refused_since: float | None = None

    @property
    def _interval(self) -> float:
        return max(self._usual_interval * self._slowness, self._least_interval)

    @property
    def standing(self) -> Standing:
        """How the host wants to be asked now."""
        return Standing(self._slowness, max(0.0, self._paused_until - self._clock()))

    def resume(self, standing: Standing) -> None:
        """Ask the host as somebody else has found that it wants to be asked."""
        self._slowness = standing.slowness
        if standing.pause_s > 0:
            self._pause(standing.pause_s)

    def slow_down(self, delay_s: float) -> None:
        """Leave at least so many seconds between two starts from now on."""
        self._least_interval = delay_s

    async def enter(self, board: str, begun: int = 0) -> None:
        """Wait for a turn, and hold it until `leave`. Raise `HostBusy` or `BoardUnavailable` (see `check`).

        `begun` requests of a listing would be in vain without this one.
        """
        self.check(board, begun)
        await self._gate.acquire()
        try:
            await self._wait_for_start(board, begun)
        except BaseException:
            self._gate.release()
            raise

    def leave(self) -> None:
        """Give the turn back."""
        self._gate.release()

    async def _wait_for_start(self, board: str, begun: int) -> None:
        while True:
            self.check(board, begun)
            now = self._clock()
            start = max(now, self._next_start)
            self._next_start = start + self._interval
            if start - now > TIMER_RESOLUTION_S:
                await self._sleep(start - now)
            if start >= self._paused_until:  # a pause may have begun meanwhile: then this start no longer holds
                return

    def refuse(self, wait_s: float) -> None:
        """Take note that the host wants to be left alone for `wait_s`: this pauses everybody who asks it.

        Requests that were under way when it began to refuse are refused as well: that is no news.
        """
        if self._clock() >= self._paused_until:
            self._slowness = min(SLOWEST, self._slowness * 2)
        self._answers = 0
        self._pause(wait_s)

    def _pause(self, wait_s: float) -> None:
        now = self._clock()
        if self._refused_since is None or now > self._paused_until + GIVE_UP_AFTER_S:
            self._refused_since = now
        self._paused_until = max(self._paused_until, now + min(wait_s, LONGEST_PAUSE_S))
        self._next_start = max(self._next_start, self._paused_until)

    def answer(self) -> None:
        """Take note that the host has answered: earlier refusals no longer count."""
        self._refused_since = None
        self._answers += 1
        if self._answers >= FASTER_AFTER:
            self._answers = 0
            self._slowness = max(1.0, self._slowness / FASTER_BY)

    def check(self, board: str, begun: int = 0, *, is_last: bool = False) -> None:
        """Raise `HostBusy` where the wait is long, `BoardUnavailable` where it is not worth it.

        In the middle of a listing a longer wait is borne, unless all attempts at one request are used up.
        """
        now = self._clock()
        rest = self._paused_until - now
        if rest <= (LONGEST_WAIT_IN_LISTING_S if begun and not is_last else LONGEST_WAIT_S):
            return
        refused_since = now if self._refused_since is None else self._refused_since
        if self._paused_until - refused_since > GIVE_UP_AFTER_S:
            raise BoardUnavailable(f"{board}: {self.name} refuses requests for more than 15 minutes.")
        message = f"{board}: {self.name} asks to come back in {math.ceil(rest)} s."
        raise HostBusy(message, retry_after=rest, is_cut_short=begun > 0)
