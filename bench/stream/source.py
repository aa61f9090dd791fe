"""A client that does what a browser's `EventSource` does: comes back after each end, with the last id that it has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

import aiohttp

from bench.viewing import Seen, Stream, client

RETRY_MS: Final = 1_000


class EventSource:
    """One viewer. `text_bytes` count all answers' bodies so far, without compression; `cuts` how many have ended."""

    def __init__(self, url: str, last_id: str = "", *, encoding: str = "identity") -> None:
        """`url` is a path with its query, of the session that `events` is given."""
        self._url = url
        self._last_id = last_id
        self._encoding = encoding
        self._retry_ms = RETRY_MS
        self.text_bytes = 0
        self.ends = 0

    async def events(self, session: aiohttp.ClientSession) -> AsyncIterator[Seen]:
        while True:
            headers = {"Accept": "text/event-stream", "Accept-Encoding": self._encoding}
            if self._last_id:
                headers["Last-Event-ID"] = self._last_id
            async with session.get(self._url, headers=headers) as response:
                response.raise_for_status()
                if response.status == 204:
                    return
                stream = Stream(response)
                async with aclosing(stream.events()) as events:
                    async for seen in events:
                        self._last_id = seen.event.id or self._last_id
                        yield seen
                self.text_bytes += stream.text_bytes
                self._retry_ms = stream.retry_ms or self._retry_ms
            self.ends += 1
            await asyncio.sleep(self._retry_ms / 1000)


def session(host: str, port: int) -> aiohttp.ClientSession:
    return client(f"http://{host}:{port}")
