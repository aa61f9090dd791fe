"""A board that says that it is unchanged is not read again, and everybody is told just what a full read would tell."""

from random import Random

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world

from jobwire.domain.errors import BoardUnavailable
from jobwire.domain.runs import RunId, UserId
from jobwire.ingest.listing import FALSE_MARKS, SAME
from jobwire.ingest.ports.boards import Unreadable
from jobwire.storage.database import Database
from jobwire.storage.packed_text import unpacked


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


async def known(world: World, boards: FakeBoards, *ids: str) -> tuple[FakeBoard, UserId]:
    """A board with marks that was read once, and somebody who follows it."""
    board = boards.add("acme", *(ids or ("1", "2", "3")))
    board.marks = True
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.run(user)
    return board, user


async def test_an_unchanged_board_is_not_read_again(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    (first,) = await world.rows("SELECT listing_began_at FROM boards")
    second = await world.run(user)
    assert (board.lists, board.sames) == (1, 1)
    assert await world.reasons(second) == dict.fromkeys("123", "unchanged")
    assert SAME in await world.logs(second)
    assert await world.status(second) == "finished"
    (state,) = await world.boards.all(user)
    assert (state.listings, state.last_counts) == (1, (3, 3))
    (again,) = await world.rows("SELECT listing_began_at FROM boards")
    assert again.listing_began_at > first.listing_began_at
    (follow,) = await world.rows("SELECT taken, takings FROM follows")
    assert (follow.taken, follow.takings) == (1, [1])

    board.post("2", text="other")
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "2": "ready", "3": "skipped"}
    assert (board.lists, board.sames) == (2, 1)


async def test_somebody_who_never_saw_the_board_is_told_that_all_is_new(world: World, boards: FakeBoards) -> None:
    board, _ = await known(world, boards)
    other = await world.user("other@example.com")
    await world.follow(other, "text:acme", include=["Engineer"])
    assert await world.reasons(await world.run(other)) == dict.fromkeys("123", "new")
    assert (board.lists, board.sames) == (1, 1)
    assert await world.reasons(await world.run(other)) == dict.fromkeys("123", "unchanged")


