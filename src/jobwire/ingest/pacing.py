"""A host's pace belongs to all workers: what one has learned of it, the next one that works there begins with."""

from collections.abc import Callable
from typing import Protocol

from jobwire.domain.runs import RunId
from jobwire.ingest.slices import SliceEnd, Slices

FORGIVEN_AFTER_S = 3600.0
"""A host that nobody has asked for so long is asked twice as fast again."""


class Hosts(Protocol):
    """The hosts as this process knows them."""

    def slowness(self, key: str) -> float:
        """How many times slower than usual a host is asked now: 1 and more."""
        ...

    def set_slowness(self, key: str, slowness: float) -> None:
        """Ask a host so many times slower than usual from now on, until it answers well again."""
        ...


class Paces(Protocol):
    """The hosts as all processes know them."""

    async def slowness(self, host: str) -> tuple[float, float]:
        """How slow a host was last found to be, and how many seconds ago."""
        ...

    async def note(self, host: str, slowness: float) -> None:
        """Tell the others."""
        ...


class PacedSlices:
    """Slices that hand a host's pace on. A lock of the queue sees to it that one works on a host at a time."""

    def __init__(self, slices: Slices, hosts: Hosts, paces: Paces) -> None:
        self._slices = slices
        self._hosts = hosts
        self._paces = paces

    async def work(self, run_id: RunId, host: str, is_over: Callable[[], bool] = lambda: False) -> SliceEnd:
        """Work on a slice at the pace that was last found to be right."""
        slowness, age_s = await self._paces.slowness(host)
        before = max(1.0, slowness / 2 ** (age_s / FORGIVEN_AFTER_S))
        self._hosts.set_slowness(host, before)
        try:
            return await self._slices.work(run_id, host, is_over)
        finally:
            after = self._hosts.slowness(host)
            if after != before:
                await self._paces.note(host, after)

    async def give_up(self, run_id: RunId, host: str, reason: str) -> None:
        """Settle everything that is open of a run at a host as `error`."""
        await self._slices.give_up(run_id, host, reason)
