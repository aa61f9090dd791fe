"""A stream's answer on its way to one client, over ASGI."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, Protocol, cast

from starlette.types import Send


class AsgiLine:
    """Sends the start of the answer with its first bytes; fits `progress.ports.Line`.

    The answer ends with its connection (RFC 9112, section 6.3): behind an answer in chunks, HAProxy holds every event
    back for 200 ms, as long as more is to come.

    ASGI has no way to say that, nor to break a connection, and uvicorn's `send` never raises: after a client that has
    stopped to read, it waits for ever, also when the server is to end. So this reaches for uvicorn's side of the
    request, which is behind `send`. Where there is none (another server), the answer comes in chunks, and `drop`
    cancels the request's task, and leaves the connection to the server.
    """

    def __init__(self, send: Send, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = [*headers, (b"connection", b"close")]
        self._is_started = False
        self._task = asyncio.current_task()
        self._cycle = _cycle(send)

    async def send(self, data: bytes) -> None:
        """Send bytes; return when the connection can take more."""
        await self._start()
        if self._cycle is not None:
            self._cycle.expected_content_length = len(data)
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    def put(self, data: bytes) -> bool:
        """Send bytes at once, unless some still wait. What uvicorn's `send` would write, at an eighth of the price."""
        cycle = self._cycle
        if cycle is None or cycle.disconnected or not self._is_started:
            return False
        if cycle.transport.get_write_buffer_size():
            return False
        cycle.transport.write(data)
        return True

    async def end(self, patience_s: float) -> None:
        """Say that this was all. The server then closes the connection: it must be over within `patience_s`."""
        await self._start()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if self._cycle is not None and self._cycle.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(patience_s, _reset_unless_taken, self._cycle.transport)

    def drop(self) -> None:
        """Break the connection at once."""
        if self._cycle is not None:
            _reset(self._cycle.transport)
        elif self._task is not None:
            self._task.cancel()

    async def _start(self) -> None:
        if not self._is_started:
            self._is_started = True
            headers, self._headers = self._headers, []  # a viewer may wait for hours: nothing is kept for it
            if self._cycle is not None:
                self._cycle.chunked_encoding = False
            await self._send({"type": "http.response.start", "status": HTTPStatus.OK.value, "headers": headers})


class _Cycle(Protocol):
    """uvicorn's side of one request.

    `chunked_encoding` is None until the answer begins: uvicorn chooses, then. Where it is false, no more may be sent
    than `expected_content_length`, which goes down by what is.
    """

    transport: asyncio.WriteTransport
    disconnected: bool
    chunked_encoding: bool | None
    expected_content_length: int


def _reset_unless_taken(transport: asyncio.WriteTransport) -> None:
    if transport.get_write_buffer_size():
        _reset(transport)


def _reset(transport: asyncio.WriteTransport) -> None:
    """Break a connection so that this does not look like its end, and the kernel forgets what was not taken."""
    is_open = transport.get_write_buffer_size() or not transport.is_closing()
    if is_open and (opened := transport.get_extra_info("socket")) is not None:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()


_AT_ONCE: Final = struct.pack("ii", 1, 0)
_ATTRIBUTES: Final = ("transport", "disconnected", "chunked_encoding", "expected_content_length")


def _cycle(send: Send) -> _Cycle | None:
    found = getattr(send, "__self__", None)
    return cast("_Cycle", found) if all(hasattr(found, name) for name in _ATTRIBUTES) else None
