"""A posting whose system says that it is as it was is not asked for again, but for once a week."""

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world

from jobwire.domain.errors import BoardUnavailable
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def read(world: World, boards: FakeBoards) -> tuple[FakeBoard, UserId]:
    """A board whose postings 1 and 2 have keys and 3 has none, read once by somebody who follows it."""
    board = boards.add("acme", "1", "2", "3")
    board.keys = {"1": "100", "2": "100"}
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.fetched.clear()
    return board, user


async def test_an_unchanged_key_spares_the_request(world: World, boards: FakeBoards) -> None:
    board, user = await read(world, boards)
    run = await world.run(user)

    assert board.fetched == ["3"]
    assert await world.reasons(run) == dict.fromkeys("123", "unchanged")
    assert await world.jobs(run) == dict.fromkeys("123", "skipped")


async def test_another_key_has_the_text_asked_for_and_the_text_says_what_has_changed(
    world: World, boards: FakeBoards
) -> None:
    board, user = await read(world, boards)
    board.keys = {"1": "200", "2": "200"}
    board.post("2", text="another text")
    run = await world.run(user)

    assert sorted(board.fetched) == ["1", "2", "3"]
    assert await world.reasons(run) == {"1": "unchanged", "2": "changed: text", "3": "unchanged"}

    board.fetched.clear()
    await world.run(user)
    assert board.fetched == ["3"]


async def test_once_a_week_the_text_is_asked_for_whatever_the_key_says(world: World, boards: FakeBoards) -> None:
    board, user = await read(world, boards)
    board.post("1", text="edited without a word")
    await world.execute("UPDATE postings SET key_read_at = key_read_at - interval '7 days'")
    run = await world.run(user)

    assert sorted(board.fetched) == ["1", "2", "3"]
    assert (await world.reasons(run))["1"] == "changed: text"

    board.fetched.clear()
    await world.run(user)
    assert board.fetched == ["3"]


async def test_another_title_is_believed_before_the_key(world: World, boards: FakeBoards) -> None:
    board, user = await read(world, boards)
    board.post("1", title="Head of Engineering")
    run = await world.run(user)

    assert sorted(board.fetched) == ["1", "3"]
    assert (await world.reasons(run))["1"] == "changed: title"


async def test_a_text_that_could_not_be_read_is_asked_for_again_under_the_same_key(
    world: World, boards: FakeBoards
) -> None:
    board, user = await read(world, boards)
    board.keys["1"] = "200"
    board.on_fetch["1"] = raising(BoardUnavailable("away"))
    await world.run(user)
    board.on_fetch.clear()
    board.fetched.clear()
    await world.run(user)

    assert sorted(board.fetched) == ["1", "3"]


async def test_a_posting_that_is_back_is_asked_for(world: World, boards: FakeBoards) -> None:
    board, user = await read(world, boards)
    board.drop("1")
    await world.run(user)
    board.post("1")
    board.fetched.clear()
    run = await world.run(user)

    assert (await world.reasons(run))["1"] == "back"


async def test_who_looks_after_several_changes_is_told_of_all(world: World, boards: FakeBoards) -> None:
    board, rare = await read(world, boards)
    often = await world.user("often@example.com")
    await world.follow(often, "fetch:acme")
    await world.run(often)
    board.post("3", text="another text")
    await world.run(often)
    board.post("3", text="another text", title="Head of Engineering")
    run = await world.run(often)
    assert (await world.reasons(run))["3"] == "changed: title"

    run = await world.run(rare)
    assert (await world.reasons(run))["3"] == "changed: title, text"
