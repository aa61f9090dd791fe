"""A worker: in a process of its own, or as the child of a server.

`python -m jobwire.bootstrap.working` LEVEL is the child: it reads its settings from standard input.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Final

import msgspec

from jobwire import logs
from jobwire.boards.http import BoardClient
from jobwire.boards.looking import PageLooker
from jobwire.boards.registry import BoardRegistry
from jobwire.bootstrap.extractor import extractor_process
from jobwire.bootstrap.foundation import foundation, guarded
from jobwire.bootstrap.memory import settle_memory
from jobwire.children import KeptChild, start_child
from jobwire.domain.errors import InvalidInput, Unavailable
from jobwire.httpd import new_event_loop
from jobwire.ingest.keeping import Keeper, KeptExtractor
from jobwire.ingest.looking import Look, Looker
from jobwire.ingest.pacing import Pacing
from jobwire.ingest.previewing import Previewer
from jobwire.ingest.previews import Preview
from jobwire.ingest.slices import Slices
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.follows import Follows
from jobwire.storage.housekeeping import Attic, Housekeeping
from jobwire.storage.ledger import Ledger
from jobwire.storage.made_postings import MadePostings
from jobwire.storage.orders import Orders
from jobwire.storage.paces import HostPaces
from jobwire.storage.raw_pages import RawPages, open_raw_pages
from jobwire.storage.search_index import SearchIndex
from jobwire.storage.told_postings import ToldPostings
from jobwire.storage.wakeups import Announcer
from jobwire.worker.indexing import keep_indexing
from jobwire.worker.runner import run_worker
from jobwire.worker.tasks import Work

_COMMAND: Final = (sys.executable, "-m", "jobwire.bootstrap.working")

_log = logs.Log("jobwire.bootstrap.working")  # not __name__: the child runs this module as __main__


async def working(settings: Settings) -> None:
    """Be a worker until cancelled. Raise what `foundation` raises."""
    async with foundation(settings, plans_anew=True) as ground, AsyncExitStack() as stack:
        database = ground.database
        await stack.enter_async_context(guarded(ground))
        client = await stack.enter_async_context(BoardClient(settings))
        announcer = await stack.enter_async_context(Announcer(database.conninfo))
        boards = BoardRegistry(settings, client)
        raw = open_raw_pages(settings)
        keeper = None if raw is None else await stack.enter_async_context(Keeper(raw).keeping())
        process = await stack.enter_async_context(extractor_process(settings))
        extractor = process if keeper is None else KeptExtractor(process, keeper)
        work = Work(
            pacing=Pacing(client, HostPaces(database)),
            slices=Slices(Ledger(database, announcer.announce), boards, extractor, time.monotonic),
            previewer=Previewer(Follows(database), boards, ToldPostings(database), Orders(database, Preview)),
            looker=Looker(PageLooker(settings, client), Orders(database, Look)),
            housekeeping=_housekeeping(settings, database, raw),
        )
        settle_memory()
        _log.info("worker.ready")
        indexing = asyncio.create_task(keep_indexing(SearchIndex(database)), name="search index")
        try:
            await run_worker(database.conninfo, work)
        finally:
            indexing.cancel()
            await asyncio.gather(indexing, return_exceptions=True)


def _housekeeping(settings: Settings, database: Database, raw: RawPages | None) -> Housekeeping:
    attic = None if raw is None else Attic(raw, MadePostings(database), keep_days=settings.keep_raw_days)
    return Housekeeping(database, keep_runs_days=settings.keep_runs_days, attic=attic)


def worker_process(settings: Settings) -> KeptChild:
    """The child that works with these settings, to be entered: parsing never stalls the stream.

    Raise `InvalidInput` where it could not: it would only be started again and again.
    """
    open_raw_pages(settings)
    # As wordy as its parent, who may draw on this terminal
    return KeptChild("worker", partial(start_child, (*_COMMAND, str(logs.level())), _as_json(settings)))


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
    logs.configure(level=int(sys.argv[1]))
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_work_for_parent())
    except (Unavailable, InvalidInput) as error:
        _log.error("worker.cannot_start", reason=str(error))
        sys.exit(1)


if __name__ == "__main__":
    worker_main()
