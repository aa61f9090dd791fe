"""Run as a process: viewers that note when they saw which job's new status; as cheap as those of `crowd`."""

import asyncio
import re
import threading
import time
from typing import Final

import msgspec

from bench.parent import Parent, work_for_parent
from bench.stream.crowd import Crowd, CrowdTask

SETTLED: Final = re.compile(rb'"(\d+)":"ready"')
LOOK_S: Final = 0.05


class SightsTask(msgspec.Struct, frozen=True, kw_only=True):
    """Viewer number i sends request number i, modulo how many there are."""

    host: str
    port: int
    requests: list[str]
    viewers: int


class Enough(msgspec.Struct, frozen=True):
    """Tell what was seen, once there are so many sights, or after so long."""

    sights: int
    within_s: float


class Sight(msgspec.Struct, frozen=True, array_like=True):
    """Viewers of request number `topic` saw a job at `at_ns` (CLOCK_MONOTONIC)."""

    topic: int
    external_id: str
    at_ns: int


class SeeingCrowd(Crowd):
    """Notes all sights, in order."""

    def __init__(self, task: SightsTask) -> None:
        super().__init__(CrowdTask(host=task.host, port=task.port, requests=task.requests, viewers=task.viewers))
        self.sights: list[tuple[int, bytes, int]] = []

    def _take(self, fd: int, lines: bytes) -> None:
        now = time.monotonic_ns()
        topic = self._topics[fd]
        self.sights += [(topic, key, now) for key in SETTLED.findall(lines)]

    def wait_for_sights(self, enough: Enough) -> None:
        give_up = time.monotonic() + enough.within_s
        while len(self.sights) < enough.sights and time.monotonic() < give_up:
            time.sleep(LOOK_S)


async def watch(parent: Parent) -> None:
    crowd = SeeingCrowd(await parent.hear(SightsTask))
    await asyncio.to_thread(crowd.connect)
    threading.Thread(target=crowd.read_for_ever, daemon=True).start()
    parent.tell("connected")
    await asyncio.to_thread(crowd.wait_for_sights, await parent.hear(Enough))
    parent.tell([Sight(topic, key.decode(), at_ns) for topic, key, at_ns in crowd.sights])
    await parent.gone()


if __name__ == "__main__":
    work_for_parent(watch)
