"""The lines of a run's log that tell of failures, each shown once."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.client import Client
from jobwire.cli.failures import is_failure
from jobwire.domain.errors import Unavailable
from jobwire.domain.progress import LOG_KEPT, RunView


class LogTail:
    """Shows what the stream has brought into a view; where it left lines out, the API has them."""

    def __init__(self, client: Client, run_id: int, view: RunView, show: Callable[[LogLineAnswer], None]) -> None:
        self._client = client
        self._run_id = run_id
        self._view = view
        self._show = show
        self._after = 0

    async def show_new(self) -> None:
        """Show what has come since the last time."""
        log = self._view.log
        if len(log) == LOG_KEPT and log[0].seq > self._after:  # the stream and the view keep no more than these
            await self.read_on()
        self._take(msgspec.convert(line, LogLineAnswer, from_attributes=True) for line in list(log))

    async def read_on(self) -> None:
        """Ask the API for all that was not shown yet. A server that is away is asked again the next time."""
        with suppress(Unavailable):
            more = True
            while more:
                page = await self._client.log(self._run_id, self._after)
                self._take(page.logs)
                more = page.more

    def _take(self, lines: Iterable[LogLineAnswer]) -> None:
        for line in lines:
            if line.seq > self._after:
                self._after = line.seq
                if is_failure(line):
                    self._show(line)
