"""Viewers of a server that goes, told or killed, are with the other one at once, and miss nothing.

Two servers on one database, as processes, and an address that leads to the first of them that answers, as a load
balancer's does. `make test-long` takes 1,000 viewers.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from stream_process import EMAIL, served, token

from jobwire.client.door import Door
from jobwire.client.progress import ProgressClient
from jobwire.client.states import Signal
from jobwire.domain.progress import JobKey, RunView
from jobwire.domain.runs import JobStatus, RunId
from jobwire.storage.database import Database
from jobwire.storage.wakeups import Announcer
from patience import PATIENCE_S
from stream_books import LedgerBook

JOBS: Final = 1_000
CHANGES: Final = 3
"""So many at least are made while the server goes."""
VIEWERS: Final = 1_000 if "JOBWIRE_TEST_LONG" in os.environ else 40
ROOM: Final = {"JOBWIRE_MAX_VIEWERS_PER_USER": str(VIEWERS * 2)}


class Balanced:
    """A door that leads to the first server that answers."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = doors

    @asynccontextmanager
    async def open(self, cursor: str, *, fresh: bool = False) -> AsyncGenerator[aiohttp.ClientResponse | None]:
        async with AsyncExitStack() as stack:
            for door in self._doors:
                try:
                    response = await stack.enter_async_context(door.open(cursor, fresh=fresh))
                except aiohttp.ClientConnectorError:
                    continue
                break
            else:
                raise ConnectionRefusedError
            yield response


@dataclass
class Viewer:
    """One who watches."""

    door: Balanced
    changed: asyncio.Event
    view: RunView = field(default_factory=RunView)
    signals: list[Signal] = field(default_factory=list)

    async def follow(self) -> None:
        await ProgressClient(self.door, self.view, self.hear).follow()

    def hear(self, said: Signal) -> None:
        self.signals.append(said)
        self.changed.set()

    def has(self, key: str, status: JobStatus) -> bool:
        job = self.view.jobs.get(JobKey("a", key))
        return job is not None and job.status is status


@dataclass
class Crowd:
    """Many viewers of a run, and how long they took to see a change."""

    viewers: Sequence[Viewer]
    changed: asyncio.Event

    async def until_all_have(self, key: str, status: JobStatus) -> float:
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE_S):
            while not all(viewer.has(key, status) for viewer in self.viewers):
                self.changed.clear()
                await self.changed.wait()
        return time.monotonic() - began


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
async def test_viewers_of_a_server_that_goes_miss_nothing(
    database: Database, database_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(served(database_url, tmp_path / "first", **ROOM))
        second = await stack.enter_async_context(served(database_url, tmp_path / "second", **ROOM))
        announcer = await stack.enter_async_context(Announcer(database.conninfo))
        book = LedgerBook(database, announcer.announce)
        access = await token(database_url, tmp_path / "first")
        run = await book.start(await book.user(EMAIL), ["a"])
        await book.listed(run, "a", {str(number): f"Job {number}" for number in range(JOBS)})
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        crowd = gathered(session, [first.url, second.url], access, run)
        following = [asyncio.create_task(viewer.follow()) for viewer in crowd.viewers]
        try:
            await crowd.until_all_have("0", JobStatus.PENDING)
            left = [str(number) for number in range(JOBS)]
            await settle(book, run, left.pop())
            going = asyncio.create_task(first.end(how))
            late: list[float] = []
            while len(left) > 1 and (not going.done() or len(late) < CHANGES):
                await settle(book, run, left[-1])
                late.append(await crowd.until_all_have(left.pop(), JobStatus.READY))
            lost = sum(Signal.LOST in viewer.signals for viewer in crowd.viewers)
            told = (
                f"{how.name}: all {VIEWERS} viewers had each change after {max(late):.2f} s; {lost} had lost the line"
            )
            print(told)  # noqa: T201 - a figure, for who asks with -s
            assert await going == (0 if how is signal.SIGTERM else -signal.SIGKILL)
            await settle(book, run, *left)
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*following)
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    for viewer in crowd.viewers:
        assert viewer.view.status == "finished"
        assert {key.external_id: str(job.status) for key, job in viewer.view.jobs.items()} == dict.fromkeys(
            map(str, range(JOBS)), "ready"
        )
        assert Signal.ASTRAY not in viewer.signals


def gathered(session: aiohttp.ClientSession, urls: Sequence[str], access: str, run: RunId) -> Crowd:
    changed = asyncio.Event()
    doors = [Balanced([Door(session, url, access, run) for url in urls]) for _ in range(VIEWERS)]
    return Crowd([Viewer(door, changed) for door in doors], changed)


async def settle(book: LedgerBook, run: RunId, *keys: str) -> None:
    await book.set(run, dict.fromkeys((JobKey("a", key) for key in keys), JobStatus.READY))
