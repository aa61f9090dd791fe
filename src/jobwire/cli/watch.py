"""Watches one run to its end: the stream for the jobs, the log for the failures, and a view that shows them."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec

from jobwire.cli.answers import RunAnswer
from jobwire.cli.client import Client
from jobwire.cli.failures import is_failure
from jobwire.cli.json_view import JsonView
from jobwire.cli.live_view import LiveView
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import Tracker
from jobwire.cli.plain_view import PlainView
from jobwire.cli.progress_client import ProgressClient, Signal, no_such_run
from jobwire.cli.view import View, is_screen, stdout_console
from jobwire.domain.errors import NotFound, Unavailable
from jobwire.domain.progress import RunView

POLL_S: Final = 1.0
"""How often the log is read, and the companies while boards still list."""
REDRAW_S: Final = 0.25


def make_view(*, as_json: bool) -> View:
    """Choose the view that fits what stdout is. Call it on the running event loop."""
    clock = asyncio.get_running_loop().time
    if as_json:
        return JsonView(sys.stdout, clock)
    console = stdout_console()
    return LiveView(console) if is_screen(console) else PlainView(sys.stdout, clock)


async def watch(client: Client, run_id: int, view: View, *, strict: bool = False, server_stays: bool = True) -> Outcome:
    """Show a run until it ends, whatever becomes of the server meanwhile, and say how it ended.

    `server_stays` says whether the server is there after the command, so that its pages can be pointed at.

    Raise `NotFound`, `NotSignedIn`, or `Unavailable` when the server is away from the start, or for too long.
    """
    watching = _Watching(client, await _run(client, run_id), view)
    with view:
        await watching.to_the_end()
    outcome = Outcome(
        picture=watching.tracker.picture(),
        reason=watching.tracker.run.error_message,
        url=client.url if server_stays else None,
        strict=strict,
    )
    view.end(outcome)
    return outcome


async def _run(client: Client, run_id: int) -> RunAnswer:
    try:
        return await client.run(run_id)
    except NotFound:
        raise no_such_run(run_id) from None


@dataclass(slots=True)
class _Watching:
    """One run that is being watched, and how far its log has been shown."""

    client: Client
    run: RunAnswer
    view: View
    tracker: Tracker = field(init=False)
    after: int = 0
    changed: bool = True
    has_final_companies: bool = False

    def __post_init__(self) -> None:
        self.tracker = Tracker(self.run, RunView(), asyncio.get_running_loop().time)

    async def to_the_end(self) -> None:
        stream = ProgressClient(self.client, self.run.run_id, self.tracker.view, self._hear)
        await _first_of(stream.follow(), self._poll(), self._redraw())
        await self._see_the_end()
        self.view.show(self.tracker.picture())

    def _hear(self, signal: Signal) -> None:
        match signal:
            case Signal.CHANGED:
                self.changed = True
            case Signal.LOST:
                self.view.note(f"The connection to {self.client.url} is lost. Trying again; the run goes on.")
            case Signal.BACK:
                self.view.note("The connection is back.")

    async def _redraw(self) -> None:
        """Draw what is new a few times a second, and at least once a second: the clock goes on."""
        clock = asyncio.get_running_loop().time
        drawn_at = clock() - POLL_S
        while True:
            if self.changed or clock() - drawn_at >= POLL_S:
                self.changed = False
                self.view.show(self.tracker.picture())
                drawn_at = clock()
            await asyncio.sleep(REDRAW_S)

    async def _poll(self) -> None:
        while True:
            was_listed = self._is_listed()
            with suppress(Unavailable):  # the stream tells of a lost server, and asks until it is back
                await self._read_log()
                if not self.has_final_companies:
                    await self._read_companies()
            self.has_final_companies = was_listed
            await asyncio.sleep(POLL_S)

    async def _see_the_end(self) -> None:
        status = self.tracker.view.status or self.run.status
        self.tracker.run = msgspec.structs.replace(self.run, status=status)
        with suppress(Unavailable):  # a server that goes right at the end: what the stream told stands
            self.tracker.run = await self.client.run(self.run.run_id)
            await self._read_companies()
            await self._read_log()

    async def _read_log(self) -> None:
        while True:
            page = await self.client.log(self.run.run_id, self.after)
            self.after = page.last_seq
            for line in filter(is_failure, page.logs):
                self.view.failure(line)
            if not page.more:
                return

    async def _read_companies(self) -> None:
        self.tracker.companies = await self.client.companies(self.run.run_id)
        self.changed = True

    def _is_listed(self) -> bool:
        return self.tracker.view.status is not None and self.tracker.view.status.is_listed


async def _first_of(*work: Coroutine[object, object, None]) -> None:
    """Do all of this at once, until the first is through or fails; then end the others."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
