import asyncio
import unicodedata

import pytest
from api_world import add_board, add_posting, add_run, add_run_company
from sqlalchemy import func, insert, select, update

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import FollowedElsewhere, InvalidInput
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import UserId
from jobwire.storage import follows as storage
from jobwire.storage.database import Database
from jobwire.storage.follows import Follows
from jobwire.storage.tables import boards, follows, run_companies
from jobwire.storage.users import Users

STRIPE, PLAID = BoardRef("greenhouse", "stripe"), BoardRef("lever", "plaid")


@pytest.fixture
async def me(database: Database) -> UserId:
    return await Users(database).ensure("me@example.com")


async def test_what_is_left_out_stays_as_it_is(database: Database, me: UserId):
    mine = Follows(database)
    filters = TitleFilters.of(["engineer", "/^go/"], ["intern"])
    assert await mine.upsert(me, "stripe", board=STRIPE, filters=filters, enabled=False) == STRIPE
    assert await mine.upsert(me, "stripe") == STRIPE
    assert await mine.upsert(me, "stripe", board=STRIPE) == STRIPE
    (follow,) = await mine.all(me)
    assert (follow.filters, follow.enabled) == (filters, False)
    await mine.upsert(me, "stripe", filters=TitleFilters(), enabled=True)
    (follow,) = await mine.all(me)
    assert (follow.company, follow.board, follow.filters, follow.enabled) == ("stripe", STRIPE, TitleFilters(), True)


async def test_a_new_company_needs_a_board(database: Database, me: UserId):
    with pytest.raises(InvalidInput, match="source"):
        await Follows(database).upsert(me, "stripe", enabled=True)
    assert await Follows(database).all(me) == []


async def test_another_board_begins_anew(database: Database, me: UserId):
    mine = Follows(database)
    taken = select(follows.c.taken, follows.c.taken_include, follows.c.taken_exclude)
    await mine.upsert(me, "stripe", board=STRIPE)
    async with database.begin() as connection:
        await connection.execute(update(follows).values(taken=7, taken_include=["a"], taken_exclude=["b"]))
    await mine.upsert(me, "stripe", board=STRIPE, enabled=False)
    await mine.upsert(me, "stripe", filters=TitleFilters.of(["x"]))
    async with database.connect() as connection:
        assert (await connection.execute(taken)).one() == (7, ["a"], ["b"])
    await mine.upsert(me, "stripe", board=PLAID, move=True)
    async with database.connect() as connection:
        assert (await connection.execute(taken)).one() == (0, [], [])


async def test_a_company_moves_to_another_board_only_when_told(database: Database, me: UserId):
    mine = Follows(database)
    await mine.upsert(me, "stripe", board=STRIPE)
    with pytest.raises(FollowedElsewhere, match="greenhouse:stripe") as refused:
        await mine.upsert(me, "stripe", board=PLAID, enabled=False)
    assert refused.value.source == "greenhouse:stripe"
    (follow,) = await mine.all(me)
    assert (follow.board, follow.enabled) == (STRIPE, True)
    assert await mine.upsert(me, "stripe", board=PLAID, move=True) == PLAID


NAMED, OWN = BoardRef("recruitee", "acme"), BoardRef("recruitee", "jobs.acme.example")


@pytest.mark.parametrize(("followed", "added"), [(NAMED, OWN), (OWN, NAMED)])
async def test_a_board_is_known_by_its_companys_own_host_as_well(
    database: Database, me: UserId, followed: BoardRef, added: BoardRef
):
    mine = Follows(database)
    board = await add_board(database, NAMED.system, NAMED.slug)
    await mine.upsert(me, "Acme", board=followed)
    assert await mine.at_own_host(me, "Acme 2", added) is None, "nothing is known of it yet"

    await add_posting(database, board, "1", url="https://Jobs.Acme.example/o/engineer")
    await add_posting(database, board, "2", url="https://acme.recruitee.com/o/cook", gone_listing=1)
    assert await mine.at_own_host(me, "Acme 2", added) == ("Acme", followed)
    assert await mine.at_own_host(me, "Acme", added) is None, "it moves there"
    assert await mine.at_own_host(me, "Acme 2", followed) is None, "one board may have several names"
    assert await mine.at_own_host(await Users(database).ensure("other@example.com"), "Acme", added) is None
    await mine.upsert(me, "Acme 2", board=added)
    assert await mine.at_own_host(me, "Acme 3", added) is None, "both are followed as they are"


