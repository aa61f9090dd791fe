"""Runs: start, abort, and where they stand."""

from typing import Annotated

from fastapi import APIRouter, Query

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import MAX_ID, Answer, Counts, Id, Request, Text, Time
from jobwire.domain.history import RunSummary
from jobwire.domain.runs import RunId, RunStatus

router = APIRouter(tags=["runs"])


class StartRequest(Request):
    """Which companies to run; left out: all that are enabled."""

    companies: list[Text] | None = None


class Started(Answer):
    """The run that has begun."""

    run_id: int


class CurrentRun(Answer):
    """The run that is active, if any."""

    run_id: int | None


class Aborted(Answer):
    """The run is frozen as it stands."""

    success: bool
    message: str


class RunAnswer(Answer):
    """A run. Of its `companies`, `failed_companies` had no listing; of its `ready` jobs, `changed_jobs` are not new.

    `retry_of` is the ended run whose failures this one tries again, `retried_in` the last one that tries its own.
    """

    run_id: int
    status: RunStatus
    counts: Counts
    total_jobs: int
    changed_jobs: int
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    error_message: str | None
    companies: int
    failed_companies: int
    retry_of: int | None
    retried_in: int | None
    version: int


class RunPage(Answer):
    """Runs, newest first; `next` is the `before` of the page that follows."""

    runs: list[RunAnswer]
    next: int | None


@router.post("/api/ingestion/start")
async def start_run(me: Me, services: AppServices, body: StartRequest | None = None) -> Started:
    """Start a run; 409 with `run_id` while one is active."""
    return Started(run_id=await services.runs.start(me, body.companies if body else None))


@router.get("/api/ingestion/current-run")
async def current_run(me: Me, services: AppServices) -> CurrentRun:
    """Say which run is active."""
    return CurrentRun(run_id=await services.run_reads.current(me))


@router.post("/api/ingestion/abort/{run_id}")
async def abort_run(me: Me, services: AppServices, run_id: Id) -> Aborted:
    """Freeze a run as it stands; 409 when it has ended."""
    await services.runs.abort(me, RunId(run_id))
    return Aborted(success=True, message=f"Run {run_id} is aborted. What it has ingested so far is kept.")


@router.get("/api/ingestion/status/{run_id}")
async def run_status(me: Me, services: AppServices, run_id: Id) -> RunAnswer:
    """Say where a run stands."""
    return _answer(await services.run_reads.summary(me, RunId(run_id)))


@router.get("/api/ingestion/runs")
async def list_runs(
    me: Me,
    services: AppServices,
    before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RunPage:
    """List this person's runs, newest first."""
    page = await services.run_reads.recent(me, before=before, limit=limit)
    return RunPage(runs=[_answer(run) for run in page.items], next=page.items[-1].run_id if page.more else None)


def _answer(run: RunSummary) -> RunAnswer:
    return RunAnswer(
        run_id=run.run_id,
        status=run.status,
        counts=dict(run.counts),
        total_jobs=sum(run.counts.values()),
        changed_jobs=run.changed_jobs,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        error_message=run.error_message,
        companies=run.companies,
        failed_companies=run.failed_companies,
        retry_of=run.retry_of,
        retried_in=run.retried_in,
        version=run.version,
    )
