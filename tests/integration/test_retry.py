"""What failed of a run is tried again: in the run, or in a new one; whoever races with it."""

import asyncio

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import Clock, World, make_world, row_lock
from ledger_world import eventually, jobs_of, settle, somebody_waits_for_a_lock

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardGone, BoardUnavailable, HostBusy, InvalidInput, NotFound, RunActive, RunEnded
from jobwire.domain.filters import TitleFilters
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import Retried, RetryWish
from jobwire.domain.runs import BREAKER_THRESHOLD, JobStatus, RunId
from jobwire.ingest.adopting import FILTERED, NOT_LISTED
from jobwire.ingest.ports.boards import Unreadable
from jobwire.storage.database import Database
from jobwire.storage.run_reads import RunReads
from jobwire.storage.told_postings import ToldPostings

AWAY = raising(BoardUnavailable("It answers 500."))


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards, Clock())


async def kept_open(world: World, boards: FakeBoards, *sources: str) -> RunId:
    """A run of these and of a company at another host, whose part nobody works on: so it goes on."""
    boards.add("other", "1")
    boards.hosts["other"] = "elsewhere"
    user = await world.user()
    await world.follow(user, *sources, "fetch:other")
    run_id = await world.start(user)
    world.tasks.queue.remove((run_id, "elsewhere"))
    await world.drain()
    assert await world.status(run_id) in {"initializing", "ingesting"}
    return run_id


def broken(boards: FakeBoards, slug: str, *ids: str, failing: str) -> FakeBoard:
    board = boards.add(slug, *ids)
    board.on_fetch[failing] = AWAY
    return board


async def attempts(world: World, run_id: RunId) -> dict[str, int]:
    rows = await world.rows("SELECT external_id, attempt FROM run_jobs WHERE run_id = :run", run=run_id)
    return dict(map(tuple, rows))


# In a run that goes on


async def test_a_failed_job_is_read_again_as_a_new_attempt(world: World, boards: FakeBoards) -> None:
    board = broken(boards, "acme", "1", "2", failing="2")
    run_id = await kept_open(world, boards, "fetch:acme")
    assert await world.jobs(run_id, "acme") == {"1": "ready", "2": "error"}
    before = await world.version(run_id)
    del board.on_fetch["2"]
    user = await world.user()
    assert await world.retry(user, run_id) == Retried(run_id=run_id, jobs=1, boards=0)
    assert await world.jobs(run_id, "acme") == {"1": "ready", "2": "pending"}
    assert (await world.companies(run_id))["acme"] == ("crawling", None)
    changed = await world.rows("SELECT external_id, version FROM run_jobs WHERE version > :before", before=before)
    assert [tuple(row) for row in changed] == [("2", before + 1)]
    assert world.told[-1] == (run_id, before + 1)
    assert world.tasks.queue == [(run_id, "host")]
    await world.drain()
    assert await world.jobs(run_id, "acme") == {"1": "ready", "2": "ready"}
    assert await attempts(world, run_id) == {"1": 1, "2": 2}
    assert (await world.companies(run_id))["acme"] == ("done", None)
    assert board.lists == 1
    assert "1 job that failed is tried again." in await world.logs(run_id)


async def test_a_failed_board_is_listed_again_as_it_is_followed_now(world: World, boards: FakeBoards) -> None:
    boards.add("old").on_list = raising(BoardGone("There is no board old."))
    boards.add("new", "1", "2")
    boards.hosts["new"] = "new host"
    run_id = await kept_open(world, boards, "acme=fetch:old")
    user = await world.user()
    filters = TitleFilters.of([], ["Engineer 2"])
    await world.follows.upsert(user, "acme", board=BoardRef("fetch", "new"), filters=filters, move=True)
    assert await world.retry(user, run_id) == Retried(run_id=run_id, jobs=0, boards=1)
    assert (await world.companies(run_id))["acme"] == ("waiting", None)
    assert world.tasks.queue == [(run_id, "new host")]
    await world.drain()
    assert await world.jobs(run_id, "acme") == {"1": "ready"}
    assert await world.taken(user, "acme") == 1


async def test_a_run_waits_for_what_is_tried_again(world: World, boards: FakeBoards) -> None:
    board = broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    await world.retry(await world.user(), run_id)
    retry = world.tasks.queue.pop()
    world.tasks.queue = [(run_id, "elsewhere")]
    await world.drain()
    assert await world.status(run_id) == "ingesting"
    board.on_fetch.clear()
    world.tasks.queue = [retry]
    await world.drain()
    assert await world.status(run_id) == "finished"
    assert await world.jobs(run_id, "acme") == {"1": "ready"}


