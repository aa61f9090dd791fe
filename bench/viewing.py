"""One viewer's stream over real HTTP, taken apart as an `EventSource` does: an event is there with its blank line."""

import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp

from jobwire.client.sse import Event, EventParser

ZLIB_GZIP = 31
"""zlib's name for the gzip format."""


class Seen(NamedTuple):
    """An event and when it was dispatched, on the clock that all processes of the machine share (ns)."""

    event: Event
    at_ns: int


class Stream:
    """The events of one answer. `wire_bytes` and `text_bytes` count its body so far, before and after gzip."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._parser = EventParser()
        zipped = response.headers.get("Content-Encoding") == "gzip"
        self._unzip = zlib.decompressobj(ZLIB_GZIP).decompress if zipped else bytes
        self.wire_bytes = 0
        self.text_bytes = 0

    @property
    def retry_ms(self) -> int | None:
        """What the server last asked for; None where it did not."""
        return self._parser.retry_ms

    async def events(self) -> AsyncIterator[Seen]:
        async for chunk in self._response.content.iter_any():
            text = self._unzip(chunk)
            self.wire_bytes += len(chunk)
            self.text_bytes += len(text)
            events = self._parser.feed(text)
            now = time.monotonic_ns()
            for event in events:
                yield Seen(event, now)


def client(url: str) -> aiohttp.ClientSession:
    """A client that takes gzip as a browser does, and leaves it to `Stream` to undo it."""
    return aiohttp.ClientSession(
        url,
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None),
        headers={"Accept-Encoding": "gzip"},
        auto_decompress=False,
    )


@asynccontextmanager
async def watching(
    session: aiohttp.ClientSession, run_id: int, token: str, *, extras: str = ""
) -> AsyncGenerator[Stream]:
    """Watch a run for as long as it is entered."""
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
    path = f"/api/ingestion/progress/{run_id}"
    async with session.get(path, headers=headers, params={"extras": extras}) as response:
        response.raise_for_status()
        yield Stream(response)
