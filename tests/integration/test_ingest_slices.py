"""A slice of one host's work: bounded in time, polite, and the ledger says where to go on."""

import asyncio
from collections import Counter

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising, waiting
from ingest_world import Clock, World, make_world
from ledger_world import eventually

from jobwire.domain.errors import BoardGone, BoardUnavailable, HostBusy, PostingGone
from jobwire.domain.runs import RunId
from jobwire.ingest import settling
from jobwire.ingest import slices as slices_module
from jobwire.storage import ledger as ledger_module
from jobwire.storage.database import Database
from patience import PATIENCE_S


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(database: Database, boards: FakeBoards, clock: Clock) -> World:
    return make_world(database, boards, clock)


@pytest.fixture
def slow_board(boards: FakeBoards, clock: Clock) -> FakeBoard:
    """Nine postings at acme, fetched one by one; each takes half of a slice's time."""
    board = boards.add("acme", *map(str, range(9)))
    boards.concurrency = 1

    def take_time() -> None:
        clock.now += slices_module.BUDGET_S / 2

    board.on_fetch = dict.fromkeys(board.texts, take_time)
    return board


async def start(world: World, *sources: str) -> RunId:
    user = await world.user()
    await world.follow(user, *sources)
    return await world.start(user)


async def wait_for_host(world: World) -> None:
    """Be somebody else, whose task waits for the host."""
    async with world.database.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock) VALUES ('default', 'other', 'host')"
        )


async def test_no_request_begins_after_the_budget_when_others_wait(world: World, slow_board: FakeBoard) -> None:
    await wait_for_host(world)
    run_id = await start(world, "fetch:acme")
    ends = await world.drain()
    assert [end.settled for end in ends] == [2, 2, 2, 2, 1]
    assert [end.more for end in ends] == [True, True, True, True, False]
    assert sorted(slow_board.fetched) == sorted(slow_board.texts)
    assert slow_board.lists == 1
    assert await world.counts(run_id) == {"ready": 9}


async def test_a_slice_that_nobody_waits_for_goes_on(world: World, slow_board: FakeBoard) -> None:
    await start(world, "fetch:acme")
    (end,) = await world.drain()
    assert (end.more, end.settled) == (False, 9)


async def test_a_worker_that_ends_begins_nothing_more(world: World, slow_board: FakeBoard) -> None:
    run_id = await start(world, "fetch:acme")
    end = await world.slices.work(run_id, "host", lambda: True)
    assert (end.more, end.settled) == (True, 2)


async def test_texts_are_not_lost_to_a_listing_that_took_all_the_time(
    world: World, boards: FakeBoards, clock: Clock
) -> None:
    board = boards.add("acme", "1", "2", "3")

    def slow() -> None:
        clock.now += 10 * slices_module.BUDGET_S

    board.on_list = slow
    run_id = await start(world, "text:acme")
    (end,) = await world.drain()
    assert (end.more, end.settled) == (False, 3)
    assert board.lists == 1
    assert await world.status(run_id) == "finished"