async def test_only_what_is_named_and_failed_is_tried_again(world: World, boards: FakeBoards) -> None:
    for slug in ("acme", "bolt"):
        board = boards.add(slug, "1", "2", "3")
        board.on_fetch = dict.fromkeys(("1", "2"), AWAY)
    boards.add("cask").on_list = AWAY
    run_id = await kept_open(world, boards, "fetch:acme", "fetch:bolt", "fetch:cask")
    user = await world.user()
    wanted = [JobKey("acme", "1"), JobKey("acme", "3"), JobKey("bolt", "4711"), JobKey("cask", "1")]
    assert await world.retry(user, run_id, jobs=wanted) == Retried(run_id=run_id, jobs=1, boards=0)
    assert await world.jobs(run_id, "acme") == {"1": "pending", "2": "error", "3": "ready"}
    assert await world.retry(user, run_id, companies=["cask", "bolt", "nobody"]) == Retried(
        run_id=run_id, jobs=2, boards=1
    )
    assert await world.jobs(run_id, "acme") == {"1": "pending", "2": "error", "3": "ready"}
    assert await world.retry(user, run_id) == Retried(run_id=run_id, jobs=1, boards=0)
    assert world.tasks.queue == [(run_id, "host")] * 3


async def test_the_breaker_closes_again(world: World, boards: FakeBoards) -> None:
    ids = [str(number) for number in range(2 * BREAKER_THRESHOLD)]
    board = boards.add("acme", *ids)
    boards.concurrency = 1
    board.on_fetch = dict.fromkeys(ids, AWAY)
    run_id = await kept_open(world, boards, "fetch:acme")
    user = await world.user()
    assert len(board.fetched) == BREAKER_THRESHOLD
    assert (await world.retry(user, run_id)).jobs == len(ids)
    await world.drain()
    assert len(board.fetched) == 2 * BREAKER_THRESHOLD, "it opens again after as many failures"
    board.on_fetch.clear()
    await world.retry(user, run_id)
    await world.drain()
    assert set((await world.jobs(run_id, "acme")).values()) == {"ready"}


