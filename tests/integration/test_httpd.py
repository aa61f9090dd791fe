"""The HTTP server itself, over real sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jobwire.httpd import COMPLAINTS_AT_ONCE, MAX_HEAD_BYTES, HttpServer
from patience import PATIENCE_S


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the size of the body, and how many cookies came with it."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"%d cookies: %d" % (size, [name for name, _ in scope["headers"]].count(b"cookie"))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with HttpServer(echo, host="127.0.0.1", port=0) as server:
        yield int(server.url.rpartition(":")[2])


async def answer(port: int, *parts: bytes) -> bytes:
    """Send the parts, and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(PATIENCE_S):
            return await reader.read()
    except ConnectionError:  # it has closed while we were still writing
        return await reader.read()
    finally:
        writer.close()


CLOSE = b"host: x\r\nconnection: close\r\n"


@pytest.mark.parametrize(
    "endless",
    [b"GET /" + b"x" * 4096, b"GET / HTTP/1.1\r\nx: " + b"y" * 4096, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 700],
)
async def test_a_head_without_an_end_is_refused(port: int, endless: bytes):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(endless)
    sent = len(endless)
    said = asyncio.create_task(reader.read())
    more = endless.split(b"\r\n")[-1][-1:] * 4096 or b"a: b\r\n" * 700
    async with asyncio.timeout(PATIENCE_S):
        while not said.done() and sent < 100 * MAX_HEAD_BYTES:
            try:
                writer.write(more)
                await writer.drain()
            except ConnectionError:
                break
            sent += len(more)
            await asyncio.wait({said}, timeout=0.001)
    with contextlib.suppress(ConnectionError):  # reset: the answer was lost behind what we were still sending
        assert (await said).startswith(b"HTTP/1.1 431 ")
    assert sent < 50 * MAX_HEAD_BYTES
    writer.close()


async def test_what_comes_after_a_body_has_a_limit_and_is_no_header(port: int) -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"transfer-encoding: chunked\r\n\r\n"
    trailer = b"cookie: jobwire_session=x\r\n"
    assert (await answer(port, head, b"2\r\nab\r\n0\r\n", trailer, b"\r\n")).endswith(b"2 cookies: 0")
    for endless in (trailer * 200, b"y" * 4096):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b"2\r\nab\r\n0\r\nx: y")
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionError):
                for _ in range(100 * MAX_HEAD_BYTES // 4096):
                    writer.write(endless)
                    await writer.drain()
                    await asyncio.sleep(0)
                pytest.fail("It takes whatever comes.")
        writer.close()


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"GET / HTTP/1.1\r\nhost:"],
        [b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n", b"half"],
        [b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET /"],
    ],
)
async def test_who_dawdles_is_not_waited_for(parts: list[bytes]) -> None:
    async with HttpServer(echo, host="127.0.0.1", port=0, request_s=0.2) as server:
        said = await answer(int(server.url.rpartition(":")[2]), *parts)
        assert said.count(b"HTTP/1.1 200") == b"".join(parts).count(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")


async def test_an_answer_may_take_longer_than_a_request() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.5)
        await echo(scope, receive, send)

    async with HttpServer(slow, host="127.0.0.1", port=0, request_s=0.1) as server:
        said = await answer(int(server.url.rpartition(":")[2]), b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n")
        assert said.startswith(b"HTTP/1.1 200")


async def test_a_large_body_is_no_head(port: int):
    body = b"z" * (4 * MAX_HEAD_BYTES)
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"content-length: %d\r\n\r\n" % len(body)
    for parts in ([head, body], [head + body], [head[:20], head[20:], body[:9], body[9:]]):
        assert (await answer(port, *parts)).endswith(b"%d cookies: 0" % len(body))


async def test_requests_in_a_row_have_a_limit_each(port: int):
    padding = b"x: " + b"y" * (MAX_HEAD_BYTES - 1024) + b"\r\n"
    one = b"GET / HTTP/1.1\r\nhost: x\r\n" + padding + b"\r\n"
    last = b"GET / HTTP/1.1\r\n" + CLOSE + padding + b"\r\n"
    assert (await answer(port, one, one, last)).count(b"HTTP/1.1 200") == 3


async def test_a_flood_of_bad_requests_is_told_in_a_few_lines_beside_all_others(caplog: pytest.LogCaptureFixture):
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/broken":
            raise ZeroDivisionError
        await echo(scope, receive, send)

    upgrade = b"GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade, close\r\nhost: x\r\n\r\n"
    with caplog.at_level("WARNING"):
        async with HttpServer(broken, host="127.0.0.1", port=0) as server:
            port = int(server.url.rpartition(":")[2])
            for _ in range(COMPLAINTS_AT_ONCE + 5):
                assert b" 400 " in await answer(port, b"no HTTP\r\n\r\n")
                assert b" 200 " in await answer(port, upgrade)
            assert b" 500 " in await answer(port, b"GET /broken HTTP/1.1\r\n" + CLOSE + b"\r\n")
            told = [record.message for record in caplog.records]
    fields = [getattr(record, "fields", {}) for record in caplog.records]
    assert told == ["request.refused"] * COMPLAINTS_AT_ONCE + ["Exception in ASGI application\n"]
    assert fields[-2:] == [
        {"why": "it is no HTTP", "more": COMPLAINTS_AT_ONCE // 2 + 5},
        {"why": "it wants another protocol", "more": COMPLAINTS_AT_ONCE // 2 + 5},
    ]
