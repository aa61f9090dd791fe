"""The demo careers site as a child process, for `jobwire serve --demo`."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

from jobwire.cli.ports import is_free
from jobwire.domain.errors import Unavailable
from jobwire.settings import HostPace, Settings

HOST: Final = "127.0.0.1"
PACE: Final = HostPace(per_second=18, concurrency=4)
"""Makes the first run of the show last about half a minute."""
PORT_FILE: Final = "demo-port"
"""In the data folder. Postings' addresses hold the port: on another one, all of them would look changed."""
LEAVES_WITHIN_S: Final = 5.0


class DemoSite(msgspec.Struct, frozen=True):
    """The site's address, what it stands in for, and its companies as `name=board:slug`."""

    url: str
    board_urls: dict[str, str]
    companies: list[str]

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
        """Let the site's boards change as often as they have been read, so that they do not begin anew."""
        async with aiohttp.ClientSession() as session:
            for _ in range(generations):
                async with session.post(f"{self.url}/_demo/next") as response:
                    response.raise_for_status()


@asynccontextmanager
async def demo_site(data_dir: Path) -> AsyncGenerator[DemoSite]:
    """Run the site for as long as it is entered. It ends with this process, however that ends. Raise `Unavailable`."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jobwire", "demo", "--json", "--with-parent", "--port", str(_last_port(data_dir))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # A Ctrl-C in the terminal is for Jobwire: a site that went first would make a run's last postings fail
        start_new_session=True,
    )
    try:
        site = await _read(child)
        _remember_port(data_dir, site.url)
        yield site
    finally:
        await _end(child)


async def _read(child: asyncio.subprocess.Process) -> DemoSite:
    assert child.stdout is not None
    try:
        return msgspec.json.decode(await child.stdout.readline(), type=DemoSite)
    except ValueError as error:
        raise Unavailable("The demo careers site did not start.", advice="Try `jobwire demo` by itself.") from error


async def _end(child: asyncio.subprocess.Process) -> None:
    assert child.stdin is not None
    child.stdin.close()
    try:
        async with asyncio.timeout(LEAVES_WITHIN_S):
            await child.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _last_port(data_dir: Path) -> int:
    """Return the port of the last time, if it is free; 0 for any."""
    try:
        port = int((data_dir / PORT_FILE).read_text())
    except (OSError, ValueError):
        return 0
    return port if 0 < port <= 65535 and is_free(HOST, port) else 0  # noqa: PLR2004 - the last port


def _remember_port(data_dir: Path, url: str) -> None:
    with suppress(OSError):  # a folder that cannot be written is told of by the database
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)  # PostgreSQL's account has to pass
        (data_dir / PORT_FILE).write_text(url.rpartition(":")[2])


def _given(settings: Settings) -> dict[str, object]:
    """Every setting as it was read: the environment is not asked again."""
    return {name: getattr(settings, name) for name in Settings.model_fields}
