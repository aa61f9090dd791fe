"""The boards that a person follows, and what they raise."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer, Request, Text, Time
from jobwire.api.ports import Services
from jobwire.domain.boards import BoardState, LastRun
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import UnknownBoard
from jobwire.domain.expiry import Doubt, Guard, Reply
from jobwire.domain.runs import CompanyStatus
from jobwire.domain.setbacks import Setback

router = APIRouter(tags=["boards"])


class DoubtAnswer(Answer):
    """A question that a board raises: it says that much less is there than was known, and `why` that is not believed.

    The `missing` postings are not called expired until somebody accepts it (`reply` is `gone` then), or until it was
    `seen` so `needed` times, six hours or more apart; with `kept`, not even then. `question` says it all in a sentence.
    """

    guard: Guard
    question: str
    why: str
    listed: int
    missing: int
    since: Time
    seen: int
    needed: int
    reply: Reply | None


class SetbackAnswer(Answer):
    """A board's failures in a row. Until `retry_at` only a run that names the company asks it, or a retry."""

    failures: int
    reason: str
    retry_at: Time


class LastRunAnswer(Answer):
    """What became of a company in the newest run that had it. `ended`: the run has; equal `host`s share a pace."""

    run_id: int
    status: CompanyStatus
    reason: str | None
    ended: bool
    host: str


class BoardAnswer(Answer):
    """A followed company's board; `url` is its page for people. `listings` counts how often it was listed.

    `openings` is what its last good listing had, `postings` what is kept of it and not gone. `listed_at` is null where
    the last listing was not a good one, `setback` is there where it could not be listed last.
    """

    company_name: str
    source: str
    is_enabled: bool
    url: str | None
    listings: int
    listed_at: Time | None
    openings: int | None
    postings: int
    doubt: DoubtAnswer | None
    setback: SetbackAnswer | None
    last_run: LastRunAnswer | None


class BoardRequest(Request):
    """Whose board is meant."""

    company_name: Annotated[Text, Field(min_length=1)]


class Answered(Answer):
    """What happens now."""

    success: bool
    message: str


@router.get("/api/ingestion/boards")
async def list_boards(me: Me, services: AppServices) -> list[BoardAnswer]:
    """List the boards of all companies that this person follows, by company name: how they are, and what they ask."""
    return [_board(services, board) for board in await services.boards.all(me)]


@router.post("/api/ingestion/boards/accept")
async def accept_board(me: Me, services: AppServices, body: BoardRequest) -> Answered:
    """Say that a board has really become so small, or is gone.

    It holds for all who follow it, and nothing is lost by it.
    """
    doubt = await services.boards.reply(me, body.company_name, Reply.GONE)
    return Answered(
        success=True,
        message=f"The next run that finds {body.company_name} {_found(doubt)} says "
        f"that {doubt.missing} postings expired.",
    )


@router.post("/api/ingestion/boards/keep")
async def keep_board(me: Me, services: AppServices, body: BoardRequest) -> Answered:
    """Say that the postings which a board lacks are not gone: they are kept as long as it says the same.

    It holds for all who follow it, until one of them accepts it after all.
    """
    doubt = await services.boards.reply(me, body.company_name, Reply.KEPT)
    return Answered(
        success=True,
        message=f"The {doubt.missing} postings of {body.company_name} stay, for as long as runs find it "
        f"{_found(doubt)}.",
    )


def _board(services: Services, board: BoardState) -> BoardAnswer:
    return BoardAnswer(
        company_name=board.company,
        source=str(board.board),
        is_enabled=board.enabled,
        url=_public_url(services, board.board),
        listings=board.listings,
        listed_at=board.listed_at,
        openings=next(iter(board.last_counts), None),
        postings=board.postings,
        doubt=None if board.doubt is None else _doubt(board.doubt),
        setback=None if board.setback is None else _setback(board.setback),
        last_run=None if board.last_run is None else _last_run(board.last_run),
    )


def _public_url(services: Services, board: BoardRef) -> str | None:
    """The board's own page; None for a system that is no longer known."""
    try:
        return services.directory.public_url(board)
    except UnknownBoard:
        return None


def _found(doubt: Doubt) -> str:
    return "gone" if doubt.guard is Guard.NO_BOARD else "as small"


def _setback(setback: Setback) -> SetbackAnswer:
    return SetbackAnswer(failures=setback.failures, reason=setback.reason, retry_at=setback.retry_at)


def _last_run(last: LastRun) -> LastRunAnswer:
    return LastRunAnswer(run_id=last.run_id, status=last.status, reason=last.reason, ended=last.ended, host=last.host)


def _doubt(doubt: Doubt) -> DoubtAnswer:
    return DoubtAnswer(
        guard=doubt.guard,
        question=doubt.question,
        why=doubt.why,
        listed=doubt.listed,
        missing=doubt.missing,
        since=doubt.since,
        seen=doubt.seen,
        needed=doubt.guard.confirmations,
        reply=doubt.reply,
    )
