"""Run as a process: changes jobs at a rate, by the ledger's own rule in one statement, and notes each commit's time.

The ledger's transactions would need a core for themselves at this rate. What is measured here begins with the commit.
"""

import asyncio
import time
from collections.abc import Sequence
from random import Random
from typing import Final, LiteralString

import msgspec
from psycopg import AsyncConnection

from bench.parent import Parent, work_for_parent
from jobwire.domain.runs import RunId
from jobwire.storage.database import conninfo
from jobwire.storage.wakeups import Announcer

CONNECTIONS: Final = 8
CHANGE: Final[LiteralString] = """
    WITH run AS (
        UPDATE runs SET version = version + 1, version_at = clock_timestamp()
        WHERE id = %s AND status IN ('pending', 'initializing', 'ingesting')
        RETURNING version)
    UPDATE run_jobs j SET status = 'ready', version = run.version
    FROM run, unnest(%s::text[], %s::text[]) AS job (company, external_id)
    WHERE j.run_id = %s AND j.company = job.company AND j.external_id = job.external_id AND j.status = 'pending'
    RETURNING run.version
"""


class Commit(msgspec.Struct, frozen=True, array_like=True):
    """Jobs of one run, by company and external_id."""

    run_id: int
    jobs: list[tuple[str, str]]


class WriterTask(msgspec.Struct, frozen=True, kw_only=True):
    """These, in order, so many a second; `topics` are the runs in the order of their viewers' requests."""

    database_url: str
    topics: list[int]
    commits: list[Commit]
    per_second: float
    seed: int


class Writer:
    """A few connections, each one commit at a time."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._free: asyncio.LifoQueue[AsyncConnection] = asyncio.LifoQueue()

    async def open(self, where: str) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await AsyncConnection.connect(where, autocommit=True, prepare_threshold=0))

    async def close(self) -> None:
        while not self._free.empty():
            await self._free.get_nowait().close()

    async def write(self, commit: Commit) -> int:
        """Answer when it had committed (CLOCK_MONOTONIC, ns)."""
        companies, keys = zip(*commit.jobs, strict=True)
        connection = await self._free.get()
        try:
            rows = await connection.execute(CHANGE, (commit.run_id, list(companies), list(keys), commit.run_id))
            committed_ns = time.monotonic_ns()
        finally:
            self._free.put_nowait(connection)
        versions = [version for (version,) in await rows.fetchall()]
        assert len(versions) == len(commit.jobs), f"jobs of run {commit.run_id} had changed already"
        self._announcer.announce(RunId(commit.run_id), versions[0])
        return committed_ns


async def write(parent: Parent) -> None:
    task = await parent.hear(WriterTask)
    where = conninfo(task.database_url)
    async with Announcer(where) as announcer:
        writer = Writer(announcer)
        await writer.open(where)
        try:
            parent.tell("ready")
            await parent.hear(str)
            parent.tell(await _all(writer, task))
            await parent.gone()
        finally:
            await writer.close()


async def _all(writer: Writer, task: WriterTask) -> Sequence[int]:
    """An open loop: a commit is due at its time, however long those before it take."""
    random = Random(task.seed)
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[int]] = []
        for index, commit in enumerate(task.commits):
            # Anywhere in its slot: in step with the server's own rhythm, the mean would be luck
            due = start + (index + random.random()) / task.per_second
            await asyncio.sleep(due - loop.time())
            tasks.append(group.create_task(writer.write(commit)))
    return [task.result() for task in tasks]


if __name__ == "__main__":
    work_for_parent(write)
