"""The postings that concern a person: those of the boards that they follow."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Row,
    cast,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import NotFound
from jobwire.domain.filters import TitleFilters
from jobwire.domain.openings import OpeningDetail, OpeningFilter, OpeningKey, OpeningLine, Presence
from jobwire.domain.pages import Page
from jobwire.domain.postings import EmploymentType, Salary, Workplace
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.tables import boards, follows, postings, run_jobs, runs

_BATCH: Final = 1000
"""Titles looked at in the first go; each further one takes four times as many: every query sorts anew."""
_MAX_BATCH: Final = 32 * _BATCH
_PAUSE_EVERY: Final = 1000
"""Titles matched before others get the event loop: well under 10 ms."""
_MAX_WORDS: Final = 20


class PostingReads:
    """Reads postings. A posting that several follows share is listed once, under the first name that keeps it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(
        self, user: UserId, wanted: OpeningFilter, *, after: OpeningKey | None, limit: int
    ) -> Page[OpeningLine]:
        """Postings whose titles the person's filters keep, newest first, behind `after`."""
        async with self._database.connect() as connection:
            names = await _names(connection, user, wanted.company)
            kept: dict[int, str] = {}
            async for posting_id, company in _kept(connection, names, _conditions(wanted, names), after):
                kept[posting_id] = company
                if len(kept) > limit:
                    break
            lines = await _lines(connection, kept)
        return Page(lines[:limit], more=len(lines) > limit)

    async def one(self, user: UserId, posting_id: int) -> OpeningDetail:
        """One posting of a followed board or of a job of one's own runs. Raise `NotFound`."""
        async with self._database.connect() as connection:
            row = (await connection.execute(_detail(user, posting_id))).one_or_none()
        if row is None:
            raise NotFound("There is no such posting.")
        return OpeningDetail(
            line=_line(row, row.company),
            external_id=row.external_id,
            board=BoardRef(row.system, row.slug),
            locations=tuple(row.locations),
            description=row.description,
            gone_reason=row.gone_reason,
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """Under which names a person follows boards, and what each of these keeps; by board id."""

    of_board: Mapping[int, Sequence[tuple[str, TitleFilters]]] = field(default_factory=dict[int, Any])

    def for_title(self, board_id: int, title: str) -> str | None:
        """The first name whose filters keep this title."""
        return next((name for name, filters in self.of_board[board_id] if filters.keeps(title)), None)

    def boards_named(self, word: str) -> list[int]:
        """The boards with a name that holds this word."""
        sought = word.casefold()
        return [board for board, names in self.of_board.items() if any(sought in name.casefold() for name, _ in names)]


async def _names(connection: AsyncConnection, user: UserId, company: str | None) -> _Names:
    query = (
        select(follows.c.board_id, follows.c.company, follows.c.include, follows.c.exclude)
        .where(follows.c.user_id == user)
        .order_by(follows.c.company)
    )
    if company is not None:
        query = query.where(follows.c.company == company)
    of_board: dict[int, list[tuple[str, TitleFilters]]] = {}
    for row in await connection.execute(query):
        filters = TitleFilters(tuple(row.include), tuple(row.exclude))
        of_board.setdefault(row.board_id, []).append((row.company, filters))
    return _Names(of_board)


def _day() -> ColumnElement[Any]:
    """`OpeningKey.day`, as an immutable expression: an index can hold it."""
    first_seen = cast(func.timezone("UTC", postings.c.first_seen_at, type_=DateTime()), Date)
    return func.coalesce(postings.c.posted_on, first_seen)


def _conditions(wanted: OpeningFilter, names: _Names) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [postings.c.board_id.in_(names.of_board)]
    if wanted.presence is not Presence.ALL:
        live = postings.c.gone_listing.is_(None)
        conditions.append(live if wanted.presence is Presence.LIVE else ~live)
    if wanted.remote is not None:
        is_remote = postings.c.workplace == str(Workplace.REMOTE)
        conditions.append(is_remote if wanted.remote else ~is_remote)
    conditions.extend(_holds(word, names) for word in wanted.query.split()[:_MAX_WORDS])
    return conditions


def _holds(word: str, names: _Names) -> ColumnElement[bool]:
    columns = (postings.c.title, postings.c.location, postings.c.department, postings.c.description)
    return or_(
        postings.c.board_id.in_(names.boards_named(word)),
        *(column.icontains(word, autoescape=True) for column in columns),
    )


async def _kept(
    connection: AsyncConnection, names: _Names, conditions: Sequence[ColumnElement[bool]], after: OpeningKey | None
) -> AsyncIterator[tuple[int, str]]:
    """Ids and names of the wanted postings, in the list's order; titles are matched here, and nowhere in SQL."""
    key = tuple_(_day(), postings.c.id)
    titles = (
        select(postings.c.id, postings.c.board_id, postings.c.title, _day().label("day"))
        .where(*conditions)
        .order_by(_day().desc(), postings.c.id.desc())
    )
    place, batch = after, _BATCH
    while True:
        query = titles if place is None else titles.where(key < tuple_(*place))
        rows = (await connection.execute(query.limit(batch))).all()
        for number, row in enumerate(rows, 1):
            if (company := names.for_title(row.board_id, row.title)) is not None:
                yield row.id, company
            if number % _PAUSE_EVERY == 0:
                await asyncio.sleep(0)
        if len(rows) < batch:
            return
        place, batch = OpeningKey(rows[-1].day, rows[-1].id), min(batch * 4, _MAX_BATCH)


async def _lines(connection: AsyncConnection, kept: Mapping[int, str]) -> list[OpeningLine]:
    if not kept:
        return []
    rows = await connection.execute(select(*_LINE).where(postings.c.id.in_(kept)))
    by_id = {row.id: row for row in rows}
    return [_line(by_id[posting_id], company) for posting_id, company in kept.items() if posting_id in by_id]


_LINE: Final = (
    postings.c.id,
    postings.c.title,
    postings.c.location,
    postings.c.workplace,
    postings.c.employment_type,
    postings.c.department,
    postings.c.posted_on,
    postings.c.salary,
    postings.c.url,
    postings.c.first_seen_at,
    postings.c.gone_at,
)


def _detail(user: UserId, posting_id: int) -> Any:
    followed_as = (
        select(follows.c.company)
        .where(follows.c.user_id == user, follows.c.board_id == postings.c.board_id)
        .order_by(follows.c.company)
        .limit(1)
        .correlate(postings)
        .scalar_subquery()
    )
    was_in_run_as = (
        select(run_jobs.c.company)
        .join(runs, runs.c.id == run_jobs.c.run_id)
        .where(runs.c.user_id == user, run_jobs.c.posting_id == postings.c.id)
        .order_by(run_jobs.c.run_id.desc(), run_jobs.c.company)
        .limit(1)
        .correlate(postings)
        .scalar_subquery()
    )
    company = func.coalesce(followed_as, was_in_run_as)
    return (
        select(
            *_LINE,
            company.label("company"),
            postings.c.external_id,
            postings.c.locations,
            postings.c.description,
            postings.c.gone_reason,
            boards.c.system,
            boards.c.slug,
        )
        .join(boards, boards.c.id == postings.c.board_id)
        .where(postings.c.id == posting_id, company.is_not(None))
    )


def _line(row: Row[*tuple[Any, ...]], company: str) -> OpeningLine:
    return OpeningLine(
        posting_id=row.id,
        company=company,
        title=row.title,
        location=row.location,
        workplace=None if row.workplace is None else Workplace(row.workplace),
        employment_type=None if row.employment_type is None else EmploymentType(row.employment_type),
        department=row.department,
        posted_on=row.posted_on,
        salary=None if row.salary is None else msgspec.convert(row.salary, Salary),
        url=row.url,
        first_seen_at=row.first_seen_at,
        gone_at=row.gone_at,
    )
