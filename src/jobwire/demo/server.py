"""The careers site on a port."""

import asyncio
import signal
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from jobwire.demo.desk import CACHE_BYTES, Desk
from jobwire.demo.options import SHOW, SYSTEMS, DemoOptions
from jobwire.demo.site import Receive, Scope, Send, Site
from jobwire.demo.world import World
from jobwire.httpd import HttpServer, new_event_loop


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
        self._clock = clock
        self._cache_bytes = cache_bytes
        self._server = HttpServer(self._answer, host=host, port=port)
        self._site: Site | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end. Known once entered."""
        return self._server.url

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
        await self._server.__aenter__()
        desk = Desk(self.world, origin=self.url, clock=self._clock, cache_bytes=self._cache_bytes)
        self._site = Site(desk)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port and all connections."""
        await self._server.__aexit__(kind, error, trace)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._site is not None, "the loop has not turned between the port's opening and this"
        await self._site(scope, receive, send)


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
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_run(options, host, port, on_ready))


async def _run(options: DemoOptions, host: str, port: int, on_ready: Callable[[str, list[str]], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with DemoSite(options, host=host, port=port) as site:
        on_ready(site.url, site.companies)
        await stop.wait()
