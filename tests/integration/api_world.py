"""The API on a real database, with fakes of only what other layers bring: runs, previews, the directory."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import insert

from jobwire.api.app import create_app
from jobwire.api.ports import Services
from jobwire.api.tokens import Tokens
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import InvalidInput, NotFound, RunActive, RunEnded, UnknownBoard
from jobwire.domain.retries import Retried, RetryWish
from jobwire.domain.runs import RunId, UserId
from jobwire.ingest.previews import Preview, PreviewJob, PreviewStatus
from jobwire.settings import Settings
from jobwire.storage.boards import Boards
from jobwire.storage.database import Database
from jobwire.storage.exports import Exports
from jobwire.storage.follows import Follows
from jobwire.storage.health import DatabaseHealth
from jobwire.storage.marks import Marks
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.run_reads import RunReads
from jobwire.storage.saved_searches import SavedSearches
from jobwire.storage.tables import boards, postings, run_companies, run_jobs, run_logs, runs
from jobwire.storage.users import Users

SECRET = "a secret of the tests, 32 characters and more"
ORIGIN = "http://127.0.0.1:8000"


class FakeRuns:
    def __init__(self) -> None:
        self.of_user: dict[UserId, RunId] = {}
        self.ended: set[RunId] = set()
        self.asked: list[Sequence[str] | None] = []

    async def start(self, user: UserId, companies: Sequence[str] | None) -> RunId:
        self.asked.append(companies)
        if companies == []:
            raise InvalidInput("There is no company to run.", advice="Follow one first.")
        if user in self.of_user and self.of_user[user] not in self.ended:
            raise RunActive(self.of_user[user])
        self.of_user[user] = RunId(len(self.of_user) + 17)
        return self.of_user[user]

    async def abort(self, user: UserId, run: RunId) -> None:
        if self.of_user.get(user) != run:
            raise NotFound(f"There is no run {run} of user {user}.")
        if run in self.ended:
            raise RunEnded(run)
        self.ended.add(run)


class FakeRetries:
    """One failed job in every run: of a run that goes on it is tried again there, else in run 99."""

    def __init__(self, runs: FakeRuns) -> None:
        self.runs = runs
        self.asked: list[RetryWish] = []

    async def retry(self, user: UserId, run: RunId, wish: RetryWish) -> Retried:
        if self.runs.of_user.get(user) != run:
            raise NotFound(f"There is no run {run} of user {user}.")
        self.asked.append(wish)
        if wish.companies == ["fine"]:
            raise InvalidInput("Nothing of that has failed.")
        if wish.companies == ["busy"]:
            raise RunActive(18)
        return Retried(run_id=RunId(99) if run in self.runs.ended else run, jobs=1, boards=0)


class FakePreviews:
    def __init__(self) -> None:
        job = PreviewJob(id="1", title="Engineer", location="Köln", url="https://example.com/1")
        self.result: Mapping[str, Preview] = {
            "Größe": Preview(
                status=PreviewStatus.SUCCESS,
                total_count=2,
                filtered_count=1,
                urls_count=1,
                included=[job],
                excluded=[job],
                notes=["Only the first 200 pages of the listing were read."],
            ),
            "gone": Preview(status=PreviewStatus.ERROR, error_message="The board is gone."),
        }

    async def preview(self, user: UserId, companies: Sequence[str] | None) -> Mapping[str, Preview]:
        return {name: one for name, one in self.result.items() if companies is None or name in companies}


class FakeDirectory:
    def parse_company(self, line: str) -> tuple[str | None, BoardRef]:
        name, equals, source = line.rpartition("=")
        system, colon, slug = source.partition(":")
        if not colon or system not in {"greenhouse", "lever", "recruitee"}:
            raise UnknownBoard(f"{source} is no careers system that Jobwire knows.")
        return (name if equals else None), BoardRef(system, slug)

    def public_url(self, board: BoardRef) -> str:
        if board.system != "greenhouse":
            raise UnknownBoard("No such system.")
        return f"https://example.com/{board.slug}"

    def may_have_own_host(self, board: BoardRef) -> bool:
        return board.system == "recruitee"

    def well_known(self) -> Sequence[tuple[str, BoardRef]]:
        return [("Stripe", BoardRef("greenhouse", "stripe")), ("Plaid", BoardRef("lever", "plaid"))]

    def made_up(self) -> Sequence[tuple[str, BoardRef]]:
        return [("Acme", BoardRef("lever", "acme"))]


@dataclass
class World:
    database: Database
    services: Services
    app: FastAPI
    runs: FakeRuns
    retries: FakeRetries
    now: list[float]
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, base_url: str = ORIGIN, **kwargs: Any) -> httpx.AsyncClient:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=base_url, **kwargs)
        self.clients.append(client)
        return client

    async def user(self, email: str) -> tuple[UserId, httpx.AsyncClient]:
        user = await Users(self.database).ensure(email)
        token = self.services.tokens.access(user)
        return user, self.client(headers={"Authorization": f"Bearer {token}"})


@asynccontextmanager
async def api_world(
    database: Database, *, web: Path | None = None, settings: Settings | None = None, **replaced: Any
) -> AsyncIterator[World]:
    now = [time.time()]

    def clock() -> float:
        return now[0]

    fake_runs = FakeRuns()
    fake_retries = FakeRetries(fake_runs)
    parts: dict[str, Any] = {
        "health": DatabaseHealth(database),
        "tokens": Tokens(SECRET, clock),
        "users": Users(database),
        "follows": Follows(database),
        "boards": Boards(database),
        "run_reads": RunReads(database),
        "posting_reads": PostingReads(database),
        "exports": Exports(database),
        "marks": Marks(database),
        "saved_searches": SavedSearches(database),
        "runs": fake_runs,
        "retries": fake_retries,
        "previews": FakePreviews(),
        "looks": None,
        "directory": FakeDirectory(),
        "web": web,
    }
    services = Services(**{**parts, **replaced})
    world = World(database, services, create_app(services, settings or Settings()), fake_runs, fake_retries, now)
    try:
        yield world
    finally:
        for client in world.clients:
            await client.aclose()


async def add_board(database: Database, system: str = "greenhouse", slug: str = "stripe") -> int:
    async with database.begin() as connection:
        return (
            await connection.execute(insert(boards).values(system=system, slug=slug).returning(boards.c.id))
        ).scalar_one()


async def add_posting(database: Database, board: int, external_id: str, **values: Any) -> int:
    row = {
        "board_id": board,
        "external_id": external_id,
        "title": "Engineer",
        "location": "Berlin",
        "url": f"https://example.com/{external_id}",
        "first_listing": 1,
        "first_seen_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        **values,
    }
    row.setdefault("listed_title", row["title"])
    async with database.begin() as connection:
        return (await connection.execute(insert(postings).values(row).returning(postings.c.id))).scalar_one()


async def add_run(database: Database, user: UserId, status: str = "finished", **values: Any) -> RunId:
    async with database.begin() as connection:
        made = insert(runs).values(user_id=user, status=status, **values).returning(runs.c.id)
        return RunId((await connection.execute(made)).scalar_one())


async def add_run_company(database: Database, run: RunId, board: int, company: str, **values: Any) -> None:
    row = {
        "run_id": run,
        "company": company,
        "position": 0,
        "board_id": board,
        "system": "greenhouse",
        "slug": "stripe",
        "host": "example.com",
        "include": [],
        "exclude": [],
        "taken": 0,
        "taken_include": [],
        "taken_exclude": [],
        **values,
    }
    async with database.begin() as connection:
        await connection.execute(insert(run_companies).values(row))


async def add_jobs(database: Database, run: RunId, *jobs: dict[str, Any]) -> None:
    row = {"run_id": run, "title": "Engineer", "location": "", "version": 1, "added_version": 1}
    async with database.begin() as connection:
        for job in jobs:
            await connection.execute(insert(run_jobs).values({**row, **job}))


async def add_logs(database: Database, run: RunId, *messages: str) -> None:
    async with database.begin() as connection:
        for message in messages:
            await connection.execute(insert(run_logs).values(run_id=run, level="info", message=message))
