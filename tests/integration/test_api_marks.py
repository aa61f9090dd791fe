"""Seen and starred: a person's own notes on postings, over HTTP."""

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest
from api_world import World, add_board, add_posting, api_world
from sqlalchemy import insert

from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.tables import follows


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with api_world(database) as made:
        yield made


@pytest.fixture
async def board(world: World) -> int:
    return await add_board(world.database)


async def follower(world: World, email: str, board: int) -> httpx.AsyncClient:
    user, client = await world.user(email)
    async with world.database.begin() as connection:
        await connection.execute(insert(follows).values(user_id=user, company=f"As {email}", board_id=board))
    return client


async def listed(client: httpx.AsyncClient, query: str = "") -> list[int]:
    jobs = (await client.get(f"/api/jobs?{query}")).json()["jobs"]
    assert (await client.get(f"/api/jobs/facets?{query}")).json()["total"] == len(jobs)
    return sorted(job["id"] for job in jobs)


async def test_marks_are_kept_and_filtered_by(world: World, board: int):
    me = await follower(world, "me@example.com", board)
    a, b, c = [await add_posting(world.database, board, external_id) for external_id in "abc"]
    for address in (f"/api/jobs/{a}/star", f"/api/jobs/{a}/seen", f"/api/jobs/{b}/seen", f"/api/jobs/{b}/seen"):
        assert (await me.put(address)).status_code == 204
    job = (await me.get(f"/api/jobs/{a}")).json()
    assert (job["seen"], job["starred"]) == (True, True)
    assert [(job["seen"], job["starred"]) for job in (await me.get("/api/jobs")).json()["jobs"]] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert await listed(me, "starred=true") == [a]
    assert await listed(me, "starred=false&seen=true") == [b]
    assert await listed(me, "seen=false") == [c]
    assert await listed(me, "seen=&starred=") == [a, b, c]

    for _ in range(2):
        assert (await me.delete(f"/api/jobs/{a}/star")).status_code == 204
    assert (await me.delete(f"/api/jobs/{b}/seen")).status_code == 204
    assert await listed(me, "starred=true") == []
    assert await listed(me, "seen=false") == [b, c]


async def test_nobody_else_sees_or_makes_them(world: World, board: int):
    me = await follower(world, "me@example.com", board)
    other = await follower(world, "other@example.com", board)
    _, stranger = await world.user("stranger@example.com")
    posting = await add_posting(world.database, board, "a")
    await me.put(f"/api/jobs/{posting}/star")
    await me.put(f"/api/jobs/{posting}/seen")
    assert await listed(other, "starred=true") == await listed(other, "seen=true") == []
    (theirs,) = (await other.get("/api/jobs.json")).json()
    assert (theirs["seen"], theirs["starred"]) == (False, False)
    await other.delete(f"/api/jobs/{posting}/star")
    assert await listed(me, "starred=true&seen=true") == [posting]
    for address in (f"/api/jobs/{posting}/star", f"/api/jobs/{posting}/seen"):
        assert (await stranger.put(address)).status_code == 404
        assert (await stranger.put(address)).content == (await stranger.put("/api/jobs/999/star")).content
        assert (await world.client().put(address)).status_code == 401


async def test_exports_and_saved_searches_have_them(world: World, board: int):
    me = await follower(world, "me@example.com", board)
    a, _ = [await add_posting(world.database, board, external_id) for external_id in "ab"]
    await me.put(f"/api/jobs/{a}/star")
    text = (await me.get("/api/jobs.csv?starred=true")).text.removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["id"], row["seen"], row["starred"]) == (str(a), "false", "true")
    feed = (await me.post("/api/jobs/searches?starred=true&seen=false", json={"name": "mine"})).json()["feed"]
    (saved,) = (await me.get("/api/jobs/searches")).json()
    assert saved["parameters"] == {"starred": ["true"], "seen": ["false"]}
    assert (await world.client().get(feed)).status_code == 200


async def test_a_page_of_a_listed_origin_may_ask_for_it(database: Database):
    async with api_world(database, settings=Settings(cors_origins=["https://app.example.com"])) as world:
        asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
        answer = await world.client().options("/api/jobs/1/star", headers=asked)
        assert "PUT" in answer.headers["access-control-allow-methods"]
