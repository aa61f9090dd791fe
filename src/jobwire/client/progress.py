"""Follows a run's progress stream to its end, across cuts, restarts, rotations and silence."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final, Protocol

import aiohttp

from jobwire.client.machine import Machine
from jobwire.client.sse import Event, EventParser
from jobwire.client.states import Close, Open, Patience, Signal, State
from jobwire.domain.errors import NotFound, NotSignedIn, Unavailable
from jobwire.domain.progress import RunView

AHEAD: Final = 16
"""So many chunks are read before the first of them is folded; the rest waits with the server."""

_News = Callable[[float], None]


class Opens(Protocol):
    """Opens connections: `door.Door`."""

    def open(self, cursor: str, *, fresh: bool = False) -> AbstractAsyncContextManager[aiohttp.ClientResponse | None]:
        """Open the stream at a cursor; see `Door.open`."""
        ...


class ProgressClient:
    """Keeps `view` in step with one run, and calls `tell` when there is something to tell.

    A view that holds a cursor goes on from there. `uniform` (two bounds to a number between them) and `patience` are
    passed in by tests.
    """

    def __init__(
        self,
        door: Opens,
        view: RunView,
        tell: Callable[[Signal], None],
        *,
        patience: Patience | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._door = door
        self._clock = asyncio.get_running_loop().time
        self._machine = Machine(view, tell, uniform=uniform, patience=patience or Patience(), now=self._clock())
        self._news: asyncio.Queue[_News] = asyncio.Queue(AHEAD)
        self._lines: dict[int, asyncio.Task[None]] = {}

    @property
    def state(self) -> State:
        """Where the client stands."""
        return self._machine.state

    async def follow(self) -> None:
        """Return when the view holds a terminal status.

        Raise `NotFound` and `NotSignedIn` as the server says, `Unavailable` when it has been away for too long or
        cannot be understood.
        """
        async with asyncio.TaskGroup() as lines:
            while not self._machine.state.is_over:
                await self._step(lines)
            for line in self._lines.values():
                line.cancel()
        if self._machine.refusal is not None:
            raise self._machine.refusal

    async def _step(self, lines: asyncio.TaskGroup) -> None:
        try:
            async with asyncio.timeout_at(self._machine.deadline):
                news = await self._news.get()
        except TimeoutError:
            news = self._machine.tick
        news(self._clock())
        while self._machine.commands:
            self._obey(self._machine.commands.pop(0), lines)

    def _obey(self, command: Open | Close, lines: asyncio.TaskGroup) -> None:
        match command:
            case Open(number):
                task = self._lines[number] = lines.create_task(self._read(command))
                task.add_done_callback(lambda _: self._lines.pop(number))
            case Close(number) if number in self._lines:
                self._lines[number].cancel()
            case Close():  # its end is what was told
                pass

    def _take(self, line: int, retry_ms: int | None, events: Sequence[Event], now: float) -> None:
        if retry_ms is not None:
            self._machine.asked(line, retry_ms)
        for event in events:
            self._machine.heard(line, event, now)

    async def _read(self, line: Open) -> None:
        """Bring what comes on one connection to the machine, its end included."""
        try:
            async with self._door.open(line.cursor, fresh=line.fresh) as response:
                if response is None:
                    await self._news.put(partial(self._machine.missed, line.line))
                    return
                await self._read_all(response, line.line)
            await self._news.put(partial(self._machine.closed, line.line))
        except (NotFound, NotSignedIn) as error:
            await self._news.put(partial(self._machine.denied, line.line, error))
        except (aiohttp.ClientError, OSError, TimeoutError, Unavailable, ValueError):
            await self._news.put(partial(self._machine.broken, line.line))

    async def _read_all(self, response: aiohttp.ClientResponse, line: int) -> None:
        parser = EventParser()
        async for chunk in response.content.iter_any():
            events = parser.feed(chunk)
            if events or parser.retry_ms is not None:
                await self._news.put(partial(self._take, line, parser.retry_ms, events))
