"""uvicorn on the caller's loop: the port is open before `async with` goes on, signals stay the caller's."""

import asyncio
import contextlib
import logging
import os
import socket
from collections import Counter
from collections.abc import Callable, Generator
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, cast

import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from jobwire.logs import Log

BACKLOG: Final = 2048
KEEP_ALIVE_S: Final = 75
"""Longer than clients keep an idle connection, so that none is closed under a request."""
MAX_HEAD_BYTES: Final = 64 * 1024
"""A request whose head is not complete after so many bytes is refused: they are kept in memory until then.

So is one in whose chunked body so many bytes that are no content come in a row.
"""
REQUEST_S: Final = 75.0
"""A connection that has not sent a whole request after so long is closed, lest sockets run out on people who dawdle."""
COMPLAINTS_AT_ONCE: Final = 10
COMPLAINTS_S: Final = 60.0

_log = Log(__name__)
_uvicorn = logging.getLogger("uvicorn.error.grave")
_uvicorn.setLevel(logging.ERROR)
"""uvicorn's log without its warnings: it writes one or two for each bad request, however many there are."""
_HEAD_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)


class HttpServer:
    """Serves one ASGI application for as long as it is entered.

    Port 0 means a free one. Entering raises `OSError` where the port is taken. On leaving, `before_close` is called
    first; then requests under way get `grace_s` seconds to end. A request has `request_s` seconds to come in.
    """

    def __init__(
        self,
        app: Any,
        *,
        host: str,
        port: int,
        grace_s: int = 1,
        request_s: float = REQUEST_S,
        before_close: Callable[[], None] = lambda: None,
    ) -> None:
        self._host = host
        self._port = port
        self._before_close = before_close
        self._complaints = Complaints()
        self._url: str | None = None
        self._serving: asyncio.Task[None] | None = None
        self._server = _Server(
            uvicorn.Config(
                app,
                http=cast("Any", partial(Connection, complaints=self._complaints, request_s=request_s)),
                ws="none",
                lifespan="off",
                interface="asgi3",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=grace_s,
            )
        )

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end. Known once entered."""
        if self._url is None:
            raise RuntimeError("The server has no address before it is entered.")
        return self._url

    async def __aenter__(self) -> Self:
        """Open the port; requests are answered from here on."""
        listener = _listen(self._host, self._port)
        self._url = f"http://{_name(self._host)}:{listener.getsockname()[1]}"
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="http server")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the port and all connections."""
        assert self._serving is not None
        self._before_close()
        self._server.should_exit = True
        await self._serving
        self._complaints.sum_up()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make the loop that serves best here: uvloop, where there is one."""
    factory = uvicorn.Config("", log_config=None).get_loop_factory()
    return factory() if factory else asyncio.new_event_loop()


class Complaints:
    """Tells the log of requests that are none: of the first few in a minute one by one, of the rest how many."""

    def __init__(self) -> None:
        self._told = 0
        self._more = Counter[str]()
        self._minute: asyncio.TimerHandle | None = None

    def tell(self, why: str) -> None:
        """There was one more; `why` is one of a few constants."""
        if self._minute is None:
            self._minute = asyncio.get_running_loop().call_later(COMPLAINTS_S, self.sum_up)
        if self._told < COMPLAINTS_AT_ONCE:
            self._told += 1
            _log.warning("request.refused", why=why)
        else:
            self._more[why] += 1

    def sum_up(self) -> None:
        """End the minute."""
        if self._minute is not None:
            self._minute.cancel()
        for why, count in self._more.items():
            _log.warning("request.refused", why=why, more=count)
        self._told, self._minute = 0, None
        self._more.clear()


class Connection(HttpToolsProtocol):
    """uvicorn's side of a connection. A request's head has a limit; and it is small, for it may idle for hours.

    Whatever comes in has `request_s` seconds to become a whole request.
    """

    # Apart from the instance's dict, which takes three times the memory with more than 30 names in it
    __slots__ = ("_complaints", "_due", "_has_moved", "_head", "_in_body", "_on_lost", "_request_s")

    def __init__(self, *args: Any, complaints: Complaints, request_s: float = REQUEST_S, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _uvicorn
        self._complaints = complaints
        self._request_s = request_s
        self._due: asyncio.TimerHandle | None = None
        """When the request that is coming in has to be whole; None between two, and while one is answered."""
        self._head = 0
        """How much of the head has come without its end, without what was read in one go with its beginning."""
        self._has_moved = False
        """Whether what was read last held the beginning or the end of anything."""
        self._in_body = False
        self._on_lost: Callable[[], None] | None = None

    def when_lost(self, tell: Callable[[], None] | None) -> None:
        """Call this once, and none that was given before, when the connection is no more. None: nothing."""
        self._on_lost = tell

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin."""
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self.pipeline = cast("Any", _Pipeline())
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        self._expect_nothing()
        tell, self._on_lost = self._on_lost, None
        if tell is not None:
            tell()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the wire."""
        if self.transport.is_closing():
            return
        self._has_moved = False
        super().data_received(data)
        self._head = 0 if self._has_moved else self._head + len(data)
        if self._head > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._complaints.tell("its head is too large")
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._complaints.tell("it is no HTTP")
        super().send_400_response(msg)

    def _unsupported_upgrade_warning(self) -> None:
        """It is answered all the same, as if it had not asked for that (RFC 9110, 7.8)."""
        self._complaints.tell("it wants another protocol")

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._has_moved = True
        if self._due is None:
            self._await_request()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head. What comes after the body must not pass for one (RFC 9110, 6.5.1)."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End a head."""
        self._in_body = self._has_moved = True
        super().on_headers_complete()
        self.url = b""  # the scope has it
        self.cycle.message_event = _Event()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._has_moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect another head."""
        self._in_body, self._has_moved = False, True
        self._expect_nothing()
        super().on_message_complete()

    def _await_request(self) -> None:
        self._due = self.loop.call_later(self._request_s, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


class _Event(asyncio.Event):
    """The queue of asyncio's own takes 0.7 KB, and every connection has two."""

    def __init__(self) -> None:
        self._waiters = cast("Any", [])
        self._value = False


class _Flow(FlowControl):
    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.read_paused = False
        self.write_paused = False
        self._is_writable_event = _Event()
        self._is_writable_event.set()


class _Pipeline(list[Any]):
    """As far as it is used, a `deque`, which takes 0.7 KB when it is empty."""

    def appendleft(self, item: Any) -> None:
        """Put it in front."""
        self.insert(0, item)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to whoever started the server."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    """Listen at once, so that no request is refused while the server wakes up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where a socket says that it is TCP, which create_server's does not; with
    # it, every answer waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _name(host: str) -> str:
    """The host as an address to go to: listening everywhere is no place."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - a comparison
    host = anywhere.get(host, host)
    return f"[{host}]" if ":" in host else host