@pytest.mark.parametrize(
    ("system", "slug", "urls"),
    [
        ("recruitee", "jobs.other.example", ["https://jobs.acme.example/o/engineer"]),
        ("teamtailor", "jobs.acme.example", ["https://jobs.acme.example/o/engineer"]),
        ("recruitee", "jobs.acme.example", ["https://jobs.acme.example/a", "https://jobs.brand.example/b"]),
        ("recruitee", "jobs.acme.example", ["https://jobs.brand.example/b", "https://jobs.acme.example/a"]),
        ("recruitee", "jobs.acme.example", []),
    ],
)
async def test_a_board_with_other_addresses_is_another(
    database: Database, me: UserId, system: str, slug: str, urls: list[str]
):
    board = await add_board(database, NAMED.system, NAMED.slug)
    await Follows(database).upsert(me, "Acme", board=NAMED)
    for url in urls:
        await add_posting(database, board, url, url=url)

    assert await Follows(database).at_own_host(me, "Acme 2", BoardRef(system, slug)) is None


async def test_names_are_kept_byte_for_byte_and_apart(database: Database, me: UserId):
    mine = Follows(database)
    names = ["Größe", unicodedata.normalize("NFD", "Größe"), " stripe", "stripe ", "Stripe", "日本 🏢\t", "__proto__"]
    for name in names:
        await mine.upsert(me, name, board=STRIPE)
    assert sorted(follow.company for follow in await mine.all(me)) == sorted(names)
    await mine.delete(me, " stripe")
    assert len(await mine.all(me)) == len(names) - 1


async def test_follows_are_a_persons_own(database: Database, me: UserId):
    mine, you = Follows(database), await Users(database).ensure("you@example.com")
    await mine.upsert(me, "stripe", board=STRIPE)
    await mine.upsert(you, "stripe", board=PLAID)
    with pytest.raises(InvalidInput):
        await mine.delete(you, "Stripe")
    await mine.delete(you, "stripe")
    assert [follow.board for follow in await mine.all(me)] == [STRIPE]
    assert await mine.all(you) == []


async def test_many_requests_at_once_make_one_row_each(database: Database, me: UserId):
    mine = Follows(database)
    await asyncio.gather(*(mine.upsert(me, f"company {n % 3}", board=STRIPE, enabled=bool(n % 2)) for n in range(30)))
    assert [follow.company for follow in await mine.all(me)] == ["company 0", "company 1", "company 2"]
    async with database.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(boards))).scalar_one() == 1


async def test_nobody_follows_more_than_there_is_room_for_and_what_is_there_stays(
    database: Database, me: UserId, monkeypatch: pytest.MonkeyPatch
):
    mine = Follows(database)
    for name in ("a", "b", "c"):
        await mine.upsert(me, name, board=PLAID)
    monkeypatch.setattr(storage, "MOST", 2)
    with pytest.raises(InvalidInput, match=r"You follow 3 companies, .* more than 2\. Stop .*`POST "):
        await mine.upsert(me, "d", board=STRIPE)
    await mine.upsert(me, "a", board=STRIPE, move=True)
    await mine.upsert(me, "b", board=PLAID, enabled=False)
    await mine.upsert(await Users(database).ensure("you@example.com"), "d", board=STRIPE)
    monkeypatch.setattr(storage, "MOST", 4)
    added = (mine.upsert(me, f"one more {n}", board=STRIPE) for n in range(5))
    assert sum(one == STRIPE for one in await asyncio.gather(*added, return_exceptions=True)) == 1
    assert [follow.company for follow in await mine.all(me)][:3] == ["a", "b", "c"]


async def test_a_board_has_but_so_many_names_of_one_person(
    database: Database, me: UserId, monkeypatch: pytest.MonkeyPatch
):
    mine = Follows(database)
    for name in ("a", "b"):
        await mine.upsert(me, name, board=STRIPE)
    await mine.upsert(me, "elsewhere", board=PLAID)
    monkeypatch.setattr(storage, "MOST_NAMES", 1)
    with pytest.raises(FollowedElsewhere):
        await mine.upsert(me, "elsewhere", board=STRIPE)
    for name in ("c", "elsewhere"):
        with pytest.raises(InvalidInput, match="that board under 2 names"):
            await mine.upsert(me, name, board=STRIPE, move=True)
    await mine.upsert(me, "a", board=STRIPE, enabled=False)
    assert len(await mine.all(me)) == 3


async def test_deleting_a_follow_keeps_the_history(database: Database, me: UserId):
    mine, board = Follows(database), await add_board(database)
    async with database.begin() as connection:
        row = insert(follows).values(user_id=me, company="stripe", board_id=board).returning(follows.c.id)
        follow = (await connection.execute(row)).scalar_one()
    run = await add_run(database, me)
    await add_run_company(database, run, board, "stripe", follow_id=follow)
    await mine.delete(me, "stripe")
    async with database.connect() as connection:
        kept = (await connection.execute(select(run_companies.c.company, run_companies.c.follow_id))).one()
    assert kept == ("stripe", None)
