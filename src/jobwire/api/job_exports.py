"""The list of postings as a file: everything that a question leaves, read page by page while it is sent."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from jobwire.api.asking import AppServices, Me
from jobwire.api.job_filters import WantedJobs
from jobwire.api.jobs import JobAnswer, job_answer
from jobwire.api.ports import PostingReads
from jobwire.domain.openings import OpeningFilter, OpeningLine
from jobwire.domain.runs import UserId

PAGE: Final = 2000
"""Postings read at once; nothing of the database is held while they are sent."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else; everything else that reads CSV ignores it or can be told to."""
COLUMNS: Final = (
    *("id", "company_name", "title", "location", "workplace", "employment_type", "department", "posted_on"),
    *("closes_on", "country", "language"),
    *("salary_minimum", "salary_maximum", "salary_currency", "salary_interval", "url", "first_seen_at", "gone_at"),
    *("seen", "starred"),
)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

router = APIRouter(tags=["jobs"])


@router.get(
    "/api/jobs.csv",
    response_class=StreamingResponse,
    responses={HTTPStatus.OK: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_jobs_as_csv(me: Me, services: AppServices, wanted: WantedJobs) -> StreamingResponse:
    """Export what `GET /api/jobs` lists with the same parameters, all of it, as CSV (RFC 4180)."""
    pages = await _first_read(_pages(services.posting_reads, me, wanted))
    return _file(_csv(pages), "text/csv; charset=utf-8; header=present", "jobs.csv")


@router.get(
    "/api/jobs.json",
    response_class=StreamingResponse,
    responses={HTTPStatus.OK: {"model": list[JobAnswer]}},
)
async def export_jobs_as_json(me: Me, services: AppServices, wanted: WantedJobs) -> StreamingResponse:
    """Export what `GET /api/jobs` lists with the same parameters, all of it, as a JSON array."""
    pages = await _first_read(_pages(services.posting_reads, me, wanted))
    return _file(_json(pages), "application/json", "jobs.json")


def defused(text: str) -> str:
    """Return text that a spreadsheet shows instead of computing it: an apostrophe goes before what begins a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


async def _pages(reads: PostingReads, user: UserId, wanted: OpeningFilter) -> AsyncIterator[Sequence[OpeningLine]]:
    page = await reads.search(user, wanted, after=None, limit=PAGE)
    yield page.items
    while page.more:
        page = await reads.search(user, wanted, after=page.items[-1].key, limit=PAGE)
        yield page.items


async def _first_read(pages: AsyncIterator[Sequence[OpeningLine]]) -> AsyncIterator[Sequence[OpeningLine]]:
    """Read the first page now: what is wrong with the question is to be answered instead of a file."""
    first = await anext(pages)

    async def again() -> AsyncIterator[Sequence[OpeningLine]]:
        yield first
        async for page in pages:
            yield page

    return again()


async def _csv(pages: AsyncIterator[Sequence[OpeningLine]]) -> AsyncIterator[str]:
    yield BYTE_ORDER_MARK + _rows([COLUMNS])
    async for page in pages:
        yield _rows([_cells(job_answer(line)) for line in page])


async def _json(pages: AsyncIterator[Sequence[OpeningLine]]) -> AsyncIterator[str]:
    separator = "[\n"
    async for page in pages:
        if page:
            yield separator + ",\n".join(job_answer(line).model_dump_json() for line in page)
            separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _rows(rows: Sequence[Sequence[object]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def _cells(job: JobAnswer) -> list[object]:
    values = job.model_dump(mode="json", exclude={"salary", "remote"})
    salary = {} if job.salary is None else job.salary.model_dump(mode="json")
    values |= {f"salary_{name}": value for name, value in salary.items()}
    return [_cell(values.get(name)) for name in COLUMNS]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return defused(value) if isinstance(value, str) else value


def _file(content: AsyncIterator[str], media_type: str, name: str) -> StreamingResponse:
    return StreamingResponse(
        content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
