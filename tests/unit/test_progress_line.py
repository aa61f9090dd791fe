"""A line over the server itself: what leaves, what the server knows, and how a connection is broken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jobwire.api import line as lines
from jobwire.api.line import UvicornLine
from jobwire.httpd import HttpServer
from patience import PATIENCE_S

Serve = Callable[[UvicornLine], Awaitable[None]]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@asynccontextmanager
async def client_of(serve: Serve) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await serve(UvicornLine(send, [(b"x-test", b"1")]))

    async with HttpServer(app, host="127.0.0.1", port=0) as server, asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        writer.write(GET)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def test_the_answer_starts_with_its_first_bytes():
    go = asyncio.Event()

    async def serve(line: UvicornLine) -> None:
        assert line.pipe() is None
        await go.wait()
        await line.send(b"one")
        await line.end(60)

    async with client_of(serve) as (reader, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
        go.set()
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"\r\nx-test: 1\r\n" in head
        assert await reader.read() == b"one"


async def test_the_answer_ends_with_its_connection():
    """Neither in chunks nor of a length: what comes is what was sent, until the connection ends."""

    async def serve(line: UvicornLine) -> None:
        await line.send(b"one")
        await line.send(b"two")
        await line.end(60)

    async with client_of(serve) as (reader, _):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"\r\nconnection: close\r\n" in head
        assert b"transfer-encoding" not in head.lower()
        assert b"content-length" not in head.lower()
        assert await reader.read() == b"onetwo"


async def test_what_goes_through_the_pipe_is_what_is_sent():
    data = b"x" * 20

    async def serve(line: UvicornLine) -> None:
        await line.send(data)
        pipe = line.pipe()
        assert pipe is not None
        pipe.write(data)
        await line.end(60)

    async with client_of(serve) as (reader, _):
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.read() == data + data


async def test_it_tells_when_the_client_has_gone():
    told: asyncio.Queue[object] = asyncio.Queue()

    async def serve(line: UvicornLine) -> None:
        line.when_lost(lambda: told.put_nowait("gone"))
        await line.send(b"one")
        await line.lost(PATIENCE_S)  # takes the other's place
        line.when_lost(lambda: told.put_nowait("already gone"))
        told.put_nowait(line.pipe())

    async with client_of(serve) as (reader, writer):
        await reader.readuntil(b"one")
        writer.transport.abort()
        assert await told.get() == "already gone"
        assert await told.get() is None


async def test_nobody_is_told_of_a_connection_that_ends_as_planned():
    told: list[str] = []

    async def serve(line: UvicornLine) -> None:
        line.when_lost(lambda: told.append("gone"))
        await line.send(b"one")
        line.close()
        await line.end(60)

    async with client_of(serve) as (reader, _):
        await reader.read()
    assert told == []


async def test_a_line_is_dropped_at_once():
    async def serve(line: UvicornLine) -> None:
        await line.send(b"one")
        await asyncio.sleep(0)
        line.drop()
        await line.lost(PATIENCE_S)

    async with client_of(serve) as (reader, _):
        with pytest.raises(ConnectionResetError):
            await reader.read()


class Transport:
    def __init__(self) -> None:
        self.held = 100
        self.is_aborted = False

    def get_write_buffer_size(self) -> int:
        return self.held

    def get_extra_info(self, _name: str) -> None:
        return None

    def abort(self) -> None:
        self.is_aborted = True


@pytest.mark.parametrize("held", [0, 100])
def test_what_is_not_taken_in_time_is_dropped(held: int):
    transport = Transport()
    transport.held = held
    lines._reset_unless_taken(transport)
    assert transport.is_aborted == bool(held)
