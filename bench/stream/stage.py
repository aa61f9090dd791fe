"""Peers that run side by side, each watched by a crowd of its own."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bench.child import Child, child
from bench.cpu import CpuClock
from bench.server import BenchServer
from bench.stream.crowd import Counted, CrowdTask, Until
from bench.stream.peer import Peer, PeerMissing, StartPeer
from bench.stream.sizes import Sizes

LAST_WAIT_S = 20.0
"""A frame that has not come so long after the last change is lost."""


@dataclass(slots=True)
class Watched:
    """A peer, its viewers, and how many changes it was made to tell so far."""

    peer: Peer
    crowd: Child
    viewers: int
    told: int = 0


@asynccontextmanager
async def peers(
    server: BenchServer, sizes: Sizes, starts: Sequence[StartPeer], missing: set[str]
) -> AsyncGenerator[list[Peer]]:
    """Start them. Those that are not installed are left out, and named in `missing`."""
    async with AsyncExitStack() as stack:
        found: list[Peer] = []
        for start in starts:
            try:
                found.append(await stack.enter_async_context(start(server, sizes)))
            except PeerMissing as reason:
                missing.add(str(reason))
        yield found


@asynccontextmanager
async def watched(peer: Peer, viewers: int) -> AsyncGenerator[Watched]:
    """So many viewers of a peer, all of them connected."""
    task = CrowdTask(host=peer.host, port=peer.port, requests=[peer.request], viewers=viewers)
    async with child("bench.stream.crowd", task) as crowd:
        await crowd.hear(str)
        yield Watched(peer, crowd, viewers)


async def cpu_of_turn(one: Watched, sizes: Sizes) -> tuple[float, int]:
    """Tell of some changes; the peer's CPU time (s) until every viewer had every frame, and the bytes of all that."""
    clock = CpuClock({str(pid): pid for pid in one.peer.pids})
    loop = asyncio.get_running_loop()
    wire_bytes, due = 0, loop.time()
    for _ in range(sizes.frames):
        await asyncio.sleep(due - loop.time())
        due = loop.time() + sizes.frame_every_s
        wire_bytes += await _frame(one)
    return sum(clock.read().values()), wire_bytes


async def _frame(one: Watched) -> int:
    """A frame at every viewer; the bytes of all of them."""
    await one.peer.publish(one.told)
    one.told += 1
    counted = await one.crowd.ask(Until(one.viewers, within_s=LAST_WAIT_S), Counted)
    assert counted.lost == 0, f"{one.peer.name} has ended {counted.lost} streams"
    assert counted.frames == one.viewers, f"{one.peer.name}: {counted.frames} frames for {one.viewers} viewers"
    return counted.wire_bytes