async def test_a_line_that_could_not_be_read_is_looked_for_again(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    board.unreadable = [
        Unreadable(external_id=one, title="", reason=f"{one} has no title.") for one in ("2", "3", "4", "5")
    ]
    user = await world.user()
    await world.follow(user, "fetch:acme", exclude=["Engineer 3"])
    run_id = await world.run(user)
    assert await world.counts(run_id) == {"ready": 1, "error": 4}
    board.post("2", "3")
    board.unreadable = board.unreadable[2:3]
    again = (await world.retry(user, run_id)).run_id
    await world.drain()
    assert await world.status(again) == "finished"
    assert await world.jobs(again) == {"2": "ready", "3": "skipped", "4": "error", "5": "error"}
    reasons = await world.reasons(again)
    assert (reasons["3"], reasons["4"], reasons["5"]) == (FILTERED, "4 has no title.", NOT_LISTED)
    titles = await world.rows("SELECT title FROM run_jobs WHERE run_id = :run AND external_id = '2'", run=again)
    assert titles[0].title == "Engineer 2"
    assert [row.listing for row in await world.rows("SELECT listing FROM boards")] == [1], "nothing else is told by it"
    assert board.fetched.count("1") == 1


async def test_a_board_that_is_away_fails_only_the_lines_that_it_was_asked_for(
    world: World, boards: FakeBoards
) -> None:
    board = broken(boards, "acme", "1", failing="1")
    board.unreadable = [Unreadable(external_id="2", title="", reason="It has no title.")]
    run_id = await kept_open(world, boards, "fetch:acme")
    board.on_list = AWAY
    board.on_fetch.clear()
    await world.retry(await world.user(), run_id)
    await world.drain()
    assert await world.jobs(run_id, "acme") == {"1": "ready", "2": "error"}
    assert (await world.reasons(run_id, "acme"))["2"].startswith("It answers 500.")


async def test_a_host_that_is_busy_keeps_the_retry_open(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme")
    board.unreadable = [Unreadable(external_id="1", title="", reason="It has no title.")]
    run_id = await kept_open(world, boards, "fetch:acme")
    board.on_list = raising(HostBusy("Later.", retry_after=30))
    await world.retry(await world.user(), run_id)
    end = await world.work()
    assert (end.more, end.wait_s) == (True, 30)
    assert await world.jobs(run_id, "acme") == {"1": "pending"}


# After the end


async def test_after_the_end_it_becomes_a_new_run_of_just_that(world: World, boards: FakeBoards) -> None:
    board = broken(boards, "acme", "1", "2", failing="2")
    boards.add("bolt", "1").on_list = AWAY
    boards.add("cask", "1")
    user = await world.user()
    await world.follow(user, "fetch:acme", "fetch:bolt", "fetch:cask")
    run_id = await world.run(user)
    frozen = await world.row(run_id), await world.jobs_by_key(run_id), await world.companies(run_id)
    board.on_fetch.clear()
    boards.of["bolt"].on_list = lambda: None
    retried = await world.retry(user, run_id)
    assert (retried.jobs, retried.boards) == (1, 1)
    assert retried.run_id != run_id
    assert (await world.row(retried.run_id)).retry_of == run_id
    await world.drain()
    assert await world.status(retried.run_id) == "finished"
    assert await world.jobs_by_key(retried.run_id) == {("acme", "2"): "ready", ("bolt", "1"): "ready"}
    assert (await world.reasons(retried.run_id, "acme"))["2"] == "new"
    assert await attempts(world, retried.run_id) == {"2": 2, "1": 1}
    assert (await world.row(run_id), await world.jobs_by_key(run_id), await world.companies(run_id)) == frozen
    assert (board.lists, boards.of["cask"].lists) == (1, 1)
    assert await world.taken(user, "bolt") == 1
    assert "Done: 1 ready, 1 failed." in await world.logs(run_id)
    assert f"1 board and 1 job that failed in run {run_id} are tried again." in await world.logs(retried.run_id)


@pytest.mark.parametrize("system", ["fetch", "text"])
async def test_a_run_of_some_jobs_moves_nothing_and_expires_nothing(
    world: World, boards: FakeBoards, system: str
) -> None:
    board = boards.add("acme", *map(str, range(8)))
    user = await world.user()
    await world.follow(user, f"{system}:acme")
    await world.run(user)
    board.post("8", "9", "10", text="bad")
    board.bad_texts = {"8", "9", "10"}
    run_id = await world.run(user)
    assert await world.counts(run_id) == {"skipped": 8, "error": 3}
    await world.execute("UPDATE follows SET taken = 1")  # as if the run had been aborted before the company settled
    board.bad_texts.clear()
    board.drop("0", "1")
    if system == "text":
        board.drop("10")
    again = (await world.retry(user, run_id)).run_id
    await world.drain()
    ends = await world.jobs(again)
    assert ends == {"8": "ready", "9": "ready", "10": "ready" if system == "fetch" else "error"}
    assert await world.taken(user, "acme") == 1
    assert await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL") == []
    assert (await world.rows("SELECT listing FROM boards"))[0].listing == 2


async def test_what_the_person_had_before_is_not_new_in_a_retry(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.on_fetch = dict.fromkeys("12", AWAY)
    run_id = await world.run(user)
    board.on_fetch.clear()
    board.post("2", text="another")
    again = (await world.retry(user, run_id)).run_id
    await world.drain()
    assert await world.reasons(again) == {"1": "unchanged", "2": "changed: text"}
    assert await world.reasons(await world.run(user)) == dict.fromkeys("12", "unchanged")


async def test_what_failed_and_was_not_tried_again_is_told_the_next_day(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.post("1", text="another")
    board.post("2")
    board.on_fetch = dict.fromkeys("12", AWAY)
    run_id = await world.run(user)
    board.on_fetch = {"2": AWAY}
    again = (await world.retry(user, run_id, jobs=[JobKey("acme", "1")])).run_id
    await world.drain()
    assert await world.reasons(again) == {"1": "changed: text"}
    board.on_fetch.clear()
    assert await world.reasons(await world.run(user)) == {"1": "unchanged", "2": "new"}


async def test_a_retry_of_an_older_run_is_told_once(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.post("2")
    board.post("3")
    board.on_fetch = dict.fromkeys("23", AWAY)
    older = await world.run(user)
    assert (await world.jobs(await world.run(user)))["2"] == "error"
    board.on_fetch = {"3": AWAY}
    again = (await world.retry(user, older)).run_id
    await world.drain()
    assert (await world.reasons(again))["2"] == "new"
    board.on_fetch.clear()
    board.post("1", text="another")
    assert await world.reasons(await world.run(user)) == {"1": "changed: text", "2": "unchanged", "3": "new"}


async def test_filters_that_change_with_a_failure_leave_nothing_untold(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    board.post("2", title="Cook")
    user = await world.user()
    await world.follow(user, "fetch:acme", exclude=["cook"])
    await world.run(user)
    await world.follow(user, "fetch:acme")
    board.on_fetch = dict.fromkeys("12", AWAY)
    board.post("1", text="another")
    run_id = await world.run(user)
    assert await world.jobs(run_id) == {"1": "error", "2": "error"}
    board.on_fetch.clear()
    again = (await world.retry(user, run_id, jobs=[JobKey("acme", "1")])).run_id
    await world.drain()
    assert await world.reasons(again) == {"1": "changed: text"}
    assert await world.reasons(await world.run(user)) == {"1": "unchanged", "2": "new"}


async def test_filters_that_change_with_a_failure_make_nothing_new(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    await world.follow(user, "fetch:acme", exclude=["cook"])
    board.on_fetch = dict.fromkeys("12", AWAY)
    run_id = await world.run(user)
    board.on_fetch.clear()
    again = (await world.retry(user, run_id, jobs=[JobKey("acme", "1")])).run_id
    await world.drain()
    assert await world.reasons(again) == {"1": "unchanged"}
    assert await world.reasons(await world.run(user)) == dict.fromkeys("12", "unchanged")


async def test_a_preview_calls_new_what_could_not_be_read_yet(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1", "2").on_fetch = {"2": AWAY}
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    assert await ToldPostings(world.database).of(user, "acme") == {"1"}


async def test_an_aborted_run_is_tried_again_as_far_as_it_failed(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    user = await world.user()
    await world.runs.abort(user, run_id)
    again = (await world.retry(user, run_id)).run_id
    assert await world.jobs_by_key(again) == {("acme", "1"): "pending"}


async def test_while_another_run_goes_a_run_that_has_ended_waits(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    run_id = await world.run(user)
    other = await world.start(user)
    with pytest.raises(RunActive) as active:
        await world.retry(user, run_id)
    assert active.value.run_id == other


async def test_nothing_that_failed_is_nothing_to_retry(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1")
    boards.add("bolt").on_list = AWAY
    user = await world.user()
    await world.follow(user, "fetch:acme", "fetch:bolt")
    run_id = await world.run(user)
    await world.follows.delete(user, "bolt")
    for wish in ({}, {"companies": ["acme"]}, {"jobs": [JobKey("acme", "1")]}):
        with pytest.raises(InvalidInput, match="Nothing of that has failed"):
            await world.retry(user, run_id, **wish)
    for wish, named in (
        ({"companies": ["bolt", "nope", "zzz"]}, "company nope, company zzz"),
        ({"jobs": [JobKey("acme", "1"), JobKey("acme", "2")]}, "job 2 of acme"),
        ({"companies": [f"n{number}" for number in range(12)]}, ".*company n9 and 2 more"),
    ):
        with pytest.raises(InvalidInput, match=f"Run {run_id} has no {named}[.] Write"):
            await world.retry(user, run_id, **wish)
    assert len(await world.rows("SELECT 1 FROM runs")) == 1
    with pytest.raises(NotFound):
        await world.retry(await world.user("you@example.com"), run_id)
    assert world.tasks.queue == []


# Races


async def test_a_task_of_the_attempt_before_settles_nothing(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1", "2").on_fetch = dict.fromkeys("12", AWAY)
    run_id = await kept_open(world, boards, "fetch:acme")
    await world.retry(await world.user(), run_id)
    before = await jobs_of(world, run_id)
    assert await settle(world, run_id, before[0], status=JobStatus.ERROR) == 1
    await world.retry(await world.user(), run_id)
    assert await settle(world, run_id, *before, status=JobStatus.READY) == 1
    assert await world.jobs(run_id, "acme") == {"1": "pending", "2": "ready"}


async def test_of_two_retries_at_once_one_finds_it_done(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    user = await world.user()
    answers = await asyncio.gather(*(world.retry(user, run_id) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Retried) for one in answers) == 1
    assert sum(isinstance(one, InvalidInput) for one in answers) == 3
    assert (await attempts(world, run_id))["1"] == 2


async def test_of_two_new_runs_at_once_one_is_told_of_the_other(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    run_id = await world.run(user)
    answers = await asyncio.gather(*(world.retry(user, run_id) for _ in range(4)), return_exceptions=True)
    (made,) = [one for one in answers if isinstance(one, Retried)]
    others = [one for one in answers if isinstance(one, RunActive)]
    assert [other.run_id for other in others] == [made.run_id] * 3
    assert len(await world.rows("SELECT 1 FROM runs")) == 2


@pytest.mark.parametrize("end", ["finish", "abort"])
async def test_a_retry_that_loses_to_the_end_becomes_a_new_run(world: World, boards: FakeBoards, end: str) -> None:
    """It waits for the run's row, and by the time it gets it the run is over."""
    broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    user = await world.user()
    async with world.database.begin() as connection:
        status = "finished" if end == "finish" else "aborted"
        await connection.exec_driver_sql(
            f"UPDATE runs SET status = '{status}', version = version + 1 WHERE id = {run_id}"
        )
        retry = asyncio.create_task(world.retry(user, run_id))
        await eventually(lambda: somebody_waits_for_a_lock(world))
    retried = await retry
    assert retried.run_id != run_id
    assert await world.jobs(run_id, "acme") == {"1": "error"}
    assert await world.jobs_by_key(retried.run_id) == {("acme", "1"): "pending"}


async def test_an_abort_that_comes_second_freezes_the_retry(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    user = await world.user()
    await world.retry(user, run_id)
    await world.runs.abort(user, run_id)
    assert [end.more for end in await world.drain()] == [False]
    assert await world.jobs(run_id, "acme") == {"1": "pending"}
    with pytest.raises(RunEnded):
        await world.runs.abort(user, run_id)


async def test_the_last_settlement_does_not_end_a_run_past_a_retry(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    user = await world.user()
    async with row_lock(world.database, "SELECT FROM runs WHERE id = :run FOR UPDATE", run=run_id):
        retry = asyncio.create_task(world.retry(user, run_id))
        await eventually(lambda: somebody_waits_for_a_lock(world))
        world.tasks.queue = [(run_id, "elsewhere")]
        last = asyncio.create_task(world.work())
    await asyncio.gather(retry, last)
    assert await world.status(run_id) == "ingesting"
    assert await world.jobs(run_id, "acme") == {"1": "pending"}


async def test_a_slice_that_would_stop_sees_the_retry_that_queued_no_other(world: World, boards: FakeBoards) -> None:
    """The retry finds the slice still waiting in the queue; the slice begins and ends before the retry commits."""
    broken(boards, "acme", "1", failing="1")
    run_id = await kept_open(world, boards, "fetch:acme")
    assert not await world.ledger.is_open(run_id, "host")
    async with world.ledger.unit() as unit:
        await unit.change(run_id)
        await unit.retries.reopen_jobs(run_id, RetryWish())
        asked = asyncio.create_task(world.ledger.is_open(run_id, "host"))
        await eventually(lambda: somebody_waits_for_a_lock(world))
    assert await asked


async def test_a_run_tells_what_it_retries_and_in_which_run_it_was_retried(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    boards.add("bolt").on_list = AWAY
    user = await world.user()
    await world.follow(user, "fetch:acme", "fetch:bolt")
    run_id = await world.run(user)
    for _ in range(2):
        again = (await world.retry(user, run_id, companies=["acme"])).run_id
        await world.drain()
    reads = RunReads(world.database)
    first, last = await reads.summary(user, run_id), await reads.summary(user, again)
    assert (first.companies, first.failed_companies, first.retry_of, first.retried_in) == (2, 1, None, again)
    assert (last.companies, last.failed_companies, last.retry_of, last.retried_in) == (1, 0, run_id, None)


async def test_a_company_tells_when_it_began_and_settled(world: World, boards: FakeBoards) -> None:
    broken(boards, "acme", "1", failing="1")
    boards.add("bolt").on_list = AWAY
    run_id = await kept_open(world, boards, "fetch:acme", "fetch:bolt")
    user, reads = await world.user(), RunReads(world.database)
    before = {one.company: one for one in await reads.companies(user, run_id)}
    for company in ("acme", "bolt"):
        began_at, settled_at = before[company].began_at, before[company].settled_at
        assert began_at is not None
        assert settled_at is not None
        assert began_at <= settled_at
    assert before["other"].settled_at is None
    await world.retry(user, run_id)
    again = {one.company: one for one in await reads.companies(user, run_id)}
    assert (again["acme"].began_at, again["acme"].settled_at) == (before["acme"].began_at, None)
    assert (again["bolt"].began_at, again["bolt"].settled_at) == (None, None)
