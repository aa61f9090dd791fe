"""What the peers are asked to do: fetch these boards, and have their postings in this table."""

import resource
import sys
from typing import Final

import msgspec

TABLE: Final = """
    CREATE TABLE postings (
        board text NOT NULL,
        external_id text NOT NULL,
        title text NOT NULL,
        url text NOT NULL,
        locations text[] NOT NULL,
        department text,
        employment_type text,
        workplace text,
        posted_on date,
        salary jsonb,
        description text,
        PRIMARY KEY (board, external_id)
    )
"""
FIELDS: Final = (
    "board",
    "external_id",
    "title",
    "url",
    "locations",
    "department",
    "employment_type",
    "workplace",
    "posted_on",
    "salary",
    "description",
)
CONCURRENCY: Final = 16
"""Requests at a time, of everybody."""


class CrawlTask(msgspec.Struct, frozen=True, kw_only=True):
    database_url: str
    urls: dict[str, str]
    """Of the boards' listings, by board."""


class Crawled(msgspec.Struct, frozen=True, kw_only=True):
    """`seconds` from the first request to the last commit, in a process that has loaded all that it needs."""

    postings: int
    seconds: float
    cpu_s: float
    peak_mb: float


def peak_mb() -> float:
    """The most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
