"""The boards that a person follows, and the question that one raises when it has suddenly become small."""

from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from api_world import api_world
from sqlalchemy import text

from jobwire.domain.expiry import Doubt, Guard
from jobwire.domain.setbacks import Setback
from jobwire.storage.database import Database

SINCE = datetime(2026, 11, 25, 12, tzinfo=UTC)
DOUBT = Doubt(
    guard=Guard.SHRUNK,
    why="7 of 10 postings would go at once",
    listed=3,
    missing=7,
    since=SINCE,
    counted_at=SINCE,
    seen=2,
)
_ASK = text("UPDATE boards SET listing = 4, last_counts = '{10, 9}', doubt = CAST(:doubt AS jsonb) WHERE slug = 'acme'")

_FAIL = text("UPDATE boards SET setback = CAST(:setback AS jsonb) WHERE slug = 'acme'")


async def follow(client: httpx.AsyncClient, *companies: str) -> None:
    items = [{"op": "upsert", "company_name": one, "source": f"greenhouse:{one}"} for one in companies]
    answers = (await client.post("/api/ingestion/settings", json=items)).json()
    assert all(answer["success"] for answer in answers)


async def test_a_board_asks_and_a_person_accepts(database: Database) -> None:
    async with api_world(database) as world:
        _, me = await world.user("me@example.com")
        _, you = await world.user("you@example.com")
        await follow(me, "acme", "bolt")
        async with database.begin() as connection:
            await connection.execute(_ASK, {"doubt": msgspec.json.encode(DOUBT).decode()})
        acme, bolt = (await me.get("/api/ingestion/boards")).json()
        assert (acme["company_name"], acme["source"], acme["listings"], acme["openings"]) == (
            "acme",
            "greenhouse:acme",
            4,
            10,
        )
        assert bolt["doubt"] is None
        assert bolt["openings"] is None
        assert "Has the board really become so small?" in acme["doubt"].pop("question")
        assert acme["doubt"] == {
            "guard": "shrunk",
            "why": "7 of 10 postings would go at once",
            "listed": 3,
            "missing": 7,
            "since": "2026-11-25T12:00:00Z",
            "seen": 2,
            "needed": 3,
            "reply": None,
        }
        assert (await you.get("/api/ingestion/boards")).json() == []
        for way, reply, message in (
            ("keep", "kept", "The 7 postings of acme stay, for as long as runs find it as small."),
            ("accept", "gone", "The next run that finds acme as small says that 7 postings expired."),
        ):
            for client, company, status in ((you, "acme", 422), (me, "other", 422), (me, "bolt", 409)):
                answer = await client.post(f"/api/ingestion/boards/{way}", json={"company_name": company})
                assert answer.status_code == status, answer.text
            answer = await me.post(f"/api/ingestion/boards/{way}", json={"company_name": "acme"})
            assert answer.json() == {"success": True, "message": message}
            acme, _ = (await me.get("/api/ingestion/boards")).json()
            assert acme["doubt"]["reply"] == reply


async def test_a_board_that_fails_says_until_when_it_is_left_alone(database: Database) -> None:
    setback = Setback(failures=3, reason="It is away.", retry_at=SINCE)
    async with api_world(database) as world:
        _, me = await world.user("me@example.com")
        await follow(me, "acme", "bolt")
        async with database.begin() as connection:
            await connection.execute(_FAIL, {"setback": msgspec.json.encode(setback).decode()})
        acme, bolt = (await me.get("/api/ingestion/boards")).json()
        assert acme["setback"] == {"failures": 3, "reason": "It is away.", "retry_at": "2026-11-25T12:00:00Z"}
        assert bolt["setback"] is None


@pytest.mark.parametrize("body", [{}, {"company_name": ""}, {"company_name": 1}, {"company_name": "a", "more": 1}])
async def test_what_cannot_be_understood_is_422(database: Database, body: object) -> None:
    async with api_world(database) as world:
        _, me = await world.user("me@example.com")
        for way in ("accept", "keep"):
            assert (await me.post(f"/api/ingestion/boards/{way}", json=body)).status_code == 422
