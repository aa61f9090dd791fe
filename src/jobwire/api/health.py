"""Whether Jobwire can work."""

from typing import Literal

from fastapi import APIRouter

from jobwire import __version__
from jobwire.api.asking import AppServices
from jobwire.api.fields import Answer
from jobwire.domain.errors import Unavailable
from jobwire.logs import Log

router = APIRouter(tags=["health"])
_log = Log(__name__)


class HealthAnswer(Answer):
    """Jobwire and its database answer."""

    status: Literal["ok"]
    version: str


@router.get("/api/health")
async def health(services: AppServices) -> HealthAnswer:
    """Say that all is well; 503 when the database is away. Open to all, so it does not say more than that."""
    try:
        await services.health.check()
    except Unavailable as error:
        _log.warning("health.bad", reason=str(error))
        raise Unavailable("The database does not answer.", advice="Look into Jobwire's log for the reason.") from None
    return HealthAnswer(status="ok", version=__version__)
