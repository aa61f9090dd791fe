"""Runs whose boards are listed by hand, for tests of the ledger's own rules."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from ingest_boards import FakeBoards
from ingest_world import World, company_of, make_world, open_jobs

from jobwire.domain.runs import JobStatus, RunId, UserId
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports.boards import Opening
from jobwire.ingest.ports.postings import FreshPosting
from jobwire.ingest.ports.runs import NewJob, OpenJob, Settlement
from jobwire.storage.database import Database
from patience import PATIENCE_S


def ledger_world(database: Database) -> World:
    return make_world(database, FakeBoards())


def opening(external_id: str, title: str | None = None) -> Opening:
    return Opening(
        external_id=external_id,
        title=title or f"Engineer {external_id}",
        location="Berlin",
        url=f"https://example.com/{external_id}",
    )


async def started(world: World, companies: Iterable[str] = ("acme",), email: str = "me@example.com") -> RunId:
    user = await world.user(email)
    await world.follow(user, *(f"fetch:{name}" for name in companies))
    return await world.start(user, list(companies))


async def list_company(world: World, run_id: RunId, company: str, ids: Sequence[str]) -> None:
    """List a company's board with these new postings."""
    board_id = company_of(await world.claim(run_id), company).board_id
    async with world.ledger.unit() as unit:
        board = (await unit.postings.lock_boards([board_id]))[board_id]
        known = (await unit.postings.of_boards([board_id]))[board_id]
        await unit.postings.add(
            [FreshPosting(board_id, board.listing + 1, opening(one)) for one in ids if one not in known]
        )
        known = (await unit.postings.of_boards([board_id]))[board_id]
        await unit.postings.record_boards({board_id: replace(board, listing=board.listing + 1)})
        change = await unit.change(run_id)
        await change.begin()
        jobs = [
            NewJob(external_id=one, posting_id=known[one].posting_id, title=known[one].title, location="Berlin")
            for one in ids
        ]
        await change.listed({company: (board.listing + 1, jobs)})
        await advance(change)


async def listed(world: World, *ids: str, companies: Iterable[str] = ("acme",), email: str = "me@example.com") -> RunId:
    """A run each of whose companies has these postings, all pending."""
    run_id = await started(world, companies, email)
    for company in companies:
        await list_company(world, run_id, company, ids)
    return run_id


async def jobs_of(world: World, run_id: RunId) -> list[OpenJob]:
    return open_jobs(await world.claim(run_id))


def settlement(job: OpenJob, status: JobStatus = JobStatus.READY, attempt: int | None = None) -> Settlement:
    return Settlement(key=job.key, attempt=job.attempt if attempt is None else attempt, status=status, reason="new")


async def settle(world: World, run_id: RunId, *jobs: OpenJob, status: JobStatus = JobStatus.READY) -> int:
    """Settle jobs in a unit of their own; answer how many it were."""
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        settled = await change.settle([settlement(job, status) for job in jobs])
        await advance(change)
    return len(settled)


async def eventually(check: Callable[[], Awaitable[object]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not await check():  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.005)


async def somebody_waits_for_a_lock(world: World) -> bool:
    return bool(
        await world.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    )


async def me(world: World) -> UserId:
    return await world.user()
