"""Watches one run to its end: what the stream tells of it, in a view."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final

import msgspec

from jobwire.cli.answers import RunAnswer
from jobwire.cli.client import Client
from jobwire.cli.json_view import JsonView
from jobwire.cli.live_view import LiveView
from jobwire.cli.log_tail import LogTail
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import Tracker
from jobwire.cli.plain_view import PlainView
from jobwire.cli.view import View, is_screen, stdout_console
from jobwire.client.progress import ProgressClient
from jobwire.client.states import Signal
from jobwire.domain.errors import NotFound, Unavailable
from jobwire.domain.progress import RunView
from jobwire.domain.runs import RunStatus

REDRAW_S: Final = 0.25
IDLE_REDRAW_S: Final = 1.0


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
        changed=watching.changed,
        strict=strict,
    )
    view.end(outcome)
    return outcome


async def _run(client: Client, run_id: int) -> RunAnswer:
    try:
        return await client.run(run_id)
    except NotFound:
        raise no_such_run(run_id) from None


def no_such_run(run_id: int) -> NotFound:
    """Say that this person has no run with that number."""
    return NotFound(f"There is no run {run_id}, or it is not yours.", advice="Start one with `jobwire ingest`.")


class _Watching:
    """One run that is being watched. All comes from the stream; the API is asked at the start and at the end."""

    def __init__(self, client: Client, run: RunAnswer, view: View) -> None:
        self._client = client
        self._run = run
        self._view = view
        self._clock = asyncio.get_running_loop().time
        self.tracker = Tracker(run, RunView(), self._clock)
        self._log = LogTail(client, run.run_id, self.tracker.view, view.failure)
        self._is_new = True
        self._knows_hosts = False
        self.changed: dict[str, int] | None = None

    async def to_the_end(self) -> None:
        stream = ProgressClient(self._client.door(self._run.run_id), self.tracker.view, self._hear)
        await _first_of(stream.follow(), self._redraw())
        await self._see_the_end()
        self._view.show(self.tracker.picture())

    def _hear(self, signal: Signal) -> None:
        match signal:
            case Signal.CHANGED:
                self._is_new = True
            case Signal.LOST:
                self._view.note(f"The connection to {self._client.url} is lost. Trying again; the run goes on.")
            case Signal.BACK:
                self._view.note("The connection is back.")
            case Signal.ASTRAY:
                self._view.note("What came did not add up. Everything is fetched again.")

    async def _redraw(self) -> None:
        """Draw what is new a few times a second, and at least once a second: the clock goes on."""
        drawn_at = self._clock() - IDLE_REDRAW_S
        while True:
            is_due = self._is_new or self._clock() - drawn_at >= IDLE_REDRAW_S
            # Until the stream has told something, a run that has begun would be drawn without a single job.
            if is_due and (self.tracker.view.status or self._run.status is RunStatus.PENDING):
                self._is_new = False
                await self._learn_hosts()
                await self._log.show_new()
                self._view.show(self.tracker.picture())
                drawn_at = self._clock()
            await asyncio.sleep(REDRAW_S)

    async def _learn_hosts(self) -> None:
        """Ask once which boards share a host, when that begins to matter: the time that is left goes by it."""
        if self._knows_hosts or self.tracker.view.status is not RunStatus.INGESTING:
            return
        self._knows_hosts = True
        with suppress(Unavailable):  # then each board counts as if it had a host of its own
            self.tracker.hosts = await self._client.hosts(self._run.run_id)

    async def _see_the_end(self) -> None:
        status = self.tracker.view.status or self._run.status
        self.tracker.run = msgspec.structs.replace(self._run, status=status)
        with suppress(Unavailable):  # a server that goes right at the end: what the stream told stands
            self.tracker.run = await self._client.run(self._run.run_id)
            self.changed = await self._client.changed(self._run.run_id)
        await self._log.show_new()
        await self._log.read_on()


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
