"""The demo careers site as a child process, for `jobwire serve --demo`."""

import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

from jobwire.children import KeptChild, end_child, start_child
from jobwire.cli.ports import is_free
from jobwire.domain.errors import Unavailable
from jobwire.settings import HostPace, Settings

HOST: Final = "127.0.0.1"
PACE: Final = HostPace(per_second=18, concurrency=4)
"""Makes the first run of the show last about half a minute."""
PORT_FILE: Final = "demo-port"
"""In the data folder. Postings' addresses hold the port: on another one, all of them would look changed."""


class DemoSite(msgspec.Struct, frozen=True):
    """The site's address, what it stands in for, and its companies as `name=board:slug`."""

    url: str
    board_urls: dict[str, str]
    companies: list[str]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def settings(self, settings: Settings) -> Settings:
        """Point these settings at the site, wherever they do not say otherwise already."""
        stand_ins = {"board_urls": {**self.board_urls, **{key: str(url) for key, url in settings.board_urls.items()}}}
        pace = {"host_pace": settings.host_pace or {HOST: PACE}}
        return Settings.model_validate({**_given(settings), **stand_ins, **pace, "allow_private_hosts": True})

    def companies_beside(self, settings: Settings) -> list[str]:
        """Return the companies whose systems `settings` leaves to the site."""
        systems = {system for system in self.board_urls if system not in settings.board_urls}
        return [spec for spec in self.companies if spec.rpartition("=")[2].partition(":")[0] in systems]

    async def move_on(self, generations: int) -> None:
        """Let the site's boards change as often as they have been read, so that they do not begin anew.

        Raise `Unavailable`.
        """
        try:
            async with aiohttp.ClientSession() as session:
                for _ in range(generations):
                    async with session.post(f"{self.url}/_demo/next") as response:
                        response.raise_for_status()
        except aiohttp.ClientError as error:
            raise Unavailable("The demo careers site does not answer.", advice="Try again.") from error


@asynccontextmanager
async def demo_site(data_dir: Path, generation: Callable[[], Awaitable[int]]) -> AsyncGenerator[DemoSite]:
    """Run the site for as long as it is entered. It ends with this process, however that ends. Raise `Unavailable`.

    When it dies, it is started again at its address, with boards that have moved on as often as `generation` says then.
    """
    child = _Child(data_dir, generation)
    async with KeptChild("demo site", child.start):
        yield child.site


class _Child:
    """The site's process, and what it said of itself when it was started last."""

    def __init__(self, data_dir: Path, generation: Callable[[], Awaitable[int]]) -> None:
        self._data_dir = data_dir
        self._generation = generation
        self._site: DemoSite | None = None

    @property
    def site(self) -> DemoSite:
        """The site; known once it was started."""
        assert self._site is not None
        return self._site

    async def start(self) -> Process:
        """Start it, and return when it answers."""
        port = _last_port(self._data_dir) if self._site is None else self._site.port
        command = (sys.executable, "-m", "jobwire", "demo", "--json", "--with-parent", "--port", str(port))
        process = await start_child(command, answers=True)
        try:
            site = await _read(process)
            if self._site is None:
                _remember_port(self._data_dir, site.port)
            else:
                await site.move_on(await self._generation())
        except BaseException:
            await end_child(process)
            raise
        self._site = site
        return process


async def _read(child: Process) -> DemoSite:
    assert child.stdout is not None
    try:
        return msgspec.json.decode(await child.stdout.readline(), type=DemoSite)
    except ValueError as error:
        raise Unavailable("The demo careers site did not start.", advice="Try `jobwire demo` by itself.") from error


def _last_port(data_dir: Path) -> int:
    """Return the port of the last time, if it is free; 0 for any."""
    try:
        port = int((data_dir / PORT_FILE).read_text())
    except (OSError, ValueError):
        return 0
    return port if 0 < port <= 65535 and is_free(HOST, port) else 0  # noqa: PLR2004 - the last port


def _remember_port(data_dir: Path, port: int) -> None:
    with suppress(OSError):  # a folder that cannot be written is told of by the database
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)  # PostgreSQL's account has to pass
        (data_dir / PORT_FILE).write_text(str(port))


def _given(settings: Settings) -> dict[str, object]:
    """Every setting as it was read: the environment is not asked again."""
    return {name: getattr(settings, name) for name in Settings.model_fields}
