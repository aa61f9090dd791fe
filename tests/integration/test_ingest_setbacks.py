"""Boards that fail again and again are left alone for longer each time, and what is gone for good is said."""

from datetime import UTC, datetime, timedelta

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world

from jobwire.domain.errors import BoardGone, BoardUnavailable, HostBusy
from jobwire.domain.expiry import Reply
from jobwire.domain.runs import RunId, UserId
from jobwire.storage.database import Database

AWAY = raising(BoardUnavailable("acme is away."))
NO_BOARD = raising(BoardGone("There is no acme."))


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def known(world: World, boards: FakeBoards, *ids: str) -> tuple[FakeBoard, UserId]:
    """A board that was read once, and somebody who follows it."""
    board = boards.add("acme", *(ids or ("1", "2")))
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.run(user)
    return board, user


async def fails(world: World, run_id: RunId, company: str = "acme") -> str:
    status, reason = (await world.companies(run_id))[company]
    assert status == "error"
    assert reason is not None
    return reason


async def time_passes(world: World, time: timedelta) -> None:
    """Move everything that the board remembers into the past."""
    for field, column in (("retry_at", "setback"), ("counted_at", "doubt"), ("since", "doubt")):
        await world.execute(
            f"""UPDATE boards SET {column} = jsonb_set({column}, '{{{field}}}',
                to_jsonb(CAST({column} ->> '{field}' AS timestamptz) - CAST(:time AS interval)))
                WHERE {column} IS NOT NULL""",
            time=time,
        )


async def gone(world: World) -> list[str]:
    rows = await world.rows("SELECT external_id FROM postings WHERE gone_listing IS NOT NULL ORDER BY external_id")
    return [row.external_id for row in rows]


async def test_one_failure_is_forgiven_and_the_second_one_makes_a_pause(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    board.on_list = AWAY
    assert (await fails(world, await world.run(user))).startswith("acme is away.")
    assert board.lists == 2
    second = await fails(world, await world.run(user))
    assert board.lists == 3
    (state,) = await world.boards.all(user)
    assert state.setback is not None
    assert state.setback.failures == 2
    assert f"failed 2 times in a row, and is left alone until {state.setback.until}" in second

    board.on_list = lambda: None
    third = await world.run(user)
    reason = await fails(world, third)
    assert board.lists == 3
    assert reason.startswith("Not asked: text:acme has failed 2 times in a row, and is left alone until")
    assert state.setback.until in reason
    assert "acme is away." in reason
    assert reason in await world.logs(third)
    assert await gone(world) == []
    assert await world.taken(user, "acme") == 1

    await time_passes(world, timedelta(minutes=5))
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "2": "skipped"}
    (state,) = await world.boards.all(user)
    assert state.setback is None


