"""The queue and the worker on a real database: locks, successors, dead workers, giving up."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ledger_world import eventually
from sqlalchemy import text

from jobwire.domain.errors import Unavailable
from jobwire.domain.runs import RunId
from jobwire.ingest.slices import SliceEnd
from jobwire.storage.database import Database
from jobwire.worker import tasks
from jobwire.worker.queue import Queue, open_queue
from jobwire.worker.runner import run_worker
from jobwire.worker.stalled import rescue
from jobwire.worker.tasks import DEATHS, Housekeeping, Work, register
from patience import PATIENCE_S

RUN = RunId(7)


class FakeSlices:
    """Does what each call's entry in `plan` says, in turn; then there is nothing more to do."""

    def __init__(self, *plan: Callable[[], Awaitable[SliceEnd]]) -> None:
        self.plan = list(plan)
        self.worked: list[tuple[RunId, str]] = []
        self.given_up: list[tuple[RunId, str, str]] = []
        self.idle = asyncio.Event()

    async def work(self, run_id: RunId, host: str, is_over: Callable[[], bool]) -> SliceEnd:
        self.is_over = is_over
        self.worked.append((run_id, host))
        if self.plan:
            return await self.plan.pop(0)()
        self.idle.set()
        return SliceEnd(more=False)

    async def give_up(self, run_id: RunId, host: str, reason: str) -> None:
        self.given_up.append((run_id, host, reason))
        self.idle.set()


async def until_over(slices: FakeSlices) -> SliceEnd:
    """Work as a slice does that has its host to itself."""
    while not slices.is_over():  # noqa: ASYNC110 - it is asked for, as slices do
        await asyncio.sleep(0.01)
    return SliceEnd(more=True)


class Nothing:
    """Nothing to do, and a pace that is nobody's business."""

    @asynccontextmanager
    async def at(self, host: str) -> AsyncGenerator[None]:
        yield

    async def work(self, order: int) -> None:
        raise AssertionError(order)

    async def clean(self) -> int:
        return 0


class Cleaner:
    """Counts how often it was called, by however many workers."""

    def __init__(self) -> None:
        self.times = 0

    async def clean(self) -> int:
        self.times += 1
        return 0


async def more() -> SliceEnd:
    return SliceEnd(more=True)


async def fails() -> SliceEnd:
    raise RuntimeError("a bug")


async def database_away() -> SliceEnd:
    raise Unavailable("The connection to the database was lost.")


async def database_away_in_a_group() -> SliceEnd:
    raise ExceptionGroup("of the slice's tasks", [Unavailable("The connection to the database was lost.")])


def work_of(slices: FakeSlices, housekeeping: Housekeeping | None = None) -> Work:
    return Work(
        pacing=Nothing(),
        slices=slices,
        previewer=Nothing(),
        looker=Nothing(),
        housekeeping=housekeeping or Nothing(),
    )


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[Queue]:
    app = open_queue(database.conninfo)
    async with app.open_async():
        yield Queue(app)


