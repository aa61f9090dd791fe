"""The stream as it is served: a real uvicorn, a real ledger, real wake-ups."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import httpx
import uvicorn
from api_world import World, api_world

from jobwire import httpd
from jobwire.api.origins import Origins
from jobwire.api.stream import ProgressStream, StreamFirst
from jobwire.domain.runs import RunId, UserId
from jobwire.progress.hub import Hub
from jobwire.progress.seats import Seats
from jobwire.progress.viewer import Patience
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.run_stream import RunStream
from jobwire.storage.tables import run_jobs, runs
from jobwire.storage.wakeups import Announcer, Wakeups
from patience import PATIENCE_S
from stream_books import LedgerBook
from stream_wire import SseParser, Watcher

SHOWN = (run_jobs.c.company, run_jobs.c.external_id, run_jobs.c.title, run_jobs.c.status)


@dataclass
class Show:
    """A server that streams, and a ledger to write to."""

    database: Database
    world: World
    hub: Hub
    book: LedgerBook
    address: str
    server: uvicorn.Server
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def token(self, user: UserId) -> str:
        return self.world.services.tokens.access(user)

    def url(self, run: object) -> str:
        return f"{self.address}/api/ingestion/progress/{run}"

    def client(self, user: UserId | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token(user)}"} if user else {}
        client = httpx.AsyncClient(headers=headers, timeout=PATIENCE_S)
        self.clients.append(client)
        return client

    async def stored(self, run: RunId) -> dict[tuple[str, str], tuple[str, str]]:
        """Title and status of each job, as the database has them."""
        async with self.database.begin() as connection:
            rows = await connection.execute(run_jobs.select().where(run_jobs.c.run_id == run).with_only_columns(*SHOWN))
            return {(company, key): (title, status) for company, key, title, status in rows}

    async def status(self, run: RunId) -> str:
        async with self.database.begin() as connection:
            return (await connection.execute(runs.select().where(runs.c.id == run))).one().status


@asynccontextmanager
async def show(
    database: Database,
    *,
    settings: Settings | None = None,
    listen: bool = True,
    max_connection_s: float = 600,
    patience: Patience | None = None,
    sweep_s: float = 1,
) -> AsyncIterator[Show]:
    """Serve. Without `listen` every wake-up is lost."""
    settings = settings or Settings()
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(api_world(database, settings=settings))
        hub = await stack.enter_async_context(Hub(RunStream(database), sweep_s=sweep_s, meters=world.services.meters))
        if listen:
            await stack.enter_async_context(Wakeups(database.conninfo, hub.wake))
        announcer = await stack.enter_async_context(Announcer(database.conninfo))
        stream = ProgressStream(
            hub,
            world.services.tokens,
            Origins.of(settings),
            max_connection_s=max_connection_s,
            seats=Seats(settings.max_viewers, settings.max_viewers_per_user, hub.meters),
            random=Random(1),
            clock=lambda: world.now[0],
            patience=patience,
        )
        app = StreamFirst(stream, world.app)
        server, address = await stack.enter_async_context(serve(app, hub))
        shown = Show(database, world, hub, LedgerBook(database, announcer.announce), address, server)
        yield shown
        for client in shown.clients:
            await client.aclose()


@asynccontextmanager
async def serve(app: Any, hub: Hub) -> AsyncIterator[tuple[uvicorn.Server, str]]:
    connection: Any = partial(httpd.Connection, complaints=httpd.Complaints())
    config = uvicorn.Config(
        app, port=0, log_config=None, lifespan="off", ws="none", http=connection, timeout_graceful_shutdown=10
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait({serving}, timeout=0.01)
    try:
        yield server, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        hub.close()
        server.should_exit = True
        await serving


class Connection:
    """One answer of the stream, read event by event into a watcher."""

    def __init__(self, response: httpx.Response, watcher: Watcher) -> None:
        self.response = response
        self.watcher = watcher
        self.parser = SseParser()
        self.gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if "content-encoding" in response.headers else None
        self._chunks = response.aiter_raw()

    async def read(self) -> bool:
        """Take what comes next; False at the end of the answer."""
        try:
            data = await anext(self._chunks)
        except StopAsyncIteration:
            return False
        if self.gzip is not None:
            data = self.gzip.decompress(data)
        self.watcher.take(self.parser.feed(data))
        return True

    async def to_the_end(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await self.read():
                pass

    async def until(self, *names: str) -> None:
        """Read until the newest events have these names."""
        async with asyncio.timeout(PATIENCE_S):
            while self.watcher.names[-len(names) :] != list(names):
                assert await self.read(), f"ended after {self.watcher.names}"

    async def until_job(self, company: str, external_id: str, status: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.watcher.jobs.get((company, external_id), ("", ""))[1] != status:
                assert await self.read(), f"ended after {self.watcher.names}"


@asynccontextmanager
async def connect(
    client: httpx.AsyncClient, url: str, watcher: Watcher | None = None, **options: Any
) -> AsyncIterator[Connection]:
    watcher = watcher or Watcher()
    headers = {"Accept": "text/event-stream", **watcher.headers, **options.pop("headers", {})}
    async with client.stream("GET", url, headers=headers, **options) as response:
        assert response.status_code == 200, await response.aread()
        yield Connection(response, watcher)
