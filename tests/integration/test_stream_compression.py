"""The stream as gzip, read by real clients: each event arrives when it happens."""

import asyncio
import gzip
import shutil
import zlib

import pytest
from stream_server import Show, connect, show

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.storage.database import Database
from patience import PATIENCE_S
from stream_wire import SseParser, Watcher

GZIP, IDENTITY = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}


async def a_run(shown: Show, jobs: int = 4) -> RunId:
    run = await shown.book.start(await shown.book.user(), ["a"])
    await shown.book.listed(run, "a", {str(number): f"Job {number}" for number in range(jobs)})
    return run


async def settle(shown: Show, run: RunId, number: int) -> None:
    await shown.book.set(run, {JobKey("a", str(number)): JobStatus.READY})


async def test_both_say_the_same_and_name_their_encoding(database: Database):
    async with show(database) as shown:
        run, client = await a_run(shown), shown.client(await shown.book.user())
        for headers, encoding in ((GZIP, "gzip"), (IDENTITY, None), ({"Accept-Encoding": "br, gzip;q=0"}, None)):
            async with connect(client, shown.url(run), headers=headers) as stream:
                await stream.until("all_jobs")
                assert stream.response.headers.get("content-encoding") == encoding
                assert stream.response.headers["vary"] == "Accept-Encoding"
                assert stream.watcher.jobs == await shown.stored(run)
            head = await client.head(shown.url(run), headers=headers)
            assert head.headers.get("content-encoding") == encoding


async def test_a_decoder_has_each_event_when_it_happens(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        url, headers = shown.url(run), {**GZIP, "Accept": "text/event-stream"}
        async with shown.client(await shown.book.user()).stream("GET", url, headers=headers) as response:
            watcher, parser, chunks = Watcher(), SseParser(), response.aiter_bytes()  # decoded by httpx

            async def until(count: int) -> None:
                async with asyncio.timeout(PATIENCE_S):
                    while len(watcher.events) < count:
                        watcher.take(parser.feed(await anext(chunks)))

            await until(2)
            for number in range(3):
                await settle(shown, run, number)
                await until(3 + number)
            assert watcher.names == ["status", "all_jobs", "update", "update", "update"]


async def test_an_answer_to_its_end_is_one_whole_gzip_member(database: Database):
    async with show(database) as shown:
        run = await a_run(shown, jobs=3_000)
        url = shown.url(run)
        async with shown.client(await shown.book.user()).stream("GET", url, headers=GZIP) as response:
            chunks = response.aiter_raw()
            raw = await anext(chunks)
            await shown.book.end(run)
            raw += b"".join([chunk async for chunk in chunks])
        text = gzip.decompress(raw)  # checks the trailer, too
        decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
        assert b"".join(decoder.decompress(raw[index : index + 1]) for index in range(len(raw))) == text
        assert decoder.eof
        watcher = Watcher()
        watcher.take(SseParser().feed(text))
        assert watcher.jobs == await shown.stored(run)
        assert watcher.has_ended


async def test_a_planned_end_has_a_trailer_too(database: Database):
    async with show(database, max_connection_s=0.2) as shown:
        run = await a_run(shown)
        answer = await shown.client(await shown.book.user()).get(shown.url(run), headers=GZIP)
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.text.endswith("retry: 20\n\n")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_curl_shows_events_as_they_come(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        curl = await asyncio.create_subprocess_exec(
            "curl",
            "--silent",
            "--no-buffer",
            "--compressed",
            f"{shown.url(run)}?token={shown.token(await shown.book.user())}",
            stdout=asyncio.subprocess.PIPE,
        )
        assert curl.stdout is not None
        watcher, parser = Watcher(), SseParser()

        async def until(count: int) -> None:
            async with asyncio.timeout(PATIENCE_S):
                while len(watcher.events) < count:
                    watcher.take(parser.feed(await curl.stdout.read(65_536)))

        await until(2)
        for number in range(3):
            await settle(shown, run, number)
            await until(3 + number)
        await settle(shown, run, 3)
        await until(7)
        assert await asyncio.wait_for(curl.wait(), PATIENCE_S) == 0
        assert watcher.has_ended
