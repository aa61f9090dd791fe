"""Run as a process: a bare socket of asyncio, on the loop that Jobwire serves on. Nothing in Python does less."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, cast

from bench.parent import Parent, work_for_parent
from bench.server import BenchServer
from bench.stream.peer import Peer
from bench.stream.posted import Listening, posted
from bench.stream.rows import FLOOR
from bench.stream.sizes import Sizes

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
DONE: Final = b"HTTP/1.1 204 No Content\r\n\r\n"


@asynccontextmanager
async def floor(_server: BenchServer, _sizes: Sizes) -> AsyncGenerator[Peer]:
    async with posted(FLOOR, "bench.stream.floor") as peer:
        yield peer


class Connection(asyncio.Protocol):
    """Reads one small request at a time, as the benchmark's own clients send them."""

    viewers: Final[set[asyncio.Transport]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._request = b""

    def data_received(self, data: bytes) -> None:
        self._request += data
        head, found, body = self._request.partition(b"\r\n\r\n")
        if not found:
            return
        if head.startswith(b"GET"):
            self.viewers.add(self._transport)
            self._transport.write(HEAD)
        elif len(body) == _length(head):
            self._transport.write(DONE)
            self._broadcast(body)
        else:
            return
        self._request = b""

    def connection_lost(self, _exc: Exception | None) -> None:
        self.viewers.discard(self._transport)

    def _broadcast(self, event: bytes) -> None:
        for viewer in self.viewers:
            viewer.write(event)


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return next(int(value) for name, _, value in lines if name.lower() == b"content-length")


async def serve(parent: Parent) -> None:
    await parent.hear(None)
    listener = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=2048)
    parent.tell(Listening(listener.sockets[0].getsockname()[1]))
    await parent.gone()
    listener.close()


if __name__ == "__main__":
    work_for_parent(serve)
