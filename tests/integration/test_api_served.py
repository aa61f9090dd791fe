"""The API behind a real uvicorn, and what its log shows of it."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
import uvicorn
from api_world import World, api_world

from jobwire import logs
from jobwire.logs import HIDDEN
from jobwire.storage.database import Database
from jobwire.storage.users import Users


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (logging.getLogRecordFactory(), root.level, root.handlers[:])
    stream = io.StringIO()
    logs.configure(stream=stream)
    # As it is where the access log is switched on; another server in this process may have switched it off.
    monkeypatch.setattr(logging.getLogger("uvicorn.access"), "level", logging.INFO)
    monkeypatch.setattr(logging.getLogger("uvicorn.access"), "propagate", True)
    yield stream
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(before[0])
    root.setLevel(before[1])
    root.handlers[:] = before[2]


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(world.app, port=0, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait({serving}, timeout=0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def test_the_access_log_shows_no_credential(database: Database, written: io.StringIO):
    async with api_world(database) as world, served(world) as address, httpx.AsyncClient(base_url=address) as client:
        me, _ = await world.user("me@example.com")
        token = world.services.tokens.access(me)
        code = await Users(database).issue_code(me, timedelta(minutes=1))
        assert (await client.get("/api/session", params={"token": token})).status_code == 200
        assert (await client.get("/signin", params={"code": code})).status_code == 303
        assert (await client.get("/signin", params={"code": code})).status_code == 303
        assert (await client.get("/api/session", headers={"Authorization": f"Bearer {token}x"})).status_code == 401
        session = client.cookies["jobwire_session"]
    log = written.getvalue()
    assert f"GET /api/session?token={HIDDEN} HTTP/1.1" in log
    assert f"GET /signin?code={HIDDEN} HTTP/1.1" in log
    for secret in (token, code, session):
        assert secret not in log


async def test_a_body_that_is_too_large_is_refused_on_the_wire(database: Database, written: io.StringIO):
    async with api_world(database) as world, served(world) as address, httpx.AsyncClient(base_url=address) as client:
        me, _ = await world.user("me@example.com")
        headers = {
            "Authorization": f"Bearer {world.services.tokens.access(me)}",
            "Content-Type": "application/json",
        }

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 65_536

        answer = await client.post("/api/ingestion/settings", content=chunks(), headers=headers)
        assert answer.status_code == 413
        assert answer.json()["status"] == 413
        assert (await client.get("/api/health")).status_code == 200
