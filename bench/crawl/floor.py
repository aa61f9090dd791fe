"""Run as a process: the least that can be done. Fetch, parse, and COPY all rows in one transaction at the end."""

import asyncio
import time

import aiohttp
import msgspec
import psycopg

from bench.crawl.contest import CONCURRENCY, FIELDS, TABLE, Crawled, CrawlTask, peak_mb
from bench.crawl.fields import Row, row_of
from bench.parent import Parent, work_for_parent
from jobwire.storage.database import conninfo


async def crawl(parent: Parent) -> None:
    task = await parent.hear(CrawlTask)
    with psycopg.connect(conninfo(task.database_url)) as connection:
        connection.execute(TABLE)
        connection.commit()
        began, used = time.monotonic(), time.process_time()
        rows = await _fetch(task)
        with connection.cursor().copy(f"COPY postings ({', '.join(FIELDS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
        seconds, cpu_s = time.monotonic() - began, time.process_time() - used
    parent.tell(Crawled(postings=len(rows), seconds=seconds, cpu_s=cpu_s, peak_mb=peak_mb()))
    await parent.gone()


async def _fetch(task: CrawlTask) -> list[Row]:
    rows: list[Row] = []
    left = list(task.urls.items())

    async def work(session: aiohttp.ClientSession) -> None:
        while left:
            board, url = left.pop()
            async with session.get(url) as response:
                jobs = msgspec.json.decode(await response.read())["jobs"]
            rows.extend(row_of(board, job) for job in jobs)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work(session) for _ in range(CONCURRENCY)))
    return rows


if __name__ == "__main__":
    work_for_parent(crawl)
