"""What belongs to one run: its companies and its jobs."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field

from jobwire.api.asking import AppServices, Me
from jobwire.api.cursors import decode_cursor, encode_cursor
from jobwire.api.fields import Answer, Counts, Id, JobOfRun, Request, Time, Wanted, without_blanks
from jobwire.api.settings_items import Filters
from jobwire.domain.history import JobFilter, RunCompany, RunJob
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId

router = APIRouter(tags=["runs"])


class RunCompanyAnswer(Answer):
    """One company of a run, under the title filters that it had then."""

    company_name: str
    source: str
    title_filters: Filters
    status: CompanyStatus
    reason: str | None
    began_at: Time | None
    settled_at: Time | None
    counts: Counts
    total_jobs: int
    changed_jobs: int


class RunCompanies(Answer):
    """All companies of a run, in the order that they were asked for."""

    companies: list[RunCompanyAnswer]


class RunJobAnswer(Answer):
    """One job of a run. `posting_id` and `url` are null while the posting is not kept, or no longer."""

    company_name: str
    external_id: str
    title: str
    location: str
    status: JobStatus
    reason: str | None
    attempt: int
    posting_id: int | None
    url: str | None


class RunJobs(Answer):
    """Jobs by company and external_id; `next` is the `after` of the page that follows."""

    jobs: list[RunJobAnswer]
    next: str | None


class LocationsRequest(Request):
    """The jobs that somebody looks at."""

    jobs: Annotated[list[JobOfRun], Field(max_length=500)]


class Locations(Answer):
    """Where the jobs are, in the order that they were asked for; null for one that the run does not have."""

    locations: list[str | None]


@router.get("/api/ingestion/runs/{run_id}/companies")
async def list_run_companies(me: Me, services: AppServices, run_id: Id) -> RunCompanies:
    """List the companies of a run, and how far each is."""
    companies = await services.run_reads.companies(me, RunId(run_id))
    return RunCompanies(companies=[_company(company) for company in companies])


@router.get("/api/ingestion/runs/{run_id}/jobs")
async def list_run_jobs(
    me: Me,
    services: AppServices,
    run_id: Id,
    company: Wanted = None,
    external_id: Wanted = None,
    after: Wanted = None,
    status: Annotated[list[JobStatus], BeforeValidator(without_blanks), Query()] = [],  # noqa: B006 - FastAPI copies it
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> RunJobs:
    """List the jobs of a run; `status` may be given several times."""
    page = await services.run_reads.jobs(
        me,
        RunId(run_id),
        JobFilter(statuses=status, company=company, external_id=external_id),
        after=decode_cursor(after, JobKey),
        limit=limit,
    )
    last = page.items[-1] if page.more else None
    return RunJobs(
        jobs=[_job(job) for job in page.items],
        next=encode_cursor(JobKey(last.company, last.external_id)) if last else None,
    )


@router.post("/api/ingestion/runs/{run_id}/locations")
async def list_locations(me: Me, services: AppServices, run_id: Id, body: LocationsRequest) -> Locations:
    """Say where some jobs of a run are, which the stream leaves out; in a run a job's location does not change."""
    keys = [JobKey(job.company_name, job.external_id) for job in body.jobs]
    found = await services.run_reads.locations(me, RunId(run_id), keys)
    return Locations(locations=[found.get(key) for key in keys])


def _company(company: RunCompany) -> RunCompanyAnswer:
    return RunCompanyAnswer(
        company_name=company.company,
        source=str(company.board),
        title_filters=Filters(include=list(company.filters.include), exclude=list(company.filters.exclude)),
        status=company.status,
        reason=company.reason,
        began_at=company.began_at,
        settled_at=company.settled_at,
        counts=dict(company.counts),
        total_jobs=sum(company.counts.values()),
        changed_jobs=company.changed_jobs,
    )


def _job(job: RunJob) -> RunJobAnswer:
    return RunJobAnswer(
        company_name=job.company,
        external_id=job.external_id,
        title=job.title,
        location=job.location,
        status=job.status,
        reason=job.reason,
        attempt=job.attempt,
        posting_id=job.posting_id,
        url=job.url,
    )
