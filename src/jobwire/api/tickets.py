"""Stream tickets: tokens for one run's stream, fit to be put into a URL."""

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me, SignedIn
from jobwire.api.fields import Answer, Id, Time
from jobwire.api.tokens import Audience
from jobwire.domain.runs import RunId

router = APIRouter(tags=["runs"])


class Ticket(Answer):
    """A token that opens the stream of one run, as often as wanted, until it expires."""

    token: str
    expires_at: Time


@router.post("/api/ingestion/progress/{run_id}/ticket")
async def issue_ticket(principal: SignedIn, me: Me, services: AppServices, run_id: Id) -> Ticket:
    """Issue a ticket; it ends after 15 minutes, or with what it was asked for with."""
    run = RunId(run_id)
    await services.run_reads.require(me, run)
    token = services.tokens.ticket(me, run, until=principal.expires_at)
    return Ticket(token=token, expires_at=services.tokens.read(token, Audience.TICKET).expires_at)
