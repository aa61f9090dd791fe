"""A channel: one run, read when it changes, for all of its viewers."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from jobwire.domain.errors import JobwireError, NotFound
from jobwire.domain.runs import RunId, Version
from jobwire.logs import Log
from jobwire.progress.cohort import Cohort, Member
from jobwire.progress.events import Stand
from jobwire.progress.extras import Wish
from jobwire.progress.frames import Frame
from jobwire.progress.meters import Meters
from jobwire.progress.ports import LedgerReader, Pipe, RunDelta
from jobwire.progress.shelf import LARGE, Shelf
from jobwire.progress.state import RunState

READ_INTERVAL_S: Final = 0.02
"""Reads of one run are at least this far apart: bursts coalesce. A change after a quiet time is read at once."""
RETRY_S: Final = 0.5
"""After a read that failed."""

Clock = Callable[[], float]

_log = Log(__name__)


class Watcher(Member, Protocol):
    """Who is told of news. All methods return at once."""

    def wake(self) -> None:
        """The channel has news."""
        ...

    def close(self) -> None:
        """The channel comes to its end."""
        ...


class Channel:
    """The live state of one run. `open` it first, `run` it in a task, and `wake` it when there may be news."""

    def __init__(
        self, run_id: RunId, reader: LedgerReader, meters: Meters | None = None, clock: Clock = time.time
    ) -> None:
        """`clock` tells seconds since 1970."""
        self.run_id = run_id
        self._clock = clock
        self.meters = meters or Meters()
        self._reader = reader
        self._opened: tuple[RunState, Shelf] | None = None
        self._wanted = asyncio.Event()
        self._reading = asyncio.Lock()
        self._watchers: set[Watcher] = set()  # those in cohorts are not among them
        self._cohorts: list[Cohort[Watcher]] = []
        self._is_closed = False

    @property
    def version(self) -> Version:
        """The version that the channel is at; 0 before it is open."""
        return self._opened[0].version if self._opened else Version(0)

    @property
    def watchers(self) -> list[Watcher]:
        """Who is told of news, in cohorts and alone."""
        return [*self._watchers, *(member for cohort in self._cohorts for member in cohort.members)]

    async def open(self) -> None:
        """Read the run for the first time, unless somebody did. Raise `NotFound`, `Unavailable`."""
        async with self._reading:
            if self._opened is None:
                await self._read()

    async def run(self) -> None:
        """Read whenever woken, until the run is no more."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if not await self._try_read():
                return
            await asyncio.sleep(READ_INTERVAL_S)

    def wake(self, version: Version) -> None:
        """There may be news: the run is said to be at `version`."""
        if version > self.version:
            self._wanted.set()

    def join(self, watcher: Watcher) -> None:
        """Tell this one of news from now on."""
        self._watchers.add(watcher)
        if self._is_closed:
            watcher.close()

    def leave(self, watcher: Watcher) -> None:
        """Tell it no more."""
        self._watchers.discard(watcher)

    def gather(self, watcher: Watcher, wish: Wish, stand: Stand, pipe: Pipe) -> Cohort[Watcher]:
        """Let news be sent to this one, which is in step, through its pipe, until it is told or has left the cohort."""
        self._watchers.discard(watcher)
        cohort = next((cohort for cohort in self._cohorts if cohort.has_room(wish, self.version)), None)
        if cohort is None:
            cohort = Cohort[Watcher](wish, self.version, stand)
            self._cohorts.append(cohort)
        cohort.add(watcher, pipe)
        return cohort

    def part(self, watcher: Watcher, cohort: Cohort[Watcher]) -> None:
        """Take it out of its cohort, and tell it of news from now on."""
        cohort.remove(watcher)
        self._watchers.add(watcher)
        if cohort.is_empty:
            self._cohorts.remove(cohort)

    def close(self) -> None:
        """Tell all watchers, those to come included, that there will be nothing more."""
        self._is_closed = True
        for watcher in self.watchers:
            watcher.close()

    async def cursor(self, text: str | None) -> Version | None:
        """Read a client's cursor; None: send everything.

        One ahead of the channel may come from another process, which has read later: so read first. Raise `NotFound`,
        `Unavailable`.
        """
        claimed = self._state.claimed(text)
        if claimed is not None and claimed > self.version:
            async with self._reading:
                if claimed > self.version:
                    await self._read()
        return claimed if claimed is not None and claimed <= self.version else None

    def has_ended(self, cursor: Version | None) -> bool:
        """Whether a client at this cursor has seen the end of the run."""
        return self._state.status.is_terminal and cursor == self.version

    async def frame(self, cursor: Version | None, wish: Wish) -> Frame:
        """The next group for a client at this cursor (None: it has nothing)."""
        return await self._shelf.frame(cursor, wish)

    def stand(self, wish: Wish) -> Stand:
        """What a client holds that is in step."""
        return self._state.stand(wish.extras)

    @property
    def _state(self) -> RunState:
        return self._require()[0]

    @property
    def _shelf(self) -> Shelf:
        return self._require()[1]

    def _require(self) -> tuple[RunState, Shelf]:
        if self._opened is None:
            raise RuntimeError("the channel is not open")
        return self._opened

    async def _try_read(self) -> bool:
        """Read, again and again while that fails. False when the run is no more."""
        while True:
            try:
                async with self._reading:
                    await self._read()
            except NotFound:
                self.close()
                return False
            except JobwireError as error:
                _log.warning("channel.read_failed", run_id=self.run_id, reason=str(error))
            except Exception as error:  # noqa: BLE001 - viewers keep what they have; whatever it is, the next may do
                _log.error("channel.read_failed", error=error, run_id=self.run_id)
            else:
                return True
            await asyncio.sleep(RETRY_S)

    async def _read(self) -> None:
        self.meters.reads += 1
        if self._opened is None:
            delta = await self._reader.read(self.run_id, Version(0))
            state = await _state_of(delta)
            self._opened = state, Shelf(state, self.meters)
            return
        state, shelf = self._opened
        if state.apply(await self._reader.read(self.run_id, state.version, state.last_seq)):
            shelf.clear()
            await self._tell(shelf)

    async def _tell(self, shelf: Shelf) -> None:
        """After each cohort, other runs get their turn, and what has been written so far leaves."""
        for watcher in list(self._watchers):
            watcher.wake()
        for cohort in list(self._cohorts):
            cohort.tell(shelf, self.meters, self._clock())
            await asyncio.sleep(0)


async def _state_of(delta: RunDelta) -> RunState:
    """A large run takes its time, which the other runs' viewers shall not notice."""
    return await asyncio.to_thread(RunState, delta) if len(delta.jobs) > LARGE else RunState(delta)
