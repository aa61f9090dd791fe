"""The settings: which companies a person follows, and which titles they want."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer
from jobwire.api.ports import Services
from jobwire.api.settings_items import DeleteItem, Filters, ReadItem, SettingsItem, UnreadableItem, UpsertItem
from jobwire.domain.aside import aside
from jobwire.domain.companies import BoardRef, check_company_name
from jobwire.domain.errors import FollowedElsewhere, InvalidInput, JobwireError, NotFound
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import UserId

router = APIRouter(tags=["settings"])


class FollowAnswer(Answer):
    """A company that this person follows."""

    company_name: str
    source: str
    title_filters: Filters
    is_enabled: bool


class ItemAnswer(Answer):
    """What became of one item. `error` says what is wrong with it and what to do, where `success` is false.

    `known_source` is there when the company is followed at that board, and was not to be moved to `source`.
    """

    op: str | None
    company_name: str | None
    source: str | None
    success: bool
    error: str | None
    known_source: str | None = None


@router.get("/api/ingestion/settings")
async def get_settings(me: Me, services: AppServices) -> list[FollowAnswer]:
    """List what this person follows, by company name."""
    return [
        FollowAnswer(
            company_name=follow.company,
            source=str(follow.board),
            title_filters=Filters(include=list(follow.filters.include), exclude=list(follow.filters.exclude)),
            is_enabled=follow.enabled,
        )
        for follow in await services.follows.all(me)
    ]


@router.post("/api/ingestion/settings")
async def post_settings(
    me: Me, services: AppServices, items: Annotated[list[SettingsItem], Body(max_length=500)]
) -> list[ItemAnswer]:
    """Apply the items one by one, in order; one that fails changes nothing and stops none of the others."""
    return [await _apply(me, services, item) for item in items]


async def _apply(me: UserId, services: Services, item: ReadItem) -> ItemAnswer:
    match item:
        case UpsertItem():
            return await _upsert(me, services, item)
        case DeleteItem():
            return await _delete(me, services, item)
        case UnreadableItem():
            return ItemAnswer(
                op=item.op, company_name=item.company_name, source=item.source, success=False, error=item.error
            )


async def _upsert(me: UserId, services: Services, item: UpsertItem) -> ItemAnswer:
    try:
        company, board = _identify(services, item)
        await _check_is_another(me, services, company, board)
        taken_for = await services.follows.upsert(
            me,
            company,
            board=board,
            filters=await aside(me, partial(_filters, item.title_filters)),
            enabled=item.is_enabled,
            move=item.company_name is not None if item.move is None else item.move,
        )
    except FollowedElsewhere as error:
        return ItemAnswer(
            op=item.op,
            company_name=error.company,
            source=error.wanted,
            success=False,
            error=str(error),
            known_source=error.source,
        )
    except (InvalidInput, NotFound) as error:
        return _failed(item, error)
    return ItemAnswer(op=item.op, company_name=company, source=str(taken_for), success=True, error=None)


async def _delete(me: UserId, services: Services, item: DeleteItem) -> ItemAnswer:
    try:
        await services.follows.delete(me, item.company_name)
    except (InvalidInput, NotFound) as error:
        return _failed(item, error)
    return ItemAnswer(op=item.op, company_name=item.company_name, source=None, success=True, error=None)


def _identify(services: Services, item: UpsertItem) -> tuple[str, BoardRef | None]:
    """Which company and board an item means."""
    if item.source is None:
        if item.company_name is None:
            raise InvalidInput("There is neither company_name nor source.", advice="Write source, as board:slug.")
        return check_company_name(item.company_name), None
    named, board = services.directory.parse_company(item.source)
    company = item.company_name if item.company_name is not None else named if named is not None else board.slug
    return check_company_name(company), board


async def _check_is_another(me: UserId, services: Services, company: str, board: BoardRef | None) -> None:
    """Raise `InvalidInput` where a board is followed already, by its name or by its company's own host."""
    if board is None or not services.directory.may_have_own_host(board):
        return
    if (known := await services.follows.at_own_host(me, company, board)) is not None:
        followed, source = known
        raise InvalidInput(
            f"You follow that board already: {followed}, at {source}. Its postings say that the two are one, "
            "and it would be read twice.",
            advice=f"Write {company}={source} to follow it under another name as well, which reads it once, "
            f"or {followed}={board} to move it there.",
        )


def _filters(filters: Filters | None) -> TitleFilters | None:
    return None if filters is None else TitleFilters.of(filters.include, filters.exclude)


def _failed(item: UpsertItem | DeleteItem, error: JobwireError) -> ItemAnswer:
    source = item.source if isinstance(item, UpsertItem) else None
    return ItemAnswer(op=item.op, company_name=item.company_name, source=source, success=False, error=str(error))
