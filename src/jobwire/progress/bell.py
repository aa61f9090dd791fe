"""A bell that one task waits for."""

import asyncio


class Bell:
    """As `asyncio.Event`, but for a single waiter: every viewer has one, and the queue of an event takes 0.8 KB."""

    __slots__ = ("_has_rung", "_waiter")

    def __init__(self) -> None:
        self._has_rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake who waits, or who is about to."""
        self._has_rung = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def hush(self) -> None:
        """Forget that it has rung."""
        self._has_rung = False

    async def wait(self) -> None:
        """Return once it has rung."""
        if self._has_rung:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
