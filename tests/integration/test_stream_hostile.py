"""What strangers write goes through boards, ledger, stream and clients: nothing is injected, nothing breaks."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import aiohttp
import httpx
import pytest
from aiohttp import web
from boards_server import serve as serve_site
from httpx_sse import aconnect_sse
from stream_server import connect, show

from jobwire.bootstrap.foundation import load_settings, local_user
from jobwire.bootstrap.serving import Serving, serving
from jobwire.client.door import EXTRAS, Door
from jobwire.client.progress import ProgressClient
from jobwire.client.states import Signal
from jobwire.domain.progress import JobKey, RunView
from jobwire.domain.runs import JobStatus
from jobwire.storage.database import Database
from patience import PATIENCE_S
from stream_wire import SseParser, Watcher

ATTACK: Final = "x\n\nevent: status\ndata: finished\nid: 9\nretry: 1\n\n"
TITLES: Final = (
    ATTACK,
    ATTACK.replace("\n", "\r"),
    ATTACK.replace("\n", "\r\n"),
    *(ATTACK.replace("\n", line_end) for line_end in ("\u2028", "\u2029", "\x85", "\v", "\f", "\x1c")),
    "a NUL \0 in the middle",
    "\ud800 lone \udfff surrogates \udc00\ud800",
    "\u202eright to left\u202c \u2066isolated\u2069 \u200f شركة",
    "\ufeff\ufffe\uffff 😀 e\u0301",
    "</script><script>alert(1)</script>",
    '"}]} \\" \\u0000 \\n',
    ": a comment",
    "\x1b[2J\x07",
    "M" * 1_000_000,
    "__proto__",
)
NAMES: Final = (
    "x\u2028\u2028event: status\u2028data: finished\u2028\u2028",
    "\x85\x85event: status\x85data: finished\x85\x85",
    '"}}: {"__proto__": 1',
    "__proto__",
    "\u202eevil \x1b[2J\t\ufeff",
    "constructor",
)
"""Names that a person may give: a line break of ASCII is none of it, which the API refuses."""


def listing(request: web.Request) -> web.Response:
    """The same board under each slug. JSON's escapes carry what UTF-8 cannot."""
    slug = request.path.split("/")[-2]
    jobs = [
        {
            "id": number,
            "title": title,
            "absolute_url": f"https://boards.greenhouse.io/{slug}/jobs/{number}",
            "location": {"name": title[:5_000]},
            "content": "<p>Do good work.</p>",
        }
        for number, title in enumerate(TITLES, 1)
    ]
    return web.Response(text=json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}), content_type="application/json")


async def base_client(server: Serving, token: str, run: int) -> Watcher:
    """Somebody else's parser on the base protocol; the token is in the address."""
    watcher = Watcher()
    async with (
        httpx.AsyncClient(timeout=60) as client,
        aconnect_sse(client, "GET", f"{server.url}/api/ingestion/progress/{run}", params={"token": token}) as source,
    ):
        async for event in source.aiter_sse():
            if event.event != "message":  # httpx-sse makes one of a `retry:` alone
                assert event.event in {"status", "all_jobs", "update"}
                watcher.view.apply(event.event, event.data, event.id)
    return watcher


async def strict_client(server: Serving, token: str, run: int) -> Watcher:
    """All extras, as plain text, with a parser that takes nothing odd; to split lines as Unicode does makes no odds."""
    watcher, parser, said = Watcher(), SseParser(), b""
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    url = f"{server.url}/api/ingestion/progress/{run}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, params={"extras": EXTRAS}, headers=headers) as response,
    ):
        async for chunk in response.content.iter_any():
            said += chunk
            watcher.take(parser.feed(chunk))
    assert said.decode().splitlines() == said.decode().split("\n")[:-1]
    return watcher


async def own_client(server: Serving, token: str, run: int) -> RunView:
    """The terminal's: all extras, compressed, with digests."""
    view, signals = RunView(), list[Signal]()
    async with aiohttp.ClientSession() as session:
        await ProgressClient(Door(session, server.url, token, run), view, signals.append).follow()
    assert set(signals) == {Signal.CHANGED}
    return view


async def stored(client: httpx.AsyncClient, run: int) -> dict[tuple[str, str], tuple[str, str]]:
    found: dict[tuple[str, str], tuple[str, str]] = {}
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        after = {"after": page["next"]} if page["next"] else {}
        page = (await client.get(f"/api/ingestion/runs/{run}/jobs", params={"limit": 100, **after})).json()
        for job in page["jobs"]:
            found[job["company_name"], job["external_id"]] = (job["title"], job["status"])
    return found


async def test_through_the_whole_product(database_url: str, tmp_path: Path) -> None:
    async with serve_site() as site:
        site.answer = listing
        settings = load_settings(
            database_url=database_url,
            data_dir=tmp_path,
            port=0,
            board_urls={"greenhouse": site.origin},
            allow_private_hosts=True,
        )
        async with serving(settings, worker=True) as server, asyncio.timeout(PATIENCE_S):
            token = server.foundation.tokens.access(await local_user(server.foundation))
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
                items = [
                    {"op": "upsert", "company_name": name, "source": f"greenhouse:b{number}"}
                    for number, name in enumerate(NAMES)
                ]
                answers = (await client.post("/api/ingestion/settings", json=items)).json()
                assert [answer["error"] for answer in answers] == [None] * len(NAMES)
                run = (await client.post("/api/ingestion/start", json={})).json()["run_id"]
                base, strict, own = await asyncio.gather(
                    base_client(server, token, run), strict_client(server, token, run), own_client(server, token, run)
                )
                kept = await stored(client, run)
    assert {company for company, _ in kept} == set(NAMES)
    assert len(kept) == len(NAMES) * len(TITLES)
    assert {status for _, status in kept.values()} == {"ready"}
    assert base.jobs == strict.jobs == kept
    assert {tuple(key): (job.title, str(job.status)) for key, job in own.jobs.items()} == kept
    assert base.view.status == strict.view.status == own.status == "finished"
    assert set(strict.names) <= {"status", "all_jobs", "added", "update", "companies", "log", "beat", "rotate"}
    assert [event.name for event in strict.events if event.data == "finished"] == ["status"]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_titles_that_no_board_could_bring(database: Database, encoding: str) -> None:
    """Straight from the ledger, which takes any text that PostgreSQL does, megabytes included."""
    titles = {
        str(number): title
        for number, title in enumerate(TITLES)
        if "\0" not in title and not any(0xD800 <= ord(char) <= 0xDFFF for char in title)
    }
    async with show(database) as shown:
        me = await shown.book.user()
        run = await shown.book.start(me, ["a"])
        await shown.book.listed(run, "a", titles)
        options = {"params": {"extras": EXTRAS}, "headers": {"Accept-Encoding": encoding}}
        async with connect(shown.client(me), shown.url(run), **options) as connection:
            await connection.until("all_jobs", "companies", "beat")
            assert connection.watcher.jobs == await shown.stored(run)
            await shown.book.set(run, dict.fromkeys((JobKey("a", key) for key in titles), JobStatus.SKIPPED))
            await connection.to_the_end()
        assert connection.watcher.jobs == await shown.stored(run)
        assert connection.watcher.view.status == "finished"
        assert not connection.watcher.view.is_astray