async def test_a_busy_host_gets_its_pause(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    boards.concurrency = 1
    busy = HostBusy("fetch:acme: come back in 30 s.", retry_after=30)
    board.on_list = raising(busy)
    run_id = await start(world, "fetch:acme")
    end = await world.work()
    assert (end.more, end.wait_s) == (True, 30)
    assert await world.companies(run_id) == {"acme": ("listing", None)}
    board.on_list = lambda: None
    board.on_fetch["2"] = raising(busy)
    end = await world.work()
    assert (end.more, end.wait_s, end.settled) == (True, 30, 1)
    assert await world.jobs(run_id) == {"1": "ready", "2": "crawling", "3": "pending"}
    assert board.fetched == ["1", "2"]
    board.on_fetch.clear()
    (end,) = await world.drain()
    assert (end.more, end.wait_s) == (False, 0)
    assert await world.counts(run_id) == {"ready": 3}


async def test_a_host_that_is_busy_for_no_time_does_not_spin(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    board.on_list = raising(HostBusy("text:acme: busy.", retry_after=0))
    await start(world, "text:acme")
    assert (await world.work()).more
    assert board.lists == 1


async def test_a_busy_host_does_not_stop_what_needs_no_request(world: World, boards: FakeBoards) -> None:
    first, second = boards.add("acme", "1", "2"), boards.add("bolt", "1")
    boards.concurrency = 2
    is_busy = asyncio.Event()

    async def after_the_refusal() -> None:
        await is_busy.wait()

    def refuse() -> None:
        is_busy.set()
        raise HostBusy("text:bolt: busy.", retry_after=9)

    first.on_list, second.on_list = after_the_refusal, refuse
    run_id = await start(world, "text:acme", "text:bolt")
    end = await world.work()
    assert (end.more, end.wait_s) == (True, 9)
    assert await world.jobs(run_id, "acme") == {"1": "ready", "2": "ready"}
    assert first.lists == 1


@pytest.mark.parametrize("system", ["text", "fetch"])
async def test_five_failures_in_a_row_open_the_breaker(world: World, boards: FakeBoards, system: str) -> None:
    board, _ = boards.add("acme", *(f"{one:02}" for one in range(80))), boards.add("bolt", "1")
    boards.concurrency = 1
    board.bad_texts = {f"{one:02}" for one in range(3, 80)}
    run_id = await start(world, f"{system}:acme", f"{system}:bolt")
    await world.drain()
    counts = Counter((await world.jobs(run_id, "acme")).values())
    assert counts == {"ready": 3, "error": 77}
    reasons = (await world.reasons(run_id, "acme")).values()
    not_tried = [reason for reason in reasons if reason.startswith("Not tried: 5 postings of acme failed in a row")]
    assert len(not_tried) == 72
    assert all("posting 07 has no text" in reason for reason in not_tried)
    assert board.fetched == ([f"{one:02}" for one in range(8)] if system == "fetch" else [])
    assert await world.jobs(run_id, "bolt") == {"1": "ready"}
    assert await world.status(run_id) == "finished"
    assert any(line.startswith("Not tried") and "(72 postings)" in line for line in await world.logs(run_id))


async def test_failures_that_are_not_in_a_row_do_not_open_it(world: World, boards: FakeBoards, clock: Clock) -> None:
    board = boards.add("acme", *(f"{one:02}" for one in range(30)))
    boards.concurrency = 1
    board.bad_texts = {f"{one:02}" for one in range(30) if one % 5}
    # the count goes on in the next slice
    board.on_fetch = {"07": lambda: setattr(clock, "now", clock.now + slices_module.LONGEST_S)}
    run_id = await start(world, "fetch:acme")
    assert len(await world.drain()) == 2
    assert await world.counts(run_id) == {"ready": 6, "error": 24}
    assert len(board.fetched) == 30


async def test_the_breaker_counts_across_slices(world: World, boards: FakeBoards, clock: Clock) -> None:
    board = boards.add("acme", *(f"{one:02}" for one in range(30)))
    boards.concurrency = 1
    failing = raising(BoardUnavailable("fetch:acme: it is away."))

    def last_of_the_slice() -> None:
        clock.now += slices_module.LONGEST_S
        raise BoardUnavailable("fetch:acme: it is away.")

    board.on_fetch = {**dict.fromkeys(board.texts, failing), "02": last_of_the_slice, "04": last_of_the_slice}
    run_id = await start(world, "fetch:acme")
    await world.drain()
    assert board.fetched == ["00", "01", "02", "03", "04"]
    assert await world.counts(run_id) == {"error": 30}


async def test_a_failed_listing_fails_its_company_only(world: World, boards: FakeBoards) -> None:
    acme, _ = boards.add("acme", "1"), boards.add("bolt", "1")
    cask, dune = boards.add("cask", "1"), boards.add("dune", "1")
    acme.on_list = raising(BoardGone("text:acme: there is no such board."))
    cask.on_list = raising(ZeroDivisionError())
    dune.on_list = raising(BoardUnavailable("text:dune: it is away."))
    run_id = await start(world, "text:acme", "text:bolt", "text:cask", "text:dune")
    await world.drain()
    companies = await world.companies(run_id)
    assert {name: status for name, (status, _) in companies.items()} == {
        "acme": "error",
        "bolt": "done",
        "cask": "error",
        "dune": "error",
    }
    assert str(companies["acme"][1]).startswith("text:acme: there is no such board. Check the board's name")
    assert "text:cask could not be read: an unexpected error" in str(companies["cask"][1])
    assert await world.status(run_id) == "finished"


async def test_a_run_of_which_nothing_could_be_listed_is_an_error(world: World, boards: FakeBoards) -> None:
    for name in ("acme", "bolt"):
        boards.add(name).on_list = raising(BoardGone(f"text:{name}: there is no such board."))
    boards.hosts["bolt"] = "elsewhere"
    run_id = await start(world, "text:acme", "text:bolt")
    await world.drain()
    run = await world.row(run_id)
    assert (run.status, run.version) == ("error", run.status_version)
    assert run.error_message == "No company's board could be listed: the log and the list of companies say why."


async def test_an_empty_board_is_through_at_once(world: World, boards: FakeBoards) -> None:
    boards.add("acme")
    boards.add("bolt", "1", "2")
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.follow(user, "fetch:bolt", include=["cook"])
    run_id = await world.start(user)
    (end,) = await world.drain()
    assert not end.more
    assert await world.status(run_id) == "finished"
    assert await world.companies(run_id) == {"acme": ("done", None), "bolt": ("done", None)}
    assert await world.counts(run_id) == {}


@pytest.mark.parametrize("system", ["text", "fetch"])
async def test_a_slice_that_died_is_gone_on_with(
    world: World, boards: FakeBoards, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slice is cancelled in the middle, as a worker that is killed leaves it to the database."""
    board = boards.add("acme", *(f"{one:03}" for one in range(300)))
    run_id = await start(world, f"{system}:acme")
    dying = asyncio.create_task(world.work())

    if system == "text":
        monkeypatch.setattr(boards, "reader", _held_after(boards, 260))
    else:
        board.on_fetch["260"] = waiting(asyncio.Event())
        boards.concurrency = 1

    async def some_are_settled() -> bool:
        return (await world.counts(run_id)).get("ready", 0) > 0

    await eventually(some_are_settled)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    settled = {key: status for key, status in (await world.jobs(run_id)).items() if status == "ready"}
    assert 0 < len(settled) < 300
    versions = await world.rows("SELECT external_id, version FROM run_jobs WHERE status = 'ready'")
    monkeypatch.undo()
    board.on_fetch.clear()
    world.tasks.queue.append((run_id, "host"))
    await world.drain()
    assert await world.counts(run_id) == {"ready": 300}
    after = await world.rows("SELECT external_id, version FROM run_jobs WHERE external_id = ANY (:ids)", ids=[*settled])
    assert sorted(map(tuple, after)) == sorted(map(tuple, versions))
    assert board.lists == (2 if system == "text" else 1)


def _held_after(boards: FakeBoards, count: int):
    """Readers under which the slice dies after so many extractions."""
    original, left = boards.reader, [count]

    def reader(board):
        made = original(board)
        extract = made.extract

        def counted(slug, source):
            left[0] -= 1
            if left[0] < 0:
                raise asyncio.CancelledError
            return extract(slug, source)

        made.extract = counted
        return made

    return reader


async def test_what_the_second_listing_lacks_has_expired_unless_the_guards_object(
    world: World, boards: FakeBoards
) -> None:
    board = boards.add("acme", *map(str, range(10)))
    run_id = await start(world, "text:acme")
    await _list_only(world, boards, run_id)
    board.drop("0", "1")
    await world.drain()
    counts = await world.counts(run_id)
    assert counts == {"ready": 8, "expired": 2}
    boards.add("bolt", *map(str, range(10)))
    await world.follow(await world.user(), "text:bolt")
    other = await world.start(await world.user(), ["bolt"])
    await _list_only(world, boards, other)
    boards.of["bolt"].drop(*map(str, range(9)))
    await world.drain()
    assert Counter((await world.jobs(other)).values()) == {"error": 9, "ready": 1}
    assert "9 of 10 postings would go at once" in (await world.reasons(other))["3"]
    assert len(await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL")) == 2


async def _list_only(world: World, boards: FakeBoards, run_id: RunId) -> None:
    """Work until the boards are listed, and lose their texts."""
    original = boards.reader

    def reader(board):
        made = original(board)
        made.extract = lambda slug, source: (_ for _ in ()).throw(asyncio.CancelledError())
        return made

    boards.reader = reader
    try:
        task = asyncio.create_task(world.work())
        await asyncio.gather(task, return_exceptions=True)
    finally:
        del boards.reader
    world.tasks.queue.append((run_id, "host"))
    assert set((await world.jobs(run_id)).values()) <= {"pending", "crawling"}


async def test_a_claim_that_does_not_hold_all_leaves_more(
    world: World, boards: FakeBoards, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "CLAIM_LIMIT", 3)
    acme, bolt = boards.add("acme", *"12345678"), boards.add("bolt", "1")
    boards.concurrency = 1

    def slow() -> None:
        clock.now += slices_module.LONGEST_S

    acme.on_list = bolt.on_list = slow
    run_id = await start(world, "fetch:acme", "fetch:bolt")
    ends = await world.drain()
    assert [end.settled for end in ends] == [0, 1, 4, 3, 1]
    assert [end.more for end in ends] == [True, True, True, True, False]
    assert await world.counts(run_id) == {"ready": 9}


async def test_companies_take_turns(world: World, boards: FakeBoards) -> None:
    boards.add("acme", *map(str, range(20)))
    boards.add("bolt", "1", "2", "3")
    boards.concurrency = 1
    await start(world, "fetch:acme", "fetch:bolt")
    await world.drain()
    assert boards.fetched[:6].count("bolt") == 3


async def test_the_same_slice_twice_at_once_settles_nothing_twice(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", *map(str, range(40)))
    board.bad_texts = {"7"}
    run_id = await start(world, "fetch:acme")
    boards.concurrency = 1
    both = await asyncio.gather(*(world.slices.work(run_id, "host") for _ in range(2)))
    world.tasks.queue = [(run_id, "host")] if await world.ledger.is_open(run_id, "host") else []
    rest = await world.drain()
    assert sum(end.settled for end in (*both, *rest)) == 40
    assert await world.counts(run_id) == {"ready": 39, "error": 1}
    assert sum(line.startswith("Done:") for line in await world.logs(run_id)) == 1
    assert await world.status(run_id) == "finished"


async def test_two_slices_that_both_have_claimed_settle_nothing_twice(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3", "4")
    run_id = await start(world, "fetch:acme")
    boards.concurrency = 1
    gate = asyncio.Event()
    board.on_fetch = {one: waiting(gate) for one in board.texts}
    first = asyncio.create_task(world.slices.work(run_id, "host"))
    await eventually(lambda: _has(board.fetched, 1))
    second = asyncio.create_task(world.slices.work(run_id, "host"))
    await eventually(lambda: _has(board.fetched, 2))
    gate.set()
    ends = await asyncio.gather(first, second)
    assert sum(end.settled for end in ends) == 4
    assert len(board.fetched) == 8
    assert await world.counts(run_id) == {"ready": 4}
    assert not any(end.more for end in ends)


async def _has(items: list[str], count: int) -> bool:
    return len(items) >= count


async def test_an_abort_ends_the_slice_and_its_waiting_workers(world: World, boards: FakeBoards) -> None:
    """More findings than may wait: `put` is held up when the ledger refuses, and must not hang."""
    board = boards.add("acme", *(f"{one:04}" for one in range(3000)))
    run_id = await start(world, "text:acme")
    user = await world.user()

    def abort_soon() -> None:
        aborts.append(asyncio.create_task(world.runs.abort(user, run_id)))

    aborts: list[asyncio.Task[None]] = []
    board.on_list = abort_soon
    async with asyncio.timeout(PATIENCE_S):
        end = await world.work()
    await aborts[0]
    assert not end.more
    run = await world.row(run_id)
    assert (run.status, run.version) == ("aborted", run.status_version)
    assert await world.taken(user, "acme") == 0


async def test_what_fails_after_the_end_is_logged_late(
    world: World, boards: FakeBoards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "LATENCY_S", 60)  # one commit, when the slice closes
    board = boards.add("acme", "1", "2")
    user = await world.user()

    async def fail_after_the_abort() -> None:
        await world.runs.abort(user, run_id)
        raise BoardUnavailable("fetch:acme: it is away.")

    boards.concurrency = 1
    board.on_fetch["1"] = fail_after_the_abort
    run_id = await start(world, "fetch:acme")
    assert not (await world.work()).more
    late = await world.rows("SELECT external_id, message FROM run_logs WHERE run_id = :r AND version IS NULL", r=run_id)
    assert [(row.external_id, row.message[:22]) for row in late] == [("1", "fetch:acme: it is away")]
    assert set((await world.jobs(run_id)).values()) <= {"pending", "crawling"}


async def test_a_run_that_has_ended_leaves_nothing_to_do(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1")
    run_id = await start(world, "text:acme")
    await world.runs.abort(await world.user(), run_id)
    assert await world.work() == slices_module.SliceEnd(more=False)
    await world.slices.give_up(run_id, "host", "three workers died")
    assert await world.status(run_id) == "aborted"


async def test_giving_up_ends_what_is_open_at_the_host_only(world: World, boards: FakeBoards, clock: Clock) -> None:
    acme, _, cask = boards.add("acme", "1", "2", "3"), boards.add("bolt", "1"), boards.add("cask", "1")
    boards.hosts["bolt"] = "elsewhere"
    boards.concurrency = 1
    acme.on_fetch["2"] = lambda: setattr(clock, "now", clock.now + slices_module.LONGEST_S)
    cask.on_list = raising(HostBusy("text:cask: busy.", retry_after=9))
    run_id = await start(world, "fetch:acme", "fetch:bolt")
    world.tasks.queue.remove((run_id, "elsewhere"))
    await world.work()
    await world.slices.give_up(run_id, "host", "Three workers died on it.")
    assert Counter((await world.jobs(run_id, "acme")).values()) == {"ready": 2, "error": 1}
    assert (await world.reasons(run_id))["3"] == "Three workers died on it."
    assert (await world.companies(run_id))["acme"] == ("done", None)
    assert await world.status(run_id) == "initializing"
    world.tasks.queue = [(run_id, "elsewhere")]
    await world.drain()
    assert await world.status(run_id) == "finished"


async def test_giving_up_fails_a_company_that_was_never_listed(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1")
    run_id = await start(world, "text:acme")
    await world.slices.give_up(run_id, "host", "Three workers died on it.")
    assert await world.companies(run_id) == {"acme": ("error", "Three workers died on it.")}
    assert await world.status(run_id) == "error"


async def test_a_bug_in_a_connector_costs_one_posting(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    board.on_fetch = {"1": raising(ZeroDivisionError()), "2": raising(PostingGone("gone"))}
    run_id = await start(world, "fetch:acme")
    await world.drain()
    assert await world.jobs(run_id) == {"1": "error", "2": "expired", "3": "ready"}
    assert "see Jobwire's own log" in (await world.reasons(run_id))["1"]


async def test_a_careers_system_that_is_no_longer_known_costs_its_company(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1")
    boards.add("bolt", "1")
    run_id = await start(world, "text:acme", "text:bolt")
    await world.execute("UPDATE run_companies SET system = 'lost' WHERE company = 'bolt'")
    await world.drain()
    assert (await world.companies(run_id))["bolt"] == (
        "error",
        "Jobwire no longer knows the careers system of lost:bolt.",
    )
    assert await world.jobs(run_id) == {"1": "ready"}
    assert await world.status(run_id) == "finished"


async def test_a_ledger_that_cannot_be_written_fails_the_slice_loudly(
    world: World, boards: FakeBoards, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards.add("acme", *(f"{one:04}" for one in range(2000)))
    run_id = await start(world, "text:acme")

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("jobwire.storage.postings.PostingWrites.write", broken)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ExceptionGroup) as raised:
            await world.slices.work(run_id, "host")
    assert raised.group_contains(ZeroDivisionError)
    monkeypatch.undo()
    await world.drain()
    assert await world.counts(run_id) == {"ready": 2000}


async def test_open_jobs_that_nobody_can_claim_fail_the_slice(world: World, boards: FakeBoards, clock: Clock) -> None:
    board = boards.add("acme", "1")

    def slow() -> None:
        clock.now += slices_module.LONGEST_S

    board.on_list = slow
    run_id = await start(world, "fetch:acme")
    assert (await world.work()).more
    await world.execute("UPDATE run_jobs SET status = 'ready'")  # and its company was not told
    with pytest.raises(RuntimeError, match="none of them can be claimed"):
        await world.work()
    await world.slices.give_up(run_id, "host", "It cannot be claimed.")
    assert await world.jobs(run_id) == {"1": "ready"}
    assert await world.status(run_id) == "finished"


async def test_a_board_of_20_000_postings_takes_no_more_commits_than_batches(world: World, boards: FakeBoards) -> None:
    boards.add("acme", *(f"{one:05}" for one in range(20_000)))
    run_id = await start(world, "text:acme")
    (end,) = await world.drain()
    assert end.settled == 20_000
    assert await world.counts(run_id) == {"ready": 20_000}
    assert await world.version(run_id) < 20_000 / 250 * 1.5 + 10
