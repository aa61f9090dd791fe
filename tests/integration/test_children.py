"""Child processes that are started again when they die, and end with their parent."""

import io
import sys
from asyncio.subprocess import Process
from functools import partial
from pathlib import Path

import aiohttp
import psutil
import pytest
from ledger_world import eventually
from rich.console import Console
from rich.live import Live

from jobwire import children
from jobwire.children import KeptChild, start_child
from jobwire.cli.demo_child import DemoSite, demo_site
from jobwire.domain.errors import Unavailable


async def test_a_child_is_started_again_when_it_dies_and_ends_with_its_pipe(tmp_path: Path):
    marks = tmp_path / "marks"
    code = (
        "import sys, pathlib\n"
        f"file = pathlib.Path({str(marks)!r}).open('a')\n"
        "file.write(sys.stdin.readline()); file.flush()\n"
        "first = pathlib.Path(file.name).read_text().count('hello') == 1\n"
        "sys.exit(3) if first else sys.stdin.read()\n"
    )
    async with KeptChild("greeter", partial(start_child, [sys.executable, "-c", code], b"hello")) as child:
        first = child.pid
        await eventually(lambda: _count(marks, 2))
        assert child.pid != first
    assert marks.read_text() == "hello\nhello\n"


async def _count(marks: Path, wanted: int) -> bool:
    return _greetings(marks) == wanted


def _greetings(marks: Path) -> int:
    return marks.read_text().count("hello") if marks.exists() else 0


async def test_a_child_that_cannot_be_started_again_is_tried_until_it_can(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(children, "RESTART_AFTER_S", 0)
    errors: list[Exception] = []

    async def start() -> Process:
        if errors:
            raise errors.pop()
        return await start_child([sys.executable, "-c", "import sys; sys.stdin.read()"])

    async with KeptChild("late", start) as child:
        first = child.pid
        errors += [OSError("no memory"), Unavailable("its port is taken")]
        psutil.Process(first).kill()
        await eventually(lambda: _is_not(child, first))
        assert errors == []


async def _is_not(child: KeptChild, pid: int | None) -> bool:
    return child.pid != pid


class Screen(io.StringIO):
    """A terminal that keeps what was written to it."""

    def isatty(self) -> bool:
        return True


async def test_on_a_terminal_what_a_child_says_stands_above_the_bars(monkeypatch: pytest.MonkeyPatch):
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    console = Console(file=screen, width=40)
    code = "import sys; sys.stderr.write('one\\ntwo'); sys.stderr.flush(); sys.stdin.read(); sys.stderr.write('!\\n')"
    with Live("bars", console=console, auto_refresh=False) as bars:
        async with KeptChild("teller", partial(start_child, [sys.executable, "-c", code])):
            await eventually(lambda: _has_said(screen, "one"))
            assert "two" not in screen.getvalue(), "half a line waits for its end"
        bars.refresh()
    left = [line.rpartition("\x1b[2K")[2] for line in screen.getvalue().split("\n")]
    assert left[:2] == ["one", "two!"], "each on a line that was cleared of the bars"


async def _has_said(screen: Screen, text: str) -> bool:
    return text in screen.getvalue()


async def test_a_demo_site_that_dies_comes_back_where_it_was_and_has_moved_on(tmp_path: Path):
    async def generation() -> int:
        return 2

    async with aiohttp.ClientSession() as session:
        async with demo_site(tmp_path, generation) as site:
            (process,) = [one for one in psutil.Process().children() if "--with-parent" in one.cmdline()]
            assert await _generations(session, site) == {0}
            process.kill()
            await eventually(lambda: _is_at(session, site, 2))
        assert await _generations(session, site) == set()


async def _is_at(session: aiohttp.ClientSession, site: DemoSite, generation: int) -> bool:
    return await _generations(session, site) == {generation}


async def _generations(session: aiohttp.ClientSession, site: DemoSite) -> set[int]:
    """Those of all boards; none while nothing answers."""
    try:
        async with session.get(f"{site.url}/_demo") as response:
            return {company["generation"] for company in (await response.json())["companies"]}
    except aiohttp.ClientError:
        return set()
