"""A run as plain lines, for logs, pipes and terminals that cannot be written over."""

from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TextIO

from rich.console import Console

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.failures import failure_text
from jobwire.cli.outcome import Outcome, duration, plural
from jobwire.cli.picture import Picture
from jobwire.cli.summary import print_summary
from jobwire.domain.runs import RunStatus

EVERY_S: Final = 5.0
"""A line of progress at most so often."""
TABLE_WIDTH: Final = 160


class PlainView:
    """A line for each change of the run's status, for progress at most every few seconds, and for each failure."""

    def __init__(self, stream: TextIO, clock: Callable[[], float], *, every_s: float = EVERY_S) -> None:
        self._stream = stream
        self._clock = clock
        self._every_s = every_s
        self._last: Picture | None = None
        self._said: str = ""
        self._said_at = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        pass

    def show(self, picture: Picture) -> None:
        """Write a line when the status is new, or when something has moved and the last line is old enough."""
        line = progress_line(picture)
        is_new = self._last is None or picture.status is not self._last.status
        if is_new or (line != self._said and self._clock() - self._said_at >= self._every_s):
            self._last, self._said, self._said_at = picture, line, self._clock()
            self._write(f"{line}, {duration(picture.elapsed_s)}" if picture.done else line)

    def failure(self, line: LogLineAnswer) -> None:
        """Write a failure."""
        self._write(f"{line.level}: {failure_text(line)}")

    def note(self, text: str) -> None:
        """Write a word."""
        self._write(text)

    def end(self, outcome: Outcome) -> None:
        """Write the summary: the same table, wide enough to need no folding, without colours."""
        console = Console(
            file=self._stream,
            width=TABLE_WIDTH,
            force_terminal=False,
            color_system=None,
            markup=False,
            highlight=False,
            emoji=False,
        )
        print_summary(console, outcome)
        self._stream.flush()

    def _write(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


def progress_line(picture: Picture) -> str:
    """Write how far a run is, without its age."""
    start = f"Run {picture.run_id} {picture.status}"
    if not picture.status.is_listed:
        if picture.status is RunStatus.PENDING:
            return f"{start}: waiting for a worker"
        if not picture.companies:
            return start
        listed = f"{picture.listed} of {plural(len(picture.companies), 'board')} listed"
        return f"{start}: {listed}, {plural(picture.total, 'job')} so far" if picture.total else f"{start}: {listed}"
    failed = f", {picture.failed:,} failed" if picture.failed else ""
    return f"{start}: {picture.done:,} / {picture.total:,} jobs, {picture.percent} %{failed}"
