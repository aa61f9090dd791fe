"""The careers site on a port."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Final, Self

import uvicorn

from jobwire.demo.companies import SYSTEMS
from jobwire.demo.desk import CACHE_BYTES, Desk
from jobwire.demo.options import SHOW, DemoOptions
from jobwire.demo.site import Site
from jobwire.demo.world import World

_BACKLOG: Final = 2048
_KEEP_ALIVE_S: Final = 75
"""Longer than any client keeps an idle connection, so that none is closed under a request."""


class DemoSite:
    """Serves a made-up careers site for as long as it is entered.

        async with DemoSite(DemoOptions(postings=50)) as site:
            ...  # site.url, site.board_urls, site.companies

    Port 0 means a free one. Entering raises `OSError` where the port is taken. It serves on the loop that entered it.
    """

    def __init__(
        self,
        options: DemoOptions | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.world = World(options or DemoOptions())
        self._host = host
        self._port = port
        self._clock = clock
        self._cache_bytes = cache_bytes
        self._url: str | None = None
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end. Known once entered."""
        if self._url is None:
            raise RuntimeError("The site has no address before it is entered.")
        return self._url

    @property
    def board_urls(self) -> dict[str, str]:
        """The origin that stands in for each careers system's own, as `JOBWIRE_BOARD_URLS` takes it."""
        return dict.fromkeys(SYSTEMS, self.url)

    @property
    def companies(self) -> list[str]:
        """All companies, each as `name=board:slug`."""
        return [company.spec for company in self.world.companies]

    async def __aenter__(self) -> Self:
        """Open the port; requests are answered from here on."""
        listener = _listen(self._host, self._port)
        self._url = f"http://{_bracketed(self._host)}:{listener.getsockname()[1]}"
        desk = Desk(self.world, origin=self._url, clock=self._clock, cache_bytes=self._cache_bytes)
        self._server = _Server(_config(Site(desk)))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="demo site")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the port and all connections."""
        assert self._server is not None
        assert self._serving is not None
        self._server.should_exit = True
        await self._serving


def run(
    options: DemoOptions = SHOW,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    on_ready: Callable[[str, list[str]], None] = lambda _url, _companies: None,
) -> None:
    """Serve until SIGINT or SIGTERM; call it on the main thread.

    `on_ready` gets the site's address and its companies (`name=board:slug`) once requests are answered. Raise
    `OSError` where the port is taken.
    """
    loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()  # uvloop, where there is one
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_run(options, host, port, on_ready))


async def _run(options: DemoOptions, host: str, port: int, on_ready: Callable[[str, list[str]], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with DemoSite(options, host=host, port=port) as site:
        on_ready(site.url, site.companies)
        await stop.wait()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to whoever started the site."""
        yield


def _config(site: Site) -> uvicorn.Config:
    return uvicorn.Config(
        site,  # pyright: ignore[reportArgumentType] - uvicorn's own types name each kind of message; Site reads http
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )


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
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
