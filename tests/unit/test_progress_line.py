"""A line knows how to break a connection, and when."""

import asyncio
from typing import Any

import pytest

from jobwire.api.line import AsgiLine
from patience import PATIENCE_S


class Transport:
    def __init__(self) -> None:
        self.held = 100
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        return self.held

    def get_extra_info(self, _: str) -> None: ...

    def abort(self) -> None:
        self.held = 0
        self.aborted.set()


class Server:
    """As uvicorn's cycle: `send` is bound to what has the transport."""

    def __init__(self) -> None:
        self.transport = Transport()
        self.disconnected = False
        self.chunked_encoding: bool | None = None
        self.expected_content_length = 0
        self.sent: list[str] = []
        self.headers: list[tuple[bytes, bytes]] = []

    async def send(self, message: Any) -> None:
        self.sent.append(message["type"])
        self.headers += message.get("headers", [])


async def test_the_answer_starts_with_its_first_bytes():
    server = Server()
    line = AsgiLine(server.send, [])
    assert server.sent == []
    await line.send(b"x")
    await line.end(60)
    assert server.sent == ["http.response.start", "http.response.body", "http.response.body"]


async def test_the_answer_ends_with_its_connection():
    server = Server()
    line = AsgiLine(server.send, [])
    await line.send(b"x" * 20)
    assert server.chunked_encoding is False
    assert server.expected_content_length == 20  # as much as uvicorn is about to send
    assert (b"connection", b"close") in server.headers


async def test_what_is_not_taken_in_the_end_is_dropped():
    server = Server()
    await AsgiLine(server.send, []).end(0.01)
    async with asyncio.timeout(PATIENCE_S):
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
