"""The whole product on a test's own database: a server, a worker process, a demo careers site, over real HTTP."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import aconnect_sse

from jobwire.bootstrap.foundation import load_settings, local_user
from jobwire.bootstrap.serving import Serving, serving
from jobwire.demo.options import DemoOptions
from jobwire.demo.server import DemoSite
from jobwire.domain.progress import RunView
from jobwire.settings import Settings


@dataclass
class Live:
    """A running product, and a client that is signed in as this machine's user."""

    server: Serving
    site: DemoSite
    token: str
    client: httpx.AsyncClient
    views: dict[int, RunView] = field(default_factory=dict)

    async def follow_all(self) -> None:
        items = [{"op": "upsert", "source": spec} for spec in self.site.companies]
        answer = (await self.client.post("/api/ingestion/settings", json=items)).json()
        assert all(item["success"] for item in answer), answer

    async def start(self, companies: list[str] | None = None) -> int:
        answer = await self.client.post(
            "/api/ingestion/start", json={} if companies is None else {"companies": companies}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["run_id"]

    async def watch(self, run: int) -> AsyncIterator[RunView]:
        """The fold after each event, up to the end of the run; reconnects at its cursor, as a browser does."""
        view = self.views.setdefault(run, RunView())
        while view.status is None or not view.status.is_terminal:
            headers = {"Last-Event-ID": view.cursor} if view.cursor else {}
            async with aconnect_sse(
                self.client, "GET", f"/api/ingestion/progress/{run}", headers=headers, timeout=60
            ) as source:
                async for event in source.aiter_sse():
                    view.apply(event.event, event.data, event.id)
                    yield view

    async def to_the_end(self, run: int) -> RunView:
        async for _ in self.watch(run):
            pass
        return self.views[run]

    async def status(self, run: int) -> Mapping[str, Any]:
        return (await self.client.get(f"/api/ingestion/status/{run}")).json()

    async def logs(self, run: int) -> list[Mapping[str, Any]]:
        return (await self.client.get(f"/api/ingestion/logs/{run}?limit=5000")).json()["logs"]


def settings_for(database_url: str, site: DemoSite, tmp_path: Path, **more: Any) -> Settings:
    return load_settings(
        database_url=database_url,
        data_dir=tmp_path,
        port=0,
        allow_private_hosts=True,
        **{"board_urls": {**site.board_urls, "page": site.url}, **more},
    )


@asynccontextmanager
async def live(
    database_url: str, tmp_path: Path, options: DemoOptions | None = None, *, worker: bool = True, **more: Any
) -> AsyncIterator[Live]:
    async with DemoSite(options or DemoOptions(companies=4, postings=60)) as site:
        settings = settings_for(database_url, site, tmp_path, **more)
        async with serving(settings, worker=worker) as server:
            ground = server.foundation
            token = ground.tokens.access(await local_user(ground))
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
                yield Live(server, site, token, client)


def pace(per_second: float, concurrency: int = 2) -> dict[str, Any]:
    return {"127.0.0.1": {"per_second": per_second, "concurrency": concurrency}}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