async def test_pauses_grow_up_to_a_day(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    board.on_list = AWAY
    pauses: list[int] = []
    for _ in range(13):
        await world.run(user)
        (state,) = await world.boards.all(user)
        assert state.setback is not None
        pauses.append(round((state.setback.retry_at - datetime.now(UTC)).total_seconds() / 60))
        await time_passes(world, timedelta(days=1))
    # The smallest jitter: half of 0, 5, 10, 20, … minutes, and of a day.
    expected = [0, 2.5, 5, 10, 20, 40, 80, 160, 320, 640, 720, 720, 720]
    assert all(abs(pause - minutes) <= 2 for pause, minutes in zip(pauses, expected, strict=True)), pauses


async def test_whoever_names_the_board_has_it_asked(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    board.on_list = AWAY
    await world.run(user)
    await world.run(user)
    asked = board.lists
    await world.run(user, ["acme"])
    assert board.lists == asked + 1
    left_alone = await world.run(user)
    assert board.lists == asked + 1
    board.on_list = lambda: None
    retried = await world.retry(user, left_alone)
    await world.drain()
    assert board.lists == asked + 2
    assert await world.jobs(retried.run_id) == {"1": "skipped", "2": "skipped"}


async def test_a_retry_within_the_run_asks_it_as_well(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    boards.add("cask", "1")
    boards.hosts["cask"] = "other"
    await world.follow(user, "text:cask")
    board.on_list = AWAY
    await world.run(user)
    await world.run(user)
    run_id = await world.start(user)
    await world.work()  # acme's host; cask waits, so that the run still goes
    assert "Not asked" in await fails(world, run_id)
    board.on_list = lambda: None
    assert (await world.retry(user, run_id, companies=["acme"])).run_id == run_id
    await world.drain()
    assert await world.jobs(run_id, "acme") == {"1": "skipped", "2": "skipped"}
    assert await world.status(run_id) == "finished"


async def test_a_busy_host_is_no_failure_and_a_board_is_everybodys(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    troubles = [raising(HostBusy("acme is busy.", retry_after=0.0))] * 3

    def busy_at_first() -> None:
        if troubles:
            troubles.pop()()

    board.on_list = busy_at_first
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "2": "skipped"}
    board.on_list = AWAY
    other = await world.user("other@example.com")
    await world.follow(other, "text:acme")
    await world.run(user)
    await world.run(other)
    assert "Not asked" in await fails(world, await world.run(user))


async def test_an_aborted_run_counts_no_failure(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    run_id = await world.start(user)

    async def abort_and_fail() -> None:
        await world.runs.abort(user, run_id)
        raise BoardUnavailable("acme is away.")

    board.on_list = abort_and_fail
    await world.drain()
    assert await world.status(run_id) == "aborted"
    (state,) = await world.boards.all(user)
    assert state.setback is None


async def test_a_board_that_is_gone_for_long_enough_takes_its_postings_along(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    other = await world.user("other@example.com")
    await world.follow(other, "text:acme")
    await world.run(other)
    board.on_list = NO_BOARD
    first = await world.run(user)
    assert "Is the board really gone? (Seen 1 of 3 times.)" in await fails(world, first)
    await world.run(user, ["acme"])  # again, and at once: no confirmation
    assert await gone(world) == []
    await time_passes(world, timedelta(hours=7))
    await world.run(user, ["acme"])
    assert await gone(world) == []
    (state,) = await world.boards.all(user)
    assert state.doubt is not None
    assert (state.doubt.guard, state.doubt.seen, state.doubt.missing) == ("no_board", 2, 2)
    await time_passes(world, timedelta(hours=7))
    last = await world.run(user, ["acme"])
    assert await world.jobs(last) == {"1": "expired", "2": "expired"}
    assert set((await world.reasons(last)).values()) == {
        "Its board is gone: the careers system knows none of that name any more."
    }
    assert (await world.companies(last))["acme"] == ("done", None)
    assert await gone(world) == ["1", "2"]

    # Whoever was told once is told that there is no board; the other person is told what has expired.
    assert "There is no acme." in await fails(world, await world.run(user, ["acme"]))
    assert await world.jobs(await world.run(other, ["acme"])) == {"1": "expired", "2": "expired"}

    board.on_list = lambda: None
    back = await world.run(user, ["acme"])
    assert await world.reasons(back) == {"1": "back", "2": "back"}
    (first_seen,) = await world.rows("SELECT DISTINCT first_listing FROM postings")
    assert first_seen.first_listing == 1


@pytest.mark.parametrize("between", ["listed", "away"])
async def test_only_a_listing_ends_the_question_whether_a_board_is_gone(
    world: World, boards: FakeBoards, between: str
) -> None:
    board, user = await known(world, boards)
    for _ in range(2):
        board.on_list = NO_BOARD
        await world.run(user, ["acme"])
        await time_passes(world, timedelta(hours=7))
    board.on_list = AWAY if between == "away" else lambda: None
    await world.run(user, ["acme"])
    board.on_list = NO_BOARD
    await world.run(user, ["acme"])
    assert await gone(world) == (["1", "2"] if between == "away" else [])


async def test_somebody_can_say_that_a_board_is_gone(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    board.on_list = NO_BOARD
    await world.run(user)
    await world.boards.reply(user, "acme", Reply.GONE)
    assert await world.jobs(await world.run(user, ["acme"])) == {"1": "expired", "2": "expired"}


async def test_a_board_that_never_was_is_just_unknown(world: World, boards: FakeBoards) -> None:
    boards.add("acme").on_list = NO_BOARD
    user = await world.user()
    await world.follow(user, "text:acme")
    assert await fails(world, await world.run(user)) == (
        "There is no acme. Check the board's name on the company's careers page: the company may have moved to another "
        "system."
    )
    (state,) = await world.boards.all(user)
    assert (state.doubt, state.listings) == (None, 0)
