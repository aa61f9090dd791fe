"""The server: the stream, the API and the pages, with a worker as its child where wanted."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from jobwire.api.app import create_app
from jobwire.api.origins import Origins
from jobwire.api.ports import Services
from jobwire.api.stream import ProgressStream, StreamFirst
from jobwire.boards.directory import Directory
from jobwire.boards.http import BoardClient
from jobwire.boards.looking import page_host
from jobwire.boards.registry import BoardRegistry
from jobwire.bootstrap.foundation import Foundation, foundation, guarded
from jobwire.bootstrap.working import worker_process
from jobwire.children import KeptChild
from jobwire.domain.errors import Unavailable
from jobwire.httpd import HttpServer
from jobwire.ingest.looking import Look, Looks
from jobwire.ingest.previewing import Previews
from jobwire.ingest.previews import Preview
from jobwire.ingest.retrying import Retrying
from jobwire.ingest.runs import Runs
from jobwire.progress.hub import Hub
from jobwire.progress.meters import Meters
from jobwire.progress.seats import Seats
from jobwire.settings import Settings
from jobwire.storage.boards import Boards
from jobwire.storage.exports import Exports
from jobwire.storage.follows import Follows
from jobwire.storage.health import DatabaseHealth
from jobwire.storage.ledger import Ledger
from jobwire.storage.marks import Marks
from jobwire.storage.orders import Orders
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.run_reads import RunReads
from jobwire.storage.run_stream import RunStream
from jobwire.storage.saved_searches import SavedSearches
from jobwire.storage.wakeups import Announcer, Wakeups
from jobwire.worker.queue import Queue, open_queue

WEB: Final = Path(__file__).parents[3] / "web" / "dist"
SHUTDOWN_GRACE_S: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server. `url` is its address, without a slash at the end."""

    url: str
    foundation: Foundation
    worker: KeptChild | None


@asynccontextmanager
async def serving(settings: Settings, *, worker: bool, made_up: Sequence[str] = ()) -> AsyncGenerator[Serving]:
    """Serve the whole app on `settings.host:port` (0: a free one), with a worker as a child where wanted.

    `made_up` are a demo site's companies, as `name=board:slug`: the app offers them to whoever follows nobody.
    Raise `Unavailable` where the port is taken, and whatever `foundation` raises.
    """
    async with foundation(settings) as ground, AsyncExitStack() as stack:
        conninfo = ground.database.conninfo
        announcer = await stack.enter_async_context(Announcer(conninfo))
        hub = await stack.enter_async_context(Hub(RunStream(ground.database)))
        await stack.enter_async_context(Wakeups(conninfo, hub.wake))
        await stack.enter_async_context(guarded(ground))
        stream = ProgressStream(
            hub,
            ground.tokens,
            Origins.of(settings),
            max_connection_s=settings.max_connection_s,
            seats=Seats(settings.max_viewers, settings.max_viewers_per_user, hub.meters),
            random=Random(),
        )
        app = StreamFirst(stream, create_app(_services(ground, announcer, hub.meters, made_up), settings))
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
        child = await stack.enter_async_context(worker_process(settings)) if worker else None
        yield Serving(url=server.url, foundation=ground, worker=child)


def _services(ground: Foundation, announcer: Announcer, meters: Meters, made_up: Sequence[str]) -> Services:
    database = ground.database
    follows = Follows(database)
    # Never entered: the API asks readers for their hosts, and leaves HTTP to the worker
    boards = BoardRegistry(ground.settings, BoardClient(ground.settings))
    queue = Queue(open_queue(database.conninfo))
    ledger = Ledger(database, announcer.announce)
    return Services(
        health=DatabaseHealth(database),
        tokens=ground.tokens,
        users=ground.users,
        follows=follows,
        boards=Boards(database),
        run_reads=RunReads(database),
        posting_reads=PostingReads(database),
        exports=Exports(database),
        marks=Marks(database),
        saved_searches=SavedSearches(database),
        runs=Runs(ledger, follows, boards, queue),
        retries=Retrying(ledger, follows, boards, queue),
        previews=Previews(follows, boards, Orders(database, Preview), queue),
        looks=Looks(Orders(database, Look), queue, page_host(boards)),
        directory=Directory(made_up, ground.settings.board_urls),
        meters=meters,
        web=WEB,
    )
