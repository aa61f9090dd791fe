"""Many viewers as browsers are, each on sockets of its own: they come back by themselves, after the newest `retry`."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx

from patience import PATIENCE_S
from stream_wire import Event, SseParser, Watcher

BASE, OWN = "", "added,beat,rotate"
"""Which extras they name."""
_MANY: Final = 2**20


@dataclass
class Visit:
    """One connection: to which server, what it brought, and how it ended."""

    server: str
    at: float
    """When its first bytes came (`time.monotonic`)."""
    events: list[Event] = field(default_factory=list)
    retry_ms: int | None = None
    retries: int = 0
    """How often one came."""
    is_clean: bool = False
    """Whether the server ended it, and did not just go."""


@dataclass
class Browser:
    """A viewer. `servers` are tried in this order, as a load balancer does."""

    servers: Sequence[str]
    path: str
    on_news: Callable[[], None]
    watcher: Watcher = field(default_factory=Watcher)
    visits: list[Visit] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    """Of all cursors that it had."""

    async def follow(self) -> None:
        """Watch until the run has ended."""
        retry_ms = 1_000
        while not self.watcher.has_ended:
            if visit := await self._visit():
                retry_ms = visit.retry_ms or retry_ms
            if not self.watcher.has_ended:
                await asyncio.sleep(retry_ms / 1000)

    async def _visit(self) -> Visit | None:
        for server in self.servers:
            url = httpx.URL(server)
            with suppress(ConnectionRefusedError):
                reader, writer = await asyncio.open_connection(url.host, url.port, limit=_MANY)
                try:
                    return await self._watch(server, reader, writer)
                finally:
                    writer.close()
        return None

    async def _watch(self, server: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Visit | None:
        cursor = "".join(f"{name}: {value}\r\n" for name, value in self.watcher.headers.items())
        writer.write(f"GET {self.path} HTTP/1.1\r\nHost: {httpx.URL(server).host}\r\n{cursor}\r\n".encode())
        parser = SseParser()
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            visit = Visit(server, time.monotonic())
            self.visits.append(visit)
            self.on_news()
            while data := await reader.read(_MANY):
                self._take(visit, parser.feed(data))
                visit.retry_ms, visit.retries = parser.retry, parser.retries
            visit.is_clean = True
        except (ConnectionResetError, asyncio.IncompleteReadError):  # it went
            pass
        return self.visits[-1] if self.visits else None

    def _take(self, visit: Visit, events: Collection[Event]) -> None:
        for event in events:
            self.watcher.take([event])
            visit.events.append(event)
            if event.id:
                self.versions.append(int(event.id.split(".")[0]))
        self.on_news()

    @property
    def was_told(self) -> bool:
        """Whether the first of its servers said that it would go, and when to come back."""
        return any(
            visit.server == self.servers[0]
            and visit.is_clean
            and visit.retries == 2
            and 20 <= (visit.retry_ms or 0) <= 2_000
            and (OWN not in self.path or [event.name for event in visit.events[-1:]] == ["rotate"])
            for visit in self.visits
        )


class Crowd:
    """Browsers that watch one run."""

    def __init__(self, count: int, servers: Sequence[str], run: int, token: str) -> None:
        self._news = asyncio.Event()
        path = f"/api/ingestion/progress/{run}?token={token}&extras="
        self.browsers = [
            Browser(servers, path + (OWN if number % 2 else BASE), self._news.set) for number in range(count)
        ]

    async def follow(self) -> None:
        """Let all watch, to the end of the run."""
        async with asyncio.TaskGroup() as group:
            for browser in self.browsers:
                group.create_task(browser.follow())

    async def until(self, holds: Callable[[Browser], bool]) -> None:
        """Wait until this holds for each of them."""
        async with asyncio.timeout(PATIENCE_S):
            for browser in self.browsers:
                while not holds(browser):
                    self._news.clear()
                    await self._news.wait()
