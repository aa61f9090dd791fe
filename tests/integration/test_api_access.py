import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from api_world import ORIGIN, World, api_world
from fastapi.routing import APIRoute

from jobwire.api import app
from jobwire.domain.runs import UserId
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.users import Users

SOON = timedelta(minutes=10)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with api_world(database) as made:
        yield made


async def signed_in_by_cookie(world: World, email: str = "me@example.com") -> httpx.AsyncClient:
    users = Users(world.database)
    code = await users.issue_code(await users.ensure(email), SOON)
    client = world.client()
    assert (await client.get("/signin", params={"code": code})).status_code == 303
    return client


OPEN = {
    ("GET", "/api/health"),
    ("DELETE", "/api/session"),  # there is none to end
    ("GET", "/api/jobs/feeds/{key}"),  # the key signs in
    ("GET", "/signin"),  # and so does the code
    ("GET", "/metrics"),  # for this machine
}
"""All that answers without a token."""
ROUTES = sorted(
    (method, route.path)
    for router in app._ROUTERS  # pyright: ignore[reportPrivateUsage]
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)


def test_what_is_open_is_there_and_few():
    assert set(ROUTES) > OPEN
    assert len(ROUTES) > 30


async def test_without_a_token_nothing_opens(world: World):
    anybody = world.client()
    for method, path in ROUTES:
        if (method, path) in OPEN:
            continue
        address = re.sub(r"\{\w+\}", "1", path)
        answer = await anybody.request(method, address, json=None if method == "GET" else [])
        assert answer.status_code == 401, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "jobwire token" in answer.json()["detail"]


async def test_every_way_in(world: World):
    me, client = await world.user("me@example.com")
    assert (await client.get("/api/session")).json() == {"email": "me@example.com"}
    token = world.services.tokens.access(me)
    assert (await world.client().get("/api/session", params={"token": token})).status_code == 200
    assert (await (await signed_in_by_cookie(world)).get("/api/session")).status_code == 200


async def test_a_bad_token_is_not_made_good_by_the_cookie(world: World):
    client = await signed_in_by_cookie(world)
    assert (await client.get("/api/session", headers={"Authorization": "Bearer x"})).status_code == 401
    assert (await client.get("/api/session", params={"token": "x"})).status_code == 401


async def test_a_token_of_a_user_who_is_no_more(world: World):
    token = world.services.tokens.access(UserId(999))
    for path in ("/api/session", "/api/ingestion/settings"):
        answer = await world.client().get(path, params={"token": token})
        assert answer.status_code == 401


async def test_a_sign_in_link(world: World):
    users = Users(world.database)
    code = await users.issue_code(await users.ensure("me@example.com"), SOON)
    client = world.client()
    answer = await client.get("/signin", params={"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("jobwire_session=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=2592000"):
        assert part in cookie
    assert "Secure" not in cookie
    again = await client.get("/signin", params={"code": code})
    assert (again.status_code, again.headers["location"]) == (303, "/")
    assert "set-cookie" not in again.headers
    stranger = await world.client().get("/signin", params={"code": code})
    assert stranger.status_code == 403
    assert "jobwire token --link" in stranger.text
    assert code not in stranger.text
    assert stranger.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("query", ["", "?code=", "?code=x", "?code=%00", "?code=" + "x" * 5000])
async def test_other_codes_sign_nobody_in(world: World, query: str):
    answer = await world.client().get(f"/signin{query}")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_head_request_does_not_use_the_code_up(world: World):
    users = Users(world.database)
    code = await users.issue_code(await users.ensure("me@example.com"), SOON)
    await world.client().head("/signin", params={"code": code})
    assert (await world.client().get("/signin", params={"code": code})).status_code == 303


async def test_of_two_that_follow_a_link_at_once_one_gets_in(world: World):
    users = Users(world.database)
    code = await users.issue_code(await users.ensure("me@example.com"), SOON)
    answers = await asyncio.gather(*(world.client().get("/signin", params={"code": code}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 403]


async def test_over_https_the_cookie_is_secure(world: World):
    users = Users(world.database)
    code = await users.issue_code(await users.ensure("me@example.com"), SOON)
    answer = await world.client("https://localhost").get("/signin", params={"code": code})
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_session_goes_on_while_it_is_used(world: World):
    client = await signed_in_by_cookie(world)
    assert "set-cookie" not in (await client.get("/api/session")).headers
    world.now[0] += 20 * 86_400
    assert "set-cookie" in (await client.get("/api/session")).headers
    world.now[0] += 20 * 86_400
    assert (await client.get("/api/ingestion/settings")).status_code == 200
    world.now[0] += 11 * 86_400
    assert (await client.get("/api/session")).status_code == 401


async def test_a_change_by_cookie_needs_this_servers_origin(world: World):
    client = await signed_in_by_cookie(world)
    for headers in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        answer = await client.post("/api/ingestion/start", json={}, headers=headers)
        assert answer.status_code == 403
        assert "Origin" in answer.json()["detail"]
    assert world.runs.asked == []
    assert (await client.post("/api/ingestion/start", json={}, headers={"Origin": ORIGIN})).status_code == 200
    assert (await client.get("/api/ingestion/settings", headers={"Origin": "http://evil.example"})).status_code == 200


async def test_a_change_by_token_may_come_from_anywhere(world: World):
    _, client = await world.user("me@example.com")
    answer = await client.post("/api/ingestion/start", json={}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 200


async def test_signing_out(world: World):
    client = await signed_in_by_cookie(world)
    assert (await client.delete("/api/session", headers={"Origin": "http://evil.example"})).status_code == 403
    assert (await client.get("/api/session")).status_code == 200
    answer = await client.delete("/api/session", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get("/api/session")).status_code == 401
    assert (await client.delete("/api/session")).status_code == 204


async def test_foreign_names_of_a_loopback_server_are_refused(world: World):
    for path in ("/", "/api/health", "/signin?code=x", "/assets/x.js"):
        answer = await world.client("http://evil.example:8000").get(path)
        assert answer.status_code == 421
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await world.client("http://localhost:9000").get("/api/health")).status_code == 200


async def test_a_server_that_is_bound_to_the_network_answers_to_any_name(database: Database):
    async with api_world(database, settings=Settings(host="0.0.0.0")) as world:
        assert (await world.client("http://jobs.example.com").get("/api/health")).status_code == 200


async def test_a_listed_origin_may_call_with_its_cookie(database: Database):
    async with api_world(database, settings=Settings(cors_origins=["https://a.example"])) as world:
        asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
        preflight = await world.client().options(
            "/api/ingestion/start", headers={**asked, "Access-Control-Request-Headers": "authorization,content-type"}
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "https://a.example"
        assert preflight.headers["access-control-allow-credentials"] == "true"
        client = await signed_in_by_cookie(world)
        answer = await client.post("/api/ingestion/start", json={}, headers={"Origin": "https://a.example"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://a.example"
        foreign = await client.get("/api/session", headers={"Origin": "https://b.example"})
        assert "access-control-allow-origin" not in foreign.headers


async def test_no_origin_is_listed_by_default(world: World):
    answer = await world.client().get("/api/health", headers={"Origin": "https://a.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
