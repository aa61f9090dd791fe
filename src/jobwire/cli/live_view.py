"""A run as bars that are drawn over again and again, on a terminal."""

from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.bars import ASCII, LINES, draw
from jobwire.cli.failures import failure_text
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import Picture
from jobwire.cli.summary import print_summary
from jobwire.domain.history import LogLevel

LINES_LEFT: Final = 2
"""The prompt's line, and one to breathe: a picture as high as the screen makes the terminal scroll."""


class LiveView:
    """Bars at the bottom; failures go by above them and stay. The summary takes the bars' place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, picture: Picture) -> None:
        """Draw the bars anew, for the terminal's size as it is now."""
        width, height = self._console.size
        strokes = ASCII if self._console.options.ascii_only else LINES
        self._live.update(draw(picture, width, max(height - LINES_LEFT, 1), strokes), refresh=True)

    def failure(self, line: LogLineAnswer) -> None:
        """Print a failure above the bars."""
        colour = "red" if line.level is LogLevel.ERROR else "yellow"
        self._console.print(Text(failure_text(line), colour), soft_wrap=False)

    def note(self, text: str) -> None:
        """Print a word above the bars."""
        self._console.print(Text(text, "dim"))

    def end(self, outcome: Outcome) -> None:
        """Print the summary."""
        print_summary(self._console, outcome)
