"""Run as a process: viewers as browsers are, through planned rotations; they note when they saw what."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

import aiohttp
import msgspec

from bench.parent import Parent, work_for_parent
from bench.stream.sights import Enough, Sight, SightsTask
from bench.stream.source import EventSource, session

CONNECT_S: Final = 30.0


class Sources:
    """All clients, each a task."""

    def __init__(self, task: SightsTask) -> None:
        self.sights: list[Sight] = []
        self._task = task
        self._connected = 0
        self._news = asyncio.Event()

    async def view(self, clients: aiohttp.ClientSession, number: int) -> None:
        topic = number % len(self._task.requests)
        source = EventSource(self._task.requests[topic])
        seen_before: set[str] = set()
        async with aclosing(source.events(clients)) as events:
            async for seen in events:
                if seen.event.name == "all_jobs":
                    self._connected += 1
                elif seen.event.name == "update":
                    for jobs in msgspec.json.decode(seen.event.data).values():
                        # What a cut makes the server say again was seen before
                        self.sights += [Sight(topic, key, seen.at_ns) for key in jobs if key not in seen_before]
                        seen_before.update(jobs)
                self._news.set()

    async def until(self, is_so: Callable[[], bool], within_s: float) -> bool:
        try:
            async with asyncio.timeout(within_s):
                while not is_so():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    @property
    def are_connected(self) -> bool:
        return self._connected >= self._task.viewers


async def watch(parent: Parent) -> None:
    task = await parent.hear(SightsTask)
    sources = Sources(task)
    async with session(task.host, task.port) as clients, asyncio.TaskGroup() as group:
        viewers = [group.create_task(sources.view(clients, number)) for number in range(task.viewers)]
        assert await sources.until(lambda: sources.are_connected, CONNECT_S), "not every client got the state"
        parent.tell("connected")
        enough = await parent.hear(Enough)
        await sources.until(lambda: len(sources.sights) >= enough.sights, enough.within_s)
        for viewer in viewers:
            viewer.cancel()
    parent.tell(sources.sights)
    await parent.gone()


if __name__ == "__main__":
    work_for_parent(watch)
