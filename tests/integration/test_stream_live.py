"""A run, live: from a commit in the database to a client that holds the same."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from stream_server import Show, connect, show

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, UserId
from jobwire.storage.database import Database
from patience import PATIENCE_S
from stream_wire import Watcher

WRITER = Path(__file__).with_name("stream_writer.py")


@pytest.fixture
async def shown(database: Database) -> AsyncIterator[Show]:
    async with show(database) as shown:
        yield shown


async def start(shown: Show, *companies: str) -> tuple[UserId, RunId]:
    me = await shown.book.user()
    return me, await shown.book.start(me, companies)


async def test_a_whole_run(shown: Show):
    me, run = await start(shown, "a", "b")
    async with connect(shown.client(me), shown.url(run)) as stream:
        await stream.until("status")
        await shown.book.begin(run)
        await stream.until("status", "status")
        await shown.book.listed(run, "a", {"1": "One", "2": "Zwei 二"})
        await shown.book.listed(run, "b", {})
        await stream.until("status", "all_jobs")
        assert stream.watcher.jobs == await shown.stored(run)
        await shown.book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
        await stream.until_job("a", "1", "crawling")
        await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY})
        await stream.until_job("a", "1", "ready")
        await shown.book.set(run, {JobKey("a", "2"): JobStatus.ERROR})
        await stream.to_the_end()
    watcher = stream.watcher
    assert watcher.jobs == await shown.stored(run)
    assert watcher.names == ["status", "status", "status", "all_jobs", "update", "update", "all_jobs", "status"]
    assert watcher.view.status == await shown.status(run) == "finished"
    assert 1_000 <= (stream.parser.retry or 0) <= 3_000


async def test_only_the_last_event_of_a_group_has_an_id(shown: Show):
    me, run = await start(shown, "a")
    await shown.book.listed(run, "a", {"1": "One"})
    async with connect(shown.client(me), shown.url(run)) as stream:
        await stream.until("all_jobs")
        await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY})
        await stream.to_the_end()
    ids = [event.id and event.id.split(".")[0] for event in stream.watcher.events]
    assert list(zip(stream.watcher.names, ids, strict=True)) == [
        ("status", None),
        ("all_jobs", "2"),
        ("all_jobs", None),
        ("status", "3"),
    ]


async def test_a_client_that_comes_back_gets_the_diff(shown: Show):
    me, run = await start(shown, "a")
    await shown.book.listed(run, "a", {str(number): f"Job {number}" for number in range(100)})
    watcher, client = Watcher(), shown.client(me)
    async with connect(client, shown.url(run), watcher) as stream:
        await stream.until("all_jobs")
    before = len(watcher.events)
    await shown.book.set(run, {JobKey("a", "7"): JobStatus.CRAWLING})
    await shown.book.set(run, {JobKey("a", "7"): JobStatus.READY, JobKey("a", "8"): JobStatus.ERROR})
    async with connect(client, shown.url(run), watcher) as stream:
        await stream.until_job("a", "8", "error")
    # One update, or two where the server had read the first change only when the client came back: never what it has
    told = [json.loads(event.data) for event in watcher.events[before:] if event.name == "update"]
    assert len(told) == len(watcher.events) - before <= 2
    assert told[-1] == {"a": {"7": "ready", "8": "error"}}
    assert told[:-1] in ([], [{"a": {"7": "crawling"}}])
    assert watcher.jobs == await shown.stored(run)


async def work(shown: Show, run: RunId, jobs: int) -> None:
    """Settle one job after the other, for about two seconds."""
    for number in range(jobs):
        for status in (JobStatus.CRAWLING, JobStatus.READY):
            await shown.book.set(run, {JobKey("a", str(number)): status})
            await asyncio.sleep(0.01)


async def test_cut_all_the_time_a_client_ends_with_what_the_database_has(database: Database):
    async with show(database, max_connection_s=0.3) as shown:
        me, run = await start(shown, "a", "b")
        client, watcher, connections = shown.client(me), Watcher(), 0
        await shown.book.listed(run, "b", {"1": "Other"})
        await shown.book.listed(run, "a", {str(number): f"Job {number}" for number in range(80)})
        working = asyncio.create_task(work(shown, run, 80))
        async with asyncio.timeout(PATIENCE_S):
            while not watcher.has_ended:
                async with connect(client, shown.url(run), watcher) as stream:
                    await stream.to_the_end()
                    connections += 1
                    assert watcher.has_ended or stream.parser.retry == 20
                if working.done() and not watcher.has_ended:
                    await shown.book.set(run, {JobKey("b", "1"): JobStatus.SKIPPED})
        await working
        assert connections > 4
        assert watcher.jobs == await shown.stored(run)
        assert watcher.names.count("all_jobs") == 2
        assert watcher.names.index("all_jobs") < 2
        assert watcher.names[-2:] == ["all_jobs", "status"]


async def test_a_lost_wake_up_is_found_by_the_sweep(database: Database):
    async with show(database, listen=False, sweep_s=0.05) as shown:
        me, run = await start(shown, "a")
        await shown.book.listed(run, "a", {"1": "One"})
        async with connect(shown.client(me), shown.url(run)) as stream:
            await stream.until("all_jobs")
            await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY})
            await stream.to_the_end()
        assert stream.watcher.jobs == await shown.stored(run)


async def test_with_neither_wake_up_nor_sweep_nothing_comes(database: Database):
    """Without this one, the two tests around it could pass by each other's means."""
    async with show(database, listen=False, sweep_s=3_600) as shown:
        me, run = await start(shown, "a")
        await shown.book.listed(run, "a", {"1": "One"})
        async with connect(shown.client(me), shown.url(run)) as stream:
            await stream.until("all_jobs")
            await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY})
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(stream.read(), 0.5)


async def test_what_another_process_commits_arrives_by_wake_up(database: Database, database_url: str):
    async with show(database, sweep_s=3_600) as shown:
        me, run = await start(shown, "a")
        await shown.book.listed(run, "a", {"1": "One", "2": "Two"})
        async with connect(shown.client(me), shown.url(run)) as stream:
            await stream.until("all_jobs")
            writer = await asyncio.create_subprocess_exec(
                sys.executable, str(WRITER), str(run), stdin=asyncio.subprocess.PIPE
            )
            await writer.communicate(database_url.encode())
            assert writer.returncode == 0
            await stream.until_job("a", "1", "crawling")
            assert stream.watcher.jobs == await shown.stored(run)


async def test_many_viewers_of_one_run_see_the_same_for_one_read_a_change(shown: Show):
    me, run = await start(shown, "a")
    await shown.book.listed(run, "a", {str(number): "x" for number in range(20)})

    async def watch() -> Watcher:
        async with connect(shown.client(me), shown.url(run)) as stream:
            await stream.to_the_end()
            return stream.watcher

    watching = [asyncio.create_task(watch()) for _ in range(30)]
    await work(shown, run, 20)
    stored = await shown.stored(run)
    for watcher in await asyncio.gather(*watching):
        assert watcher.jobs == stored
        assert watcher.view.status == "finished"
    assert shown.hub.channels == 1
