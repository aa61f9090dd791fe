"""The worker as a child process: parsing never stalls the stream. It is started again when it dies."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from jobwire.logs import Log

RESTART_AFTER_S: Final = 1.0
GRACE_S: Final = 10.0

_log = Log(__name__)


class WorkerProcess:
    """Keeps one child running for as long as it is entered.

    `greeting` is the first line on the child's standard input, which then stays open: its end tells the child that the
    parent has gone, however that went. So what is secret in the greeting stands in no list of processes.
    """

    def __init__(self, command: Sequence[str], greeting: bytes) -> None:
        self._command = command
        self._greeting = greeting
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return None if self._process is None else self._process.pid

    async def __aenter__(self) -> Self:
        """Start the child."""
        self._process = await self._start()
        self._keeping = asyncio.create_task(self._keep(self._process), name="worker process")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Ask it to end, and see to it."""
        assert self._keeping is not None
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            await _end(self._process)

    async def _keep(self, process: Process) -> None:
        while True:
            code = await process.wait()
            _log.warning("worker.died", pid=process.pid, exit_code=code, again_in_s=RESTART_AFTER_S)
            await asyncio.sleep(RESTART_AFTER_S)
            self._process = process = await self._start()

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            # A Ctrl-C in the terminal is for the parent, who then ends the child in order
            # (uvloop knows no process_group)
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(self._greeting + b"\n")
        return process


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(GRACE_S):
            await process.wait()
    except TimeoutError:
        _log.warning("worker.killed", pid=process.pid)
        process.kill()
        await process.wait()
