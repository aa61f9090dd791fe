"""A posting that stays listed while its own page refuses the question: three times, hours apart, and it is gone."""

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world

from jobwire.domain.errors import BoardRefused, BoardUnavailable, BoardUnreadable, PostingRefused
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database

REFUSED = raising(PostingRefused("fetch:acme, posting 2: host answered with status 422."))


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def known(world: World, boards: FakeBoards, *ids: str) -> tuple[FakeBoard, UserId]:
    board = boards.add("acme", *ids)
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    return board, user


async def day(world: World, user: UserId) -> dict[str, str]:
    """A run on the next day."""
    await world.execute("""
        UPDATE postings SET strikes = strikes
            || jsonb_build_object('counted_at', (strikes ->> 'counted_at')::timestamptz - interval '1 day')
    """)
    return await world.jobs(await world.run(user))


async def test_the_third_strike_is_the_last_and_an_answer_brings_it_back(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards, "2", "3")  # the first one in order
    board.on_fetch["2"] = REFUSED
    assert [(await day(world, user))["2"] for _ in range(5)] == ["error", "error", "expired", "skipped", "skipped"]
    (row,) = await world.rows("SELECT gone_reason FROM postings WHERE external_id = '2'")
    assert "has refused to be read three times" in row.gone_reason

    board.on_fetch.clear()
    assert (await day(world, user))["2"] == "ready"
    board.on_fetch["2"] = REFUSED
    assert [(await day(world, user))["2"] for _ in range(3)] == ["error", "error", "expired"]


async def test_refusals_in_one_sitting_are_one(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards, "1", "2")
    board.on_fetch["2"] = REFUSED
    for _ in range(5):
        assert (await world.jobs(await world.run(user)))["2"] == "error"


async def test_an_answer_in_between_ends_the_row(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards, "1", "2")
    for text in ("text", "another text"):
        board.on_fetch["2"] = REFUSED
        assert [(await day(world, user))["2"] for _ in range(2)] == ["error", "error"]
        board.on_fetch.clear()
        board.post("2", text=text)
        await day(world, user)
    board.on_fetch["2"] = REFUSED
    assert (await day(world, user))["2"] == "error"


async def test_where_no_page_can_be_read_the_fault_is_taken_for_ours(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards, *"1234")
    board.on_fetch |= dict.fromkeys("1234", REFUSED)
    for _ in range(6):
        assert await day(world, user) == dict.fromkeys("1234", "error")

    board.on_fetch = {"2": REFUSED}
    assert await day(world, user) == {"1": "skipped", "2": "expired", "3": "skipped", "4": "skipped"}


@pytest.mark.parametrize("error", [BoardRefused("403"), BoardUnavailable("500"), BoardUnreadable("no description")])
async def test_nothing_else_is_ever_a_strike(world: World, boards: FakeBoards, error: Exception) -> None:
    board, user = await known(world, boards, "1", "2")
    board.on_fetch["2"] = raising(error)
    for _ in range(5):
        assert await day(world, user) == {"1": "skipped", "2": "error"}
    assert not await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL OR strikes IS NOT NULL")
