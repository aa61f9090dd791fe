"""The hub: which runs have a channel, and who wakes them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType

from jobwire.domain.runs import RunId, Version
from jobwire.progress.channel import Channel
from jobwire.progress.ports import LedgerReader

logger = logging.getLogger(__name__)

LINGER_S = 30.0
"""A channel stays this long after its last viewer: the next one finds it warm."""
SWEEP_S = 1.0
"""So often the ledger is asked for what a lost wake-up would have told."""


class Hub:
    """Channels by run. Enter it to start the sweep; `wake` it from the wake-ups."""

    def __init__(self, reader: LedgerReader, *, linger_s: float = LINGER_S, sweep_s: float = SWEEP_S) -> None:
        self.closing = asyncio.Event()
        self._reader = reader
        self._linger_s = linger_s
        self._sweep_s = sweep_s
        self._places: dict[RunId, _Place] = {}
        self._sweeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Hub":
        self._sweeper = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        tasks = [place.task for place in self._places.values()]
        if self._sweeper is not None:
            tasks.append(self._sweeper)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for place in self._places.values():
            place.cancel_end()
        self._places.clear()

    def wake(self, run_id: RunId, version: Version) -> None:
        """A run is said to be at a version."""
        if place := self._places.get(run_id):
            place.channel.wake(version)

    def close(self) -> None:
        """Tell all viewers that this process is going."""
        self.closing.set()

    @asynccontextmanager
    async def channel(self, run_id: RunId) -> AsyncIterator[Channel]:
        """The run's channel, read at least once, for as long as a viewer needs it. Raise `NotFound`."""
        place = self._places.get(run_id)
        if place is None:
            place = self._places[run_id] = _Place(Channel(run_id, self._reader))
        place.enter()
        try:
            await place.channel.open()
            yield place.channel
        finally:
            if place.leave():
                place.end_after(self._linger_s, lambda: self._remove(run_id, place))

    def _remove(self, run_id: RunId, place: "_Place") -> None:
        if place.viewers == 0 and self._places.get(run_id) is place:
            del self._places[run_id]
            place.task.cancel()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_s)
            if not self._places:
                continue
            try:
                for run_id, version in (await self._reader.versions(list(self._places))).items():
                    self.wake(run_id, version)
            except Exception:
                logger.exception("sweep_failed")


class _Place:
    """A channel, the task that keeps it current, and how many viewers it has."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.viewers = 0
        self.task = asyncio.create_task(channel.run())
        self._end: asyncio.TimerHandle | None = None

    def enter(self) -> None:
        self.viewers += 1
        self.cancel_end()

    def leave(self) -> bool:
        """Answer whether that was the last one."""
        self.viewers -= 1
        return self.viewers == 0

    def end_after(self, seconds: float, end: Callable[[], None]) -> None:
        self._end = asyncio.get_running_loop().call_later(seconds, end)

    def cancel_end(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
