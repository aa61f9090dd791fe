"""Clients that others wrote follow a run across rotations: each change arrives before the next one is made.

`make test-long` takes a run of 20,000 jobs, and a connection ends every 2 s.
"""

import asyncio
import os
from typing import Final

import pytest
from strangers import OPEN, Stranger, chromium, curl, curl_compressed, httpx_sse, npm_eventsource
from stream_server import Show, show

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.storage.database import Database
from patience import PATIENCE_S
from stream_wire import Watcher

IS_LONG: Final = "JOBWIRE_TEST_LONG" in os.environ
JOBS: Final = 20_000 if IS_LONG else 2_000
ROTATIONS: Final = 10 if IS_LONG else 3
LIFE_S: Final = 2 if IS_LONG else 1
STRANGERS: Final = [npm_eventsource, chromium, httpx_sse, curl, curl_compressed]


class Writer:
    """Makes one change after the other."""

    def __init__(self, shown: Show, run: RunId) -> None:
        self._shown = shown
        self._run = run
        self._left = [(JobKey("a", str(number)), status) for number in range(JOBS) for status in WAY]
        self._awaited: tuple[JobKey, JobStatus] | None = None
        self.changes = 0

    def has_arrived(self, watcher: Watcher) -> bool:
        """Whether the last change has, and there is another one to make."""
        if not self._left:
            return False
        if self._awaited is None:
            return bool(watcher.jobs)
        (company, key), status = self._awaited
        return watcher.jobs[company, key][1] == status

    async def change(self) -> None:
        """Make the next one."""
        self._awaited = key, status = self._left.pop(0)
        self.changes += 1
        await self._shown.book.set(self._run, {key: status})

    async def finish(self) -> None:
        """Make all that are left at once: the run ends."""
        left, self._left = dict(self._left), []
        await self._shown.book.set(self._run, left)


WAY: Final = (JobStatus.CRAWLING, JobStatus.READY)


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda one: one.__name__)
async def test_a_run_is_followed_change_by_change_across_rotations(database: Database, stranger: Stranger):
    async with show(database, max_connection_s=LIFE_S) as shown, asyncio.timeout(PATIENCE_S):
        me = await shown.book.user()
        run = await shown.book.start(me, ["a"])
        await shown.book.listed(run, "a", {str(number): f"Job {number}" for number in range(JOBS)})
        watcher, writer, opened = Watcher(), Writer(shown, run), 0
        async for event in stranger(f"{shown.url(run)}?token={shown.token(me)}"):
            if event is OPEN:
                opened += 1
                continue
            watcher.take([event])
            if writer.has_arrived(watcher):
                await (writer.change() if opened <= ROTATIONS else writer.finish())
        assert watcher.jobs == await shown.stored(run)
        assert watcher.view.status == "finished"
        print(f"{stranger.__name__}: {writer.changes} changes one by one, {opened} connections")  # noqa: T201
        assert opened > ROTATIONS
        assert watcher.names.count("all_jobs") == 2  # at the start and at the end: each rotation went on at the cursor
        assert watcher.names.count("update") >= writer.changes
