"""Ledger rules 1 and 2: versions become visible in the order in which they commit, and are told after it."""

import asyncio
import random

import pytest
from ingest_world import World
from ledger_world import eventually, jobs_of, ledger_world, listed, settle, settlement, somebody_waits_for_a_lock

from jobwire.domain.errors import RunEnded
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import RunId, RunStatus, Version
from jobwire.ingest.ports.runs import LogLine
from jobwire.storage.database import Database
from jobwire.storage.run_stream import RunStream


@pytest.fixture
def world(database: Database) -> World:
    return ledger_world(database)


async def test_a_later_version_waits_for_an_earlier_one(world: World) -> None:
    run_id = await listed(world, "1", "2")
    first, second = await jobs_of(world, run_id)
    before = await world.version(run_id)
    stream = RunStream(world.database)
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        assert change.version == before + 1
        later = asyncio.create_task(settle(world, run_id, second))
        await eventually(lambda: somebody_waits_for_a_lock(world))
        assert not later.done()
        assert (await stream.read(run_id, Version(before))).jobs == []
        await change.settle([settlement(first)])
    await later
    delta = await stream.read(run_id, Version(before))
    assert [(job.external_id, job.version) for job in delta.jobs] == [("1", before + 1), ("2", before + 2)]


async def test_a_reader_that_follows_the_cursor_misses_no_change(world: World) -> None:
    ids = [str(number) for number in range(60)]
    run_id = await listed(world, *ids)
    jobs = await jobs_of(world, run_id)
    stream = RunStream(world.database)
    dice = random.Random(1)

    async def write(share: list[object]) -> None:
        for job in share:
            async with world.ledger.unit() as unit:
                change = await unit.change(run_id)
                await change.settle([settlement(job)])  # pyright: ignore[reportArgumentType]
                for _ in range(dice.randrange(4)):  # so that commits are not in the order of their beginnings
                    await unit.owned_run((await world.row(run_id)).user_id, run_id)
                await change.advance()

    seen: dict[JobKey, str] = {}
    cursor = Version(await world.version(run_id))

    async def follow() -> None:
        nonlocal cursor
        while True:
            delta = await stream.read(run_id, cursor)
            assert all(cursor < job.version <= delta.version for job in delta.jobs)
            seen.update({JobKey(job.company, job.external_id): job.status for job in delta.jobs})
            cursor = delta.version
            if delta.status.is_terminal:
                return

    await asyncio.gather(follow(), *(write(list(jobs[start::4])) for start in range(4)))
    assert seen == {JobKey("acme", one): "ready" for one in ids}


async def test_an_ended_run_rolls_everything_back(world: World) -> None:
    run_id = await listed(world, "1", "2")
    (first, second), user = await jobs_of(world, run_id), await world.user()
    await world.runs.abort(user, run_id)
    ended = await world.row(run_id)
    world.told.clear()

    async def write() -> None:
        async with world.ledger.unit() as unit:
            await unit.postings.mark_gone({first.posting_id: 1}, "gone")
            change = await unit.change(run_id)
            await change.settle([settlement(second)])

    with pytest.raises(RunEnded):
        await write()
    assert await world.row(run_id) == ended
    assert await world.jobs(run_id) == {"1": "pending", "2": "pending"}
    assert await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL") == []
    assert world.told == []


async def test_a_run_that_is_not_there_has_ended(world: World) -> None:
    with pytest.raises(RunEnded):
        async with world.ledger.unit() as unit:
            await unit.change(RunId(4711))
    with pytest.raises(RunEnded):
        await world.claim(RunId(4711))
    assert not await world.ledger.is_open(RunId(4711), "host")


async def test_everything_that_changes_carries_the_version_of_its_change(world: World) -> None:
    run_id = await listed(world, "1", "2", companies=("acme", "bolt"))
    job = (await jobs_of(world, run_id))[0]
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        await change.mark_crawling([(job.key, job.attempt)])
        await change.log([LogLine(message="one"), LogLine(message="two", level="warning")])
        await change.end(RunStatus.ABORTED)
    rows = await world.rows("SELECT external_id FROM run_jobs WHERE version = :v", v=change.version)
    logs = await world.rows("SELECT message FROM run_logs WHERE version = :v ORDER BY seq", v=change.version)
    run = await world.row(run_id)
    assert [tuple(row) for row in rows] == [("1",)]
    assert [row.message for row in logs] == ["one", "two"]
    assert run.version == run.status_version == change.version


async def test_changes_are_told_after_the_commit_only(world: World) -> None:
    run_id = await listed(world, "1")
    (job,) = await jobs_of(world, run_id)
    world.told.clear()
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        await change.settle([settlement(job)])
        assert world.told == []
    assert world.told == [(run_id, change.version)]
    assert await world.version(run_id) == change.version
    world.told.clear()

    async def fail() -> None:
        async with world.ledger.unit() as unit:
            await unit.change(run_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert world.told == []


async def test_the_sweep_finds_what_a_lost_notification_would_have_told(world: World) -> None:
    run_id, other = await listed(world, "1"), await listed(world, "1", email="you@example.com")
    before = await RunStream(world.database).versions([run_id, other])
    (job,) = await jobs_of(world, run_id)
    await settle(world, run_id, job)
    after = await RunStream(world.database).versions([run_id, other, RunId(4711)])
    assert after == {run_id: before[run_id] + 1, other: before[other]}
