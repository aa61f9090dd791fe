"""CPU time of the server for each frame that reached a viewer, all viewers watching one run."""

import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from bench.server import BenchServer
from bench.stream.broadcast import broadcast
from bench.stream.floor import floor
from bench.stream.jobwire import jobwire
from bench.stream.nchan import nchan
from bench.stream.rows import FLOOR, NCHAN, Limit, Row
from bench.stream.sizes import Sizes
from bench.stream.stage import Watched, cpu_of_turn, peers, watched

LIMITS: Final = (Limit(1.0, of=NCHAN), Limit(1.6, of=FLOOR))


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    return [row for viewers in sizes.viewers for row in await _with(server, sizes, missing, viewers)]


async def _with(server: BenchServer, sizes: Sizes, missing: set[str], viewers: int) -> list[Row]:
    async with peers(server, sizes, (jobwire, nchan, broadcast, floor), missing) as found, AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(watched(peer, viewers)) for peer in found]
        await _turns(crowds, sizes)  # the first one warms up
        turns = [await _turns(crowds, sizes) for _ in range(sizes.rounds)]
    costs = {name: statistics.median(turn[name][0] for turn in turns) for name in turns[0]}
    size = {name: turns[-1][name][1] for name in turns[0]}
    return [
        Row(f"CPU a frame, {viewers:,} viewers", "µs", costs, LIMITS),
        Row(f"bytes a frame, {viewers:,} viewers", "B", size),
    ]


async def _turns(crowds: Sequence[Watched], sizes: Sizes) -> dict[str, tuple[float, float]]:
    """A turn for each: microseconds and bytes a frame."""
    found: dict[str, tuple[float, float]] = {}
    for one in crowds:
        seconds, wire_bytes = await cpu_of_turn(one, sizes)
        frames = sizes.frames * one.viewers
        found[one.peer.name] = seconds / frames * 1e6, wire_bytes / frames
    return found
