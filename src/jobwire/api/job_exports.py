"""The list of postings as a file: everything that a question leaves at one moment, read while it is sent."""

import asyncio
import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from jobwire.api.asking import AppServices, Me
from jobwire.api.job_filters import WantedJobs
from jobwire.api.jobs import JobAnswer, job_answer
from jobwire.domain.openings import OpeningLine
from jobwire.logs import Log

MOST_S: Final = 600
"""So long may an export take: as long as it is sent, it holds a connection to the database, and what that has seen."""
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
_log = Log(__name__)


@router.get(
    "/api/jobs.csv",
    response_class=StreamingResponse,
    responses={HTTPStatus.OK: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_jobs_as_csv(me: Me, services: AppServices, wanted: WantedJobs) -> StreamingResponse:
    """Export what `GET /api/jobs` lists with the same parameters, all of it, as CSV (RFC 4180)."""
    pages = await _begun(services.exports.lines(me, wanted))
    return _File(_csv(pages), pages, "text/csv; charset=utf-8; header=present", "jobs.csv")


@router.get(
    "/api/jobs.json",
    response_class=StreamingResponse,
    responses={HTTPStatus.OK: {"model": list[JobAnswer]}},
)
async def export_jobs_as_json(me: Me, services: AppServices, wanted: WantedJobs) -> StreamingResponse:
    """Export what `GET /api/jobs` lists with the same parameters, all of it, as a JSON array."""
    pages = await _begun(services.exports.lines(me, wanted))
    return _File(_json(pages), pages, "application/json", "jobs.json")


def defused(text: str) -> str:
    """Return text that a spreadsheet shows instead of computing it: an apostrophe goes before what begins a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


_Pages = AsyncGenerator[Sequence[OpeningLine]]


class _File(StreamingResponse):
    """Sends a file, and closes what it is made of: at its end, when the client has left, and after `MOST_S`."""

    def __init__(self, content: AsyncIterator[str], pages: _Pages, media_type: str, name: str) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(content, media_type=media_type, headers=headers)
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. An answer that takes too long ends without its end: the client knows that it is not whole."""
        async with aclosing(self._pages):
            try:
                async with asyncio.timeout(MOST_S):
                    await super().__call__(scope, receive, send)
            except TimeoutError:
                _log.warning("export.cut", after_s=MOST_S)


async def _begun(pages: _Pages) -> _Pages:
    """Begin to read: what is wrong with the question is to be answered instead of a file."""
    await anext(pages)
    return pages


async def _csv(pages: _Pages) -> AsyncIterator[str]:
    yield BYTE_ORDER_MARK + _rows([COLUMNS])
    async for page in pages:
        yield _rows([_cells(job_answer(line)) for line in page])


async def _json(pages: _Pages) -> AsyncIterator[str]:
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
