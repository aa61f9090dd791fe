"""Findings commit in order, and while one batch moves the run on, the postings of the next one are written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from ingest_boards import FakeBoards, raising
from ingest_world import World, company_of, make_world, open_jobs, row_lock
from ledger_world import eventually, somebody_waits_for_a_lock

from jobwire.domain.errors import HostBusy, RunEnded
from jobwire.domain.runs import RunId
from jobwire.domain.strikes import struck
from jobwire.ingest import settling
from jobwire.ingest.crawling import Failed
from jobwire.ingest.settling import Found, Settler
from jobwire.storage.database import Database


@pytest.fixture
def world(database: Database) -> World:
    boards = FakeBoards()
    board = boards.add("acme", "1", "2")
    board.on_fetch = dict.fromkeys("12", raising(HostBusy("acme: busy.", retry_after=60)))
    return make_world(database, boards)


@asynccontextmanager
async def two_commits(
    world: World, run_id: RunId, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[asyncio.Task[None]]:
    """Two commits on their way, of a job each: the first waits for the run, and the second has written its posting."""
    monkeypatch.setattr(settling, "BATCH", 1)
    claim = await world.claim(run_id)
    jobs = {job.key.external_id: job for job in open_jobs(claim)}
    settler = Settler(world.ledger, {})
    committing = asyncio.create_task(settler.run(run_id))
    for one in "12":
        failed = Failed(f"It refuses: {one}.", struck(None, datetime.now(UTC)))
        await settler.put(Found(company_of(claim, "acme"), 1, jobs[one], failed))
        await eventually(lambda one=one: is_locked(world, one))
        if one == "1":
            await eventually(lambda: somebody_waits_for_a_lock(world))
    settler.close()
    yield committing


async def is_locked(world: World, external_id: str) -> bool:
    free = "SELECT external_id FROM postings WHERE external_id = :one FOR UPDATE SKIP LOCKED"
    return not await world.rows(free, one=external_id)


async def begun(world: World) -> RunId:
    """A run of two jobs that are open."""
    user = await world.user()
    await world.follow(user, "fetch:acme")
    run_id = await world.start(user)
    await world.work()
    assert set((await world.jobs(run_id)).values()) <= {"pending", "crawling"}
    return run_id


async def test_they_commit_in_order_and_the_next_does_not_wait_to_write_its_postings(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await begun(world)
    locked = "SELECT FROM runs WHERE id = :r FOR UPDATE"
    async with row_lock(world.database, locked, r=run_id), two_commits(world, run_id, monkeypatch) as committing:
        assert not committing.done()
    await committing
    assert await world.jobs(run_id) == dict.fromkeys("12", "error")
    versions = await world.rows("SELECT version FROM run_jobs WHERE run_id = :r ORDER BY external_id", r=run_id)
    assert versions[0].version < versions[1].version
    assert await world.status(run_id) == "finished"


async def test_where_the_run_has_ended_meanwhile_the_lines_of_both_are_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await begun(world)
    abort = "UPDATE runs SET status = 'aborted', finished_at = now() WHERE id = :r"
    async with row_lock(world.database, abort, r=run_id), two_commits(world, run_id, monkeypatch) as committing:
        assert not committing.done()
    with pytest.raises(RunEnded):
        await committing
    late = "SELECT external_id FROM run_logs WHERE run_id = :r AND version IS NULL ORDER BY external_id"
    assert [row.external_id for row in await world.rows(late, r=run_id)] == ["1", "2"]
    assert await world.rows("SELECT 1 FROM postings WHERE strikes IS NOT NULL") == []
