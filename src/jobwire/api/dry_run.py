"""The preview: what a run would bring."""

from collections.abc import Sequence

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer, Request, Text
from jobwire.ingest.previews import Preview, PreviewJob, PreviewStatus

router = APIRouter(tags=["runs"])


class DryRunRequest(Request):
    """Which companies to look at; left out: all that are enabled."""

    companies: list[Text] | None = None


class PreviewJobAnswer(Answer):
    """One opening; `id` is its external_id. `known`: a run has told this person of it before."""

    id: str
    title: str
    location: str
    url: str
    known: bool


class PreviewAnswer(Answer):
    """One company. `filtered_count` counts what the filters keep, `urls_count` the different URLs among that.

    `notes` are sentences about the board's list, such as why it may lack postings.
    """

    status: PreviewStatus
    total_count: int
    filtered_count: int
    urls_count: int
    included_jobs: list[PreviewJobAnswer]
    excluded_jobs: list[PreviewJobAnswer]
    notes: list[str]
    error_message: str | None


@router.post("/api/ingestion/dry-run")
async def dry_run(me: Me, services: AppServices, body: DryRunRequest | None = None) -> dict[str, PreviewAnswer]:
    """List the boards and apply the filters, company by company. Nothing is saved."""
    previews = await services.previews.preview(me, body.companies if body else None)
    return {company: _answer(preview) for company, preview in previews.items()}


def _answer(preview: Preview) -> PreviewAnswer:
    return PreviewAnswer(
        status=preview.status,
        total_count=preview.total_count,
        filtered_count=preview.filtered_count,
        urls_count=preview.urls_count,
        included_jobs=_jobs(preview.included),
        excluded_jobs=_jobs(preview.excluded),
        notes=list(preview.notes),
        error_message=preview.error_message,
    )


def _jobs(jobs: Sequence[PreviewJob]) -> list[PreviewJobAnswer]:
    return [
        PreviewJobAnswer(id=job.id, title=job.title, location=job.location, url=job.url, known=job.known)
        for job in jobs
    ]
