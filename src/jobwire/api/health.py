"""Whether Jobwire can work."""

from typing import Literal

from fastapi import APIRouter

from jobwire import __version__
from jobwire.api.asking import AppServices
from jobwire.api.fields import Answer
from jobwire.api.problems import discreet

router = APIRouter(tags=["health"])


class HealthAnswer(Answer):
    """Jobwire and its database answer."""

    status: Literal["ok"]
    version: str


@router.get("/api/health")
async def health(services: AppServices) -> HealthAnswer:
    """Say that all is well; 503 when the database is away. Open to all, so it does not say more than that."""
    with discreet():
        await services.health.check()
    return HealthAnswer(status="ok", version=__version__)
