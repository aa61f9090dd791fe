"""A channel's place in the hub."""

import asyncio
from collections.abc import Callable

from jobwire.domain.runs import UserId
from jobwire.progress.channel import Channel


class Place:
    """A channel, whose run it is, the task that keeps it current, and how many viewers it has."""

    def __init__(self, channel: Channel, owner: UserId) -> None:
        self.channel = channel
        self.owner = owner
        self._viewers = 0
        self._task = asyncio.create_task(channel.run())
        self._lingering: asyncio.TimerHandle | None = None

    def enter(self) -> None:
        """One viewer more."""
        self._viewers += 1
        self._stop_lingering()

    def leave(self, linger_s: float, remove: Callable[[], None]) -> None:
        """One viewer less; `remove` is called when there has been none for so long."""
        self._viewers -= 1
        if self._viewers == 0 and not self._task.cancelling():
            self._lingering = asyncio.get_running_loop().call_later(linger_s, remove)

    def end(self) -> asyncio.Task[None]:
        """Keep it current no longer. Answer the task, which is about to end."""
        self._stop_lingering()
        self._task.cancel()
        return self._task

    def _stop_lingering(self) -> None:
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
