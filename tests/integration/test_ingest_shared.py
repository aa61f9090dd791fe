"""Boards and postings are kept once; what is new, changed, back or expired is said relative to a person."""

import pytest
from ingest_boards import FakeBoard, FakeBoards, raising
from ingest_world import World, make_world
from ledger_world import eventually

from jobwire.domain.errors import BoardUnavailable, Conflict, HostBusy, InvalidInput, PostingGone
from jobwire.domain.expiry import Reply
from jobwire.domain.runs import UserId
from jobwire.ingest.ports.boards import Unreadable
from jobwire.storage.database import Database
from jobwire.storage.packed_text import unpacked
from jobwire.storage.posting_reads import PostingReads


@pytest.fixture
def boards() -> FakeBoards:
    return FakeBoards()


@pytest.fixture
def world(database: Database, boards: FakeBoards) -> World:
    return make_world(database, boards)


@pytest.fixture(params=["text", "fetch"])
def system(request: pytest.FixtureRequest) -> str:
    return request.param


async def two_people(world: World, source: str) -> tuple[UserId, UserId]:
    """Both follow this board."""
    me, you = await world.user(), await world.user("you@example.com")
    for one in (me, you):
        await world.follow(one, source)
    return me, you


async def test_a_second_run_over_an_unchanged_board_skips_everything(
    world: World, boards: FakeBoards, system: str
) -> None:
    boards.add("acme", "1", "2", "3")
    user = await world.user()
    await world.follow(user, f"{system}:acme")
    first = await world.run(user)
    assert await world.reasons(first) == dict.fromkeys("123", "new")
    assert await world.jobs(first) == dict.fromkeys("123", "ready")
    second = await world.run(user)
    assert await world.jobs(second) == dict.fromkeys("123", "skipped")
    assert await world.status(first) == await world.status(second) == "finished"
    assert await world.taken(user, "acme") == 2
    texts = await world.rows("SELECT description, title, locations FROM postings")
    assert {(unpacked(row.description), row.title) for row in texts} == {("text", f"Engineer {one}") for one in "123"}
    assert texts[0].locations == ["Berlin"]


async def test_texts_that_came_with_the_listing_and_are_known_are_over_as_their_jobs_join(
    world: World, boards: FakeBoards
) -> None:
    board = boards.add("acme", "1", "2", "3")
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.run(user)
    board.post("3", text="other")
    second = await world.run(user)
    assert await world.reasons(second) == {"1": "unchanged", "2": "unchanged", "3": "changed: text"}
    joined = "SELECT external_id FROM run_jobs WHERE run_id = :r AND version = added_version ORDER BY external_id"
    assert [row.external_id for row in await world.rows(joined, r=second)] == ["1", "2"]
    checked = await world.rows("SELECT checked_listing FROM postings")
    assert {row.checked_listing for row in checked} == {2}


