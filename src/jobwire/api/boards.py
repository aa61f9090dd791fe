"""The boards that a person follows, and what they raise."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer, Request, Text, Time
from jobwire.domain.boards import BoardState
from jobwire.domain.expiry import Doubt, Guard
from jobwire.domain.setbacks import Setback

router = APIRouter(tags=["boards"])


class DoubtAnswer(Answer):
    """A question that a board raises: it says that much less is there than was known.

    The `missing` postings are not called expired until the person accepts it, or until it was `seen` so `needed` times,
    six hours or more apart.
    """

    guard: Guard
    question: str
    listed: int
    missing: int
    since: Time
    seen: int
    needed: int
    accepted: bool


class SetbackAnswer(Answer):
    """A board's failures in a row. Until `retry_at` only a run that names the company asks it, or a retry."""

    failures: int
    reason: str
    retry_at: Time


class BoardAnswer(Answer):
    """A followed board. `usual_count` is the size of its last good listing; null before there is one.

    `setback` is there where it could not be listed last.
    """

    company_name: str
    source: str
    listings: int
    usual_count: int | None
    doubt: DoubtAnswer | None
    setback: SetbackAnswer | None


class AcceptRequest(Request):
    """Whose board has really become so small."""

    company_name: Annotated[Text, Field(min_length=1)]


class Accepted(Answer):
    """What happens now."""

    success: bool
    message: str


@router.get("/api/ingestion/boards")
async def list_boards(me: Me, services: AppServices) -> list[BoardAnswer]:
    """List the boards that this person follows, each with the question that it raises, if it does."""
    return [_board(board) for board in await services.boards.all(me)]


@router.post("/api/ingestion/boards/accept")
async def accept_board(me: Me, services: AppServices, body: AcceptRequest) -> Accepted:
    """Say that a board has really become so small, or is gone.

    It holds for all who follow it, and nothing is lost by it.
    """
    doubt = await services.boards.accept(me, body.company_name)
    return Accepted(
        success=True,
        message=f"The next run that finds {body.company_name} {_found(doubt)} says "
        f"that {doubt.missing} postings expired.",
    )


def _board(board: BoardState) -> BoardAnswer:
    return BoardAnswer(
        company_name=board.company,
        source=str(board.board),
        listings=board.listings,
        usual_count=next(iter(board.last_counts), None),
        doubt=None if board.doubt is None else _doubt(board.doubt),
        setback=None if board.setback is None else _setback(board.setback),
    )


def _found(doubt: Doubt) -> str:
    return "gone" if doubt.guard is Guard.NO_BOARD else "as small"


def _setback(setback: Setback) -> SetbackAnswer:
    return SetbackAnswer(failures=setback.failures, reason=setback.reason, retry_at=setback.retry_at)


def _doubt(doubt: Doubt) -> DoubtAnswer:
    return DoubtAnswer(
        guard=doubt.guard,
        question=doubt.question,
        listed=doubt.listed,
        missing=doubt.missing,
        since=doubt.since,
        seen=doubt.seen,
        needed=doubt.guard.confirmations,
        accepted=doubt.accepted,
    )
