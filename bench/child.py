"""A process of a benchmark, as its parent sees it: JSON lines to it and from it.

Its first line holds what it is to do; its standard input ends when it is to go, or when the parent is no more.
"""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import IO, Any, Final, TypeVar

import msgspec

LINE_LIMIT: Final = 256 * 1024 * 1024
GRACE_S: Final = 20.0

T = TypeVar("T")


class ChildDied(Exception):
    """A process of the benchmark ended before it was asked to."""


class Child:
    """`ask` it, or only `hear` what it says."""

    def __init__(self, process: Process, module: str, errors: IO[bytes]) -> None:
        self._process = process
        self._module = module
        self._errors = errors

    @property
    def pid(self) -> int:
        return self._process.pid

    async def hear(self, kind: type[T]) -> T:
        """The next thing that it says. Raise `ChildDied`."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise ChildDied(f"{self._module}:\n{self._errors.read().decode(errors='replace')}")
        return msgspec.json.decode(line, type=kind)

    async def ask(self, question: Any, kind: type[T]) -> T:
        self.tell(question)
        return await self.hear(kind)

    def tell(self, what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(what) + b"\n")

    async def end(self) -> None:
        """Ask it to go, and see to it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(GRACE_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def child(module: str, task: Any) -> AsyncGenerator[Child]:
    """Run `python -m module` for as long as it is entered. What it logs is shown only if it dies."""
    with tempfile.TemporaryFile() as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module), stdin=PIPE, stdout=PIPE, stderr=errors, limit=LINE_LIMIT
        )
        started = Child(process, module, errors)
        started.tell(task)
        try:
            yield started
        finally:
            await started.end()
