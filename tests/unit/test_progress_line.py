"""A line knows how to break a connection, and when."""

import asyncio
from typing import Any

import pytest

from jobwire.api.line import AsgiLine


class Transport:
    def __init__(self) -> None:
        self.held = 100
        self.closing = False
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        return self.held

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.held = 0
        self.aborted.set()


class Server:
    """As uvicorn's cycle: `send` is bound to what has the transport."""

    def __init__(self) -> None:
        self.transport = Transport()
        self.sent: list[Any] = []

    async def send(self, message: Any) -> None:
        self.sent.append(message["type"])


async def test_the_answer_starts_with_its_first_bytes():
    server = Server()
    line = AsgiLine(server.send, [])
    assert server.sent == []
    await line.send(b"x")
    await line.end(60)
    assert server.sent == ["http.response.start", "http.response.body", "http.response.body"]


async def test_what_is_not_taken_is_dropped_once_the_connection_is_closing():
    server = Server()
    await AsgiLine(server.send, []).end(0.01)
    await asyncio.sleep(0.05)
    assert not server.transport.aborted.is_set()  # it may be at its next answer
    server.transport.closing = True
    async with asyncio.timeout(5):
        await server.transport.aborted.wait()


async def test_a_line_without_a_transport_ends_the_requests_task():
    async def send(message: Any) -> None:
        await asyncio.Event().wait()

    async def serve() -> None:
        line = AsgiLine(send, [])
        asyncio.get_running_loop().call_soon(line.drop)
        await line.send(b"x")

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(serve())
