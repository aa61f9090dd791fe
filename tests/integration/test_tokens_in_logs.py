"""Whatever a token is sent to, and however: nothing that the server writes holds it, however much that is."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import text
from stream_process import EMAIL, token

from jobwire.api.auth import COOKIE
from jobwire.domain.runs import RunId
from jobwire.storage.database import Database
from patience import PATIENCE_S
from stream_books import LedgerBook

LOUD: Final = Path(__file__).with_name("loud_server.py")
PATHS: Final = (
    ("GET", "/api/ingestion/progress/{}"),
    ("HEAD", "/api/ingestion/progress/{}"),
    ("POST", "/api/ingestion/progress/{}"),
    ("GET", "/api/ingestion/progress/none"),
    ("POST", "/api/ingestion/progress/{}/ticket"),
    ("GET", "/api/ingestion/status/{}"),
    ("POST", "/api/ingestion/abort/none"),
    ("GET", "/api/session"),
    ("GET", "/api/ingestion/logs/{}?limit=many"),
    ("POST", "/api/ingestion/settings"),
    ("GET", "/api/jobs/feeds/{secret}"),
    ("GET", "/nothing/here"),
)
OPAQUE: Final = "sesame-0123456789-opens-nothing"
"""A token that looks like none."""


@dataclass
class Loud:
    """The server, and what it has written."""

    url: str
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def logged(self) -> str:
        return (self.folder / "stderr").read_text()


@asynccontextmanager
async def served_loudly(database_url: str, folder: Path) -> AsyncIterator[Loud]:
    environment = os.environ | {
        "JOBWIRE_DATABASE_URL": database_url,
        "JOBWIRE_DATA_DIR": str(folder / "data"),
        "JOBWIRE_MAX_CONNECTION_S": "1",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONUNBUFFERED": "1",
    }
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(LOUD), env=environment, stdout=stdout, stderr=stderr
        )
    try:
        loud = Loud("", folder)
        async with asyncio.timeout(PATIENCE_S):
            while "Serving at " not in loud.said:  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)
        loud.url = loud.said.split("Serving at ")[1].split()[0].rstrip(".")
        yield loud
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("is_broken", [False, True], ids=["well", "with errors"])
async def test_no_log_holds_a_token(database: Database, database_url: str, tmp_path: Path, *, is_broken: bool) -> None:
    async with served_loudly(database_url, tmp_path) as loud:
        book = LedgerBook(database)
        run = await book.start(await book.user(EMAIL), ["a"])
        access = await token(database_url, tmp_path / "data")
        async with httpx.AsyncClient(base_url=loud.url, timeout=PATIENCE_S) as client:
            answer = await client.post(
                f"/api/ingestion/progress/{run}/ticket", headers={"Authorization": f"Bearer {access}"}
            )
            ticket = answer.json()["token"]
            link = next(line.strip() for line in loud.said.splitlines() if "/signin?code=" in line)
            signed_in = await client.get(link)
            session = signed_in.cookies[COOKIE]
            client.cookies.clear()
            if is_broken:  # errors with tracebacks, of whatever asks for runs, people or feeds
                async with database.begin() as connection:
                    await connection.execute(text("ALTER TABLE runs RENAME TO runs_no_more"))
                    await connection.execute(text("ALTER TABLE users RENAME TO users_no_more"))
                    await connection.execute(text("ALTER TABLE saved_searches RENAME TO searches_no_more"))
            secrets = [access, ticket, session, f"{access}x", OPAQUE]
            await asyncio.gather(*(send_everywhere(client, run, secret) for secret in secrets))
            code = link.partition("code=")[2]
            await client.get(link)
            await send_nonsense(loud.url, access)
    logged = loud.logged
    assert logged.count("GET /api/ingestion/progress/") > 3 * len(secrets)  # it is the access log that is read here
    assert logged.count("[redacted]") > 2 * len(secrets)
    assert ("Traceback" in logged) == is_broken
    for secret in (*secrets, code):
        assert_not_in(secret, logged)
    for written in await asyncio.to_thread(files, tmp_path):
        for secret in secrets:
            assert_not_in(secret, written)


def files(folder: Path) -> Sequence[str]:
    return [path.read_bytes().decode(errors="replace") for path in folder.rglob("*") if path.is_file()]


def assert_not_in(secret: str, said: str) -> None:
    parts: Sequence[str] = secret.split(".")
    for part in {secret, quote(secret, safe=""), *parts[1:]}:
        assert part not in said, said[max(0, said.index(part) - 200) : said.index(part) + 50]


async def send_everywhere(client: httpx.AsyncClient, run: RunId, secret: str) -> None:
    ways = (
        {"params": {"token": secret}},
        {"params": {"last_event_id": "1", "token": secret, "extras": "beat"}},
        {"headers": {"Authorization": f"Bearer {secret}"}},
        {"headers": {"Authorization": secret}},
        {"headers": {"Cookie": f"other=1; {COOKIE}={secret}"}},
    )
    for method, path in PATHS:
        for way in ways:
            await client.request(method, path.format(run, secret=secret), **way)


async def send_nonsense(url: str, secret: str) -> None:
    """What is no request, with a token in it; and a head that is too long."""
    at = httpx.URL(url)
    for request in (
        f"GET /api/ingestion/progress/1?token={secret} HTTP/9.9\r\nBad\r\n\r\n",
        f"BREW /?token={secret} HTTP/1.1\r\nAuthorization: Bearer {secret}\r\nx: {'y' * 100_000}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(at.host, at.port)
        with suppress(ConnectionError):
            writer.write(request.encode())
            await reader.read()
        writer.close()
