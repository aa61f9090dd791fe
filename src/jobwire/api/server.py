"""What a person may know of the server that they use."""

from fastapi import APIRouter, Request

from jobwire import __version__
from jobwire.api.asking import Me
from jobwire.api.fields import Answer
from jobwire.settings import Settings

router = APIRouter(tags=["health"])


class ServerAnswer(Answer):
    """`stand_ins` are the sites that answer in a careers system's place, by system: a demo, or a test."""

    version: str
    keep_runs_days: int
    stand_ins: dict[str, str]


@router.get("/api/server")
async def server_facts(_: Me, request: Request) -> ServerAnswer:
    """Say how this server is set."""
    return _facts(request.app.state.settings)


def _facts(settings: Settings) -> ServerAnswer:
    return ServerAnswer(
        version=__version__,
        keep_runs_days=settings.keep_runs_days,
        stand_ins={system: str(origin) for system, origin in settings.board_urls.items()},
    )
