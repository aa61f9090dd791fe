"""What a preview calls known is what the next run does not call news."""

import pytest
from ingest_boards import FakeBoards
from ingest_world import World, make_world

from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.told_postings import ToldPostings


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def news(world: World, user: UserId) -> set[str]:
    jobs = await world.jobs(await world.run(user))
    return {key for key, status in jobs.items() if status == "ready"}


async def test_known_is_what_the_next_run_says_nothing_of(world: World, boards: FakeBoards) -> None:
    told = ToldPostings(world.database)
    me, you = await world.user(), await world.user("you@example.com")
    board = boards.add("acme", "1", "2")
    board.post("3", title="Cook")
    await world.follow(me, "text:acme", include=["engineer"])
    await world.follow(you, "text:acme")
    assert await told.of(me, "acme") == set()

    assert await news(world, me) == {"1", "2"}
    assert await told.of(me, "acme") == {"1", "2"}
    assert await told.of(you, "acme") == set()

    board.drop("1")
    assert await news(world, me) == set()
    board.post("1", "4")
    await world.follow(me, "text:acme")
    assert await told.of(me, "acme") == {"2"}, "what is back is news, and what other filters left out"
    assert await news(world, me) == {"1", "3", "4"}
    assert await told.of(me, "acme") == {"1", "2", "3", "4"}
    assert await told.of(me, "nobody") == set()
