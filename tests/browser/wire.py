"""The way between a browser and a server, in a test's hand: it counts the streams that go over it, and cuts them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from patience import PATIENCE_S

STREAM = b"GET /api/ingestion/progress/"


class Wire:
    """A TCP relay: bytes go over as they are."""

    def __init__(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        self._to = (parts.hostname, parts.port)
        self._streams: set[asyncio.StreamWriter] = set()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self.url = ""
        self.streams_ever = 0
        self.most_streams = 0
        """At a time."""
        self._changed = asyncio.Condition()

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    async def has_streams(self, count: int) -> None:
        """Wait until so many are open."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: self.streams == count)

    def cut(self) -> None:
        """Break every stream that is open, as a network does."""
        for writer in self._streams:
            writer.transport.abort()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        # Ended by their ends: a cancelled one is complained of by asyncio's server
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections[connection] = writer
        try:
            there, back = await asyncio.open_connection(*self._to)
        except OSError:
            writer.transport.abort()
        else:
            # Whichever side ends first ends the other, too
            ways = [asyncio.create_task(self._up(reader, back, writer)), asyncio.create_task(_down(there, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                back.transport.abort()
                writer.close()
        finally:
            del self._connections[connection]
            await self._note(writer, opened=False)

    async def _up(self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, browser: asyncio.StreamWriter) -> None:
        while data := await _read(reader):
            # A request comes whole: browsers send it in one go
            await self._note(browser, opened=data.startswith(STREAM))
            to.write(data)

    async def _note(self, browser: asyncio.StreamWriter, *, opened: bool) -> None:
        if opened:
            self._streams.add(browser)
            self.streams_ever += 1
            self.most_streams = max(self.most_streams, self.streams)
        else:
            self._streams.discard(browser)
        async with self._changed:
            self._changed.notify_all()


async def _down(reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    while data := await _read(reader):
        to.write(data)
        await to.drain()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except OSError:
        return b""


@asynccontextmanager
async def wire_to(server_url: str) -> AsyncIterator[Wire]:
    """A wire to that server, on a free port of its own."""
    wire = Wire(server_url)
    await wire.open()
    try:
        yield wire
    finally:
        await wire.close()
