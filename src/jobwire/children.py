"""Child processes: how each is started and ended, and one that is started again when it dies."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from jobwire.domain.errors import JobwireError
from jobwire.logs import Log

RESTART_AFTER_S: Final = 1.0
GRACE_S: Final = 10.0
LAST_WORDS_S: Final = 1.0
"""How long the last lines of a child that has ended are waited for: its own children may hold the pipe open."""
_AT_ONCE: Final = 64 * 1024

_log = Log(__name__)


async def start_child(command: Sequence[str], greeting: bytes = b"", *, answers: bool = False) -> Process:
    """Start a child. Raise `OSError` where that cannot be done. `answers`: its standard output is a pipe to here.

    `greeting` is the first line on its standard input, which then stays open: its end tells the child that the parent
    has gone, however that went. So what is secret in the greeting stands in no list of processes.

    On a terminal, what it writes to standard error goes through `sys.stderr` here: bars may be drawn there, and lines
    from elsewhere would land between them.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE if answers else None,
        stderr=PIPE if sys.stderr.isatty() else None,
        # A Ctrl-C in the terminal is for the parent, who then ends the child in order
        # (uvloop knows no process_group)
        start_new_session=True,
    )
    assert process.stdin is not None
    if greeting:
        process.stdin.write(greeting + b"\n")
    if process.stderr is not None:
        _relays[process] = asyncio.create_task(_relay(process.stderr), name="what a child says")
        _relays[process].add_done_callback(lambda _: _relays.pop(process, None))
    return process


_relays: Final[dict[Process, asyncio.Task[None]]] = {}


async def _relay(errors: asyncio.StreamReader) -> None:
    """Pass whole lines on until there are no more."""
    rest = b""
    while chunk := await errors.read(_AT_ONCE):
        lines, newline, rest = (rest + chunk).rpartition(b"\n")
        _say(lines + newline)
    _say(rest)


def _say(text: bytes) -> None:
    sys.stderr.write(text.decode(errors="replace"))
    sys.stderr.flush()


async def end_child(process: Process, *, grace_s: float = GRACE_S) -> None:
    """Ask it to end, and see to it."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(grace_s):
            await process.wait()
    except TimeoutError:
        _log.warning("child.killed", pid=process.pid)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if (relay := _relays.get(process)) is not None:
        await asyncio.wait({relay}, timeout=LAST_WORDS_S)


class KeptChild:
    """Keeps one child running for as long as it is entered: `start` starts it, and starts it again when it dies.

    Where that fails with an `OSError` or a `JobwireError`, entering raises it; later it is tried until it works.
    """

    def __init__(self, name: str, start: Callable[[], Awaitable[Process]]) -> None:
        self._name = name
        self._start = start
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return None if self._process is None else self._process.pid

    async def __aenter__(self) -> Self:
        """Start the child."""
        self._process = await self._start()
        self._keeping = asyncio.create_task(self._keep(self._process), name=f"{self._name} process")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End it."""
        assert self._keeping is not None
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            await end_child(self._process)

    async def _keep(self, process: Process) -> None:
        while True:
            code = await process.wait()
            _log.warning("child.died", child=self._name, pid=process.pid, exit_code=code, again_in_s=RESTART_AFTER_S)
            self._process = process = await self._start_again()

    async def _start_again(self) -> Process:
        while True:
            await asyncio.sleep(RESTART_AFTER_S)
            try:
                return await self._start()
            except (OSError, JobwireError) as error:
                _log.warning("child.not_started", child=self._name, reason=str(error), again_in_s=RESTART_AFTER_S)
