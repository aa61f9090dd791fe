"""A board's line of a posting says less than the posting's own page: what that has said stays."""

from typing import Any

import pytest
from boards_server import serve, settings_for
from boards_shapes import SHAPES, Shape
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world

from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.errors import BoardUnavailable
from jobwire.domain.openings import OpeningFilter
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.told_postings import ToldPostings

OF = {shape.system: shape for shape in SHAPES}
LINES: dict[str, dict[str, Any]] = {
    "workday": {"locationsText": "2 Locations"},
    "smartrecruiters": {"location": {"city": "Berlin"}},
    "eightfold": {"location": "2 places"},
}
"""What a line of a listing says of a posting's place, as its system writes it."""
PAGES: dict[str, dict[str, Any]] = {
    "workday": {"info": {"location": "Berlin", "additionalLocations": ["Oslo"]}},
    "smartrecruiters": {"location": {"fullLocation": "Berlin, Germany"}},
    "eightfold": {"location": "Berlin", "locations": ["Berlin", "Oslo"]},
}
"""And what its own page says of it."""
EVERYTHING = OpeningFilter()


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def shown(world: World) -> dict[str, tuple[str, str]]:
    rows = await world.rows("SELECT external_id, title, location FROM postings")
    return {row.external_id: (row.title, row.location) for row in rows}


async def read(world: World, boards: FakeBoards) -> tuple[FakeBoard, UserId]:
    """A board that lists its postings 1, 2 and 3 shortly, read once."""
    board = boards.add("acme", "1", "2", "3")
    board.lines = {one: (f"Engineer {one} M F D", "2 places") for one in "123"}
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    assert await shown(world) == {one: (f"Engineer {one}", "Berlin") for one in "123"}
    return board, user


async def test_a_line_in_other_words_is_no_change_and_spares_what_a_key_spares(
    world: World, boards: FakeBoards
) -> None:
    board, user = await read(world, boards)
    board.keys = {"1": "100"}
    await world.run(user)
    board.fetched.clear()
    run = await world.run(user)

    assert await world.reasons(run) == dict.fromkeys("123", "unchanged")
    assert sorted(board.fetched) == ["2", "3"]
    assert await shown(world) == {one: (f"Engineer {one}", "Berlin") for one in "123"}


async def test_what_is_back_unchanged_has_what_its_page_said(world: World, boards: FakeBoards) -> None:
    board, user = await read(world, boards)
    board.drop("1")
    await world.run(user)
    board.post("1")
    run = await world.run(user)

    assert (await world.reasons(run))["1"] == "back"
    assert (await shown(world))["1"] == ("Engineer 1", "Berlin")


async def test_a_line_that_changes_waits_for_the_page(world: World, boards: FakeBoards) -> None:
    board, user = await read(world, boards)
    board.post("1", title="Head of Engineering")
    board.lines["1"] = ("Head M F D", "3 places")
    board.on_fetch["1"] = raising(BoardUnavailable("away"))
    await world.run(user)
    assert (await shown(world))["1"] == ("Engineer 1", "Berlin")

    board.on_fetch.clear()
    run = await world.run(user)
    assert (await world.reasons(run))["1"] == "changed: title"
    assert (await shown(world))["1"] == ("Head of Engineering", "Berlin")


async def test_until_its_page_is_read_a_posting_is_as_it_is_listed(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    board.lines = {"1": ("Engineer M F D", "2 places")}
    board.on_fetch["1"] = raising(BoardUnavailable("away"))
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    assert (await shown(world))["1"] == ("Engineer M F D", "2 places")

    board.lines = {"1": ("Chief M F D", "3 places")}
    await world.run(user)
    assert (await shown(world))["1"] == ("Chief M F D", "3 places")


async def test_filters_are_matched_on_the_line_by_all_who_match_them(world: World, boards: FakeBoards) -> None:
    """In the run that listed the board, in one that shares the listing, in previews, and in the list of jobs."""
    board = boards.add("acme", "1", "2")
    board.lines = {"1": ("Engineer M F D", "2 places"), "2": ("Engineer", "2 places")}
    user, other = await world.user(), await world.user("other@example.com")
    for one in (user, other):
        await world.follow(one, "fetch:acme", include=["m f d"])
    runs = [await world.start(user), await world.start(other)]
    await world.drain()

    assert board.lists == 1
    assert [await world.jobs(run) for run in runs] == [{"1": "ready"}] * 2
    assert await ToldPostings(world.database).of(user, "acme") == {"1"}
    listed = await PostingReads(world.database).search(user, EVERYTHING, after=None, limit=9)
    assert [line.title for line in listed.items] == ["Engineer 1"]
    assert (await PostingReads(world.database).facets(user, EVERYTHING)).total == 1

    board.post("1", text="another text")
    run = await world.run(user)
    assert await world.reasons(run) == {"1": "changed: text"}
    board.drop("1")
    run = await world.run(user)
    assert await world.jobs(run) == {"1": "expired"}


def site_of(shape: Shape, jobs: list[Any]) -> Any:
    """A careers site whose lines say less than its pages."""
    lists = shape.site([{**job, **LINES[shape.system]} for job in jobs])
    pages = shape.site([{**job, **PAGES[shape.system]} for job in jobs])
    return lambda request: (lists if shape.is_listing(request) else pages)(request)


@pytest.mark.parametrize("system", LINES)
async def test_so_it_is_with_real_systems(database: Database, system: str) -> None:
    shape = OF[system]
    jobs = [shape.job(str(n), f"Engineer {n}") for n in range(5)]
    async with serve() as site:
        settings = settings_for(site.origin, host_pace={"127.0.0.1": {"per_second": 10_000, "concurrency": 16}})
        async with BoardClient(settings, jitter=lambda: 0.0) as client:
            world = make_world(database, BoardRegistry(settings, client))
            user = await world.user()
            await world.follow(user, f"acme={shape.board}")
            facts: list[Any] = []
            for stand in (jobs, jobs[1:], jobs):
                site.answer = site_of(shape, stand)
                run = await world.run(user)
                facts.append(await world.rows(FACTS))

            assert await world.reasons(run) == {"0": "back"} | dict.fromkeys("1234", "unchanged")
            assert {row.location for row in facts[0]} <= {"Berlin; Oslo", "Berlin, Germany"}
            assert facts[0] == facts[1] == facts[2]


FACTS = "SELECT external_id, title, location, locations, url FROM postings ORDER BY external_id"
