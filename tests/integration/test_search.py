"""Search by words, and the counts beside it."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from api_world import add_board, add_jobs, add_posting, add_run
from sqlalchemy import insert, text, update

from jobwire.domain import filters
from jobwire.domain.errors import NotFound
from jobwire.domain.openings import Facet, OpeningFilter, Presence
from jobwire.domain.postings import EmploymentType, Workplace
from jobwire.domain.runs import RunId, UserId
from jobwire.storage.database import Database
from jobwire.storage.follows import Follows
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.search_index import SearchIndex
from jobwire.storage.tables import follows, postings
from jobwire.storage.users import Users
from patience import PATIENCE_S


@pytest.fixture
async def me(database: Database) -> UserId:
    return await Users(database).ensure("me@example.com")


@pytest.fixture
async def board(database: Database, me: UserId) -> int:
    made = await add_board(database)
    await follow(database, me, "Größe AG", made)
    return made


async def follow(database: Database, user: UserId, company: str, board: int, **values: Any) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(follows).values(user_id=user, company=company, board_id=board, **values))


async def index(database: Database) -> int:
    """Take all words; answer of how many postings."""
    made, done = SearchIndex(database), 0
    while taken := await made.step():
        done += taken
    return done


async def found(database: Database, user: UserId, **wanted: Any) -> list[int]:
    page = await PostingReads(database).search(user, OpeningFilter(**wanted), after=None, limit=100)
    return [line.posting_id for line in page.items]


def pairs(facet: Facet) -> dict[str | None, int]:
    return {one.value: one.count for one in facet}


async def test_titles_are_matched_where_they_hold_up_no_stream(
    database: Database, me: UserId, board: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled, too: hostile expressions take their time with both, and the event loop serves everybody."""
    threads: set[threading.Thread] = set()
    search = filters._Expression.is_in  # pyright: ignore[reportPrivateUsage]
    compiled = filters._regex  # pyright: ignore[reportPrivateUsage]

    def noted(do: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: threads.add(threading.current_thread()) or do(*given, **named)

    monkeypatch.setattr(filters._Expression, "is_in", noted(search))  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(filters, "_regex", noted(compiled))
    posting = await add_posting(database, board, "1", title="Senior Engineer")
    await follow(database, me, "Zebra", board, include=["/engineer/"], exclude=['"junior"'])
    async with database.begin() as connection:
        await connection.execute(update(follows).where(follows.c.company == "Größe AG").values(exclude=["/./"]))
    assert await found(database, me) == [posting]
    assert pairs((await PostingReads(database).facets(me, OpeningFilter())).companies) == {"Zebra": 1}
    assert await Follows(database).all(me)
    assert threads
    assert threading.main_thread() not in threads


async def test_one_persons_searches_leave_connections_and_threads_for_others(
    database: Database, me: UserId, board: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = threading.Event()

    def keeps(hers: filters.TitleFilters, _title: str) -> bool:
        return bool(hers.include) or may_go.wait(PATIENCE_S)

    monkeypatch.setattr(filters.TitleFilters, "keeps", keeps)
    await add_posting(database, board, "1", title="Engineer")
    reads = PostingReads(database)
    asked = [asyncio.create_task(reads.search(me, OpeningFilter(), after=None, limit=1)) for _ in range(30)]
    try:
        await asyncio.wait(asked, timeout=0.5)
        other = await Users(database).ensure("you@example.com")
        await follow(database, other, "Acme", board, include=["engineer"])
        assert len((await reads.search(other, OpeningFilter(), after=None, limit=1)).items) == 1
        assert pairs((await reads.facets(other, OpeningFilter())).companies) == {"Acme": 1}
        assert not any(one.done() for one in asked)
    finally:
        may_go.set()
    assert [len((await one).items) for one in asked] == [1] * len(asked)


async def test_words_begin_words_wherever_they_stand(database: Database, me: UserId, board: int):
    a = await add_posting(database, board, "1", title="Senior C++ Engineer", location="Köln", department="Núcleo")
    b = await add_posting(database, board, "2", title="Koch", description="<p>You <b>bake</b> cakes &amp; pies.</p>")
    c = await add_posting(database, board, "3", title="エンジニア募集", location="東京都")
    assert await index(database) == 3
    for query, expected in {
        "": [c, b, a],
        "engin SENIOR": [a],
        "koln": [a],
        "köln nucleo": [a],
        "c++": [a],
        "bak pies": [b],
        "amp": [],
        "strong": [],
        "ineer": [],
        "東京": [c],
        "京": [c],
        "募": [c],
        "größe": [c, b, a],
        "GRÖSS koch": [b],
        "-- !!": [c, b, a],
        "100%' | ''": [],
    }.items():
        assert await found(database, me, query=query) == expected, query


async def test_a_misspelled_word_is_looked_for_as_it_was_meant(database: Database, me: UserId, board: int):
    a = await add_posting(database, board, "1", title="Senior Engineer", description="Kubernetes")
    await index(database)
    reads = PostingReads(database)
    page = await reads.search(me, OpeningFilter(query="enigneer"), after=None, limit=10)
    assert ([line.posting_id for line in page.items], page.instead) == ([a], {"enigneer": ["engineer"]})
    assert (await reads.facets(me, OpeningFilter(query="Senor Engneer"))).instead == {
        "senor": ["senior"],
        "engneer": ["engineer"],
    }
    for query in ("engine", "kubern", "größe", "zzzzzz"):
        page = await reads.search(me, OpeningFilter(query=query), after=None, limit=10)
        assert page.instead == {}, query


@pytest.mark.parametrize("is_indexed", [True, False], ids=["indexed", "not indexed yet"])
async def test_names_and_listings_have_words_as_texts_have(database: Database, me: UserId, *, is_indexed: bool):
    companies = ["plaid", "Köln AG", "Anthropic", "株式会社アクメ"]
    at = dict[str, int]()
    for n, company in enumerate(companies):
        board = await add_board(database, slug=str(n))
        await follow(database, me, company, board)
        at[company] = await add_posting(database, board, "1", title="Straße C++", location="Ærø", department="R&D")
    plaid, koln, anthropic, acme = at.values()
    if is_indexed:
        assert await index(database) == len(at)
    for query, expected in {
        "ai": [],
        "aid": [],
        "p": [],
        "c": [],
        "c++": [acme, anthropic, koln, plaid],
        "r": [acme, anthropic, koln, plaid],
        "aero strasse": [acme, anthropic, koln, plaid],
        "rasse": [],
        "koln": [koln],
        "KÖLN ag": [koln],
        "会社": [acme],
        "antropic": [anthropic],
        "antropic r": [anthropic],
        "antropic plaid": [],
    }.items():
        assert await found(database, me, query=query) == expected, query


async def test_nobody_is_told_what_others_call_their_companies(database: Database, me: UserId, board: int):
    you = await Users(database).ensure("you@example.com")
    await follow(database, you, "Secretive", board)
    await add_posting(database, board, "1", title="Cook")
    for user, instead in ((you, {"secretve": ["secretive"]}), (me, {})):
        page = await PostingReads(database).search(user, OpeningFilter(query="secretve"), after=None, limit=10)
        assert page.instead == instead


async def test_what_has_no_words_yet_is_found_by_what_the_listing_said(database: Database, me: UserId, board: int):
    old = await add_posting(database, board, "1", title="Engineer", description="kites")
    assert await index(database) == 1
    new = await add_posting(database, board, "2", title="Engineer", location="Bonn", description="kites")
    facets = await PostingReads(database).facets(me, OpeningFilter(query="kites"))
    assert (facets.total, facets.unindexed) == (1, 1)
    assert await found(database, me, query="engineer bonn") == [new]
    assert await index(database) == 1
    assert await found(database, me, query="kites") == [new, old]
    assert (await PostingReads(database).facets(me, OpeningFilter())).unindexed == 0


async def test_words_follow_the_text(database: Database, board: int, me: UserId):
    posting = await add_posting(database, board, "1", description="kites", fingerprint=b"1")
    assert (await index(database), await index(database)) == (1, 0)
    async with database.begin() as connection:
        await connection.execute(update(postings).values(description="<p>boats</p>", fingerprint=b"2"))
    assert await index(database) == 1
    assert await found(database, me, query="kites") == []
    assert await found(database, me, query="boats") == [posting]


async def test_one_worker_takes_words_at_a_time(database: Database, board: int):
    await add_posting(database, board, "1")
    async with database.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": 0x6A6F6277})
        assert await SearchIndex(database).step() == 0
    assert await SearchIndex(database).step() == 1


async def test_whoever_takes_words_knows_of_runs(database: Database, me: UserId):
    made = SearchIndex(database)
    assert not await made.yields()
    await add_run(database, me, "ingesting")
    assert await made.yields()


async def test_facets_count_what_other_values_would_leave(database: Database, me: UserId, board: int):
    other = await add_board(database, slug="plaid")
    await follow(database, me, "plaid", other)
    for n, workplace in enumerate(["remote", "remote", "onsite", None]):
        await add_posting(
            database,
            board,
            str(n),
            workplace=workplace,
            employment_type="full_time",
            locations=["Berlin", "Bonn"][: n + 1],
        )
    await add_posting(database, other, "x", workplace="remote", location="Bonn")
    gone = {"gone_listing": 2, "gone_at": datetime(2026, 2, 1, tzinfo=UTC)}
    await add_posting(database, other, "y", first_seen_at=datetime(2026, 1, 31, 23, tzinfo=UTC), location="", **gone)
    facets = await PostingReads(database).facets(me, OpeningFilter(workplaces=[Workplace.REMOTE]))
    assert facets.total == 3
    assert pairs(facets.workplaces) == {"remote": 3, "onsite": 1, None: 1}
    assert pairs(facets.companies) == {"Größe AG": 2, "plaid": 1}
    assert pairs(facets.locations) == {"Berlin": 2, "Bonn": 2}
    assert pairs(facets.employment_types) == {"full_time": 2, None: 1}
    assert pairs(facets.presences) == {"live": 3}
    assert pairs(facets.first_seen) == {"2026-01-02": 3}
    facets = await PostingReads(database).facets(
        me, OpeningFilter(presence=Presence.ALL, companies=["plaid"], seen_since=date(2026, 1, 31))
    )
    assert facets.total == 1
    assert pairs(facets.first_seen) == {"2026-01-31": 1, "2026-01-02": 1}
    assert pairs(facets.companies) == {"plaid": 1}


async def test_every_facet_counts_what_the_list_then_holds(database: Database, me: UserId, board: int):
    for n in range(24):
        await add_posting(
            database,
            board,
            str(n),
            title=["Engineer", "Cook"][n % 2],
            workplace=[None, "remote", "onsite"][n % 3],
            employment_type=["full_time", None][n // 12],
            locations=[["Berlin"], ["Bonn", "Berlin"], []][n % 3],
            location="Ulm",
        )
    await index(database)
    reads = PostingReads(database)
    wanted: dict[str, Any] = {"query": "engineer", "locations": ["Berlin"]}
    facets = await reads.facets(me, OpeningFilter(**wanted))
    assert facets.total == len(await found(database, me, **wanted))
    for name, facet in {
        "locations": facets.locations,
        "workplaces": facets.workplaces,
        "employment_types": facets.employment_types,
    }.items():
        assert len(facet) > 1
        for one in facet:
            assert one.count == len(await found(database, me, **{**wanted, name: [one.value]})), (name, one)


async def test_titles_are_filtered_in_counts_too(database: Database, me: UserId):
    board = await add_board(database)
    await follow(database, me, "a eng", board, include=["engineer"])
    await follow(database, me, "b sales", board, include=["sales"])
    for n, title in enumerate(["Engineer", "Engineer", "Sales Engineer", "Cook"]):
        await add_posting(database, board, str(n), title=title)
    facets = await PostingReads(database).facets(me, OpeningFilter())
    assert (facets.total, pairs(facets.companies)) == (3, {"a eng": 3, "b sales": 1})


async def test_a_stranger_counts_and_finds_nothing(database: Database, board: int):
    await add_posting(database, board, "1")
    await index(database)
    you = await Users(database).ensure("you@example.com")
    facets = await PostingReads(database).facets(you, OpeningFilter(query="engineer"))
    assert (facets.total, facets.unindexed, facets.companies) == (0, 0, [])
    assert await found(database, you, query="engineer") == []


async def test_what_was_news_to_a_run(database: Database, me: UserId, board: int):
    new, known = [await add_posting(database, board, str(n)) for n in range(2)]
    run = await add_run(database, me)
    for n, (posting, status) in enumerate([(new, "ready"), (known, "skipped")]):
        await add_jobs(database, run, {"company": "a", "external_id": str(n), "posting_id": posting, "status": status})
    assert await found(database, me, run=run) == [new]
    assert (await PostingReads(database).facets(me, OpeningFilter(run=run))).total == 1
    you = await Users(database).ensure("you@example.com")
    for stranger, which in ((you, run), (me, RunId(run + 9))):
        with pytest.raises(NotFound):
            await found(database, stranger, run=which)


async def test_values_that_are_not_said_can_be_chosen(database: Database, me: UserId, board: int):
    said = await add_posting(database, board, "1", employment_type="contract", workplace="hybrid")
    not_said = await add_posting(database, board, "2")
    assert await found(database, me, employment_types=[None]) == [not_said]
    assert await found(database, me, employment_types=[None, EmploymentType.CONTRACT]) == [not_said, said]
    assert await found(database, me, workplaces=[Workplace.HYBRID]) == [said]
    assert await found(database, me, locations=["Berlin"]) == [not_said, said]
