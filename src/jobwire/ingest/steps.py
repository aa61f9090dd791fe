"""What a slice has to do at a host, in steps of about a request each, fair to all companies and to whoever waits."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable

from jobwire.domain.errors import HostBusy

Step = Callable[[], Awaitable[None]]


class Steps:
    """Steps by company, taken in turn, so that a large company does not keep the others waiting.

    After `budget_s`, where the host `is_wanted` by somebody else, after `longest_s` in any case, or when the host asks
    for a pause (`HostBusy`), no further step begins. What is left is dropped: the ledger says where to go on.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        is_wanted: Callable[[], Awaitable[bool]],
        *,
        budget_s: float,
        longest_s: float,
    ) -> None:
        self.wait_s: float | None = None
        """How long the host wants to be left alone, where it does."""
        self.cut_short: dict[str, HostBusy] = {}
        """Companies whose listings the host has broken off, and what it said."""
        self._monotonic = monotonic
        self._is_wanted = is_wanted
        self._budget_s = budget_s
        self._until = monotonic() + budget_s
        self._end = monotonic() + longest_s
        self._asking = asyncio.Lock()
        self._lanes: OrderedDict[str, deque[Step]] = OrderedDict()
        self._running = 0
        self._changed = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._lanes)

    def add(self, company: str, step: Step) -> None:
        """Add a step behind the company's others; a running step may add more."""
        self._lanes.setdefault(company, deque()).append(step)
        self._changed.set()

    async def drain(self, concurrency: int) -> None:
        """Take the steps, so many at a time. What a step raises ends them all (in an exception group)."""
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(self._work())

    async def _work(self) -> None:
        while self.wait_s is None and await self._has_time():
            if self._lanes:
                await self._take(*self._next())
            elif self._running:
                self._changed.clear()
                await self._changed.wait()
            else:
                return

    async def _has_time(self) -> bool:
        if self._monotonic() < self._until:
            return True
        async with self._asking:
            if self._until <= self._monotonic() < self._end and not await self._is_wanted():
                self._until = min(self._monotonic() + self._budget_s, self._end)
        return self._monotonic() < self._until

    async def _take(self, company: str, step: Step) -> None:
        self._running += 1
        try:
            await step()
        except HostBusy as busy:
            self.wait_s = max(self.wait_s or 0.0, busy.retry_after)
            if busy.is_cut_short:
                self.cut_short[company] = busy
        finally:
            self._running -= 1
            self._changed.set()

    def _next(self) -> tuple[str, Step]:
        company, lane = self._lanes.popitem(last=False)
        step = lane.popleft()
        if lane:
            self._lanes[company] = lane
        return company, step
