"""Plugs the parts together. The one place that knows both what a run needs and who brings it.

`python -m jobwire.bootstrap` is the worker that `serving` runs as its child: it reads its settings from standard input.
"""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from pydantic import ValidationError

from jobwire import logs
from jobwire.api.app import create_app
from jobwire.api.origins import Origins
from jobwire.api.ports import Services
from jobwire.api.problems import describe_flaws
from jobwire.api.stream import ProgressStream, StreamFirst
from jobwire.api.tokens import Tokens
from jobwire.boards.directory import Directory
from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.errors import InvalidInput, Unavailable
from jobwire.domain.runs import UserId
from jobwire.httpd import HttpServer, new_event_loop
from jobwire.ingest.previewing import Previewer, Previews
from jobwire.ingest.runs import Runs
from jobwire.ingest.slices import Slices
from jobwire.progress.hub import Hub
from jobwire.settings import Settings
from jobwire.storage import embedded
from jobwire.storage.database import Database
from jobwire.storage.embedded import EmbeddedServer
from jobwire.storage.follows import Follows
from jobwire.storage.health import DatabaseHealth
from jobwire.storage.housekeeping import Housekeeping
from jobwire.storage.ledger import Ledger
from jobwire.storage.migrate import migrate
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.previews import PreviewOrders
from jobwire.storage.run_reads import RunReads
from jobwire.storage.run_stream import RunStream
from jobwire.storage.secrets import signing_secret
from jobwire.storage.users import Users
from jobwire.storage.wakeups import Announcer, Wakeups
from jobwire.worker.process import WorkerProcess
from jobwire.worker.queue import Queue, open_queue
from jobwire.worker.runner import run_worker
from jobwire.worker.tasks import Work

LOCAL_EMAIL: Final = "me@localhost"
"""This machine's own user: whoever can read the data folder."""
WEB: Final = Path(__file__).parents[2] / "web" / "dist"
GUARD_EVERY_S: Final = 1.0
SHUTDOWN_GRACE_S: Final = 5
WORKER_COMMAND: Final = (sys.executable, "-m", "jobwire.bootstrap")

_log = logs.Log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What every command stands on: a migrated database, and who may sign in."""

    settings: Settings
    database: Database
    embedded: EmbeddedServer | None
    """None where `JOBWIRE_DATABASE_URL` names the database."""
    users: Users
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server. `url` is its address, without a slash at the end."""

    url: str
    foundation: Foundation
    worker: WorkerProcess | None


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment. Raise `InvalidInput` that names each bad one, never its value."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(), **given}) if given else Settings()
    except ValidationError as error:
        flaws = [
            {**flaw, "loc": (f"JOBWIRE_{str(flaw['loc'][0]).upper()}", *flaw["loc"][1:])} for flaw in error.errors()
        ]
        raise InvalidInput(describe_flaws(flaws), advice="docs/reference/settings.md says what each takes.") from None


@asynccontextmanager
async def foundation(settings: Settings) -> AsyncGenerator[Foundation]:
    """Start or join the database and bring it up to date. Raise `Unavailable`, `InvalidInput`."""
    async with AsyncExitStack() as stack:
        own = None
        if settings.database_url is None:
            own = await asyncio.to_thread(embedded.start, settings.data_dir)
            stack.push_async_callback(asyncio.to_thread, own.close)
            url = own.url
        else:
            url = settings.database_url.get_secret_value()
        database = Database(url)
        stack.push_async_callback(database.close)
        await migrate(database)
        secret = await signing_secret(settings, database)
        yield Foundation(
            settings=settings,
            database=database,
            embedded=own,
            users=Users(database),
            tokens=Tokens(secret, time.time),
        )


async def local_user(ground: Foundation) -> UserId:
    """This machine's own user, made when new."""
    return await ground.users.ensure(LOCAL_EMAIL)


def sign_in_link(url: str, code: str) -> str:
    """The address that signs somebody in, once."""
    return f"{url}/signin?code={code}"


