"""An export is of one moment whatever changes meanwhile, is sent while it is read, and gives back what it holds."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from api_world import World, add_board, add_posting, api_world
from sqlalchemy import delete, insert, text, update

from jobwire.api import job_exports
from jobwire.domain.errors import NotFound, Unavailable
from jobwire.domain.openings import OpeningFilter, OpeningLine
from jobwire.domain.runs import RunId, UserId
from jobwire.httpd import HttpServer
from jobwire.storage import exports, posting_reads
from jobwire.storage.database import Database
from jobwire.storage.exports import AT_ONCE, Exports
from jobwire.storage.opening_lines import read_lines
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.tables import follows, postings
from jobwire.storage.users import Users
from patience import PATIENCE_S

SIZE = 9


async def somebody(database: Database, board: int, email: str = "me@example.com") -> UserId:
    user = await Users(database).ensure(email)
    async with database.begin() as connection:
        await connection.execute(insert(follows).values(user_id=user, company="Acme", board_id=board))
    return user


@pytest.fixture
async def board(database: Database) -> int:
    made = await add_board(database)
    for number in range(SIZE):
        await add_posting(database, made, str(number), title=f"Job {number}", posted_on=date(2026, 1, 1 + number))
    return made


@pytest.fixture
async def me(database: Database, board: int) -> UserId:
    return await somebody(database, board)


async def listed(database: Database, user: UserId) -> Sequence[OpeningLine]:
    return (await PostingReads(database).search(user, OpeningFilter(), after=None, limit=100)).items


async def change_much(database: Database, board: int) -> None:
    """The first is now the last and the last the first, one is gone, one is deleted, one is new."""
    of_number = postings.c.external_id
    async with database.begin() as connection:
        for number, values in {
            SIZE - 1: {"posted_on": date(2020, 1, 1)},
            0: {"posted_on": date(2030, 1, 1)},
            3: {"title": "Changed"},
            4: {"gone_listing": 2, "gone_at": datetime(2026, 2, 1, tzinfo=UTC)},
        }.items():
            await connection.execute(update(postings).where(of_number == str(number)).values(values))
        await connection.execute(delete(postings).where(of_number == "5"))
    await add_posting(database, board, "new", posted_on=date(2026, 1, 2))


async def test_an_export_is_of_one_moment(
    database: Database, board: int, me: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    before = await listed(database, me)
    parts: list[Sequence[OpeningLine]] = []
    async with aclosing(Exports(database).lines(me, OpeningFilter())) as lines:
        async for part in lines:
            parts.append(part)
            if len(parts) == 2:
                await change_much(database, board)
    assert [line for part in parts for line in part] == before
    assert max(map(len, parts)) == 2
    assert await listed(database, me) != before


async def test_a_page_is_of_one_moment(
    database: Database, board: int, me: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the place that it ends at could be where its last posting has gone since: all between would be left out."""

    async def late(*given: Any) -> Any:
        await change_much(database, board)
        return await read_lines(*given)

    with monkeypatch.context() as patch:
        patch.setattr(posting_reads, "read_lines", late)
        page = await PostingReads(database).search(me, OpeningFilter(), after=None, limit=1)
    assert page.items[0].title == f"Job {SIZE - 1}"
    rest = await PostingReads(database).search(me, OpeningFilter(), after=page.items[-1].key, limit=100)
    assert {f"Job {number}" for number in (1, 2, 6, 7)} <= {line.title for line in rest.items}


async def test_whatever_moves_the_others_are_listed_once(database: Database, board: int, me: UserId) -> None:
    seen: list[str] = []
    place = None
    while True:
        page = await PostingReads(database).search(me, OpeningFilter(), after=place, limit=2)
        seen += [line.title for line in page.items]
        if not page.more:
            break
        if place is None:
            await change_much(database, board)
        place = page.items[-1].key
    for number in (1, 2, 6, 7):
        assert seen.count(f"Job {number}") == 1


async def test_exports_leave_connections_for_others(
    database: Database, board: int, me: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "WAIT_S", 0.2)
    made = Exports(database)
    people = [me, *[await somebody(database, board, f"{n}@example.com") for n in range(AT_ONCE)]]
    under_way = [made.lines(user, OpeningFilter()) for user in people[:AT_ONCE]]
    for lines in under_way:
        await anext(lines)
    for user in (me, people[AT_ONCE]):
        with pytest.raises(Unavailable):
            await anext(made.lines(user, OpeningFilter()))
    assert len(await listed(database, me)) == SIZE
    for lines in under_way:
        await lines.aclose()
    for user in people:
        async with aclosing(made.lines(user, OpeningFilter())) as lines:
            assert sum([len(part) async for part in lines]) == SIZE
    async with database.connect() as connection:
        settings = await connection.execute(text("SHOW transaction_isolation"))
        assert settings.scalar_one() == "read committed"


async def test_what_is_wrong_is_known_at_the_first_part(database: Database, me: UserId) -> None:
    with pytest.raises(NotFound):
        await anext(Exports(database).lines(me, OpeningFilter(run=RunId(99))))


class Slowly:
    """Exports of one line many times, as far as they are let."""

    def __init__(self, line: OpeningLine) -> None:
        self._page = [line] * 500
        self.parts = 0
        self.may_go_on = asyncio.Event()
        self.closed = asyncio.Event()

    async def lines(self, _user: UserId, _wanted: OpeningFilter) -> AsyncGenerator[Sequence[OpeningLine]]:
        try:
            yield []
            while True:
                self.parts += 1
                yield self._page
                await self.may_go_on.wait()
                await asyncio.sleep(0)  # as whoever asks a database lets others have their turn
        finally:
            self.closed.set()


@asynccontextmanager
async def asked_slowly(database: Database, me: UserId) -> AsyncIterator[tuple[Slowly, httpx.AsyncClient]]:
    """A client of a real server: httpx's transport for ASGI hands an answer on when it is whole."""
    (line, *_) = await listed(database, me)
    slowly = Slowly(line)
    async with api_world(database, exports=slowly) as world, served(world) as address:
        headers = {"Authorization": f"Bearer {world.services.tokens.access(me)}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE_S) as client:
            yield slowly, client


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    async with HttpServer(world.app, host="127.0.0.1", port=0) as server:
        yield server.url


@pytest.mark.parametrize("ending", ["csv", "json"])
async def test_a_file_is_sent_while_it_is_read_no_faster_than_it_is_taken(
    database: Database, me: UserId, ending: str
) -> None:
    async with (
        asked_slowly(database, me) as (slowly, client),
        client.stream("GET", f"/api/jobs.{ending}") as answer,
        asyncio.timeout(PATIENCE_S),
    ):
        chunks = answer.aiter_bytes()
        received = b""
        while b"Job 8" not in received:
            received += await anext(chunks)
        assert slowly.parts == 1
        slowly.may_go_on.set()
        before = -1
        while slowly.parts != before:  # until nothing more fits between the two
            before = slowly.parts
            await asyncio.sleep(0.2)
        assert not slowly.closed.is_set()


async def test_a_file_ends_with_its_client(database: Database, me: UserId) -> None:
    async with asked_slowly(database, me) as (slowly, client), asyncio.timeout(PATIENCE_S):
        async with client.stream("GET", "/api/jobs.csv") as answer:
            await anext(answer.aiter_bytes())
        await slowly.closed.wait()


async def test_a_file_that_takes_too_long_is_cut_and_looks_so(
    database: Database, me: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_exports, "MOST_S", 0.2)
    async with asked_slowly(database, me) as (slowly, client), asyncio.timeout(PATIENCE_S):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/jobs.json")
        await slowly.closed.wait()
