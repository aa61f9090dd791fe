"""One person's title filters may take their time: nobody else who wants the same board waits for them."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world

from jobwire.domain.errors import BoardGone
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import RunId, UserId
from jobwire.storage.database import Database

SLOW = "engineer"
PATIENCE_S = 20.0


class Gate:
    """Holds up every match of the filters that include `SLOW`, while it is shut."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()
        self._open.set()

    def shut(self) -> None:
        self.reached.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def pass_through(self) -> None:
        if not self._open.is_set():
            self.reached.set()
            assert self._open.wait(PATIENCE_S), "nobody opened the gate"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, keeps = Gate(), TitleFilters.keeps

    def slow(self: TitleFilters, title: str) -> bool:
        if SLOW in self.include:
            gate.pass_through()
        return keeps(self, title)

    monkeypatch.setattr(TitleFilters, "keeps", slow)
    yield gate
    gate.open()


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def people(world: World, source: str = "text:acme") -> tuple[UserId, UserId]:
    """One whose filters are slow, and another one."""
    slow, quick = await world.user("slow@example.com"), await world.user("quick@example.com")
    await world.follow(slow, source, include=[SLOW])
    await world.follow(quick, source)
    return slow, quick


@asynccontextmanager
async def held_up(world: World, gate: Gate, user: UserId) -> AsyncIterator[RunId]:
    """A run that waits for its person's filters; it goes on, and ends, at the end of the context."""
    run = await world.start(user)
    world.tasks.queue.clear()
    gate.shut()
    slice_ = asyncio.create_task(world.slices.work(run, "host"))
    assert await asyncio.to_thread(gate.reached.wait, PATIENCE_S), "the filters were not asked"
    assert not slice_.done()
    yield run
    gate.open()
    await asyncio.wait_for(slice_, PATIENCE_S)


async def is_free(world: World) -> None:
    """Whether anybody can have the board and its postings."""
    async with world.database.begin() as connection:
        for table in ("boards", "postings"):
            await connection.exec_driver_sql(f"SELECT FROM {table} FOR UPDATE NOWAIT")


def lose(board: FakeBoard) -> None:
    board.drop("3")


def vanish(board: FakeBoard) -> None:
    board.on_list = raising(BoardGone("There is no board of that name."))


@pytest.mark.parametrize("happens", [lose, vanish, lambda board: None], ids=["smaller", "away", "as it was"])
async def test_others_have_the_board_meanwhile(
    world: World, boards: FakeBoards, gate: Gate, happens: Callable[[FakeBoard], None]
) -> None:
    board = boards.add("acme", *"12345")
    board.marks = True
    slow, quick = await people(world)
    for one in (slow, quick):
        await world.run(one)
    happens(board)
    if happens is vanish:
        await accepted_absence(world, slow)
    async with held_up(world, gate, slow) as run:
        await is_free(world)
        others = await asyncio.wait_for(world.run(quick, ["acme"]), PATIENCE_S)
        assert await world.status(others) in {"finished", "error"}

    assert await world.status(run) in {"finished", "error"}
    assert await world.jobs(run) == await world.jobs(others)


async def accepted_absence(world: World, user: UserId) -> None:
    """The board has said often enough that it is gone: the next time is the last."""
    await world.run(user)
    await world.execute("UPDATE boards SET doubt = jsonb_set(doubt, '{reply}', to_jsonb(CAST('gone' AS text)))")


async def test_jobs_are_settled_without_the_filters(world: World, boards: FakeBoards, gate: Gate) -> None:
    board = boards.add("acme", *"123")
    slow, _ = await people(world, "fetch:acme")
    await world.run(slow)
    board.post("1", text="another text")
    board.on_fetch["1"] = gate.shut
    run = await asyncio.wait_for(world.run(slow), PATIENCE_S)
    assert not gate.reached.is_set()
    assert await world.reasons(run) == {"1": "changed: text", "2": "unchanged", "3": "unchanged"}


async def test_filters_that_change_meanwhile_are_those_of_the_next_run(
    world: World, boards: FakeBoards, gate: Gate
) -> None:
    board = boards.add("acme", *"12")
    board.post("3", title="Cook")
    slow, _ = await people(world)
    async with held_up(world, gate, slow) as run:
        await world.follow(slow, "text:acme", include=["cook"])
    assert await world.jobs(run) == {"1": "ready", "2": "ready"}

    run = await world.run(slow)
    assert await world.reasons(run) == {"3": "new to your filters"}


async def test_who_dies_before_the_jobs_are_made_leaves_a_listing_to_share(
    world: World, boards: FakeBoards, gate: Gate
) -> None:
    board = boards.add("acme", *"12")
    slow, _ = await people(world)
    run = await world.start(slow)
    world.tasks.queue.clear()
    gate.shut()
    slice_ = asyncio.create_task(world.slices.work(run, "host"))
    await asyncio.to_thread(gate.reached.wait, PATIENCE_S)
    slice_.cancel()
    await asyncio.gather(slice_, return_exceptions=True)
    gate.open()
    assert await world.jobs(run) == {}

    await world.slices.work(run, "host")
    assert await world.jobs(run) == {"1": "ready", "2": "ready"}
    assert await world.status(run) == "finished"
    assert board.lists == 2
