"""Run as a process: the same with Scrapy, a spider and an item pipeline that inserts into PostgreSQL."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

import json
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import psycopg
import scrapy
from scrapy.crawler import CrawlerProcess

from bench.crawl.contest import CONCURRENCY, FIELDS, TABLE, Crawled, CrawlTask, peak_mb
from bench.crawl.fields import row_of
from jobwire.storage.database import conninfo

COMMIT_EVERY: Final = 100
"""Rows: kinder than the usual pipeline, which commits each item."""
_INSERT: Final = f"""
    INSERT INTO postings ({", ".join(FIELDS)}) VALUES ({", ".join(["%s"] * len(FIELDS))})
    ON CONFLICT (board, external_id) DO UPDATE SET ({", ".join(FIELDS)}) = ROW (EXCLUDED.*)
"""


class Boards(scrapy.Spider):
    """One request a board, one item a posting."""

    name = "boards"
    urls: dict[str, str]

    async def start(self) -> Any:
        for board, url in self.urls.items():
            yield scrapy.Request(url, cb_kwargs={"board": board}, dont_filter=True)

    def parse(self, response: Any, board: str) -> Iterator[dict[str, Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        for job in json.loads(response.body)["jobs"]:
            yield dict(zip(FIELDS, row_of(board, job), strict=True))


class IntoPostgres:
    """The pipeline. Its first connection is made, and its last row committed, within the time that is measured."""

    written = 0

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(conninfo(url))

    @classmethod
    def from_crawler(cls, crawler: Any) -> "IntoPostgres":
        return cls(crawler.settings["DATABASE_URL"])

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self._connection.execute(_INSERT.encode(), [item[name] for name in FIELDS])
        IntoPostgres.written += 1
        if IntoPostgres.written % COMMIT_EVERY == 0:
            self._connection.commit()
        return item

    def close_spider(self) -> None:
        self._connection.commit()
        self._connection.close()


def main() -> None:
    task = msgspec.json.decode(sys.stdin.readline(), type=CrawlTask)
    with psycopg.connect(conninfo(task.database_url)) as connection:
        connection.execute(TABLE)
    process = CrawlerProcess(
        {
            "DATABASE_URL": task.database_url,
            "ITEM_PIPELINES": {IntoPostgres: 100},
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    process.crawl(Boards, urls=task.urls)
    began, used = time.monotonic(), time.process_time()
    process.start()
    seconds, cpu_s = time.monotonic() - began, time.process_time() - used
    done = Crawled(postings=IntoPostgres.written, seconds=seconds, cpu_s=cpu_s, peak_mb=peak_mb())
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
