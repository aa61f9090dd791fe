"""The hub: which runs have a channel, and who wakes them."""

import asyncio
from types import TracebackType
from typing import Final, Self

from jobwire.domain.errors import JobwireError, NotFound, Unavailable
from jobwire.domain.runs import RunId, UserId, Version
from jobwire.logs import Log
from jobwire.progress.channel import Channel
from jobwire.progress.meters import Meters
from jobwire.progress.place import Place
from jobwire.progress.ports import LedgerReader

LINGER_S: Final = 30.0
"""A channel stays this long after its last viewer: the next one finds it warm."""
SWEEP_S: Final = 1.0
"""So often the ledger is asked for what a lost wake-up would have told."""

_log = Log(__name__)


class Hub:
    """Channels by run. Enter it to start the sweep; `wake` it from the wake-ups; `close` it before the server goes."""

    def __init__(
        self,
        reader: LedgerReader,
        *,
        linger_s: float = LINGER_S,
        sweep_s: float = SWEEP_S,
        meters: Meters | None = None,
    ) -> None:
        self.meters = meters or Meters()
        self._reader = reader
        self._linger_s = linger_s
        self._sweep_s = sweep_s
        self._places: dict[RunId, Place] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._is_closing = False

    async def __aenter__(self) -> Self:
        self._sweeper = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        tasks = [place.end() for place in self._places.values()]
        if self._sweeper is not None:
            self._sweeper.cancel()
            tasks.append(self._sweeper)
        self._places.clear()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def is_closing(self) -> bool:
        """Whether this process is going: there is no channel any more."""
        return self._is_closing

    @property
    def channels(self) -> int:
        """How many runs are in memory, those without viewers that linger included."""
        return len(self._places)

    def wake(self, run_id: RunId, version: Version) -> None:
        """A run is said to be at a version."""
        if place := self._places.get(run_id):
            place.hear(version)

    def close(self) -> None:
        """Tell all viewers, at once, that this process is going."""
        self._is_closing = True
        for place in self._places.values():
            place.channel.close()

    def channel(self, run_id: RunId, user_id: UserId) -> "Visit":
        """The channel of this person's run, read at least once, for as long as it is entered.

        Entering raises `NotFound` for a run that does not exist or is somebody else's, `Unavailable` when the database
        is away or this process is going.
        """
        return Visit(self, run_id, user_id)

    async def enter(self, run_id: RunId, user_id: UserId) -> Place:
        """Open a run's channel. `leave` its place afterwards."""
        place = await self._place(run_id, user_id)
        place.enter()
        try:
            await place.channel.open()
            self._require_open()
        except BaseException as error:
            self.leave(run_id, place, error)
            raise
        return place

    def leave(self, run_id: RunId, place: Place, error: BaseException | None = None) -> None:
        """Need its channel no longer; the error, if any, is why."""
        if isinstance(error, NotFound):
            self._remove(run_id, place)
        place.leave(self._linger_s, lambda: self._remove(run_id, place))

    async def _place(self, run_id: RunId, user_id: UserId) -> Place:
        """Whose run it is never changes: a run in memory needs no question."""
        place = self._places.get(run_id)
        owner = await self._reader.owner(run_id) if place is None else place.owner
        if owner is None or owner != user_id:
            raise NotFound("There is no such run.")
        if run_id not in self._places:  # another viewer may have come while this one asked
            self._places[run_id] = Place(Channel(run_id, self._reader, self.meters), owner)
            self.meters.channels = len(self._places)
        return self._places[run_id]

    def _require_open(self) -> None:
        if self._is_closing:
            raise Unavailable("This process is about to end.", advice="Connect again.")

    def _remove(self, run_id: RunId, place: Place) -> None:
        if self._places.get(run_id) is place:
            del self._places[run_id]
            self.meters.channels = len(self._places)
        place.end()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_s)
            if not self._places:
                continue
            try:
                await self._look(list(self._places))
            except JobwireError as error:
                _log.warning("sweep.failed", reason=str(error))
            except Exception as error:  # noqa: BLE001 - the next one may do
                _log.error("sweep.failed", error=error)

    async def _look(self, run_ids: list[RunId]) -> None:
        versions = await self._reader.versions(run_ids)
        for run_id in run_ids:
            place = self._places.get(run_id)
            if place is None:
                continue
            if run_id in versions:
                self.meters.missed += place.look(versions[run_id])
            else:  # deleted: its viewers come back, and are told so
                place.channel.close()
                self._remove(run_id, place)


class Visit:
    """A context, and no generator: every viewer holds one, for hours."""

    __slots__ = ("_hub", "_place", "_run_id", "_user_id")

    def __init__(self, hub: Hub, run_id: RunId, user_id: UserId) -> None:
        self._hub = hub
        self._run_id = run_id
        self._user_id = user_id

    async def __aenter__(self) -> Channel:
        self._place = await self._hub.enter(self._run_id, self._user_id)
        return self._place.channel

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hub.leave(self._run_id, self._place, error)