class UnitOn:
    """The part of a unit of work that the queue needs."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def driver_connection(self) -> Any:
        return (await self._connection.get_raw_connection()).driver_connection


async def defer(database: Database, queue: Queue, *hosts: str) -> None:
    async with database.begin() as connection:
        await queue.defer_slices(UnitOn(connection), RUN, hosts)  # pyright: ignore[reportArgumentType]


async def rows(database: Database, columns: str = "status, attempts, lock") -> list[tuple[Any, ...]]:
    """The tasks at hosts: a cleaning that was missed may be queued beside them."""
    async with database.connect() as connection:
        query = f"SELECT {columns} FROM procrastinate_jobs WHERE lock IS NOT NULL ORDER BY id"
        return [tuple(row) for row in await connection.execute(text(query))]


@asynccontextmanager
async def worker(
    database: Database, slices: FakeSlices, housekeeping: Housekeeping | None = None
) -> AsyncIterator[None]:
    running = asyncio.create_task(run_worker(database.conninfo, work_of(slices, housekeeping)))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_worker_that_ends_lets_its_slices_come_to_an_end(database: Database, queue: Queue):
    slices = FakeSlices()
    slices.plan.append(lambda: until_over(slices))
    await defer(database, queue, "a.example")
    async with worker(database, slices):
        await eventually(lambda: _has_begun(slices))
    assert await rows(database) == [("todo", 0, "a.example")]  # the next one, and nobody broke off


async def _has_begun(slices: FakeSlices) -> bool:
    return bool(slices.worked)


async def test_slices_are_deferred_in_the_transaction_of_their_rows(database: Database, queue: Queue):
    async with database.connect() as connection:
        await queue.defer_slices(UnitOn(connection), RUN, ["a.example"])  # pyright: ignore[reportArgumentType]
        await connection.rollback()
    assert await rows(database) == []
    await defer(database, queue, "a.example", "b.example")
    assert await rows(database) == [("todo", 0, "a.example"), ("todo", 0, "b.example")]


async def test_a_host_whose_slice_waits_gets_no_other_and_the_rows_commit_all_the_same(
    database: Database, queue: Queue
):
    await defer(database, queue, "a.example")
    async with database.begin() as connection:
        await connection.exec_driver_sql("INSERT INTO secrets (name, value) VALUES ('of', 'the unit')")
        await queue.defer_slices(UnitOn(connection), RUN, ["a.example", "b.example"])  # pyright: ignore[reportArgumentType]
    assert await rows(database) == [("todo", 0, "a.example"), ("todo", 0, "b.example")]
    async with database.begin() as connection:
        assert (await connection.exec_driver_sql("SELECT value FROM secrets")).scalar_one() == "the unit"


async def test_a_slice_with_more_to_do_defers_its_successor_and_leaves_nothing_behind(database: Database, queue: Queue):
    slices = FakeSlices(more, more)
    await defer(database, queue, "a.example")
    async with worker(database, slices):
        await asyncio.wait_for(slices.idle.wait(), PATIENCE_S)
    assert slices.worked == [(RUN, "a.example")] * 3
    assert await rows(database) == []


async def test_a_host_that_asks_for_a_pause_gets_it(database: Database, queue: Queue):
    await queue.defer_again(RUN, "a.example", 90.0)
    [(left,)] = await rows(database, "extract(epoch FROM scheduled_at - now())")
    assert 60 < left <= 90


async def test_a_second_successor_is_no_error(database: Database, queue: Queue):
    await queue.defer_again(RUN, "a.example", 0)
    await queue.defer_again(RUN, "a.example", 0)
    assert len(await rows(database)) == 1


async def test_two_slices_of_one_host_never_run_at_once(database: Database, queue: Queue):
    inside = 0
    most = 0

    async def watched() -> SliceEnd:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        for _ in range(200):
            await asyncio.sleep(0)
        inside -= 1
        return SliceEnd(more=False)

    slices = FakeSlices(*[watched] * 6)
    for run in range(1, 7):
        async with database.begin() as connection:
            await queue.defer_slices(UnitOn(connection), RunId(run), ["a.example"])  # pyright: ignore[reportArgumentType]
    await defer(database, queue, "b.example")
    async with worker(database, slices):
        await asyncio.wait_for(slices.idle.wait(), PATIENCE_S)
    assert most <= 2, "one of a.example, and perhaps the one of b.example"
    assert len(slices.worked) == 7


async def test_a_slice_that_always_breaks_is_given_up_and_says_so(database: Database, queue: Queue):
    slices = FakeSlices(*[fails] * DEATHS)
    await defer(database, queue, "a.example")
    async with worker(database, slices):
        await asyncio.wait_for(slices.idle.wait(), PATIENCE_S)
    assert slices.worked == [(RUN, "a.example")] * DEATHS
    assert [(run, host) for run, host, _ in slices.given_up] == [(RUN, "a.example")]
    assert "Jobwire's own log" in slices.given_up[0][2]


async def test_an_absence_of_the_database_is_no_fault_of_the_slice(
    database: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tasks, "DATABASE_PAUSE_S", 0)
    slices = FakeSlices(*[database_away, database_away_in_a_group] * DEATHS)
    await defer(database, queue, "a.example")
    async with worker(database, slices):
        await asyncio.wait_for(slices.idle.wait(), PATIENCE_S)
    assert slices.given_up == []


async def leave_stalled(database: Database) -> None:
    """A worker takes the task and dies: as the database sees it, its heartbeat stops."""
    app = open_queue(database.conninfo)
    async with app.open_async():
        register(app, work_of(FakeSlices()))
        worker_id = await app.job_manager.register_worker()
        assert await app.job_manager.fetch_job(queues=None, worker_id=worker_id) is not None
    async with database.begin() as connection:
        await connection.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))


async def test_the_task_of_a_dead_worker_goes_back_and_counts_the_death(database: Database, queue: Queue):
    await defer(database, queue, "a.example")
    await leave_stalled(database)
    assert await rows(database) == [("doing", 0, "a.example")]
    app = open_queue(database.conninfo)
    async with app.open_async():
        assert await rescue(app.job_manager) == 1
        assert await rescue(app.job_manager) == 0
    assert await rows(database) == [("todo", 1, "a.example")]


async def test_a_dead_task_whose_successor_waits_already_makes_way_for_it(database: Database, queue: Queue):
    await defer(database, queue, "a.example")
    await leave_stalled(database)
    await queue.defer_again(RUN, "a.example", 0)
    app = open_queue(database.conninfo)
    async with app.open_async():
        await rescue(app.job_manager)
    assert await rows(database) == [("todo", 0, "a.example")]


async def test_a_worker_that_starts_takes_over_what_a_dead_one_left(database: Database, queue: Queue):
    await defer(database, queue, "a.example")
    await leave_stalled(database)
    slices = FakeSlices()
    async with worker(database, slices):
        await asyncio.wait_for(slices.idle.wait(), PATIENCE_S)
    assert slices.worked == [(RUN, "a.example")]


@pytest.mark.parametrize("minutes", [1, 12, 40, 58])
async def test_a_cleaning_that_was_missed_is_made_up_for_once_by_the_first_that_starts(
    database: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch, minutes: int
):
    missed = (datetime.now(UTC) - timedelta(minutes=minutes)).minute
    monkeypatch.setattr(tasks, "HOURLY", f"{missed} * * * *")
    cleaner = Cleaner()
    async with worker(database, FakeSlices(), cleaner), worker(database, FakeSlices(), cleaner):
        await eventually(lambda: _has_cleaned(cleaner, database))
    slices = FakeSlices()
    await defer(database, queue, "a.example")
    async with worker(database, slices, cleaner):
        await asyncio.wait_for(slices.idle.wait(), PATIENCE_S)
        await eventually(lambda: _has_cleaned(cleaner, database))
    assert cleaner.times == 1


async def _has_cleaned(cleaner: Cleaner, database: Database) -> bool:
    """Whether there was a cleaning, and no task is left."""
    return cleaner.times > 0 and await rows(database) == []


async def test_a_preview_goes_before_the_slices_of_its_host(database: Database, queue: Queue):
    await defer(database, queue, "a.example")
    async with database.begin() as connection:
        await queue.defer_preview((await connection.get_raw_connection()).driver_connection, 1, "a.example")
    app = open_queue(database.conninfo)
    async with app.open_async():
        worker_id = await app.job_manager.register_worker()
        first = await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
        second = await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
    assert first is not None
    assert first.task_name == "jobwire.preview"
    assert second is None, "one at a time for a host"


def test_the_queue_uses_only_names_that_the_worker_knows(database_url: str):
    app = open_queue(database_url)
    register(app, work_of(FakeSlices()))
    assert {"jobwire.slice", "jobwire.preview", "jobwire.clean"} <= set(app.tasks)
