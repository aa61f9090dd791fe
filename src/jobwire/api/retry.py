"""Retry: what failed of a run, tried again."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer, Id, JobOfRun, Request, Text
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import RetryWish
from jobwire.domain.runs import RunId

router = APIRouter(tags=["runs"])

_Some = Field(min_length=1)


class RetryRequest(Request):
    """What to try again, as far as it failed: these companies and these jobs; both left out: everything."""

    companies: Annotated[list[Text], _Some] | None = None
    jobs: Annotated[list[JobOfRun], _Some] | None = None


class RetryAnswer(Answer):
    """The run that tries again: the same one, or a new one where that had ended. `boards` are listed again."""

    run_id: int
    jobs: int
    boards: int


@router.post("/api/ingestion/retry/{run_id}")
async def retry_run(me: Me, services: AppServices, run_id: Id, body: RetryRequest | None = None) -> RetryAnswer:
    """Try again what failed; 409 with `run_id` where the run has ended and another one is active."""
    retried = await services.retries.retry(me, RunId(run_id), _wish(body or RetryRequest()))
    return RetryAnswer(run_id=retried.run_id, jobs=retried.jobs, boards=retried.boards)


def _wish(body: RetryRequest) -> RetryWish:
    jobs = body.jobs
    return RetryWish(
        companies=body.companies,
        jobs=None if jobs is None else [JobKey(job.company_name, job.external_id) for job in jobs],
    )
