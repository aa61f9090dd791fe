"""Where log lines go while a view draws: through whatever stands in for stderr at that moment."""

import logging
import sys
from typing import TextIO, cast

from jobwire import logs
from jobwire.cli.text import harmless


def configure_logs(level: int = logging.INFO) -> None:
    """Send log lines to stderr; while bars are drawn, rich puts them above the bars."""
    logs.configure(level=level, stream=cast("TextIO", _Stderr()))


def say(text: str = "") -> None:
    """Write a line of the command's result to stdout: whatever it quotes does nothing to the terminal."""
    print(harmless(text), flush=True)  # noqa: T201 - this is the terminal's output


class _Stderr:
    """`sys.stderr` as it is when a line is written, not as it was when logging was configured."""

    def write(self, text: str) -> int:
        """Write there."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush that."""
        sys.stderr.flush()
