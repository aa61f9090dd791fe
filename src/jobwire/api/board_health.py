"""How the boards of the companies that a person follows are doing."""

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer, Time
from jobwire.api.ports import Services
from jobwire.domain.board_health import LastRun
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import UnknownBoard
from jobwire.domain.runs import CompanyStatus

router = APIRouter(tags=["companies"])


class LastRunAnswer(Answer):
    """What became of a company in the newest run that had it. `ended`: the run has."""

    run_id: int
    status: CompanyStatus
    reason: str | None
    ended: bool


class BoardHealthAnswer(Answer):
    """A followed company's board. `openings` is what the last listing had, `postings` what is kept and not gone."""

    company_name: str
    source: str
    is_enabled: bool
    url: str | None
    listed_at: Time | None
    openings: int | None
    postings: int
    last_run: LastRunAnswer | None


@router.get("/api/ingestion/board-health")
async def list_board_health(me: Me, services: AppServices) -> list[BoardHealthAnswer]:
    """List the boards of all companies that this person follows, by company name."""
    return [
        BoardHealthAnswer(
            company_name=one.company,
            source=str(one.board),
            is_enabled=one.enabled,
            url=_public_url(services, one.board),
            listed_at=one.listed_at,
            openings=one.openings,
            postings=one.postings,
            last_run=_last_run(one.last_run),
        )
        for one in await services.board_reads.health(me)
    ]


def _public_url(services: Services, board: BoardRef) -> str | None:
    """The board's own page; None for a system that is no longer known."""
    try:
        return services.directory.public_url(board)
    except UnknownBoard:
        return None


def _last_run(last: LastRun | None) -> LastRunAnswer | None:
    if last is None:
        return None
    return LastRunAnswer(run_id=last.run_id, status=last.status, reason=last.reason, ended=last.ended)
