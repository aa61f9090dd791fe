"""Ledger rules 3 and 4: nothing settles twice, and of two last workers exactly one sees the end."""

import asyncio

import pytest
from ingest_world import World, company_of
from ledger_world import eventually, jobs_of, ledger_world, list_company, listed, settle, settlement, started

from jobwire.domain.errors import RunEnded
from jobwire.domain.runs import JobStatus
from jobwire.ingest.finishing import advance
from jobwire.storage.database import Database

ROUNDS = 25


@pytest.fixture
def world(database: Database) -> World:
    return ledger_world(database)


async def test_two_last_workers_end_the_run_once(world: World) -> None:
    for round_ in range(ROUNDS):
        run_id = await listed(world, "1", companies=("acme", "bolt"), email=f"{round_}@example.com")
        jobs = await jobs_of(world, run_id)
        before = await world.version(run_id)
        both_are_ready = asyncio.Barrier(2)

        async def last(job, run_id=run_id, barrier=both_are_ready) -> None:
            async with world.ledger.unit() as unit:
                await unit.owned_run((await world.row(run_id)).user_id, run_id)  # both transactions are open
                await barrier.wait()
                change = await unit.change(run_id)
                assert await change.settle([settlement(job)]) == {job.key}
                await advance(change)

        await asyncio.gather(*map(last, jobs))
        run = await world.row(run_id)
        assert (run.status, run.version, run.status_version) == ("finished", before + 2, before + 2)
        assert run.finished_at is not None
        assert await world.companies(run_id) == {"acme": ("done", None), "bolt": ("done", None)}
        assert (await world.logs(run_id)).count("Finished.") == 1


async def test_the_terminal_version_is_the_last(world: World) -> None:
    run_id = await listed(world, "1")
    jobs = await jobs_of(world, run_id)
    await settle(world, run_id, *jobs)
    ended = await world.row(run_id)
    newest = await world.rows("SELECT max(version) AS v FROM run_jobs WHERE run_id = :run", run=run_id)
    assert ended.version == ended.status_version >= newest[0].v
    for _ in range(2):
        with pytest.raises(RunEnded):
            await settle(world, run_id, *jobs)
    with pytest.raises(RunEnded):
        await world.runs.abort(await world.user(), run_id)
    assert await world.row(run_id) == ended


async def test_a_job_settles_once_however_often_it_is_delivered(world: World) -> None:
    run_id = await listed(world, "1", "2")
    first, second = await jobs_of(world, run_id)
    assert await settle(world, run_id, first) == 1
    before = await world.rows("SELECT * FROM run_jobs WHERE run_id = :run AND external_id = '1'", run=run_id)
    assert await settle(world, run_id, first, second, status=JobStatus.ERROR) == 1
    assert await world.rows("SELECT * FROM run_jobs WHERE run_id = :run AND external_id = '1'", run=run_id) == before
    assert await world.jobs(run_id) == {"1": "ready", "2": "error"}


async def test_statuses_only_go_forward(world: World) -> None:
    run_id = await listed(world, "1", "2")
    first, second = await jobs_of(world, run_id)
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        await change.mark_crawling([(first.key, 1), (second.key, 1)])
        await change.settle([settlement(first)])
        await change.mark_crawling([(first.key, 1)])
        assert await change.settle_all("acme", JobStatus.ERROR, "broken") == 1
    assert await world.jobs(run_id) == {"1": "ready", "2": "error"}


async def test_a_stale_attempt_settles_nothing(world: World) -> None:
    run_id = await listed(world, "1", "2")
    first, second = await jobs_of(world, run_id)
    await world.execute("UPDATE run_jobs SET attempt = 2 WHERE run_id = :run AND external_id = '1'", run=run_id)
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        await change.mark_crawling([(first.key, 1)])
        assert await change.settle([settlement(first), settlement(second)]) == {second.key}
        await advance(change)
    assert await world.jobs(run_id) == {"1": "pending", "2": "ready"}
    assert await world.status(run_id) == "ingesting"


async def test_a_board_joins_a_run_once(world: World) -> None:
    run_id = await listed(world, "1")
    before = await world.rows("SELECT * FROM run_jobs WHERE run_id = :run", run=run_id)
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        assert not await change.listed({"acme": (2, [])})
        assert not await change.fail_company("acme", "late")
        await change.mark_listing(["acme"])
    assert await world.rows("SELECT * FROM run_jobs WHERE run_id = :run", run=run_id) == before
    assert await world.companies(run_id) == {"acme": ("crawling", None)}


async def test_the_run_moves_on_as_its_boards_do(world: World) -> None:
    run_id = await started(world, ("acme", "bolt", "cask"))
    assert (await world.status(run_id), await world.version(run_id)) == ("pending", 1)
    await list_company(world, run_id, "acme", ["1"])
    run = await world.row(run_id)
    assert (run.status, run.listed_version) == ("initializing", None)
    assert run.started_at is not None
    await list_company(world, run_id, "bolt", [])
    assert (await world.companies(run_id))["bolt"] == ("done", None)
    async with world.ledger.unit() as unit:
        change = await unit.change(run_id)
        assert await change.fail_company("cask", "It is away.")
        await advance(change)
    run = await world.row(run_id)
    assert (run.status, run.listed_version, run.status_version) == ("ingesting", run.version, run.version)
    await settle(world, run_id, *await jobs_of(world, run_id))
    assert await world.status(run_id) == "finished"
    assert (await world.row(run_id)).listed_version == run.listed_version


async def test_abort_freezes_the_run_while_a_worker_writes(world: World) -> None:
    run_id = await listed(world, *map(str, range(40)))
    user = await world.user()
    jobs = await jobs_of(world, run_id)

    async def write(share) -> None:
        for job in share:
            await settle(world, run_id, job)

    writers = [asyncio.create_task(write(jobs[start::4])) for start in range(4)]

    async def some_are_ready() -> bool:
        return (await world.counts(run_id)).get("ready", 0) >= 5

    await eventually(some_are_ready)
    await world.runs.abort(user, run_id)
    frozen = await world.row(run_id), await world.jobs(run_id), await world.companies(run_id)
    assert all(isinstance(error, RunEnded) for error in await asyncio.gather(*writers, return_exceptions=True))
    assert (await world.row(run_id), await world.jobs(run_id), await world.companies(run_id)) == frozen
    assert frozen[0].status == "aborted"
    assert frozen[0].version == frozen[0].status_version
    assert frozen[2] == {"acme": ("crawling", None)}
    assert await world.taken(user, "acme") == 0


async def test_only_the_companies_that_are_through_are_taken_in(world: World) -> None:
    run_id = await listed(world, "1", companies=("acme", "bolt"))
    user = await world.user()
    acme = next(job for job in await jobs_of(world, run_id) if job.key.company == "acme")
    await settle(world, run_id, acme)
    assert (await world.taken(user, "acme"), await world.taken(user, "bolt")) == (1, 0)
    await world.runs.abort(user, run_id)
    assert (await world.taken(user, "acme"), await world.taken(user, "bolt")) == (1, 0)


async def test_what_was_taken_in_meanwhile_is_not_taken_back(world: World) -> None:
    run_id = await listed(world, "1")
    user = await world.user()
    company = company_of(await world.claim(run_id), "acme")
    await world.execute("UPDATE follows SET taken = 7 WHERE board_id = :board", board=company.board_id)
    await settle(world, run_id, *await jobs_of(world, run_id))
    assert await world.taken(user, "acme") == 7
