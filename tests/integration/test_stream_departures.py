"""What browsers watch goes away under them: the server, told or killed, and PostgreSQL. None misses a change.

`make test-long` takes 1,000 of them, and asks for all to be with the other server within 5 s.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from browsers import Crowd
from stream_process import EMAIL, served, token
from stream_server import show

from jobwire.domain.errors import Unavailable
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.settings import Settings
from jobwire.storage import embedded
from jobwire.storage.cluster import processes
from jobwire.storage.database import Database
from jobwire.storage.migrate import migrate
from jobwire.storage.wakeups import Announcer
from patience import PATIENCE_S
from stream_books import LedgerBook

IS_LONG: Final = "JOBWIRE_TEST_LONG" in os.environ
BROWSERS: Final = 1_000 if IS_LONG else 100
ROOM: Final = {"JOBWIRE_MAX_VIEWERS_PER_USER": str(BROWSERS * 2)}
KEYS: Final = [str(number) for number in range(1_000)]
WITHIN_S: Final = 5
READY: Final = dict.fromkeys((("a", key) for key in KEYS), "ready")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
async def test_browsers_of_a_server_that_goes_are_with_the_other_one(
    database: Database, database_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    async with (
        served(database_url, tmp_path / "first", **ROOM) as first,
        served(database_url, tmp_path / "second", **ROOM) as second,
        Announcer(database.conninfo) as announcer,
    ):
        book = LedgerBook(database, announcer.announce)
        run = await a_run(book)
        crowd = Crowd(BROWSERS, [first.url, second.url], run, await token(database_url, tmp_path / "first"))
        async with watched(crowd, book, run) as left:
            began = time.monotonic()
            assert await first.end(how) == (0 if how is signal.SIGTERM else -signal.SIGKILL)
            ended_s = time.monotonic() - began
            await crowd.until(lambda browser: browser.visits[-1].server == second.url)
            back_s = sorted(browser.visits[-1].at - began for browser in crowd.browsers)
            assert left, "the run had ended before"
        in_time = sum(delay <= WITHIN_S for delay in back_s)
        print(  # noqa: T201 - figures, for who asks with -s
            f"{how.name}: the process ended after {ended_s:.1f} s; {in_time} of {BROWSERS} browsers were back "
            f"within {WITHIN_S} s: half after {back_s[BROWSERS // 2]:.1f} s, all after {back_s[-1]:.1f} s"
        )
    assert all(browser.was_told == (how is signal.SIGTERM) for browser in crowd.browsers)
    assert_nobody_missed_anything(crowd)
    if IS_LONG:
        assert in_time == BROWSERS


async def test_browsers_watch_on_while_postgresql_is_restarted(tmp_path: Path) -> None:
    """In its immediate mode, as after a crash. No connection to a client is lost."""
    with await asyncio.to_thread(embedded.start, tmp_path) as postgres:
        database = Database(postgres.url)
        await migrate(database)
        async with show(database, settings=Settings(max_viewers_per_user=BROWSERS)) as shown:
            run = await a_run(shown.book)
            token = shown.token(await shown.book.user(EMAIL))
            crowd = Crowd(BROWSERS, [shown.address], run, token)
            async with watched(crowd, shown.book, run) as left:
                (postmaster,) = processes.postmasters(postgres.folder.resolve() / "18")
                postmaster.send_signal(signal.SIGQUIT)
                await asyncio.to_thread(postmaster.wait, PATIENCE_S)
                with pytest.raises(Unavailable):
                    await settle(shown.book, run, KEYS[0])
                await asyncio.to_thread(postgres.ensure_running)
                before = len(left)
                await crowd.until(lambda browser: len(left) < before - 1)
                assert left, "the run had ended before"
        await database.close()
    assert [len(browser.visits) for browser in crowd.browsers] == [1] * BROWSERS
    assert_nobody_missed_anything(crowd)


async def a_run(book: LedgerBook) -> RunId:
    run = await book.start(await book.user(EMAIL), ["a"])
    await book.listed(run, "a", {key: f"Job {key}" for key in KEYS})
    return run


async def settle(book: LedgerBook, run: RunId, *keys: str) -> None:
    await book.set(run, dict.fromkeys((JobKey("a", key) for key in keys), JobStatus.READY))


@asynccontextmanager
async def watched(crowd: Crowd, book: LedgerBook, run: RunId) -> AsyncIterator[list[str]]:
    """The crowd watches, while one job after the other is settled; in the end all are. These are left."""
    left = list(KEYS)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        following = group.create_task(crowd.follow())
        await crowd.until(lambda browser: bool(browser.watcher.jobs))
        working = group.create_task(work(book, run, left))
        yield left
        working.cancel()
        await patiently(book, run, *KEYS)
        await following


async def work(book: LedgerBook, run: RunId, left: list[str]) -> None:
    while len(left) > 1:
        await patiently(book, run, left[-1])
        left.pop()
        await asyncio.sleep(0.02)


async def patiently(book: LedgerBook, run: RunId, *keys: str) -> None:
    """Whether what the database was asked when it went was done, is not known: done twice it is the same."""
    while True:
        try:
            await settle(book, run, *keys)
        except Unavailable:
            await asyncio.sleep(0.05)
        else:
            return


def assert_nobody_missed_anything(crowd: Crowd) -> None:
    for browser in crowd.browsers:
        watcher = browser.watcher
        assert watcher.view.status == "finished"
        assert {key: status for key, (_, status) in watcher.jobs.items()} == READY
        assert not watcher.view.is_astray
        assert browser.versions == sorted(browser.versions)
