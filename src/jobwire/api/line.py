"""A stream's answer on its way to one client, over ASGI."""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Protocol, cast

from starlette.types import Send


class AsgiLine:
    """Sends the start of the answer with its first bytes; fits `progress.ports.Line`.

    ASGI has no way to break a connection, and uvicorn's `send` never raises: after a client that has stopped to read,
    it waits for ever, also when the server is to end. So this reaches for uvicorn's transport, which is behind `send`.
    Where there is none (another server), it cancels the request's task, and leaves the connection to the server.
    """

    def __init__(self, send: Send, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = list(headers)
        self._is_started = False
        self._task = asyncio.current_task()
        self._transport = _transport(send)
        self._cycle = _cycle(send)

    async def send(self, data: bytes) -> None:
        """Send bytes; return when the connection can take more."""
        await self._start()
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    def put(self, data: bytes) -> bool:
        """Send bytes at once, unless some still wait. What uvicorn's `send` would write, at an eighth of the price."""
        cycle = self._cycle
        if cycle is None or cycle.disconnected or not cycle.chunked_encoding:
            return False
        if cycle.transport.get_write_buffer_size():
            return False
        cycle.transport.write(_chunk(data))
        return True

    async def end(self, patience_s: float) -> None:
        """Say that this was all. If the server then closes the connection, it must be over within `patience_s`."""
        await self._start()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if self._transport is not None and self._transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(patience_s, _drop_unless_taken, self._transport, patience_s)

    def drop(self) -> None:
        """Break the connection at once."""
        if self._transport is not None:
            self._transport.abort()
        elif self._task is not None:
            self._task.cancel()

    async def _start(self) -> None:
        if not self._is_started:
            self._is_started = True
            headers, self._headers = self._headers, []  # a viewer may wait for hours: nothing is kept for it
            await self._send({"type": "http.response.start", "status": HTTPStatus.OK.value, "headers": headers})


class _Cycle(Protocol):
    """uvicorn's side of one request. `chunked_encoding` is true once the answer has begun, and is sent in chunks."""

    transport: asyncio.WriteTransport
    disconnected: bool
    chunked_encoding: bool | None


def _cycle(send: Send) -> _Cycle | None:
    found = getattr(send, "__self__", None)
    known = all(hasattr(found, name) for name in ("transport", "disconnected", "chunked_encoding"))
    return cast("_Cycle", found) if known else None


@lru_cache(maxsize=8)
def _chunk(data: bytes) -> bytes:
    """A chunk of HTTP/1.1; the same bytes go to thousands, one after the other."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def _transport(send: Send) -> asyncio.WriteTransport | None:
    found = getattr(getattr(send, "__self__", None), "transport", None)
    return cast("asyncio.WriteTransport | None", found)


def _drop_unless_taken(transport: asyncio.WriteTransport, patience_s: float) -> None:
    """Abort what is closing and still holds bytes: it would wait for ever.

    A connection that is kept alive may be at its next answer, which has a patience of its own, or not be closing yet.
    """
    if not transport.get_write_buffer_size():
        return
    if transport.is_closing():
        transport.abort()
    else:
        asyncio.get_running_loop().call_later(patience_s, _drop_unless_taken, transport, patience_s)
