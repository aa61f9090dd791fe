"""Follows a run's progress stream to its end, across cuts, restarts and silence (PROTOCOL §1 to §4)."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from http import HTTPStatus
from typing import Final

import aiohttp

from jobwire.cli.client import Client, error_of, unreachable
from jobwire.cli.sse import Event, EventParser
from jobwire.domain.errors import NotFound, Unavailable
from jobwire.domain.progress import RunView

SILENCE_S: Final = 45.0
"""Three of the server's heartbeats: a connection that says nothing for so long is dead."""
PATIENCE_S: Final = 600.0
"""How long a server may stay away before the watcher gives up."""
FIRST_RETRY_MS: Final = 1_000
LONGEST_RETRY_MS: Final = 60_000
LONGEST_PAUSE_S: Final = 30.0
_MOST_DOUBLINGS: Final = 10


class Signal(Enum):
    """What a client that follows a run tells its user."""

    CHANGED = "changed"
    """The view has taken in something new."""
    LOST = "lost"
    """The server does not answer; the client goes on trying."""
    BACK = "back"
    """It answers again."""


class ProgressClient:
    """Keeps `view` in step with one run, and calls `tell` when there is something to tell.

    `sleep`, `uniform` (two bounds to a number between them) and `clock` (seconds, never back) are passed in by tests.
    """

    def __init__(
        self,
        client: Client,
        run_id: int,
        view: RunView,
        tell: Callable[[Signal], None],
        *,
        silence_s: float = SILENCE_S,
        patience_s: float = PATIENCE_S,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._run_id = run_id
        self._view = view
        self._tell = tell
        self._silence_s = silence_s
        self._patience_s = patience_s
        self._sleep = sleep
        self._uniform = uniform
        self._clock = clock or asyncio.get_running_loop().time
        self._retry_ms = FIRST_RETRY_MS
        self._failures = 0
        self._heard_at = self._clock()

    async def follow(self) -> None:
        """Return when the view holds a terminal status.

        Raise `NotFound` and `NotSignedIn` as the server says, `Unavailable` when it has been away for too long.
        """
        while True:
            try:
                await self._connect()
            except _Lost as loss:
                self._note(loss)
            if self._is_over():
                return
            await self._sleep(self._pause_s())

    def _is_over(self) -> bool:
        return self._view.status is not None and self._view.status.is_terminal

    def _note(self, loss: "_Lost") -> None:
        self._failures += 1
        if self._clock() - self._heard_at > self._patience_s:
            raise unreachable(self._client.url) from loss
        if self._failures == 1:
            self._tell(Signal.LOST)

    def _pause_s(self) -> float:
        """Return how long to wait: what the server asked for; after failures longer and longer, and jittered."""
        asked = min(self._retry_ms, LONGEST_RETRY_MS) / 1000
        if self._failures == 0:
            return asked
        doubled = max(asked, FIRST_RETRY_MS / 1000) * 2 ** min(self._failures - 1, _MOST_DOUBLINGS)
        longest = max(asked, min(doubled, LONGEST_PAUSE_S))
        return self._uniform(longest / 2, longest)

    async def _connect(self) -> None:
        """Follow one connection to its end. Raise `_Lost` when it fails; a planned close is no failure."""
        try:
            async with self._client.open_stream(
                self._run_id, cursor=self._view.cursor, silence_s=self._silence_s
            ) as response:
                self._check(response)
                if response.status == HTTPStatus.NO_CONTENT:
                    await self._ask_for_the_end()
                else:
                    await self._read(response)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _Lost(repr(error)) from error

    def _check(self, response: aiohttp.ClientResponse) -> None:
        """Raise what the server says for good, and `_Lost` for what may pass."""
        match response.status:
            case HTTPStatus.NO_CONTENT:
                pass
            case HTTPStatus.OK if response.content_type == "text/event-stream":
                pass
            case HTTPStatus.NOT_FOUND:
                raise no_such_run(self._run_id)
            case HTTPStatus.UNAUTHORIZED:
                raise error_of(self._client.url, response.status, None)
            case other:
                raise _Lost(f"HTTP {other}")

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        parser = EventParser()
        async for chunk in response.content.iter_any():
            events = self._parse(parser, chunk)
            self._fold(events)
            self._heard()
            if events:
                self._tell(Signal.CHANGED)
            if self._is_over():
                return

    def _parse(self, parser: EventParser, chunk: bytes) -> list[Event]:
        try:
            events = parser.feed(chunk)
        except ValueError as error:
            raise _Lost(str(error)) from error
        if parser.retry_ms is not None:
            self._retry_ms = parser.retry_ms
        return events

    def _fold(self, events: Sequence[Event]) -> None:
        try:
            for event in events:
                self._view.apply(event.name, event.data, event.id)
        except ValueError as error:
            self._view.cursor = ""  # what could not be read leaves a hole: the next connection brings everything
            raise _Lost(str(error)) from error

    def _heard(self) -> None:
        self._heard_at = self._clock()
        if self._failures:
            self._failures = 0
            self._tell(Signal.BACK)

    async def _ask_for_the_end(self) -> None:
        """204: the run has ended, and the view should know. If it does not, the next connection brings everything."""
        if self._is_over():
            return
        try:
            run = await self._client.run(self._run_id)
        except Unavailable as error:
            raise _Lost(str(error)) from error
        if not run.status.is_terminal or self._view.cursor:
            self._view.cursor = ""
            raise _Lost("204 before the end")
        self._view.status = run.status
        self._tell(Signal.CHANGED)


def no_such_run(run_id: int) -> NotFound:
    """Say that there is no such run for this person."""
    return NotFound(f"There is no run {run_id}, or it is not yours.", advice="Start one with `jobwire ingest`.")


class _Lost(Exception):
    """The connection failed in a way that may pass."""
