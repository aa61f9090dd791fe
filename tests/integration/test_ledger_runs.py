"""Ledger rules 5 and 6: one active run a user; locks in one order; log lines that come late."""

import asyncio
import random
from dataclasses import replace

import pytest
from ingest_boards import FakeBoards
from ingest_world import World, make_world
from ledger_world import (
    eventually,
    jobs_of,
    ledger_world,
    listed,
    settle,
    settlement,
    somebody_waits_for_a_lock,
    started,
)

from jobwire.domain.companies import BoardRef, Follow
from jobwire.domain.errors import Conflict, InvalidInput, NotFound, RunActive, RunEnded
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import RunId
from jobwire.ingest.ports.runs import LogLine
from jobwire.storage.database import Database


@pytest.fixture
def world(database: Database) -> World:
    return ledger_world(database)


async def test_of_many_starts_at_once_one_wins(world: World) -> None:
    user = await world.user()
    await world.follow(user, "fetch:acme")
    for _ in range(5):
        starts = await asyncio.gather(*(world.start(user) for _ in range(8)), return_exceptions=True)
        (run_id,) = [one for one in starts if isinstance(one, int)]
        refused = [one for one in starts if isinstance(one, RunActive)]
        assert len(refused) == 7
        assert {one.run_id for one in refused} == {run_id}
        assert await world.rows("SELECT 1 FROM run_companies WHERE run_id = :run", run=run_id)
        await world.runs.abort(user, RunId(run_id))
    assert len(world.tasks.queue) == 5


async def test_a_start_that_is_refused_uses_up_no_number(world: World) -> None:
    user = await world.user()
    await world.follow(user, "fetch:acme")
    first = await world.start(user)
    with pytest.raises(RunActive):
        await world.start(user)
    await world.runs.abort(user, first)
    assert await world.start(user) == first + 1


async def test_each_user_has_a_run_of_their_own(world: World) -> None:
    run_id, other = await started(world), await started(world, email="you@example.com")
    assert run_id != other
    with pytest.raises(NotFound):
        await world.runs.abort(await world.user("you@example.com"), run_id)
    assert await world.status(run_id) == "pending"


async def test_a_start_that_fails_leaves_nothing(world: World) -> None:
    user = await world.user()
    await world.follow(user, "fetch:acme")
    follow = Follow(company="acme", board=BoardRef("fetch", "acme"), filters=TitleFilters())
    moved = Follow(company="acme", board=BoardRef("fetch", "elsewhere"), filters=TitleFilters())
    left = Follow(company="left", board=BoardRef("fetch", "acme"), filters=TitleFilters())
    for follows in ([moved], [follow, left], [left]):
        with pytest.raises(Conflict, match="Start the run again"):
            async with world.ledger.unit() as unit:
                await unit.create_run(user, [(one, "host") for one in follows])
    assert await world.rows("SELECT 1 FROM runs") == []


async def test_what_cannot_be_started_says_what_to_do(world: World) -> None:
    user = await world.user()
    with pytest.raises(InvalidInput, match="Follow one first"):
        await world.start(user)
    await world.follow(user, "fetch:acme")
    with pytest.raises(InvalidInput, match="'bolt'"):
        await world.start(user, ["acme", "bolt"])
    with pytest.raises(InvalidInput, match="empty"):
        await world.start(user, [])
    await world.follows.upsert(user, "acme", enabled=False)
    with pytest.raises(InvalidInput, match="no company"):
        await world.start(user)
    run_id = await world.start(user, ["acme", "acme"])
    assert list(await world.companies(run_id)) == ["acme"]


