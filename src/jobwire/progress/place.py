"""A channel's place in the hub."""

import asyncio
from collections.abc import Callable

from jobwire.domain.runs import UserId, Version
from jobwire.progress.channel import Channel


class Place:
    """A channel, whose run it is, the task that keeps it current, and how many viewers it has."""

    def __init__(self, channel: Channel, owner: UserId) -> None:
        self.channel = channel
        self.owner = owner
        self._viewers = 0
        self._told = Version(0)
        self._found = Version(0)
        self._task = asyncio.create_task(channel.run())
        self._lingering: asyncio.TimerHandle | None = None

    def hear(self, version: Version) -> None:
        """A wake-up tells that the run is at a version."""
        self._told = max(self._told, version)
        self.channel.wake(version)

    def look(self, version: Version) -> bool:
        """A sweep finds the run at a version. Answer whether no wake-up has told of what the sweep before found.

        That of a change which the sweep is the first to see may still be on its way.
        """
        missed = self._found > self._told
        self._told = max(self._told, self._found)
        self._found = version if version > self.channel.version else Version(0)
        self.channel.wake(version)
        return missed

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
