"""Memory of the server for each viewer that only waits; and what is left of viewers that came and went."""

import asyncio
from typing import Final

import psutil

from bench.server import BenchServer
from bench.stream.broadcast import broadcast
from bench.stream.crowd import Counted, Visit
from bench.stream.floor import floor
from bench.stream.jobwire import jobwire
from bench.stream.nchan import nchan
from bench.stream.peer import Peer
from bench.stream.rows import Limit, Row
from bench.stream.sizes import Sizes
from bench.stream.stage import peers, watched

A_VIEWER_KB: Final = Limit(12)
GROWTH_KB: Final = Limit(1_024)
"""A growth of a tenth of a kilobyte a visitor would be seen; what an allocator keeps for later is less."""
LEAVE_S: Final = 30.0


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    async with peers(server, sizes, (jobwire, nchan, broadcast, floor), missing) as found:
        measured = {peer.name: await _of(peer, sizes) for peer in found}
    return [
        Row(
            f"memory an idle viewer, {sizes.idle_viewers:,} of them",
            "KB",
            {name: a_viewer for name, (a_viewer, _) in measured.items()},
            [A_VIEWER_KB],
        ),
        Row(
            f"growth over {sizes.visitors:,} connects and cuts",
            "KB",
            {name: growth for name, (_, growth) in measured.items()},
            [GROWTH_KB],
        ),
    ]


async def _of(peer: Peer, sizes: Sizes) -> tuple[float, float]:
    """Kilobytes a viewer, and of growth."""
    async with watched(peer, 1) as one:  # keeps the run in memory
        await one.crowd.ask(Visit(sizes.warm_visitors), Counted)
        await _all_left(peer)
        empty = resident_kb(peer)
        async with watched(peer, sizes.idle_viewers):
            a_viewer = (resident_kb(peer) - empty) / sizes.idle_viewers
        await _all_left(peer)
        before = resident_kb(peer)
        await one.crowd.ask(Visit(sizes.visitors), Counted)
        await _all_left(peer)
        return a_viewer, resident_kb(peer) - before


def resident_kb(peer: Peer) -> float:
    return sum(psutil.Process(pid).memory_info().rss for pid in peer.pids) / 1024


async def _all_left(peer: Peer) -> None:
    """Wait until the server, too, knows that only the one viewer is there."""
    async with asyncio.timeout(LEAVE_S):
        while _connections(peer) > 1:  # noqa: ASYNC110 - it is another process's
            await asyncio.sleep(0.1)


def _connections(peer: Peer) -> int:
    """Of viewers: changes are published over one more, which is not open yet."""
    found = [one for pid in peer.pids for one in psutil.Process(pid).net_connections("tcp")]
    return sum(one.laddr.port == peer.port and bool(one.raddr) for one in found)