async def test_a_run_keeps_the_order_filters_and_hosts_of_its_companies(database: Database) -> None:
    boards = FakeBoards(hosts={"bolt": "elsewhere"})
    world = make_world(database, boards)
    user = await world.user()
    await world.follow(user, "fetch:acme", "fetch:bolt", include=["engineer"], exclude=["intern"])
    run_id = await world.start(user, ["bolt", "acme"])
    rows = await world.rows("SELECT * FROM run_companies WHERE run_id = :run ORDER BY position", run=run_id)
    assert [(row.company, row.host, row.include, row.exclude) for row in rows] == [
        ("bolt", "elsewhere", ["engineer"], ["intern"]),
        ("acme", "host", ["engineer"], ["intern"]),
    ]
    assert sorted(world.tasks.queue) == [(run_id, "elsewhere"), (run_id, "host")]


async def test_late_lines_are_kept_without_a_version(world: World) -> None:
    run_id = await listed(world, "1")
    await world.runs.abort(await world.user(), run_id)
    ended = await world.row(run_id)
    await world.ledger.log_late(run_id, [LogLine(message="late", company="acme", external_id="1", level="error")])
    await world.ledger.log_late(RunId(4711), [LogLine(message="of no run")])
    (line,) = await world.rows("SELECT * FROM run_logs WHERE run_id = :run AND version IS NULL", run=run_id)
    assert (line.message, line.company, line.external_id, line.level) == ("late", "acme", "1", "error")
    assert await world.row(run_id) == ended


async def test_units_over_the_same_boards_postings_and_runs_do_not_deadlock(world: World) -> None:
    ids = [str(number) for number in range(30)]
    emails = [f"{number}@example.com" for number in range(4)]
    runs = [await listed(world, *ids, email=email) for email in emails]
    claims = [await world.claim(run_id) for run_id in runs]
    board_id = claims[0].companies[0].board_id
    dice = random.Random(7)

    async def read(run_id: RunId) -> None:
        jobs = await jobs_of(world, run_id)
        dice.shuffle(jobs)
        for start in range(0, len(jobs), 5):
            share = jobs[start : start + 5]
            async with world.ledger.unit() as unit:
                await unit.postings.lock([job.posting_id for job in share])
                await unit.postings.mark_checked({job.posting_id: 1 for job in share})
                change = await unit.change(run_id)
                await change.settle([settlement(job) for job in share])
                await change.advance()

    async def relist() -> None:
        for listing in range(20, 26):
            async with world.ledger.unit() as unit:
                board = (await unit.postings.lock_boards([board_id]))[board_id]
                known = list((await unit.postings.of_boards([board_id]))[board_id].values())
                dice.shuffle(known)
                await unit.postings.lock([posting.posting_id for posting in known])
                await unit.postings.mark_gone({posting.posting_id: listing for posting in known}, "gone")
                await unit.postings.record_boards({board_id: replace(board, listing=listing)})

    await asyncio.gather(*map(read, runs), relist(), relist())
    for run_id in runs:
        assert await world.status(run_id) == "finished"


async def test_a_unit_that_fails_writes_nothing(world: World) -> None:
    run_id = await listed(world, "1")
    before = await world.row(run_id)

    async def fail() -> None:
        async with world.ledger.unit() as unit:
            change = await unit.change(run_id)
            await change.settle([settlement(job) for job in await jobs_of(world, run_id)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await world.row(run_id) == before
    assert await world.jobs(run_id) == {"1": "pending"}


async def test_an_ended_run_frees_its_user(world: World) -> None:
    run_id = await listed(world, "1")
    with pytest.raises(RunActive):
        await started(world)
    await settle(world, run_id, *await jobs_of(world, run_id))
    again = await started(world)
    assert again != run_id
    with pytest.raises(RunEnded):
        await world.claim(run_id)


async def test_a_company_may_be_dropped_while_it_settles(world: World) -> None:
    run_id = await listed(world, "1")
    user = await world.user()
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        await change.settle([settlement(job) for job in await jobs_of(world, run_id)])
        await change.count_failures("acme", 0)  # the company's row is locked
        dropping = asyncio.create_task(world.follows.delete(user, "acme"))
        await eventually(lambda: somebody_waits_for_a_lock(world))
        await change.advance()
    await dropping
    assert await world.follows.all(user) == []
    assert await world.status(run_id) == "finished"
