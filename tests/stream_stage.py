"""A hub on a book in memory, and viewers of one run whose connections are in memory, too."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, UserId, Version
from jobwire.progress.channel import Channel
from jobwire.progress.extras import BASE, Extra, Wish
from jobwire.progress.hub import Hub
from jobwire.progress.ports import Pipe
from jobwire.progress.viewer import End, Patience, Viewer
from patience import PATIENCE_S
from stream_books import FakeBook
from stream_wire import SseParser, Watcher

FOREVER = 3_600.0


class Line:
    """A connection in memory; while `stalled`, it takes nothing."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.dropped = False
        self.ended_within: float | None = None
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.parser = SseParser()
        self.client = Watcher()
        self.grown = asyncio.Condition()
        self.stall_at: int | None = None

    async def send(self, data: bytes) -> None:
        if len(self.sent) == self.stall_at:
            self.stall()
        await self.flowing.wait()
        if self.dropped:
            return
        self.sent.append(data)
        self.client.take(self.parser.feed(data))
        async with self.grown:
            self.grown.notify_all()

    def pipe(self) -> Pipe | None:
        return self

    def get_write_buffer_size(self) -> int:
        return self.dropped or not self.flowing.is_set() or len(self.sent) == self.stall_at or self.grown.locked()

    def write(self, data: bytes) -> None:
        self.sent.append(data)
        self.client.take(self.parser.feed(data))
        self.told = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        async with self.grown:
            self.grown.notify_all()

    async def end(self, patience_s: float) -> None:
        await self.flowing.wait()
        self.ended_within = patience_s

    def stall(self) -> None:
        self.flowing.clear()

    def drop(self) -> None:
        self.dropped = True
        self.flowing.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self.grown:
            await self.grown.wait_for(condition)


class Stage:
    """A run with one company, and a hub that shows it."""

    def __init__(self, book: FakeBook, user: UserId, run: RunId, hub: Hub) -> None:
        self.book, self.user, self.run, self.hub = book, user, run, hub

    async def set(self, status: JobStatus, *ids: str) -> None:
        await self.book.set(self.run, {JobKey("a", key): status for key in ids})
        self.hub.wake(self.run, Version(self.book.runs[self.run].version))

    async def list_jobs(self, *ids: str) -> None:
        await self.book.listed(self.run, "a", {key: f"Job {key}" for key in ids})
        self.hub.wake(self.run, Version(self.book.runs[self.run].version))

    @asynccontextmanager
    async def viewer(self, cursor: int | None = None, **options: Any) -> AsyncIterator[tuple[Line, asyncio.Task[End]]]:
        line = Line()
        async with self.hub.channel(self.run, self.user) as channel:
            task = asyncio.create_task(make_viewer(channel, line, cursor, **options).run())
            try:
                yield line, task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def make_viewer(
    channel: Channel,
    line: Line,
    cursor: int | None = None,
    *,
    life_s: float = FOREVER,
    token_s: float = FOREVER,
    extras: Extra = BASE,
    wish: Wish | None = None,
    clock: Callable[[], float] = time.time,
    **patience: float,
) -> Viewer:
    """A viewer of `channel` on `line`; `patience` as in `Patience`."""
    now = asyncio.get_running_loop().time()
    return Viewer(
        channel,
        None if cursor is None else Version(cursor),
        line,
        ends_at=now + life_s,
        expires_at=now + token_s,
        random=Random(1),
        patience=Patience(**patience),
        wish=wish or Wish(extras),
        clock=clock,
    )


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """A run that has just begun, and nobody watches."""
    book = FakeBook()
    user = await book.user()
    run = await book.start(user, ["a"])
    async with Hub(book, sweep_s=FOREVER) as hub:
        yield Stage(book, user, run, hub)


async def ended(task: asyncio.Task[End]) -> End:
    async with asyncio.timeout(PATIENCE_S):
        return await task
