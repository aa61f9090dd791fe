"""Run as a process: viewers of the stream and, next to them, clients that poll; both note when they saw what."""

import asyncio
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

import aiohttp
import msgspec

from bench.made_run import MadeRun
from bench.parent import Parent, work_for_parent
from bench.viewing import Seen, client, watching

LAST_WAIT_S: Final = 10.0
"""What was not seen so long after the last commit is lost."""


class WatchTask(msgspec.Struct, frozen=True, kw_only=True):
    """`viewers` are spread evenly over the runs; the first runs have one poller each, too."""

    url: str
    runs: list[MadeRun]
    viewers: int
    pollers: int
    poll_every_s: float
    seed: int


class Sights(msgspec.Struct, frozen=True):
    """What one client saw of one run: when each job's new status had come (ns), and the bytes of all answers."""

    run_id: int
    seen_ns: dict[str, int]
    wire_bytes: int


class Watched(msgspec.Struct, frozen=True):
    """What all clients saw."""

    viewers: list[Sights]
    pollers: list[Sights]


class Eyes:
    """What one client has seen so far."""

    def __init__(self, run: MadeRun, on_news: Callable[[], None]) -> None:
        self.run = run
        self.is_connected = False
        self.seen_ns: dict[str, int] = {}
        self.wire_bytes = 0
        self._on_news = on_news

    def see(self, statuses: Mapping[str, str], at_ns: int) -> None:
        self.is_connected = True
        for external_id, status in statuses.items():
            if status != "pending":
                self.seen_ns.setdefault(external_id, at_ns)
        self._on_news()

    def sights(self) -> Sights:
        return Sights(self.run.run_id, self.seen_ns, self.wire_bytes)


class Crowd:
    """All clients, each a task. `until` waits for something to be true of every one of them."""

    def __init__(self, task: WatchTask) -> None:
        self._news = asyncio.Event()
        self.viewers = [Eyes(task.runs[index % len(task.runs)], self._news.set) for index in range(task.viewers)]
        self.pollers = [Eyes(run, self._news.set) for run in task.runs[: task.pollers]]

    async def until(self, is_so: Callable[[Eyes], bool], within_s: float) -> bool:
        """False where it was not so in time."""
        try:
            async with asyncio.timeout(within_s):
                while not all(map(is_so, [*self.viewers, *self.pollers])):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True


async def watch(parent: Parent) -> None:
    task = await parent.hear(WatchTask)
    crowd = Crowd(task)
    random = Random(task.seed)
    async with client(task.url) as session, asyncio.TaskGroup() as group:
        clients = [group.create_task(_view(session, eyes)) for eyes in crowd.viewers]
        for eyes in crowd.pollers:
            phase_s = task.poll_every_s * random.random()
            clients.append(group.create_task(_poll(session, eyes, phase_s, task.poll_every_s)))
        connected = await crowd.until(lambda eyes: eyes.is_connected, within_s=LAST_WAIT_S + task.poll_every_s)
        assert connected, "not every client got the state of its run"
        parent.tell("ready")
        changes = await parent.hear(dict[int, int])
        await crowd.until(lambda eyes: len(eyes.seen_ns) >= changes[eyes.run.run_id], within_s=LAST_WAIT_S)
        for one in clients:
            one.cancel()
    parent.tell(Watched([eyes.sights() for eyes in crowd.viewers], [eyes.sights() for eyes in crowd.pollers]))
    await parent.gone()


async def _view(session: aiohttp.ClientSession, eyes: Eyes) -> None:
    async with watching(session, eyes.run.run_id, eyes.run.token) as stream:
        async for seen in stream.events():
            eyes.wire_bytes = stream.wire_bytes
            eyes.see(_statuses(seen), seen.at_ns)
    raise EOFError("the server has ended a stream whose run goes on")


def _statuses(seen: Seen) -> Mapping[str, str]:
    match seen.event.name:
        case "update":
            return {
                key: status for jobs in msgspec.json.decode(seen.event.data).values() for key, status in jobs.items()
            }
        case "all_jobs":
            state = msgspec.json.decode(seen.event.data)
            return {job["external_id"]: job["status"] for jobs in state.values() for job in jobs}
        case _:
            return {}


async def _poll(session: aiohttp.ClientSession, eyes: Eyes, phase_s: float, every_s: float) -> None:
    """The whole state every so often, as a page does that has no stream."""
    headers = {"Authorization": f"Bearer {eyes.run.token}", "Accept-Encoding": "identity"}
    loop = asyncio.get_running_loop()
    due = loop.time() + phase_s
    while True:
        await asyncio.sleep(due - loop.time())
        async with session.get(
            f"/api/ingestion/runs/{eyes.run.run_id}/jobs", params={"limit": "1000"}, headers=headers
        ) as response:
            response.raise_for_status()
            body = await response.read()
        now = time.monotonic_ns()
        answer: dict[str, Any] = msgspec.json.decode(body)
        assert answer["next"] is None, "a run of this benchmark fits on one page"
        eyes.wire_bytes += len(body)
        eyes.see({job["external_id"]: job["status"] for job in answer["jobs"]}, now)
        due += every_s


if __name__ == "__main__":
    work_for_parent(watch)
