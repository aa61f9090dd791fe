"""Run as a process: changes jobs of runs through the real ledger, and notes when each COMMIT has returned."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from random import Random
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.made_run import MadeRun
from bench.parent import Parent, work_for_parent
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.ingest.ports.runs import Settlement
from jobwire.storage.database import Database
from jobwire.storage.ledger import Ledger
from jobwire.storage.wakeups import Announcer

CONNECTIONS: Final = 10

_committed_ns: ContextVar[int] = ContextVar("committed_ns")


class WriteTask(msgspec.Struct, frozen=True, kw_only=True):
    """So many changes at this rate: one job a commit, each job once, whichever run the dice name."""

    database_url: str
    runs: list[MadeRun]
    changes: int
    changes_per_second: float
    seed: int


class Change(msgspec.Struct, frozen=True, array_like=True):
    """A committed change; `committed_ns` is when its COMMIT had returned (CLOCK_MONOTONIC)."""

    run_id: int
    external_id: str
    committed_ns: int


class TimedDatabase(Database):
    """Notes when the COMMIT of each transaction has returned, before the connection goes back to the pool."""

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        async with self.connect() as connection:
            yield connection
            await connection.commit()
            _committed_ns.set(time.monotonic_ns())


async def write(parent: Parent) -> None:
    task = await parent.hear(WriteTask)
    database = TimedDatabase(task.database_url, pool_size=CONNECTIONS)
    try:
        async with Announcer(database.conninfo) as announcer:
            ledger = Ledger(database, announcer.announce)
            parent.tell(await _write_all(task, ledger))
            await parent.gone()
    finally:
        await database.close()


async def _write_all(task: WriteTask, ledger: Ledger) -> Sequence[Change]:
    """An open loop: a change is due at its time, however long those before it take."""
    random = Random(task.seed)
    jobs = {run.run_id: iter(run.jobs) for run in task.runs}
    loop = asyncio.get_running_loop()
    # Late changes wait here rather than for the pool, which gives up after a while: `live` tells how many were made
    gate = asyncio.Semaphore(CONNECTIONS)
    start = loop.time()
    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[Change]] = []
        for index in range(task.changes):
            # Anywhere in its slot: in step with the server's own rhythm, the mean would be luck
            due = start + (index + random.random()) / task.changes_per_second
            run_id = random.choice(task.runs).run_id
            key = JobKey(*next(jobs[run_id]))
            await asyncio.sleep(due - loop.time())
            tasks.append(group.create_task(_settle(ledger, gate, RunId(run_id), key)))
    return [task.result() for task in tasks]


async def _settle(ledger: Ledger, gate: asyncio.Semaphore, run_id: RunId, key: JobKey) -> Change:
    async with gate, ledger.unit() as unit:
        change = await unit.change(run_id)
        settled = await change.settle([Settlement(key=key, attempt=1, status=JobStatus.READY)])
        assert settled, f"{key} was settled already"
        await change.advance()
    return Change(run_id, key.external_id, _committed_ns.get())


if __name__ == "__main__":
    work_for_parent(write)
