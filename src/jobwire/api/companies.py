"""Companies to choose from."""

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer
from jobwire.domain.companies import BoardRef

router = APIRouter(tags=["companies"])


class Company(Answer):
    """A company that can be followed, or is. `made_up`: it is one of the demo's."""

    company_name: str
    source: str
    followed: bool
    made_up: bool


@router.get("/api/ingestion/companies")
async def list_companies(me: Me, services: AppServices) -> list[Company]:
    """List what this person follows, under their own names, and then what they could: made up, then well known."""
    made_up = services.directory.made_up()
    followed = await services.follows.all(me)
    taken, unreal = {follow.board for follow in followed}, {board for _, board in made_up}

    def company(name: str, board: BoardRef, *, followed: bool) -> Company:
        return Company(company_name=name, source=str(board), followed=followed, made_up=board in unreal)

    mine = [company(follow.company, follow.board, followed=True) for follow in followed]
    others = [*made_up, *services.directory.well_known()]
    return mine + [company(name, board, followed=False) for name, board in others if board not in taken]
