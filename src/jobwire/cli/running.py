"""Runs a command's coroutine, and turns how it ended into an exit code."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any, Final, TypeVar

import typer

from jobwire.cli.exits import Exit, exit_of_error
from jobwire.cli.text import clean
from jobwire.cli.view import stderr_console
from jobwire.cli.wording import in_commands
from jobwire.domain.errors import JobwireError
from jobwire.httpd import new_event_loop

T = TypeVar("T")
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def run(work: Coroutine[Any, Any, Exit | None], *, serves: bool = False) -> None:
    """Run a command to its end and exit with its code; an expected error is one line on stderr.

    `serves` picks the faster event loop, where there is one.
    """
    try:
        with asyncio.Runner(loop_factory=new_event_loop if serves else None) as runner:
            code = runner.run(work)
    except JobwireError as error:
        complain(error)
        raise typer.Exit(exit_of_error(error)) from error
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # Python would complain once more when it flushes stdout at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.BROKEN_PIPE) from None
    raise typer.Exit(code or Exit.OK)


def complain(error: JobwireError) -> None:
    """Write an expected error to stderr, on one line."""
    say_on_stderr(f"jobwire: {clean(in_commands(str(error)))}")


def say_on_stderr(text: str) -> None:
    """Write a line to stderr: what is not the command's result."""
    stderr_console().print(text, soft_wrap=True)


@dataclass(slots=True)
class Stop:
    """Whether the process was told to stop, and with which signal."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    number: signal.Signals | None = None

    @property
    def exit(self) -> Exit:
        """The code of a command that was stopped before it had its result."""
        return Exit.TERMINATED if self.number is signal.SIGTERM else Exit.INTERRUPTED


@contextmanager
def stop_signals() -> Generator[Stop]:
    """Note the first SIGINT or SIGTERM; a second one ends the process at once. Enter it on the running event loop."""
    loop = asyncio.get_running_loop()
    stop = Stop()

    def on_signal(number: signal.Signals) -> None:
        stop.number = number
        stop.event.set()
        for each in STOP_SIGNALS:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        yield stop
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


async def unless_stopped(stop: Stop, work: Coroutine[Any, Any, T]) -> T | None:
    """Do `work`; None when it was cancelled because of `stop`."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.event.wait())
    try:
        await asyncio.wait([doing, stopping], return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        doing.cancel()
        stopping.cancel()
        await asyncio.gather(doing, stopping, return_exceptions=True)


def me(argv0: Callable[[], str] = lambda: sys.argv[0]) -> str:
    """Write how this command was called, so that what is printed can be pasted: `jobwire`, `.venv/bin/jobwire`."""
    path = Path(argv0())
    if path.name == "__main__.py":
        return "python -m jobwire"
    found = which("jobwire")
    if found and Path(found).resolve() == path.resolve():
        return "jobwire"
    with suppress(ValueError):
        return str(path.absolute().relative_to(Path.cwd()))
    return str(path)
