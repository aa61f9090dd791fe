"""Runs on a real database, worked on by hand: the queue is a list that the test empties."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from jobwire.domain.companies import BoardRef
from jobwire.domain.filters import TitleFilters
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import Retried, RetryWish
from jobwire.domain.runs import RunId, UserId, Version
from jobwire.ingest.extraction import Extraction, Extractor
from jobwire.ingest.ports.boards import Boards
from jobwire.ingest.ports.runs import Claim, OpenJob, RunCompany
from jobwire.ingest.ports.units import Unit
from jobwire.ingest.retrying import Retrying
from jobwire.ingest.runs import Runs
from jobwire.ingest.slices import SliceEnd, Slices
from jobwire.storage.boards import Boards as StoredBoards
from jobwire.storage.database import Database
from jobwire.storage.follows import Follows
from jobwire.storage.ledger import Ledger
from jobwire.storage.posting_columns import extracted_row
from jobwire.storage.users import Users
from jobwire.worker.queue import Queue


@dataclass
class RecordedTasks:
    """Keeps what was queued, in the order of queueing."""

    queue: list[tuple[RunId, str]] = field(default_factory=list[tuple[RunId, str]])

    async def defer_slices(self, unit: Unit, run_id: RunId, hosts: Collection[str]) -> None:
        self.queue += [(run_id, host) for host in hosts]


@dataclass
class Clock:
    """A clock that only a test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    database: Database
    ledger: Ledger
    runs: Runs
    retrying: Retrying
    slices: Slices
    follows: Follows
    boards: StoredBoards
    tasks: RecordedTasks
    told: list[tuple[RunId, Version]]

    async def user(self, email: str = "me@example.com") -> UserId:
        return await Users(self.database).ensure(email)

    async def follow(
        self, user: UserId, *sources: str, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> None:
        """Follow companies, each `name=system:slug` or `system:slug` (then the slug is its name)."""
        for source in sources:
            name, _, ref = source.rpartition("=")
            board = BoardRef(*ref.split(":"))
            filters = TitleFilters.of(list(include), list(exclude))
            await self.follows.upsert(user, name or board.slug, board=board, filters=filters, move=True)

    async def start(self, user: UserId, companies: list[str] | None = None) -> RunId:
        return await self.runs.start(user, companies)

    async def run(self, user: UserId, companies: list[str] | None = None) -> RunId:
        """A run from start to finish."""
        run_id = await self.start(user, companies)
        await self.drain()
        return run_id

    async def retry(
        self, user: UserId, run_id: RunId, *, companies: list[str] | None = None, jobs: list[JobKey] | None = None
    ) -> Retried:
        return await self.retrying.retry(user, run_id, RetryWish(companies=companies, jobs=jobs))

    async def drain(self) -> list[SliceEnd]:
        """Work until the queue is empty."""
        ends: list[SliceEnd] = []
        while self.tasks.queue:
            ends.append(await self.work())
            assert len(ends) < 200, "the slices never end"
        return ends

    async def work(self) -> SliceEnd:
        """Take one slice from the queue, work, and queue it again where more is left, as the worker does."""
        run_id, host = self.tasks.queue.pop(0)
        end = await self.slices.work(run_id, host)
        if end.more:
            self.tasks.queue.append((run_id, host))
        return end

    # What the database says

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.begin() as connection:
            return list((await connection.execute(text(statement), values)).all())

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.begin() as connection:
            await connection.execute(text(statement), values)

    async def row(self, run_id: RunId) -> Any:
        (row,) = await self.rows("SELECT * FROM runs WHERE id = :run", run=run_id)
        return row

    async def status(self, run_id: RunId) -> str:
        return (await self.row(run_id)).status

    async def version(self, run_id: RunId) -> int:
        return (await self.row(run_id)).version

    async def jobs(self, run_id: RunId, company: str | None = None) -> dict[str, str]:
        """Statuses by external_id."""
        rows = await self.rows(
            "SELECT external_id, status FROM run_jobs WHERE run_id = :run AND company = coalesce(:company, company)",
            run=run_id,
            company=company,
        )
        return dict(map(tuple, rows))

    async def reasons(self, run_id: RunId, company: str | None = None) -> dict[str, str]:
        rows = await self.rows(
            "SELECT external_id, reason FROM run_jobs WHERE run_id = :run AND company = coalesce(:company, company)",
            run=run_id,
            company=company,
        )
        return dict(map(tuple, rows))

    async def counts(self, run_id: RunId) -> dict[str, int]:
        return dict(Counter((await self.jobs_by_key(run_id)).values()))

    async def jobs_by_key(self, run_id: RunId) -> dict[tuple[str, str], str]:
        rows = await self.rows("SELECT company, external_id, status FROM run_jobs WHERE run_id = :run", run=run_id)
        return {(row.company, row.external_id): row.status for row in rows}

    async def companies(self, run_id: RunId) -> dict[str, tuple[str, str | None]]:
        rows = await self.rows("SELECT company, status, reason FROM run_companies WHERE run_id = :run", run=run_id)
        return {row.company: (row.status, row.reason) for row in rows}

    async def logs(self, run_id: RunId) -> list[str]:
        rows = await self.rows("SELECT message FROM run_logs WHERE run_id = :run ORDER BY seq", run=run_id)
        return [row.message for row in rows]

    async def taken(self, user: UserId, company: str) -> int:
        (row,) = await self.rows(
            "SELECT taken FROM follows WHERE user_id = :user AND company = :company", user=user, company=company
        )
        return row.taken

    async def claim(self, run_id: RunId, host: str = "host") -> Claim:
        return await self.ledger.claim(run_id, host)


def make_world(
    database: Database,
    boards: Boards,
    clock: Callable[[], float] = time.monotonic,
    extractor: Extractor | None = None,
    tasks: Queue | None = None,
) -> World:
    told: list[tuple[RunId, Version]] = []
    ledger = Ledger(database, lambda run_id, version: told.append((run_id, version)))
    follows = Follows(database)
    recorded = RecordedTasks()
    return World(
        database=database,
        ledger=ledger,
        runs=Runs(ledger, follows, boards, tasks or recorded),
        retrying=Retrying(ledger, follows, boards, tasks or recorded),
        slices=Slices(ledger, boards, extractor or Extraction(boards, extracted_row), clock, lambda: 0.0),
        follows=follows,
        boards=StoredBoards(database),
        tasks=recorded,
        told=told,
    )


@asynccontextmanager
async def row_lock(database: Database, statement: str, **values: Any) -> AsyncIterator[None]:
    """Hold the lock that a statement takes."""
    async with database.begin() as connection:
        await connection.execute(text(statement), values)
        yield


def open_jobs(claim: Claim) -> list[OpenJob]:
    return [job for jobs in claim.jobs.values() for job in jobs]


def company_of(claim: Claim, name: str) -> RunCompany:
    return next(one for one in claim.companies if one.company == name)
