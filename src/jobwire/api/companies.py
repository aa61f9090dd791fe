"""Companies to choose from."""

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer

router = APIRouter(tags=["companies"])


class Company(Answer):
    """A company that can be followed, or is."""

    company_name: str
    source: str
    followed: bool


@router.get("/api/ingestion/companies")
async def list_companies(me: Me, services: AppServices) -> list[Company]:
    """List what this person follows, under their own names, and then the well-known companies that they do not."""
    followed = await services.follows.all(me)
    taken = {follow.board for follow in followed}
    mine = [Company(company_name=follow.company, source=str(follow.board), followed=True) for follow in followed]
    others = [
        Company(company_name=name, source=str(board), followed=False)
        for name, board in services.directory.well_known()
        if board not in taken
    ]
    return mine + others
