"""Run as a process: changes jobs of a run as the worker does, in small batches through the real ledger."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from random import Random
from typing import Final

import msgspec

from bench.made_run import MadeRun
from bench.parent import Parent, work_for_parent
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.ingest.ports.runs import LogLine, Settlement
from jobwire.ingest.settling import LATENCY_S
from jobwire.storage.database import Database
from jobwire.storage.ledger import Ledger
from jobwire.storage.wakeups import Announcer

ENDS: Final = (*[JobStatus.READY] * 70, *[JobStatus.SKIPPED] * 29, JobStatus.ERROR)
"""How jobs end: mostly well."""
REASON: Final = "HTTP 429 from api.example.com"


class WriterTask(msgspec.Struct, frozen=True, kw_only=True):
    """Whose jobs; each may change twice, to `crawling` and to an end."""

    database_url: str
    run: MadeRun
    seed: int


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """So many changes a second, for so long."""

    changes_per_second: float
    seconds: float


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """A commit; `committed_ms` is when it had returned, since 1970, by the clock that all processes share."""

    version: int
    changes: int
    committed_ms: float


class Writer:
    """Takes the jobs of a run in an order that no list shows them in."""

    def __init__(self, ledger: Ledger, task: WriterTask) -> None:
        self._ledger = ledger
        self._run_id = RunId(task.run.run_id)
        jobs = [JobKey(*job) for job in task.run.jobs]
        Random(task.seed).shuffle(jobs)
        self._new = iter(jobs)
        self._begun: list[JobKey] = []
        self._ends = cycle(ENDS)

    async def write(self, stretch: Stretch) -> Sequence[Batch]:
        """An open loop: a batch is due at its time, however long those before it take."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        batches: list[Batch] = []
        written = 0
        for due in _times(stretch.seconds):
            await asyncio.sleep(start + due - loop.time())
            wanted = round(stretch.changes_per_second * (due + LATENCY_S)) - written
            written += wanted
            batches.append(await self._commit(wanted))
        return batches

    async def _commit(self, changes: int) -> Batch:
        """About as many jobs begin as end."""
        begin = list(islice(self._new, (changes + 1) // 2))
        end, self._begun = self._begun, begin
        settlements = [self._settlement(key) for key in end]
        async with self._ledger.unit() as unit:
            change = await unit.change(self._run_id)
            await change.mark_crawling([(key, 1) for key in begin])
            await change.settle(settlements)
            await change.log([_line(one) for one in settlements if one.status is JobStatus.ERROR])
            await change.advance()
        return Batch(change.version, len(begin) + len(end), time.time() * 1000)

    def _settlement(self, key: JobKey) -> Settlement:
        status = next(self._ends)
        return Settlement(key=key, attempt=1, status=status, reason=REASON if status is JobStatus.ERROR else None)


def _times(seconds: float) -> Iterator[float]:
    """When batches are due, in seconds from the start."""
    return (number * LATENCY_S for number in range(round(seconds / LATENCY_S)))


def _line(settlement: Settlement) -> LogLine:
    key = settlement.key
    return LogLine(message=settlement.reason or "", level="error", company=key.company, external_id=key.external_id)


async def write(parent: Parent) -> None:
    task = await parent.hear(WriterTask)
    database = Database(task.database_url, pool_size=2)
    try:
        async with Announcer(database.conninfo) as announcer:
            writer = Writer(Ledger(database, announcer.announce), task)
            while True:
                parent.tell(await writer.write(await parent.hear(Stretch)))
    except EOFError:
        pass
    finally:
        await database.close()


if __name__ == "__main__":
    work_for_parent(write)
