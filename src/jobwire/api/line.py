"""A stream's answer on its way to one client, over uvicorn."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from starlette.types import Send

from jobwire.progress.ports import Pipe

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from jobwire.httpd import Connection


class UvicornLine:
    """Sends the start of the answer with its first bytes; fits `progress.ports.Line`.

    The answer ends with its connection (RFC 9112, section 6.3): behind an answer in chunks, HAProxy holds every event
    back for 200 ms, as long as more is to come.

    ASGI has no way to say that, nor to break a connection, and uvicorn's `send` never raises: after a client that has
    stopped to read, it waits for ever, also when the server is to end. So this reaches for uvicorn's side of the
    request, which is behind `send` (decision 0005).
    """

    __slots__ = ("_connection", "_cycle", "_headers")

    def __init__(self, send: Send, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """`send` is that of a request which `jobwire.httpd` serves."""
        self._cycle = cast("RequestResponseCycle", getattr(send, "__self__"))  # noqa: B009 - a bound method's
        # Not the transport's protocol, which is none once the client has gone
        self._connection = cast("Connection", getattr(self._cycle.on_response, "__self__"))  # noqa: B009
        self._headers: list[tuple[bytes, bytes]] | None = [*headers, (b"connection", b"close")]

    async def send(self, data: bytes) -> None:
        """Send bytes; return when the connection can take more."""
        await self._start()
        self._cycle.expected_content_length = len(data)  # no more may be sent, and it goes down by what is
        await self._cycle.send({"type": "http.response.body", "body": data, "more_body": True})

    def pipe(self) -> Pipe | None:
        """The transport, once the answer has begun: to write there costs an eighth of what uvicorn's `send` does."""
        return None if self._headers is not None or self._cycle.disconnected else self._cycle.transport

    def when_lost(self, tell: Callable[[], None]) -> None:
        """Call this when the client has gone; at once, if it has already."""
        if self._cycle.disconnected:
            tell()
        else:
            self._connection.when_lost(tell)

    async def lost(self, within_s: float) -> None:
        """Wait until the server knows that the client has gone, but not for longer."""
        gone = asyncio.Event()
        self.when_lost(gone.set)
        with suppress(TimeoutError):
            await asyncio.wait_for(gone.wait(), within_s)

    def close(self) -> None:
        """Tell nobody any more when the client goes."""
        self._connection.when_lost(None)

    async def end(self, patience_s: float) -> None:
        """Say that this was all. The server then closes the connection: it must be over within `patience_s`."""
        await self._start()
        await self._cycle.send({"type": "http.response.body", "body": b"", "more_body": False})
        if self._cycle.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(patience_s, _reset_unless_taken, self._cycle.transport)

    def drop(self) -> None:
        """Break the connection at once."""
        _reset(self._cycle.transport)

    async def _start(self) -> None:
        if self._headers is not None:
            headers, self._headers = self._headers, None  # a viewer may wait for hours: nothing is kept for it
            self._cycle.chunked_encoding = False  # uvicorn would choose, where this is None
            await self._cycle.send(
                {"type": "http.response.start", "status": HTTPStatus.OK.value, "headers": headers, "trailers": False}
            )


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