async def test_a_posting_that_nobody_wanted_yet_is_read_when_somebody_does(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    board.post("2", title="Cook")
    board.marks = True
    user = await world.user()
    await world.follow(user, "text:acme", include=["Engineer"])
    await world.run(user)
    await world.run(user)
    assert (board.lists, board.sames) == (1, 1)
    await world.follow(user, "text:acme")
    assert await world.reasons(await world.run(user)) == {"1": "unchanged", "2": "new to your filters"}
    assert (board.lists, board.sames) == (2, 2)
    texts = await world.rows("SELECT description FROM postings WHERE fingerprint IS NOT NULL")
    assert len(texts) == 2
    await world.run(user)
    assert (board.lists, board.sames) == (2, 3)


async def test_a_text_that_failed_is_tried_again(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    board.marks = True
    board.bad_texts.add("2")
    user = await world.user()
    await world.follow(user, "text:acme")
    assert await world.jobs(await world.run(user)) == {"1": "ready", "2": "error"}
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "2": "error"}
    board.bad_texts.clear()
    assert await world.reasons(await world.run(user)) == {"1": "unchanged", "2": "new"}
    assert board.lists == 3
    await world.run(user)
    assert board.lists == 3


@pytest.mark.parametrize("flaw", ["incomplete", "unreadable", "flaky", "doubt"])
async def test_only_a_listing_that_was_recorded_whole_is_marked(world: World, boards: FakeBoards, flaw: str) -> None:
    board, user = await known(world, boards, *map(str, range(10)))
    if flaw == "incomplete":
        board.complete = False
    elif flaw == "unreadable":
        board.unreadable = [Unreadable(external_id="x", title="Engineer x", reason="It has no text.")]
    elif flaw == "flaky":
        board.patience = 4
    board.drop(*map(str, range(8 if flaw == "doubt" else 1)))
    await world.run(user)
    await world.run(user)
    assert (board.lists, board.sames) == (3, 0)


async def test_a_run_that_died_before_its_texts_were_read_leaves_no_gap(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    board.post("4")
    run_id = await world.start(user)
    boards.of["acme"].bad_texts.add("4")  # listed, and never read
    await world.drain()
    await world.execute("UPDATE run_jobs SET status = 'pending' WHERE run_id = :run AND external_id = '4'", run=run_id)
    board.bad_texts.clear()
    other = await world.user("other@example.com")
    await world.follow(other, "text:acme")
    assert await world.reasons(await world.run(other)) == dict.fromkeys("1234", "new")
    (text,) = await world.rows("SELECT description FROM postings WHERE external_id = '4'")
    assert unpacked(text.description) == "text"


async def test_a_board_is_read_in_full_every_week(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    await world.execute(
        "UPDATE boards SET tag = jsonb_set(tag, '{read_at}', to_jsonb(now() - interval '7 days 1 minute'))"
    )
    await world.run(user)
    assert (board.lists, board.sames) == (2, 0)
    await world.run(user)
    assert (board.lists, board.sames) == (2, 1)


async def test_a_new_version_of_extraction_reads_all_again(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    await world.execute("UPDATE boards SET tag = jsonb_set(tag, '{extraction}', '1')")
    await world.run(user)
    assert (board.lists, board.sames) == (2, 0)


async def test_a_board_whose_marks_are_false_is_not_asked_by_them_any_more(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    board.mark = "v1"
    board.post("1", text="other")
    await world.run(user)
    board.post("1", text="a third one")  # and it says that it is unchanged
    assert await world.jobs(await world.run(user)) == dict.fromkeys("123", "skipped")
    await world.execute("UPDATE boards SET tag = jsonb_set(tag, '{read_at}', to_jsonb(now() - interval '8 days'))")
    found = await world.run(user)
    assert await world.jobs(found) == {"1": "ready", "2": "skipped", "3": "skipped"}
    assert FALSE_MARKS in await world.logs(found)
    lists, sames = board.lists, board.sames
    board.complete = False
    await world.run(user)
    board.complete = True
    again = await world.run(user)
    assert (board.lists, board.sames) == (lists + 2, sames)
    assert FALSE_MARKS not in await world.logs(again)


async def test_a_listing_that_was_recorded_meanwhile_counts(world: World, boards: FakeBoards) -> None:
    board, user = await known(world, boards)
    other = await world.user("other@example.com")
    await world.follow(other, "text:acme")
    raced = False

    async def race() -> None:
        nonlocal raced
        if not raced:
            raced = True
            board.post("4")
            board.mark = "new"
            await world.slices.work(second, "host")
            board.mark = None
            board.drop("4")  # what the first one was told holds for what was there before

    run_id = await world.start(user)
    second = await world.start(other)
    board.on_list = race
    await world.slices.work(run_id, "host")
    world.tasks.queue.clear()
    assert raced
    assert await world.jobs(second) == dict.fromkeys("1234", "ready")
    assert await world.jobs(run_id) == dict.fromkeys("123", "skipped")
    assert (board.lists, board.sames) == (3, 1)


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_told_is_what_a_full_read_would_tell(world: World, boards: FakeBoards, seed: int) -> None:
    """Two boards that are always alike, of which one has marks; people come and go, and so do filters and troubles."""
    random = Random(seed)
    marked, plain = boards.add("marked"), boards.add("plain")
    marked.marks = True
    people = [await world.user(f"{n}@example.com") for n in range(3)]
    for person in people:
        await follow_both(world, person)
    for number in range(25):
        if random.random() < 0.7:
            heal(marked, plain)
        if random.random() < 0.4:
            change_both(random, marked, plain, number)
        person = random.choice(people)
        if random.random() < 0.2:
            await follow_both(world, person, include=random.choice([[], ["Engineer"], ["Cook"]]))
        run_id = await world.run(person, ["marked", "plain"])
        await assert_alike(world, person, run_id)
    assert marked.sames > 3
    assert marked.lists < plain.lists


async def follow_both(world: World, person: UserId, include: list[str] | None = None) -> None:
    await world.follow(person, "text:marked", "text:plain", include=include or [])


def heal(*boards: FakeBoard) -> None:
    for board in boards:
        board.complete, board.on_list, board.unreadable = True, lambda: None, []
        board.bad_texts.clear()


def change_both(random: Random, marked: FakeBoard, plain: FakeBoard, number: int) -> None:
    one = random.choice([*plain.texts, str(number)])
    kind = random.choice(["post", "post", "drop", "text", "title", "bad", "odd", "part", "away", "few"])
    for board in (marked, plain):
        match kind:
            case "drop" if one in board.texts:
                board.drop(one)
            case "few":
                board.drop(*list(board.texts)[2:])
            case "part":
                board.complete = False
            case "away":
                board.on_list = raising(BoardUnavailable("It is away."))
            case "bad":
                board.bad_texts ^= {one}
            case "odd":
                board.unreadable = [] if board.unreadable else [Unreadable(external_id="x", title="Cook", reason="No.")]
            case "text" if one in board.texts:
                board.texts[one] = f"text {number}"
            case "title" if one in board.texts:
                board.titles[one] = f"{'Cook' if number % 2 else 'Engineer'} {number}"
            case _:
                board.post(str(number), title=f"{'Cook' if number % 3 == 0 else 'Engineer'} {number}")


async def assert_alike(world: World, person: UserId, run_id: RunId) -> None:
    assert await world.jobs(run_id, "marked") == await world.jobs(run_id, "plain")
    told = [
        {one: str(reason).replace("plain", "marked") for one, reason in (await world.reasons(run_id, name)).items()}
        for name in ("marked", "plain")
    ]
    assert told[0] == told[1]
    companies = await world.companies(run_id)
    assert companies["marked"][0] == companies["plain"][0]
    marked, plain = await world.boards.all(person)
    assert marked.last_counts == plain.last_counts
    assert (marked.doubt and (marked.doubt.guard, marked.doubt.missing)) == (
        plain.doubt and (plain.doubt.guard, plain.doubt.missing)
    )
    stored = [
        await world.rows(
            "SELECT external_id, title, description, gone_listing IS NULL AS live, misses FROM postings p"
            " JOIN boards b ON b.id = p.board_id WHERE slug = :slug ORDER BY external_id",
            slug=slug,
        )
        for slug in ("marked", "plain")
    ]
    assert [tuple(row) for row in stored[0]] == [tuple(row) for row in stored[1]]