async def test_a_text_that_came_and_is_known_is_noted_for_all_whoever_asked(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    board.post("2", title="Cook")
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.run(user)
    await world.follow(user, "text:acme", exclude=["cook"])
    assert await world.jobs(await world.run(user)) == {"1": "skipped"}
    checked = await world.rows("SELECT checked_listing FROM postings ORDER BY external_id")
    assert [row.checked_listing for row in checked] == [2, 2]


async def test_new_changed_gone_and_back(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", "1", "2", "3", "4", "5")
    user = await world.user()
    await world.follow(user, f"{system}:acme")
    await world.run(user)
    board.post("2", text="other")
    board.post("3", title="Lead engineer 3")
    board.drop("1")
    board.post("6")
    second = await world.run(user)
    assert await world.jobs(second) == {
        "1": "expired",
        "2": "ready",
        "3": "ready",
        "4": "skipped",
        "5": "skipped",
        "6": "ready",
    }
    reasons = await world.reasons(second)
    assert (reasons["2"], reasons["3"], reasons["6"]) == ("changed: text", "changed: title", "new")
    third = await world.run(user)
    assert await world.jobs(third) == dict.fromkeys("23456", "skipped")
    board.post("1")
    fourth = await world.run(user)
    assert (await world.jobs(fourth))["1"] == "ready"
    assert (await world.reasons(fourth))["1"] == "back"
    (row,) = await world.rows("SELECT gone_at, gone_reason, first_listing FROM postings WHERE external_id = '1'")
    assert tuple(row) == (None, None, 1)


async def test_one_crawl_serves_two_people(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", "1", "2")
    me, you = await world.user(), await world.user("you@example.com")
    await world.follow(me, f"{system}:acme")
    await world.follow(you, f"mine={system}:acme")
    mine, yours = await world.start(me), await world.start(you)
    await world.drain()
    assert board.lists == 1
    assert sorted(board.fetched) == (["1", "2"] if system == "fetch" else [])
    assert await world.jobs(mine) == await world.jobs(yours) == {"1": "ready", "2": "ready"}
    assert await world.reasons(yours) == {"1": "new", "2": "new"}
    assert any("shared" in line for line in await world.logs(yours))
    assert (await world.taken(me, "acme"), await world.taken(you, "mine")) == (1, 1)


async def test_a_listing_from_before_the_run_is_not_shared(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    me, you = await two_people(world, "text:acme")
    await world.run(me)
    await world.run(you)
    assert board.lists == 2


@pytest.mark.parametrize("flaw", ["incomplete", "suspicious"])
async def test_a_doubtful_listing_is_not_shared(world: World, boards: FakeBoards, flaw: str) -> None:
    board = boards.add("acme", *map(str, range(10)))
    me, you = await two_people(world, "text:acme")
    await world.run(me)
    if flaw == "incomplete":
        board.complete = False
    else:
        board.drop(*map(str, range(8)))
    mine, yours = await world.start(me), await world.start(you)
    await world.drain()
    assert board.lists == 3
    assert set((await world.jobs(mine)).values()) == {"skipped"}
    assert await world.jobs(yours) == dict.fromkeys(board.texts, "ready")


async def test_each_person_is_told_what_happened_since_they_looked(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", *map(str, range(1, 7)))
    me, you = await two_people(world, "text:acme")
    await world.run(me)
    await world.run(you)
    board.drop("1")
    board.post("2", text="other")
    board.post("7")
    await world.run(me)
    board.post("7", text="other")  # changed for me, new for you
    await world.run(me)
    run_id = await world.run(you)
    jobs, reasons = await world.jobs(run_id), await world.reasons(run_id)
    assert jobs == {
        "1": "expired",
        "2": "ready",
        "3": "skipped",
        "4": "skipped",
        "5": "skipped",
        "6": "skipped",
        "7": "ready",
    }
    assert (reasons["2"], reasons["7"]) == ("changed: text", "new")


async def test_filters_decide_what_joins_a_run(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    board.post("3", "4", "5", title="Cook")
    user = await world.user()
    await world.follow(user, "text:acme", include=["engineer"])
    assert await world.jobs(await world.run(user)) == {"1": "ready", "2": "ready"}
    board.drop("5")  # filtered out: never expired
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "2": "skipped"}
    await world.follow(user, "text:acme")
    board.drop("1", "4")  # of the second this person was never told
    third = await world.run(user)
    assert await world.jobs(third) == {"1": "expired", "2": "skipped", "3": "ready"}
    assert (await world.reasons(third))["3"] == "new to your filters"
    await world.follow(user, "text:acme", exclude=["cook"])
    board.drop("3")
    assert await world.jobs(await world.run(user)) == {"2": "skipped"}


async def test_an_aborted_run_takes_nothing_in(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    user = await world.user()
    await world.follow(user, "fetch:acme")

    async def abort() -> None:
        await world.runs.abort(user, run_id)

    board.on_fetch["2"] = abort
    boards.concurrency = 1
    run_id = await world.start(user)
    (end,) = await world.drain()
    assert not end.more
    assert await world.status(run_id) == "aborted"
    assert await world.taken(user, "acme") == 0
    board.on_fetch.clear()
    again = await world.run(user)
    assert await world.jobs(again) == {"1": "ready", "2": "ready"}
    assert await world.taken(user, "acme") == 2


async def test_a_failed_listing_takes_nothing_in_and_expires_nothing(world: World, boards: FakeBoards) -> None:
    board, _ = boards.add("acme", "1", "2", "3"), boards.add("bolt", "1")
    user = await world.user()
    await world.follow(user, "text:acme", "text:bolt")
    await world.run(user)

    async def away() -> None:
        raise BoardUnavailable("text:acme: it is away.")

    board.on_list = away
    run_id = await world.run(user)
    assert await world.status(run_id) == "finished"
    assert (await world.companies(run_id))["acme"][0] == "error"
    assert await world.jobs(run_id, "acme") == {}
    assert (await world.taken(user, "acme"), await world.taken(user, "bolt")) == (1, 2)
    assert await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL") == []


async def test_an_incomplete_listing_expires_nothing(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", "1", "2", "3", "4")
    user = await world.user()
    await world.follow(user, f"{system}:acme")
    await world.run(user)
    board.drop("1")
    board.complete, board.notes = False, ["Page 2 is missing."]
    second = await world.run(user)
    assert await world.jobs(second) == dict.fromkeys("234", "skipped")
    logs = await world.logs(second)
    assert "Page 2 is missing." in logs
    assert any(line.startswith("1 known postings are missing") and "not complete" in line for line in logs)
    board.complete = True
    assert (await world.jobs(await world.run(user)))["1"] == "expired"


async def test_the_size_of_an_incomplete_listing_is_none_to_go_by(world: World, boards: FakeBoards) -> None:
    ids = [str(number) for number in range(10)]
    board = boards.add("acme", *ids)
    user = await world.user()
    await world.follow(user, "text:acme")
    for _ in range(3):
        await world.run(user)
    board.drop(*ids[6:])
    board.complete = False
    for _ in range(5):
        await world.run(user)
    board.complete = True
    run_id = await world.run(user)

    assert "expired" not in (await world.jobs(run_id)).values()
    assert any("lists 6 postings, and usually about 10" in line for line in await world.logs(run_id))


@pytest.mark.parametrize(
    ("dropped", "why"), [(10, "an empty list"), (6, "6 of 10 postings would go at once"), (4, "usually about 10")]
)
async def test_a_board_that_has_a_bad_day_expires_nothing(
    world: World, boards: FakeBoards, dropped: int, why: str
) -> None:
    board = boards.add("acme", *map(str, range(10)))
    user = await world.user()
    await world.follow(user, "text:acme")
    for _ in range(3):
        await world.run(user)
    board.drop(*map(str, range(dropped)))
    bad = await world.run(user)
    assert set((await world.jobs(bad)).values()) <= {"skipped"}
    assert len(await world.jobs(bad)) == 10 - dropped
    assert await world.status(bad) == "finished"
    assert any(why in line for line in await world.logs(bad))
    board.post(*map(str, range(dropped)))
    assert await world.jobs(await world.run(user)) == dict.fromkeys(map(str, range(10)), "skipped")


async def smaller(world: World, boards: FakeBoards, dropped: int) -> tuple[FakeBoard, UserId]:
    """A board of ten that suddenly lists fewer, run once."""
    board = boards.add("acme", *map(str, range(10)))
    user = await world.user()
    await world.follow(user, "text:acme")
    for _ in range(3):
        await world.run(user)
    board.drop(*map(str, range(dropped)))
    run_id = await world.run(user)
    assert "expired" not in (await world.jobs(run_id)).values()
    assert any("Has the board really become so small?" in line for line in await world.logs(run_id))
    return board, user


async def expired(world: World, user: UserId) -> list[str]:
    jobs = await world.jobs(await world.run(user))
    return sorted(key for key, status in jobs.items() if status == "expired")


async def hours_pass(world: World) -> None:
    await world.execute(
        """UPDATE boards SET doubt = jsonb_set(doubt, '{counted_at}', to_jsonb(now() - interval '7 hours'))"""
    )


@pytest.mark.parametrize(("dropped", "confirmations"), [(4, 3), (7, 3), (10, 6)])
async def test_a_board_that_stays_smaller_is_believed_with_time(
    world: World, boards: FakeBoards, dropped: int, confirmations: int
) -> None:
    board, user = await smaller(world, boards, dropped)
    assert await expired(world, user) == []  # again, and at once: no confirmation
    for _ in range(confirmations - 2):
        await hours_pass(world)
        assert await expired(world, user) == []
    await hours_pass(world)
    assert await expired(world, user) == [str(one) for one in range(dropped)]
    assert await world.rows("SELECT 1 FROM boards WHERE doubt IS NOT NULL") == []
    assert await expired(world, user) == []
    board.post("0")
    last = await world.run(user)
    assert (await world.jobs(last))["0"] == "ready"
    assert (await world.reasons(last))["0"] == "back"


@pytest.mark.parametrize("dropped", [4, 7, 10])
async def test_an_answer_makes_a_smaller_board_true(world: World, boards: FakeBoards, dropped: int) -> None:
    board, user = await smaller(world, boards, dropped)
    asked = await world.boards.reply(user, "acme", Reply.GONE)
    assert (asked.missing, asked.listed) == (dropped, 10 - dropped)
    assert await expired(world, user) == [str(one) for one in range(dropped)]
    (log,) = await world.rows("SELECT message FROM run_logs WHERE message LIKE '%are gone%'")
    assert log.message == (
        f"{dropped} known postings are missing, and are gone: somebody who follows the board has said that they are."
    )
    with pytest.raises(Conflict):
        await world.boards.reply(user, "acme", Reply.GONE)
    with pytest.raises(InvalidInput):
        await world.boards.reply(user, "other", Reply.GONE)
    (state,) = await world.boards.all(user)
    assert (state.doubt, state.last_counts) == (None, (10 - dropped,))
    if dropped == 4:
        board.drop("4")  # what the board had before is forgotten: this is a usual day
        assert await expired(world, user) == ["4"]


async def test_an_answer_holds_for_what_was_asked_only(world: World, boards: FakeBoards) -> None:
    board, user = await smaller(world, boards, 7)
    await world.boards.reply(user, "acme", Reply.GONE)
    board.drop("7", "8", "9")
    assert await expired(world, user) == []
    (state,) = await world.boards.all(user)
    assert state.doubt is not None
    assert (state.doubt.guard, state.doubt.missing, state.doubt.reply) == ("empty", 10, None)


async def test_what_somebody_keeps_stays_for_as_long_as_the_board_says_the_same(
    world: World, boards: FakeBoards
) -> None:
    board, user = await smaller(world, boards, 7)
    await world.boards.reply(user, "acme", Reply.KEPT)
    for _ in range(4):
        await hours_pass(world)
        assert await expired(world, user) == []
    (state,) = await world.boards.all(user)
    assert state.doubt is not None
    assert state.doubt.seen > state.doubt.guard.confirmations
    board.drop("7", "8", "9")
    assert await expired(world, user) == []
    (state,) = await world.boards.all(user)
    assert state.doubt is not None
    assert state.doubt.reply is None, "another size is another question"


async def test_what_was_kept_can_be_let_go_after_all(world: World, boards: FakeBoards) -> None:
    _, user = await smaller(world, boards, 7)
    await world.boards.reply(user, "acme", Reply.KEPT)
    assert await expired(world, user) == []
    await world.boards.reply(user, "acme", Reply.GONE)
    assert await expired(world, user) == [str(one) for one in range(7)]


async def test_a_good_listing_ends_the_question(world: World, boards: FakeBoards) -> None:
    board, user = await smaller(world, boards, 7)
    board.post(*map(str, range(7)))
    assert set((await world.jobs(await world.run(user))).values()) == {"skipped"}
    assert (await world.boards.all(user))[0].doubt is None


async def test_a_flaky_list_has_to_lack_a_posting_more_than_once(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", *map(str, range(5)))
    board.patience = 4
    me, you = await two_people(world, "text:acme")
    await world.run(me)
    board.drop("0")
    for _ in range(3):
        run_id = await world.run(me)
        assert await world.jobs(run_id) == dict.fromkeys("1234", "skipped")
        assert any("4 in a row have to lack a posting" in line for line in await world.logs(run_id))
    board.post("0")
    assert await expired(world, me) == []
    board.drop("0")
    for _ in range(2):
        assert await expired(world, me) == []
    mine, yours = await world.start(me), await world.start(you)
    await world.drain()
    assert "0" not in await world.jobs(mine)
    assert await world.jobs(yours) == dict.fromkeys("1234", "ready")  # shared, without what the listing lacks
    assert await expired(world, me) == ["0"]


async def test_a_posting_without_a_title_fails_alone(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", "1", "2", "3", "4")
    user = await world.user()
    await world.follow(user, f"{system}:acme")
    await world.run(user)
    board.drop("2")
    board.unreadable = [
        Unreadable(external_id="2", title="", reason="acme: posting 2 has no title."),
        Unreadable(external_id="9", title="", reason="acme: posting 9 has no title."),
        Unreadable(external_id="", title="", reason="acme: a posting has no id."),
    ]
    run_id = await world.run(user)
    assert await world.status(run_id) == "finished"
    assert await world.jobs(run_id) == {"1": "skipped", "2": "error", "3": "skipped", "4": "skipped", "9": "error"}
    titles = await world.rows(
        "SELECT title FROM run_jobs WHERE run_id = :run AND status = 'error' ORDER BY external_id", run=run_id
    )
    assert [row.title for row in titles] == ["Engineer 2", "(no title)"]
    assert {"acme: posting 2 has no title.", "acme: a posting has no id."} <= set(await world.logs(run_id))
    board.unreadable = []
    board.post("2")
    assert (await world.jobs(await world.run(user)))["2"] == "skipped"


async def test_an_unreadable_title_that_is_filtered_out_does_not_join(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    board.unreadable = [Unreadable(external_id="9", title="Cook", reason="acme: posting 9 is odd.")]
    user = await world.user()
    await world.follow(user, "text:acme", include=["engineer"])
    assert await world.jobs(await world.run(user)) == {"1": "ready"}


async def test_a_posting_that_vanishes_while_it_is_read_expires_for_everybody(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    me, you = await two_people(world, "fetch:acme")
    await world.run(me)
    await world.run(you)

    async def gone() -> None:
        raise PostingGone("It is not there (status 404).")

    board.on_fetch["2"] = gone
    mine = await world.run(me)
    assert await world.jobs(mine) == {"1": "skipped", "2": "expired", "3": "skipped"}
    board.drop("2")
    assert await world.jobs(await world.run(me)) == {"1": "skipped", "3": "skipped"}
    assert await world.jobs(await world.run(you)) == {"1": "skipped", "2": "expired", "3": "skipped"}


def not_there() -> None:
    raise PostingGone("It is not there (status 404).")


async def test_a_posting_that_stays_listed_with_a_dead_page_expires_once(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    me, you = await two_people(world, "fetch:acme")
    await world.run(me)
    board.on_fetch["2"] = not_there
    assert (await world.jobs(await world.run(me)))["2"] == "expired"
    for _ in range(2):
        again = await world.run(me)
        assert (await world.jobs(again))["2"] == "skipped"
        assert (await world.reasons(again))["2"] == "listed, but its own page is still gone"
    first = await world.run(you)  # to whom it is no news that is gone, but a job that could not be read
    assert await world.jobs(first) == {"1": "ready", "2": "expired", "3": "ready"}
    board.on_fetch.clear()
    mine, yours = await world.start(me), await world.start(you)
    await world.drain()
    for run_id, said in ((mine, "back"), (yours, "new")):
        assert (await world.jobs(run_id), await world.reasons(run_id)) == (
            {"1": "skipped", "2": "ready", "3": "skipped"},
            {"1": "unchanged", "2": said, "3": "unchanged"},
        )
    assert (await world.jobs(await world.run(me)))["2"] == "skipped"
    (row,) = await world.rows("SELECT gone_listing, gone_reason, is_dead_link FROM postings WHERE external_id = '2'")
    assert tuple(row) == (None, None, False)


async def test_a_posting_with_a_dead_page_that_leaves_the_list_stays_gone(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.on_fetch["2"] = not_there
    assert (await world.jobs(await world.run(user)))["2"] == "expired"
    board.drop("2")
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "3": "skipped"}
    board.post("2")  # listed again, and its page is as dead as before
    assert (await world.jobs(await world.run(user)))["2"] == "skipped"
    board.on_fetch.clear()
    last = await world.run(user)
    assert ((await world.jobs(last))["2"], (await world.reasons(last))["2"]) == ("ready", "back")


async def test_back_is_told_to_those_who_saw_it_gone(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", *map(str, range(1, 6)))
    daily, weekly, late = [await world.user(f"{name}@example.com") for name in ("daily", "weekly", "late")]
    for user in (daily, weekly, late):
        await world.follow(user, f"{system}:acme")
    await world.run(daily)
    await world.run(weekly)
    board.drop("1")
    assert (await world.jobs(await world.run(daily)))["1"] == "expired"
    assert "1" not in await world.jobs(await world.run(late))
    board.post("1")
    said = {user: (await world.reasons(await world.run(user)))["1"] for user in (daily, weekly, late)}
    assert said == {daily: "back", weekly: "unchanged", late: "new"}


async def test_what_came_and_went_unseen_never_expires(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", *map(str, range(1, 6)))
    me, you = await two_people(world, "text:acme")
    await world.run(me)
    board.drop("1")
    assert (await world.jobs(await world.run(me)))["1"] == "expired"
    board.post("1")
    await world.run(you)
    board.drop("1")
    assert (await world.jobs(await world.run(you)))["1"] == "expired"
    assert "1" not in await world.jobs(await world.run(me))  # who was told that it is gone, and never that it was back


async def test_one_board_under_two_names_is_read_once(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", "1", "2")
    user = await world.user()
    await world.follow(user, f"one={system}:acme", f"two={system}:acme")
    run_id = await world.run(user)
    assert await world.jobs(run_id, "one") == await world.jobs(run_id, "two") == {"1": "ready", "2": "ready"}
    assert await world.rows("SELECT count(*) AS n FROM postings") == [(2,)]
    assert board.lists >= 1
    assert await world.counts(await world.run(user)) == {"skipped": 4}


async def test_a_failed_posting_is_news_when_it_is_read_at_last(world: World, boards: FakeBoards, system: str) -> None:
    board = boards.add("acme", "1", "2")
    board.bad_texts = {"2"}
    user = await world.user()
    await world.follow(user, f"{system}:acme")
    first = await world.run(user)
    assert await world.jobs(first) == {"1": "ready", "2": "error"}
    assert (await world.reasons(first))["2"] == (
        f"{system}:acme: posting 2 has no text. The other postings of this board are not affected."
    )
    board.bad_texts = set()
    assert await world.jobs(await world.run(user)) == {"1": "skipped", "2": "ready"}


async def test_a_read_for_an_older_listing_does_not_overwrite_a_newer_one(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1")
    me, you = await two_people(world, "fetch:acme")

    async def slow() -> None:
        board.on_fetch.clear()
        board.post("1", text="newer")
        world.tasks.queue.clear()
        await world.run(you)
        board.post("1", text="older")  # what this slow answer brings at last

    board.on_fetch["1"] = slow
    mine = await world.run(me)
    await eventually(lambda: _is_finished(world, mine))
    assert await world.jobs(mine) == {"1": "ready"}
    assert [unpacked(row.description) for row in await world.rows("SELECT description FROM postings")] == ["newer"]


async def test_a_text_that_somebody_read_first_for_a_later_listing_is_told_once(
    world: World, boards: FakeBoards
) -> None:
    board = boards.add("acme", "1", "2")
    me, you = await two_people(world, "fetch:acme")
    await world.run(you)
    board.post("3")

    async def overtake() -> None:
        board.on_fetch.clear()
        board.post("1", text="changed since")
        world.tasks.queue.clear()
        await world.run(you)

    board.on_fetch["1"] = overtake
    mine = await world.run(me)
    await eventually(lambda: _is_finished(world, mine))
    assert await world.reasons(mine) == dict.fromkeys("123", "new")
    assert await world.reasons(await world.run(me)) == {"1": "changed: text", "2": "unchanged", "3": "unchanged"}
    assert await world.reasons(await world.run(me)) == dict.fromkeys("123", "unchanged")


async def test_what_changed_since_a_listing_is_told_to_those_who_get_there(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2")
    me, you = await two_people(world, "fetch:acme")
    await world.run(me)
    board.on_fetch |= dict.fromkeys("12", raising(HostBusy("fetch:acme: come back in 100 s.", retry_after=100)))
    mine = await world.start(me)
    await world.work()
    world.tasks.queue.clear()
    board.on_fetch.clear()
    board.post("1", text="newer")
    await world.run(you)
    world.tasks.queue.append((mine, "host"))
    await world.drain()
    assert await world.reasons(mine) == dict.fromkeys("12", "unchanged")
    assert await world.reasons(await world.run(me)) == {"1": "changed: text", "2": "unchanged"}
    assert await world.reasons(await world.run(me)) == dict.fromkeys("12", "unchanged")


async def test_what_i_could_not_read_is_told_to_me_though_others_read_it_in_the_same_listing(
    world: World, boards: FakeBoards
) -> None:
    board = boards.add("acme", "1", "2")
    me, you = await world.user(), await world.user("you@example.com")
    await world.follow(me, "fetch:acme")
    await world.run(me)
    board.post("1", text="changed")
    board.post("3")
    board.on_fetch |= dict.fromkeys("13", raising(BoardUnavailable("The host answered with status 500.")))
    await world.follow(you, "fetch:acme")
    mine, yours = await world.start(me), await world.start(you)
    await world.work()
    assert await world.jobs(mine) == {"1": "error", "2": "skipped", "3": "error"}
    board.on_fetch.clear()
    await world.drain()
    assert await world.jobs(yours) == dict.fromkeys("123", "ready")
    assert await world.reasons(await world.run(me)) == {"1": "changed: text", "2": "unchanged", "3": "new"}
    assert await world.reasons(await world.run(me)) == dict.fromkeys("123", "unchanged")


async def test_what_my_listing_lacked_is_told_to_me_when_it_is_there_again(
    world: World, boards: FakeBoards, system: str
) -> None:
    board = boards.add("acme", "1", "2")
    me, you = await two_people(world, f"{system}:acme")
    await world.run(me)
    board.post("2", text="changed")
    board.post("3")
    await world.run(you)
    board.complete = False
    for lacking in "23":
        board.drop(lacking)
    assert await world.jobs(await world.run(me)) == {"1": "skipped"}
    board.complete = True
    board.post("2", text="changed")
    board.post("3")
    assert await world.reasons(await world.run(me)) == {"1": "unchanged", "2": "changed: text", "3": "new"}
    assert await world.reasons(await world.run(me)) == dict.fromkeys("123", "unchanged")


async def _is_finished(world: World, run_id) -> bool:
    return await world.status(run_id) == "finished"


async def test_that_a_posting_is_back_is_told_when_it_could_be_read(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.drop("2")
    await world.run(user)
    board.post("2")
    board.on_fetch["2"] = raising(BoardUnavailable("The host answered with status 500."))
    assert (await world.jobs(await world.run(user)))["2"] == "error"
    board.on_fetch.clear()
    assert (await world.reasons(await world.run(user)))["2"] == "back"
    assert (await world.reasons(await world.run(user)))["2"] == "unchanged"


async def test_a_posting_keeps_what_became_of_it_with_reasons_and_dates(world: World, boards: FakeBoards) -> None:
    board = boards.add("acme", "1", "2", "3")
    user = await world.user()
    await world.follow(user, "fetch:acme")
    await world.run(user)
    board.post("2", text="another text", title="Cook")
    await world.run(user)
    board.drop("2")
    await world.run(user)
    board.post("2", text="a third text", title="Cook")
    await world.run(user)
    board.on_fetch["2"] = not_there
    await world.run(user)
    (row,) = await world.rows("SELECT id, first_seen_at FROM postings WHERE external_id = '2'")
    history = (await PostingReads(world.database).one(user, row.id)).history
    assert [(event.kind, event.reason) for event in history] == [
        ("first_seen", None),
        ("changed", "title, text"),
        ("gone", "It is no longer on the board."),
        ("back", None),
        ("changed", "text"),
        ("gone", "The board lists it, but its own page is gone."),
    ]
    assert history[0].at == row.first_seen_at
    assert [event.at for event in history] == sorted(event.at for event in history)


async def test_the_past_of_a_posting_has_an_end(world: World, boards: FakeBoards) -> None:
    boards.add("acme", "1")
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.run(user)
    for number in range(2, 62):
        await world.execute("UPDATE postings SET part_listings = ARRAY[:n], changed_parts = CAST(:n AS int)", n=number)
    (row,) = await world.rows("SELECT past FROM postings")
    assert [event["reason"] for event in row.past] == [str(number) for number in range(12, 62)]
