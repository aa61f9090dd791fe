"""Run as a process: how such a stream is often written. Each viewer's generator reads all jobs of the run every 3 s, by
SQLAlchemy, and says what has changed (sse-starlette); whoever connects, or connects again, gets the full state.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench.child import child
from bench.parent import Parent, work_for_parent
from bench.stream.broadcast import HOW
from bench.stream.peer import HOST, PeerMissing, request
from bench.stream.posted import Listening
from jobwire.httpd import HttpServer

POLL_S: Final = 3.0
CONNECTIONS: Final = 10
JOBS: Final = text("SELECT company, external_id, title, status FROM run_jobs WHERE run_id = :run ORDER BY version")

State = dict[tuple[str, str], tuple[str, str]]


class PollingTask(msgspec.Struct, frozen=True):
    database_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingServer:
    """A running server; `GET /reads` tells how often it has read."""

    pid: int
    port: int

    def request(self, run_id: int, encoding: str = "identity") -> str:
        return request(f"/{run_id}", f"{HOST}:{self.port}", encoding)


@asynccontextmanager
async def polling_server(database_url: str) -> AsyncGenerator[PollingServer]:
    """Raise `PeerMissing`."""
    if find_spec("sse_starlette") is None:
        raise PeerMissing(HOW)
    async with child("bench.stream.polling", PollingTask(database_url)) as process:
        yield PollingServer(pid=process.pid, port=(await process.hear(Listening)).port)


class Reader:
    """Reads runs, and counts how often."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.reads = 0
        self._engine = engine

    async def events(self, run_id: int) -> AsyncIterator[bytes]:
        state = await self._read(run_id)
        yield _event("all_jobs", _full(state))
        while True:
            await asyncio.sleep(POLL_S)
            now = await self._read(run_id)
            if changed := _changed(state, now):
                yield _event("update", changed)
            state = now

    async def _read(self, run_id: int) -> State:
        self.reads += 1
        async with self._engine.connect() as connection:
            rows = await connection.execute(JOBS, {"run": run_id})
            return {(company, key): (title, status) for company, key, title, status in rows}


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def _full(state: State) -> dict[str, list[dict[str, str]]]:
    jobs: dict[str, list[dict[str, str]]] = {}
    for (company, key), (title, status) in state.items():
        jobs.setdefault(company, []).append({"external_id": key, "title": title, "status": status})
    return jobs


def _changed(before: State, now: State) -> dict[str, dict[str, str]]:
    jobs: dict[str, dict[str, str]] = {}
    for (company, key), job in now.items():
        if before.get((company, key)) != job:
            jobs.setdefault(company, {})[key] = job[1]
    return jobs


def app(reader: Reader) -> Starlette:
    from sse_starlette import EventSourceResponse  # noqa: PLC0415 - it may not be installed

    async def watch(asked: Request) -> Response:
        return EventSourceResponse(reader.events(asked.path_params["run_id"]))

    async def reads(_asked: Request) -> Response:
        return PlainTextResponse(str(reader.reads))

    return Starlette(routes=[Route("/reads", reads), Route("/{run_id:int}", watch)])


async def serve(parent: Parent) -> None:
    task = await parent.hear(PollingTask)
    url = task.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0)
    try:
        async with HttpServer(app(Reader(engine)), host=HOST, port=0) as server:
            parent.tell(Listening(int(server.url.rpartition(":")[2])))
            await parent.gone()
    finally:
        await engine.dispose()


if __name__ == "__main__":
    work_for_parent(serve)
