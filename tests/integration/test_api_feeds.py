"""Saved searches and their feeds."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from api_world import World, add_board, add_posting, api_world
from defusedxml import ElementTree
from sqlalchemy import insert, select, text

from jobwire.api import saved_searches
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.tables import follows

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> ]]> & \x0b\ufffe\u202e \U0001f600"
SHOWN = HOSTILE.replace("\x0b", "").replace("\ufffe", "")


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with api_world(database) as made:
        yield made


@pytest.fixture
async def client(world: World) -> httpx.AsyncClient:
    user, client = await world.user("me@example.com")
    board = await add_board(world.database)
    async with world.database.begin() as connection:
        await connection.execute(insert(follows).values(user_id=user, company="Größe & Co", board_id=board))
    now = datetime.now(UTC)
    for number, (title, days) in enumerate([("Engineer", 2), (HOSTILE, 1), ("Old Engineer", 20), ("Cook", 3)]):
        await add_posting(world.database, board, str(number), title=title, first_seen_at=now - timedelta(days=days))
    return client


async def save(client: httpx.AsyncClient, name: str, query: str = "") -> str:
    answer = await client.post(f"/api/jobs/searches?{query}", json={"name": name})
    assert answer.status_code == 200, answer.text
    return answer.json()["feed"]


async def test_a_feed_needs_its_key_and_nothing_else(world: World, client: httpx.AsyncClient):
    feed = await save(client, "all")
    answer = await world.client().get(feed)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = ElementTree.fromstring(answer.content)
    entries = found.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        f"{SHOWN} (Größe & Co)",
        "Engineer (Größe & Co)",
        "Cook (Größe & Co)",
    ]
    assert found.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert [link.get("href") for link in found.findall(f"{ATOM}link")] == [f"http://127.0.0.1:8000{feed}"]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids, found.findtext(f"{ATOM}id")}) == 4
    again = ElementTree.fromstring((await world.client().get(feed)).content)
    assert [entry.findtext(f"{ATOM}id") for entry in again.findall(f"{ATOM}entry")] == ids
    key = feed.rpartition("/")[2]
    assert (await world.client().get(f"/api/jobs?token={key}")).status_code == 401


async def test_a_feed_leaves_out_the_oldest_whatever_day_postings_state(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    """A board may well list a posting today that says it was posted long ago."""
    monkeypatch.setattr(saved_searches, "FEED_ENTRIES", 2)
    now = datetime.now(UTC)
    async with world.database.connect() as connection:
        board = (await connection.execute(select(follows.c.board_id))).scalar_one()
    for title, stated_days_ago in [("Stated old", 40), ("Unstated", None)]:
        posted_on = None if stated_days_ago is None else now.date() - timedelta(days=stated_days_ago)
        await add_posting(world.database, board, title, title=title, first_seen_at=now, posted_on=posted_on)
    found = ElementTree.fromstring((await world.client().get(await save(client, "all"))).content)
    titles = [entry.findtext(f"{ATOM}title") for entry in found.findall(f"{ATOM}entry")]
    assert titles == ["Unstated (Größe & Co)", "Stated old (Größe & Co)"]


@pytest.mark.parametrize(("name", "scheme"), [("jobs.example.com", "https"), ("localhost:8000", "http")])
async def test_behind_a_proxy_a_feed_has_the_address_that_settings_know(database: Database, name: str, scheme: str):
    settings = Settings(cors_origins=["https://jobs.example.com", "https://localhost"])
    async with api_world(database, settings=settings) as world:
        _, client = await world.user("me@example.com")
        feed = await save(client, "all")
        for forwarded in ({}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}):
            answer = await world.client(f"http://{name}").get(feed, headers=forwarded)
            link = ElementTree.fromstring(answer.content).find(f"{ATOM}link")
            assert link.get("href") == f"{scheme}://{name}{feed}"


async def test_a_feed_holds_what_was_searched_for(world: World, client: httpx.AsyncClient):
    feed = await save(client, "cooks", "q=cook&workplace=unknown&company=Gr%C3%B6%C3%9Fe+%26+Co&seen_since=2026-01-01")
    found = ElementTree.fromstring((await world.client().get(feed)).content)
    assert len(found.findall(f"{ATOM}entry")) == 1
    (search,) = (await client.get("/api/jobs/searches")).json()
    assert search["name"] == "cooks"
    assert search["parameters"] == {
        "q": ["cook"],
        "company": ["Größe & Co"],
        "workplace": ["unknown"],
        "seen_since": ["2026-01-01"],
    }


async def test_a_feed_ends_with_its_search(world: World, client: httpx.AsyncClient):
    first = await save(client, "one")
    second = await save(client, "one", "q=cook")
    assert (await world.client().get(first)).status_code == 404
    (search,) = (await client.get("/api/jobs/searches")).json()
    _, you = await world.user("you@example.com")
    assert (await you.get("/api/jobs/searches")).json() == []
    assert (await you.delete(f"/api/jobs/searches/{search['id']}")).status_code == 404
    assert (await world.client().get(second)).status_code == 200
    assert (await client.delete(f"/api/jobs/searches/{search['id']}")).status_code == 204
    assert (await world.client().get(second)).status_code == 404
    assert (await client.get("/api/jobs/searches")).json() == []


async def test_no_key_is_kept(world: World, client: httpx.AsyncClient):
    key = (await save(client, "one")).rpartition("/")[2]
    async with world.database.connect() as connection:
        rows = (await connection.execute(text("SELECT s::text FROM saved_searches s"))).scalars().all()
    assert len(rows) == 1
    assert key not in rows[0]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x" * 201}, {"name": 1}, {"name": "a", "more": 1}])
async def test_a_search_has_a_name(client: httpx.AsyncClient, body: dict[str, object]):
    assert (await client.post("/api/jobs/searches", json=body)).status_code == 422
    assert (await client.post("/api/jobs/searches?presence=moon", json={"name": "a"})).status_code == 422
