"""What every way to show a run offers: bars on a terminal, plain lines, or JSON for scripts."""

import sys
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import Picture


class View(Protocol):
    """Shows one run. Entered while the run goes; `end` comes after it was left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def show(self, picture: Picture) -> None:
        """Show how far the run is; called a few times a second."""
        ...

    def failure(self, line: LogLineAnswer) -> None:
        """Show a line of the log that tells of a failure, as it happens."""
        ...

    def note(self, text: str) -> None:
        """Show a word about the connection, or about what happens next."""
        ...

    def end(self, outcome: Outcome) -> None:
        """Show how the run ended."""
        ...


def is_screen(console: Console) -> bool:
    """Whether what is written can be written over again."""
    return console.is_terminal and not console.is_dumb_terminal


def stdout_console() -> Console:
    """A console on stdout that takes no markup from what it prints."""
    return _console(stderr=False)


def stderr_console() -> Console:
    """The same on stderr."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # rich would obey FORCE_COLOR in a pipe, too; a script that reads lines wants none of its escape codes
    return Console(
        stderr=stderr, force_terminal=None if stream.isatty() else False, markup=False, highlight=False, emoji=False
    )
