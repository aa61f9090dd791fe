"""The parent of a process of a benchmark, as that process sees it: the other end of `child.py`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from bench.child import LINE_LIMIT
from jobwire import logs
from jobwire.httpd import new_event_loop

T = TypeVar("T")


class Parent:
    """`hear` what it wants, `tell` it what was found."""

    def __init__(self, pipe: asyncio.StreamReader) -> None:
        self._pipe = pipe

    async def hear(self, kind: type[T]) -> T:
        """The next thing that it says. Raise `EOFError` when it has gone."""
        line = await self._pipe.readline()
        if not line:
            raise EOFError
        return msgspec.json.decode(line, type=kind)

    async def gone(self) -> None:
        """Wait until it has gone, or wants this process to go."""
        await self._pipe.read()

    def tell(self, what: Any) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
        sys.stdout.buffer.flush()


def work_for_parent(work: Callable[[Parent], Awaitable[None]]) -> None:
    """Run `work` on the loop that Jobwire serves on."""
    logs.configure()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_with_parent(work))


async def _with_parent(work: Callable[[Parent], Awaitable[None]]) -> None:
    pipe = asyncio.StreamReader(limit=LINE_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), sys.stdin)
    await work(Parent(pipe))
