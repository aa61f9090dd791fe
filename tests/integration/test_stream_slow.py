"""Viewers that read one byte a second through a whole run: they cost next to nothing, and nobody notices.

Two servers, as processes, show the same run of 100,000 changes, one of them to slow viewers, too: what it takes more is
theirs. What one pins is in `test_progress_viewer.py`, too.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import httpx
import psutil
import pytest
from stream_process import EMAIL, Server, served, token
from stream_server import Connection, connect

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.storage.database import Database
from jobwire.storage.wakeups import Announcer
from patience import PATIENCE_S
from stream_books import LedgerBook

JOBS: Final = 50_000
"""Each of them changes twice."""
BATCH: Final = 500
CHANGES: Final = 2 * JOBS // BATCH
VIEWERS: Final = 8
GIVES_BACK: Final = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""What is free goes back to the system at once: glibc would keep 10 MB now and then, for whoever connects."""
ENCODINGS: Final = ("identity", "gzip")
EACH_BYTES: Final = 1_000_000
"""A slow viewer takes less."""
WORDS: Final = [f"Word{number}" for number in range(300)]


def titles() -> dict[str, str]:
    random = Random(1)
    return {str(number): " ".join(random.choices(WORDS, k=4)) for number in range(JOBS)}


class Shown:
    """A server's run, its quick viewer, and how late that one sees a change."""

    def __init__(self, server: Server, stream: Connection) -> None:
        self._memory = psutil.Process(server.process.pid)
        self._stream = stream
        self.late_s: list[float] = []

    def taken(self) -> int:
        """The server's memory that is no other process's, in bytes."""
        return self._memory.memory_full_info().uss

    async def see(self, key: str, status: JobStatus, since: float) -> None:
        await self._stream.until_job("a", key, status)
        self.late_s.append(time.monotonic() - since)


@asynccontextmanager
async def quick(server: Server, access: str, run: RunId, encoding: str = "gzip") -> AsyncIterator[Shown]:
    headers = {"Authorization": f"Bearer {access}", "Accept-Encoding": encoding}
    async with (
        httpx.AsyncClient(headers=headers, timeout=PATIENCE_S) as client,
        connect(client, f"{server.url}/api/ingestion/progress/{run}") as stream,
    ):
        await stream.until_job("a", "0", "pending")
        yield Shown(server, stream)


@asynccontextmanager
async def slow(server: Server, access: str, run: RunId, encoding: str) -> AsyncIterator[asyncio.Task[None]]:
    """The task that reads a byte a second: it ends when the connection does."""
    loop, url = asyncio.get_running_loop(), httpx.URL(server.url)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.setblocking(False)
        await loop.sock_connect(client, (url.host, url.port))
        head = f"GET /api/ingestion/progress/{run}?token={access} HTTP/1.1\r\nHost: {url.host}\r\n"
        await loop.sock_sendall(client, f"{head}Accept-Encoding: {encoding}\r\n\r\n".encode())
        assert await loop.sock_recv(client, 12) == b"HTTP/1.1 200"

        async def read() -> None:
            while await loop.sock_recv(client, 1):  # noqa: ASYNC110 - as slowly as that
                await asyncio.sleep(1)

        reading = asyncio.create_task(read())
        try:
            yield reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.skipif("JOBWIRE_TEST_LONG" not in os.environ, reason="takes a minute or two: make test-long")
async def test_a_viewer_that_reads_a_byte_a_second_costs_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(served(database_url, tmp_path / name, **GIVES_BACK))
            for name in ("one", "two")
        ]
        accesses = [await token(database_url, tmp_path / name) for name in ("one", "two")]
        announcer = await stack.enter_async_context(Announcer(database.conninfo))
        book = LedgerBook(database, announcer.announce)
        run = await book.start(await book.user(EMAIL), ["a"])
        await book.listed(run, "a", titles())
        alone, beside = [
            await stack.enter_async_context(quick(server, access, run))
            for server, access in zip(servers, accesses, strict=True)
        ]
        before = beside.taken() - alone.taken()
        reading: list[asyncio.Task[None]] = []
        for number, (keys, status) in enumerate(changes()):
            if number % (CHANGES // VIEWERS) == 0:  # at other versions, so that they do not all share a snapshot
                encoding = ENCODINGS[len(reading) % 2]
                async with quick(servers[0], accesses[0], run, encoding):
                    pass
                reading.append(await stack.enter_async_context(slow(servers[1], accesses[1], run, encoding)))
            began = time.monotonic()
            await book.set(run, dict.fromkeys((JobKey("a", key) for key in keys), status))
            await asyncio.gather(*(shown.see(keys[-1], status, began) for shown in (alone, beside)))
        assert not any(task.done() for task in reading)
        grown = beside.taken() - alone.taken() - before
        print(  # noqa: T201 - figures, for who asks with -s
            f"{VIEWERS} viewers of a byte a second took {grown / 1e6:.1f} MB; the quick one saw changes after "
            f"{said(beside.late_s)} beside them, {said(alone.late_s)} without them"
        )
        assert grown < VIEWERS * EACH_BYTES


def changes() -> Iterator[tuple[list[str], JobStatus]]:
    """All but one job go their way: the run does not end."""
    for start in range(1, JOBS, BATCH):
        keys = [str(number) for number in range(start, min(start + BATCH, JOBS))]
        for status in (JobStatus.CRAWLING, JobStatus.READY):
            yield keys, status


def said(late_s: Sequence[float]) -> str:
    ordered = sorted(late_s)
    return f"p50 {ordered[len(ordered) // 2] * 1000:.0f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1000:.0f} ms"
