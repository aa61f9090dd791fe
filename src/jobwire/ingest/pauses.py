"""A host that wants to be left alone: the run says so, and until when, for as long as that lasts."""

import asyncio
import math
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from jobwire.domain.errors import HostBusy
from jobwire.domain.runs import RunId
from jobwire.domain.standing import Pause
from jobwire.ingest.failing import fail_company
from jobwire.ingest.ports.boards import Boards
from jobwire.ingest.ports.runs import Claim, LogLine, RunChange, RunCompany
from jobwire.ingest.ports.units import Ledger, Unit

TOLD_FROM_S: Final = 5.0
"""Shorter pauses are nothing that somebody has to know, nor that one lasts so little longer than was said."""
LOOK_EVERY_S: Final = 1.0
MOST_CUT_SHORT: Final = 5
"""So often a listing begins again because its host broke it off. Each time all its requests were in vain."""


class Pauses:
    """Tells a run of its host's pauses, for one slice. `now` is by the database's clock."""

    def __init__(self, ledger: Ledger, boards: Boards, claim: Claim, host: str, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._boards = boards
        self._claim = claim
        self._host = host
        self._now = now
        self._told_until: datetime | None = None
        self._told_before = {company.reason for company in claim.companies if company.reason}
        self._is_told = bool(self._told_before)
        self._closing = asyncio.Event()

    async def watch(self) -> None:
        """Tell of each pause when it begins and when it is over, until closed. Raise `RunEnded`."""
        while not self._closing.is_set():
            await self.tell()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._closing.wait()

    def close(self) -> None:
        """Have `watch` return, after what it is telling just now: cancelled, it would not know whether that is told."""
        self._closing.set()

    async def tell(self, *, is_last: bool = False) -> None:
        """Tell of what has changed; the last time, of companies that have come to it since, too. Raise `RunEnded`."""
        pause_s = self._boards.pause_s(self._host)
        if pause_s == 0:
            await self._end()
        elif pause_s > TOLD_FROM_S:
            await self._wait(pause_s, self._now() + timedelta(seconds=pause_s), is_last=is_last)

    async def _wait(self, pause_s: float, until: datetime, *, is_last: bool) -> None:
        is_news = not self._knows(until)
        if not is_news and not is_last:
            return
        async with self._ledger.unit() as unit:
            await _tell(await unit.change(self._claim.run_id), Pause(self._host, pause_s, until), is_news=is_news)
        self._told_until, self._is_told = until, True

    def _knows(self, until: datetime) -> bool:
        """Whether the run was told of this pause: by this slice, or by one before it that did not come to its end."""
        if self._told_until is not None:
            return until <= self._told_until + timedelta(seconds=TOLD_FROM_S)
        # Clocks of two workers, and whole seconds, may make it a second earlier as well.
        around = (until - timedelta(seconds=later) for later in range(-1, int(TOLD_FROM_S) + 1))
        return any(_reason(self._host, second) in self._told_before for second in around)

    async def _end(self) -> None:
        if self._is_told:
            async with self._ledger.unit() as unit:
                await (await unit.change(self._claim.run_id)).wait_for(self._host, None)
            self._is_told = False


async def tell_of_pauses(unit: Unit, run_id: RunId, hosts: Collection[str]) -> None:
    """Tell a run of the pauses of hosts that it comes to: its tasks there wait for those of others."""
    if pauses := [pause for pause in await unit.pauses(hosts) if pause.seconds > TOLD_FROM_S]:
        change = await unit.change(run_id)
        for pause in pauses:
            await _tell(change, pause)


async def _tell(change: RunChange, pause: Pause, *, is_news: bool = True) -> None:
    await change.wait_for(pause.host, _reason(pause.host, pause.until))
    if is_news:
        asked = f"{pause.host} asks to be left alone for {math.ceil(pause.seconds)} s"
        message = f"{asked}: everything there goes on at {pause.until:%H:%M:%S} UTC."
        await change.log([LogLine(message=message, level="warning")])


def _reason(host: str, until: datetime) -> str:
    return f"{host} asks to be left alone until {until:%H:%M:%S} UTC."


async def count_cut_short(ledger: Ledger, company: RunCompany, busy: HostBusy) -> None:
    """Count that a company's listing has to begin again; too often, and the company fails. Raise `RunEnded`."""
    async with ledger.unit() as unit:
        times = await (await unit.change(company.run_id)).cut_short(company.company)
    if times >= MOST_CUT_SHORT:
        reason = f"{busy.message} That has made its listing begin again {times} times: it is not tried once more."
        await fail_company(ledger, company, reason)
