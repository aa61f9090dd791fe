"""What a person notes on postings: that they have seen one, and a star. Nobody else sees it."""

from http import HTTPStatus

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Id
from jobwire.domain.openings import Mark

router = APIRouter(tags=["jobs"])


@router.put("/api/jobs/{job_id}/star", status_code=HTTPStatus.NO_CONTENT)
async def star_job(me: Me, services: AppServices, job_id: Id) -> None:
    """Star a posting that this person can read; again is no error."""
    await services.marks.make(me, job_id, Mark.STARRED)


@router.delete("/api/jobs/{job_id}/star", status_code=HTTPStatus.NO_CONTENT)
async def unstar_job(me: Me, services: AppServices, job_id: Id) -> None:
    """Take the star away; it is no error where there is none."""
    await services.marks.remove(me, job_id, Mark.STARRED)


@router.put("/api/jobs/{job_id}/seen", status_code=HTTPStatus.NO_CONTENT)
async def mark_job_seen(me: Me, services: AppServices, job_id: Id) -> None:
    """Note that this person has seen a posting; again is no error."""
    await services.marks.make(me, job_id, Mark.SEEN)


@router.delete("/api/jobs/{job_id}/seen", status_code=HTTPStatus.NO_CONTENT)
async def mark_job_unseen(me: Me, services: AppServices, job_id: Id) -> None:
    """Forget that this person has seen it."""
    await services.marks.remove(me, job_id, Mark.SEEN)
