"""A timer that is moved often and rings seldom."""

import asyncio
from collections.abc import Callable


class Alarm:
    """Calls `ring` once, at the time that was set last. To move it to later costs an assignment, not a timer."""

    __slots__ = ("_armed_for", "_loop", "_ring", "_timer", "_when")

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._when = float("inf")
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = self._when  # uvloop's handles do not all know their time

    def set(self, when: float) -> None:
        """Ring at `when`, on the event loop's clock, and at no other time."""
        self._when = when
        if self._timer is None or when < self._armed_for:
            self._arm()

    def cancel(self) -> None:
        """Never ring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self.cancel()
        self._armed_for = self._when
        self._timer = self._loop.call_at(self._when, self._fire)

    def _fire(self) -> None:
        self._timer = None
        if self._loop.time() < self._when:
            self._arm()
        else:
            self._ring()
