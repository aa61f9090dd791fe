"""A whole run with all extras, over real HTTP, a real ledger and real wake-ups."""

import asyncio

import pytest
from stream_server import Connection, connect, show

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunStatus
from jobwire.progress.viewer import Patience
from jobwire.storage.database import Database
from patience import PATIENCE_S

ALL = {"extras": "added,companies,log,beat,rotate,novelty"}


async def until_counts(stream: Connection, name: str, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while stream.watcher.names.count(name) < count:
            assert await stream.read(), f"ended after {stream.watcher.names}"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_whole_run(database: Database, encoding: str):
    async with show(database) as shown:
        run = await shown.book.start(await shown.book.user(), ["a", "bb"])
        client = shown.client(await shown.book.user())
        options = {"params": ALL, "headers": {"Accept-Encoding": encoding}}
        async with connect(client, shown.url(run), **options) as stream:
            await stream.until("status", "all_jobs", "companies", "beat")
            await shown.book.listed(run, "a", {"1": "One", "2": "Two"})
            await until_counts(stream, "added", 1)
            assert stream.watcher.view.status is RunStatus.INITIALIZING
            await shown.book.log(run)
            await until_counts(stream, "log", 1)
            await shown.book.listed(run, "bb", {})
            await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY, JobKey("a", "2"): JobStatus.SKIPPED})
            await stream.to_the_end()
        view = stream.watcher.view
        assert view.status is RunStatus.FINISHED
        assert stream.watcher.names.count("all_jobs") == 1
        assert stream.watcher.names[-2:] == ["beat", "status"]
        assert not view.is_astray
        assert stream.watcher.jobs == await shown.stored(run)
        assert {name: (str(one.status), one.jobs) for name, one in view.standings.items()} == {
            "a": ("done", 2),
            "bb": ("done", 0),
        }
        assert [line.message for line in view.log] == ["nothing to see"]
        logged = await client.get(f"{shown.address}/api/ingestion/logs/{run}")
        assert [[line.seq, line.at] for line in view.log] == [[one["seq"], one["at"]] for one in logged.json()["logs"]]


async def test_a_client_goes_on_from_its_cursor(database: Database):
    async with show(database) as shown:
        run = await shown.book.start(await shown.book.user(), ["a", "bb"])
        client = shown.client(await shown.book.user())
        async with connect(client, shown.url(run), params=ALL) as stream:
            await stream.until("beat")
        watcher = stream.watcher
        await shown.book.listed(run, "a", {"1": "One", "2": "Two"})
        await shown.book.log(run)
        async with connect(client, shown.url(run), watcher, params=ALL) as stream:
            # The server may have read the listing before the line was written: then the line comes behind a beat
            for name, count in {"added": 1, "log": 1, "companies": 2, "beat": 2}.items():
                await until_counts(stream, name, count)
        assert watcher.names.count("all_jobs") == 1
        assert [line.message for line in watcher.view.log] == ["nothing to see"]
        assert watcher.jobs == await shown.stored(run)
        assert not watcher.view.is_astray


async def test_the_next_connection_is_made_before_this_one_breaks_and_nothing_is_late(database: Database):
    async with show(database, max_connection_s=3, patience=Patience(beat_s=0.2)) as shown:
        run = await shown.book.start(await shown.book.user(), ["a"])
        await shown.book.listed(run, "a", {str(number): "x" for number in range(9)})
        client = shown.client(await shown.book.user())
        async with connect(client, shown.url(run), params=ALL) as old:
            await until_counts(old, "rotate", 1)
            async with connect(client, shown.url(run), old.watcher, params=ALL) as new:
                await until_counts(new, "beat", old.watcher.names.count("beat") + 1)
                await old.response.aclose()
                await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY})
                await new.until_job("a", "1", "ready")
        assert old.watcher.names.count("all_jobs") == 1


async def test_a_client_that_names_nothing_gets_the_base_protocol(database: Database):
    async with show(database) as shown:
        run = await shown.book.start(await shown.book.user(), ["a"])
        await shown.book.listed(run, "a", {"1": "One"})
        await shown.book.log(run)
        client = shown.client(await shown.book.user())
        for params in ({}, {"extras": ""}, {"extras": "novelty"}):
            async with connect(client, shown.url(run), params=params) as stream:
                await stream.until("status", "all_jobs")
