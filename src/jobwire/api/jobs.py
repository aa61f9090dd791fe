"""The postings of the companies that a person follows."""

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from jobwire.api.asking import AppServices, Me
from jobwire.api.cursors import decode_cursor, encode_cursor
from jobwire.api.fields import Answer, Id, Time, Wanted
from jobwire.api.job_filters import WantedJobs
from jobwire.domain.description import plain_text, safe_html
from jobwire.domain.openings import Happening, Mark, OpeningDetail, OpeningKey, OpeningLine
from jobwire.domain.postings import EmploymentType, Salary, SalaryInterval, Workplace
from jobwire.domain.requirements import requirements_in

router = APIRouter(tags=["jobs"])


class SalaryAnswer(Answer):
    """A stated range, in whole units of `currency` (ISO 4217), for one `interval`."""

    minimum: float | None
    maximum: float | None
    currency: str | None
    interval: SalaryInterval | None


class JobAnswer(Answer):
    """One posting in a list. What the system does not say is null.

    `closes_on` is the last day to apply, `country` an ISO 3166 code, `language` a BCP 47 tag;
    `seen` and `starred` are this person's.
    """

    id: int
    company_name: str
    title: str
    location: str
    remote: bool | None
    workplace: Workplace | None
    employment_type: EmploymentType | None
    department: str | None
    posted_on: date | None
    closes_on: date | None
    country: str | None
    language: str | None
    salary: SalaryAnswer | None
    url: str
    first_seen_at: Time
    gone_at: Time | None
    seen: bool
    starred: bool


class EventAnswer(Answer):
    """What became of a posting, and when it was seen.

    `reason` says why it is gone, or which parts have changed, such as `salary, text`; it is null for the others.
    """

    at: Time
    kind: Happening
    reason: str | None


class SameJobAnswer(Answer):
    """Another posting of the same job: as a rule, at another place."""

    id: int
    location: str
    url: str


class JobDetail(JobAnswer):
    """One posting in full. The descriptions are null until its text has been read; the HTML is sanitised.

    `requirements_html` is the part that the board sets apart, or else the text by its headings, null where neither
    does; `also` has the live postings of the same job, where the careers system says which these are.
    """

    external_id: str
    source: str
    locations: list[str]
    description_html: str | None
    description_text: str | None
    requirements_html: str | None
    gone_reason: str | None
    history: list[EventAnswer]
    also: list[SameJobAnswer]


class JobPage(Answer):
    """Postings, newest first; `next` is the `after` of the page that follows.

    `instead` has the words of `q` that are nowhere, as if misspelled, and what was looked for as well.
    """

    jobs: list[JobAnswer]
    next: str | None
    instead: dict[str, list[str]]


@router.get("/api/jobs")
async def list_jobs(
    me: Me,
    services: AppServices,
    wanted: WantedJobs,
    after: Wanted = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> JobPage:
    """List the postings of the boards that this person follows, newest first, titles as filtered."""
    page = await services.posting_reads.search(me, wanted, after=decode_cursor(after, OpeningKey), limit=limit)
    return JobPage(
        jobs=[job_answer(line) for line in page.items],
        next=encode_cursor(page.items[-1].key) if page.more else None,
        instead={word: list(spelled) for word, spelled in page.instead.items()},
    )


@router.get("/api/jobs/{job_id}")
async def get_job(me: Me, services: AppServices, job_id: Id) -> JobDetail:
    """Show one posting of a followed board, or of a job of one of this person's runs."""
    # In a thread: a description can be large, and hostile
    return await asyncio.to_thread(_detail, await services.posting_reads.one(me, job_id))


def job_answer(line: OpeningLine) -> JobAnswer:
    """Answer one posting of a list."""
    return JobAnswer(**_fields(line))


def _detail(detail: OpeningDetail) -> JobDetail:
    safe = None if detail.description is None else safe_html(detail.description)
    return JobDetail(
        **_fields(detail.line),
        external_id=detail.external_id,
        source=str(detail.board),
        locations=list(detail.locations),
        description_html=safe,
        description_text=None if safe is None else plain_text(safe),
        requirements_html=safe_html(detail.requirements or "") or requirements_in(safe or "") or None,
        gone_reason=detail.gone_reason,
        history=[EventAnswer(at=one.at, kind=one.kind, reason=one.reason) for one in detail.history],
        also=[SameJobAnswer(id=one.posting_id, location=one.location, url=one.url) for one in detail.also],
    )


def _fields(line: OpeningLine) -> dict[str, Any]:
    return {
        "id": line.posting_id,
        "company_name": line.company,
        "title": line.title,
        "location": line.location,
        "remote": line.remote,
        "workplace": line.workplace,
        "employment_type": line.employment_type,
        "department": line.department,
        "posted_on": line.posted_on,
        "closes_on": line.closes_on,
        "country": line.country,
        "language": line.language,
        "salary": None if line.salary is None else _salary(line.salary),
        "url": line.url,
        "first_seen_at": line.first_seen_at,
        "gone_at": line.gone_at,
        "seen": Mark.SEEN in line.marks,
        "starred": Mark.STARRED in line.marks,
    }


def _salary(salary: Salary) -> SalaryAnswer:
    return SalaryAnswer(
        minimum=salary.minimum, maximum=salary.maximum, currency=salary.currency, interval=salary.interval
    )
