"""Run as a process of its own: changes one job of run `argv[1]`, in the database whose URL comes on stdin."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.storage.database import Database
from jobwire.storage.wakeups import Announcer
from stream_books import LedgerBook


async def main() -> None:
    database = Database(sys.stdin.read())
    async with Announcer(database.conninfo) as announcer:
        book = LedgerBook(database, announcer.announce)
        await book.set(RunId(int(sys.argv[1])), {JobKey("a", "1"): JobStatus.CRAWLING})
        while announcer._waiting:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    await database.close()


asyncio.run(main())