@asynccontextmanager
async def serving(settings: Settings, *, worker: bool) -> AsyncGenerator[Serving]:
    """Serve the whole app on `settings.host:port` (0: a free one), with a worker as a child where wanted.

    Raise `Unavailable` where the port is taken, and whatever `foundation` raises.
    """
    async with foundation(settings) as ground, AsyncExitStack() as stack:
        conninfo = ground.database.conninfo
        announcer = await stack.enter_async_context(Announcer(conninfo))
        hub = await stack.enter_async_context(Hub(RunStream(ground.database)))
        await stack.enter_async_context(Wakeups(conninfo, hub.wake))
        await stack.enter_async_context(_guarded(ground))
        stream = ProgressStream(
            hub,
            ground.tokens,
            Origins.of(settings),
            max_connection_s=settings.max_connection_s,
            random=Random(),
        )
        app = StreamFirst(stream, create_app(_services(ground, announcer), settings))
        server = HttpServer(
            app, host=settings.host, port=settings.port, grace_s=SHUTDOWN_GRACE_S, before_close=hub.close
        )
        try:
            await stack.enter_async_context(server)
        except OSError as error:
            raise Unavailable(
                f"Port {settings.port} of {settings.host} cannot be listened on: {error.strerror}.",
                advice="Choose another: --port, JOBWIRE_PORT, or PORT= with make run; 0 takes a free one.",
            ) from error
        child = await stack.enter_async_context(WorkerProcess(WORKER_COMMAND, _as_json(settings))) if worker else None
        yield Serving(url=server.url, foundation=ground, worker=child)


def _services(ground: Foundation, announcer: Announcer) -> Services:
    database = ground.database
    follows = Follows(database)
    # Never entered: the API asks readers for their hosts, and leaves HTTP to the worker
    boards = BoardRegistry(ground.settings, BoardClient(ground.settings))
    queue = Queue(open_queue(database.conninfo))
    return Services(
        health=DatabaseHealth(database),
        tokens=ground.tokens,
        users=ground.users,
        follows=follows,
        run_reads=RunReads(database),
        posting_reads=PostingReads(database),
        runs=Runs(Ledger(database, announcer.announce), follows, boards, queue),
        previews=Previews(follows, boards, PreviewOrders(database), queue),
        directory=Directory(),
        web=WEB,
    )


async def working(settings: Settings) -> None:
    """Be a worker until cancelled. Raise what `foundation` raises."""
    async with foundation(settings) as ground, AsyncExitStack() as stack:
        database = ground.database
        await stack.enter_async_context(_guarded(ground))
        client = await stack.enter_async_context(BoardClient(settings))
        announcer = await stack.enter_async_context(Announcer(database.conninfo))
        boards = BoardRegistry(settings, client)
        work = Work(
            slices=Slices(Ledger(database, announcer.announce), boards, time.monotonic),
            previewer=Previewer(Follows(database), boards, PreviewOrders(database)),
            housekeeping=Housekeeping(database, keep_runs_days=settings.keep_runs_days),
        )
        _log.info("worker.ready")
        await run_worker(database.conninfo, work)


@asynccontextmanager
async def _guarded(ground: Foundation) -> AsyncGenerator[None]:
    """Start the embedded database again when it has gone: killed, or out of memory."""
    if ground.embedded is None:
        yield
        return
    guard = asyncio.create_task(_guard(ground.embedded, DatabaseHealth(ground.database)), name="database guard")
    try:
        yield
    finally:
        guard.cancel()
        await asyncio.gather(guard, return_exceptions=True)


async def _guard(server: EmbeddedServer, health: DatabaseHealth) -> None:
    while True:
        await asyncio.sleep(GUARD_EVERY_S)
        try:
            await health.check()
        except Unavailable as error:
            _log.warning("database.away", reason=str(error))
            try:
                await asyncio.to_thread(server.ensure_running)
            except Unavailable as reason:
                _log.warning("database.not_started", reason=str(reason))


def _as_json(settings: Settings) -> bytes:
    """All settings in one line, with their secrets: for a pipe to a child alone."""
    secrets = {
        name: value.get_secret_value() for name in ("database_url", "secret_key") if (value := getattr(settings, name))
    }
    return msgspec.json.encode({**settings.model_dump(mode="json"), **secrets})


async def _work_for_parent() -> None:
    """Read the settings, and work until the pipe ends: the parent has gone, or wants this worker to go."""
    loop = asyncio.get_running_loop()
    pipe = asyncio.StreamReader(limit=1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), sys.stdin)
    settings = Settings.model_validate_json(await pipe.readline())
    work = asyncio.create_task(working(settings))
    end = asyncio.create_task(pipe.read())
    await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


def worker_main() -> None:
    """Be the worker of `serving`."""
    logs.configure()
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_work_for_parent())
    except (Unavailable, InvalidInput) as error:
        _log.error("worker.cannot_start", reason=str(error))
        sys.exit(1)


if __name__ == "__main__":
    worker_main()
