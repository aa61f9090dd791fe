"""Clients for the property test: one of the base protocol as a browser is, and Jobwire's own; connections in memory."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from enum import Enum, auto
from random import Random
from typing import Any, Final, NamedTuple

from jobwire.client.groups import version_of
from jobwire.client.machine import Machine
from jobwire.client.sse import Event as ClientEvent
from jobwire.client.states import Close, Open, Patience, Signal, State
from jobwire.domain.errors import Unavailable
from jobwire.domain.progress import RunView
from jobwire.domain.runs import RunId, UserId, Version
from jobwire.progress import viewer as viewers
from jobwire.progress.channel import Channel
from jobwire.progress.extras import BASE, Extra, Wish
from jobwire.progress.hub import Hub
from jobwire.progress.ports import Pipe
from jobwire.progress.viewer import Viewer
from stream_wire import Event, SseParser, Watcher

NEVER: Final = 3_600.0
WHOLE: Final = 1_000_000
"""More events than come."""
ALL_EXTRAS: Final = Extra.ADDED | Extra.COMPANIES | Extra.LOG | Extra.BEAT | Extra.ROTATE


class How(Enum):
    """How a connection ended."""

    CLOSED = auto()
    CUT = auto()
    SEEN = auto()
    """204: the cursor has seen the end."""
    AWAY = auto()
    """The process is going."""


class Connection:
    """Fits `progress.ports.Line`. It is cut after so many events; while it is stalled, it takes nothing."""

    def __init__(self, hear: Callable[[Event], None], cut_after: int) -> None:
        self.viewer: Viewer | None = None
        self._hear = hear
        self._left = cut_after
        self._parser = SseParser()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._is_dropped = False

    async def watch(self, hub: Hub, user: UserId, run: RunId, cursor: str, extras: Extra = BASE) -> How:
        try:
            async with hub.channel(run, user) as channel:
                version = await channel.cursor(cursor)
                if channel.has_ended(version):
                    return How.SEEN
                self.viewer = self._viewer(channel, version, extras)
                await self.viewer.run()
                return How.CLOSED if self._left else How.CUT
        except Unavailable:
            return How.AWAY

    def _viewer(self, channel: Channel, version: Version | None, extras: Extra) -> Viewer:
        now = asyncio.get_running_loop().time()
        return Viewer(
            channel,
            version,
            self,
            ends_at=now + NEVER,
            expires_at=now + NEVER,
            random=Random(1),
            patience=viewers.Patience(farewell_s=0.02),
            wish=Wish(extras),
        )

    async def send(self, data: bytes) -> None:
        await self._flowing.wait()
        self._take(data)

    def pipe(self) -> Pipe | None:
        return self

    def get_write_buffer_size(self) -> int:
        return not self.is_flowing or self._is_dropped

    def write(self, data: bytes) -> None:
        self._take(data)

    def _take(self, data: bytes) -> None:
        for event in () if self._is_dropped else self._parser.feed(data):
            if self._left:
                self._left -= 1
                self._hear(event)
        if not self._left and self.viewer:
            self.viewer.lose()

    async def end(self, patience_s: float) -> None:
        pass

    def drop(self) -> None:
        """It was stalled when its process had to go."""
        self._is_dropped = True
        self._left = 0
        self._flowing.set()

    def stall(self) -> None:
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    @property
    def is_flowing(self) -> bool:
        return self._flowing.is_set()

    def beat(self) -> None:
        """The next beat is due now."""
        if self.viewer:
            self.viewer._beats_at = 0
            self.viewer._news.ring()

    def is_busy(self, newest: Version) -> bool:
        """Whether it will take something by itself. `newest` is what its process has heard of."""
        viewer = self.viewer
        if viewer is None or viewer._is_broken or viewer._is_closing:
            return True
        if not self.is_flowing:
            return False
        told = viewer._cohort.cursor if viewer._cohort else viewer._cursor
        is_behind = told is None or viewer._channel.version > told
        return viewer._beats_at == 0 or is_behind or viewer._channel.version < newest


class Seen(NamedTuple):
    """What a client held when it came to a version."""

    version: int
    status: str | None
    jobs: dict[tuple[str, str], tuple[str, str]]


def seen(view: RunView) -> Seen:
    jobs = {tuple(key): (job.title, str(job.status)) for key, job in view.jobs.items()}
    return Seen(version_of(view.cursor), view.status, jobs)


class BaseClient:
    """A watcher with one connection; it comes back when the test says so, with the last id that it saw."""

    def __init__(self) -> None:
        self.watcher = Watcher()
        self.connection: Connection | None = None
        self.task: asyncio.Task[None] | None = None
        self.seen: list[Seen] = []
        self.is_whole = True
        """Whether the last event was the last of its group."""

    @property
    def connections(self) -> Sequence[Connection]:
        return [self.connection] if self.connection and self.task and not self.task.done() else []

    def connect(self, hub: Hub, user: UserId, run: RunId, cut_after: int) -> None:
        self.connection = Connection(self._hear, cut_after)
        self.task = asyncio.create_task(self._watch(self.connection, hub, user, run))

    async def _watch(self, connection: Connection, hub: Hub, user: UserId, run: RunId) -> None:
        had_ended = self.watcher.has_ended
        how = await connection.watch(hub, user, run, self.watcher.last_event_id)
        assert (how is How.SEEN) == had_ended

    def _hear(self, event: Event) -> None:
        self.watcher.take([event])
        self.is_whole = event.id is not None
        if self.is_whole:
            self.seen.append(seen(self.watcher.view))


class Follower:
    """Jobwire's own client: the machine of `jobwire watch`, whose time passes when the test says so."""

    def __init__(self, open_next: Callable[[], tuple[Hub, UserId, RunId, int]]) -> None:
        """`open_next` says where the next connection leads, and after how many events it is cut."""
        self.view = RunView()
        self.signals: list[Signal] = []
        self.seen: list[Seen] = []
        self.versions: list[int] = []
        """Of all cursors that it had."""
        self.machine = Machine(
            self.view,
            self.signals.append,
            uniform=lambda low, _high: low,
            patience=Patience(silence_s=float("inf"), gone_s=float("inf")),
            now=0,
        )
        self._open_next = open_next
        self._lines: dict[int, tuple[Connection, asyncio.Task[None]]] = {}
        self._now = 0.0

    @property
    def connections(self) -> Sequence[Connection]:
        return [connection for connection, task in self._lines.values() if not task.done()]

    def connect(self) -> None:
        """The time of the next connection has come, where there is none."""
        if self.machine.state is State.WAITING:
            self._now = self.machine.deadline
            self.machine.tick(self._now)
            self._obey()

    def rotate(self, *, is_slow: bool) -> None:
        """The server will close the connection. Where it `is_slow`, the next one takes nothing at first."""
        main = self.machine._main
        if main is not None and self.machine.state is State.LIVE:
            self._hear(main.number, Event("rotate", '{"in_ms": 1, "reason": "lifetime"}', None))
            if is_slow:
                self.connections[-1].stall()

    def _obey(self) -> None:
        while self.machine.commands:
            match self.machine.commands.pop(0):
                case Open(number, cursor):
                    hub, user, run, cut_after = self._open_next()
                    connection = Connection(lambda event, number=number: self._hear(number, event), cut_after)
                    watching = connection.watch(hub, user, run, cursor, ALL_EXTRAS)
                    self._lines[number] = connection, asyncio.create_task(self._watch(number, watching))
                case Close(number):
                    self._lines[number][1].cancel()

    async def _watch(self, number: int, watching: Coroutine[Any, Any, How]) -> None:
        match await watching:
            case How.CLOSED | How.AWAY:
                self.machine.closed(number, self._now)
            case How.CUT:
                self.machine.broken(number, self._now)
            case How.SEEN:
                self.machine.missed(number, self._now)
        self._obey()

    def _hear(self, number: int, event: Event) -> None:
        before = self.view.cursor
        self.machine.heard(number, ClientEvent(event.name, event.data, event.id or ""), self._now)
        if self.view.cursor != before:
            self.versions.append(version_of(self.view.cursor))
            self.seen.append(seen(self.view))
        self._obey()

    @property
    def state(self) -> State:
        return self.machine.state

    async def leave(self) -> None:
        for _, task in self._lines.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._lines.values()), return_exceptions=True)
        for _, task in self._lines.values():
            if not task.cancelled():
                task.result()
