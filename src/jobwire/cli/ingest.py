"""`jobwire ingest`: starts a run, or joins the one that goes, and watches it. `jobwire watch`: only watches.

`jobwire retry`: begins with what failed of a run, and watches that.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from jobwire.cli.choosing import followed_names
from jobwire.cli.client import Client
from jobwire.cli.exits import Exit
from jobwire.cli.outcome import plural
from jobwire.cli.running import Stop, me, say_on_stderr, stop_signals, unless_stopped
from jobwire.cli.server import connected, connected_or_started, target
from jobwire.cli.watch import make_view, no_such_run, watch
from jobwire.domain.errors import NotFound, RunActive
from jobwire.domain.retries import RetryWish
from jobwire.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How the user wants to watch."""

    url: str | None = None
    as_json: bool = False
    strict: bool = False


async def watch_run(settings: Settings, run_id: int, how: Watching) -> Exit:
    """Watch a run to its end. Ctrl-C leaves it going."""
    with stop_signals() as stop:
        code = await unless_stopped(stop, _watch(settings, run_id, how))
        return code if code is not None else _left(stop, f"Run {run_id} goes on. Come back: {me()} watch {run_id}")


async def _watch(settings: Settings, run_id: int, how: Watching) -> Exit:
    async with connected(settings, target(settings, how.url, os.environ)) as client:
        return await _see(client, run_id, how)


async def ingest(settings: Settings, companies: Sequence[str], how: Watching) -> Exit:
    """Start a run of these companies (none: of all that are enabled), or join the active one, and watch it.

    Ctrl-C leaves the run going; where the server was started for it, the run goes on at the next start.
    """

    async def begin(client: Client) -> int:
        return await start_or_join(client, await followed_names(client, companies) if companies else None)

    return await _begin_and_watch(settings, begin, how)


async def retry(settings: Settings, run_id: int, wish: RetryWish, how: Watching) -> Exit:
    """Try again what failed of a run, and watch the run that does it: the same one, or a new one when it has ended."""

    async def begin(client: Client) -> int:
        try:
            again = await client.retry(run_id, wish)
        except NotFound:
            raise no_such_run(run_id) from None
        parts = [plural(count, noun) for count, noun in ((again.boards, "board"), (again.jobs, "job")) if count]
        where = "" if again.run_id == run_id else f", in run {again.run_id}"
        say_on_stderr(f"{' and '.join(parts)} of run {run_id} again{where}.")
        return again.run_id

    return await _begin_and_watch(settings, begin, how)


async def _begin_and_watch(settings: Settings, begin: Callable[[Client], Awaitable[int]], how: Watching) -> Exit:
    with stop_signals() as stop:
        begun = _Begun()
        code = await unless_stopped(stop, _begin(settings, begin, how, begun))
        return code if code is not None else _left(stop, begun.way_back())


@dataclass(slots=True)
class _Begun:
    """What Ctrl-C leaves behind."""

    run_id: int | None = None
    own_server: bool = False

    def way_back(self) -> str:
        if self.run_id is None:
            return "Stopped before a run was started."
        if self.own_server:
            return f"Run {self.run_id} pauses with its server, and goes on from there: {me()} ingest"
        return f"Run {self.run_id} goes on. Come back: {me()} watch {self.run_id}"


async def _begin(settings: Settings, begin: Callable[[Client], Awaitable[int]], how: Watching, begun: _Begun) -> Exit:
    async with AsyncExitStack() as stack:
        to = target(settings, how.url, os.environ)
        client, begun.own_server = await stack.enter_async_context(connected_or_started(settings, to, worker=True))
        if begun.own_server:
            say_on_stderr(f"No server of yours answers at {to.url}: one is started for this run.")
        begun.run_id = await begin(client)
        return await _see(client, begun.run_id, how, server_stays=not begun.own_server)


async def start_or_join(client: Client, companies: list[str] | None) -> int:
    """Start a run; where one is active, say so and return that one."""
    try:
        return await client.start(companies)
    except RunActive as active:
        say_on_stderr(f"Run {active.run_id} is already going. Watching it; nothing new was started.")
        return active.run_id


async def _see(client: Client, run_id: int, how: Watching, *, server_stays: bool = True) -> Exit:
    view = make_view(as_json=how.as_json)
    return (await watch(client, run_id, view, strict=how.strict, server_stays=server_stays)).exit


def _left(stop: Stop, words: str) -> Exit:
    say_on_stderr(words)
    return stop.exit
