"""The postings that concern a person: those of the boards that they follow."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.aside import aside
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import NotFound
from jobwire.domain.openings import (
    Event,
    Happening,
    OpeningDetail,
    OpeningFacets,
    OpeningFilter,
    OpeningKey,
    OpeningLine,
    OpeningPage,
    SameJob,
)
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.follow_names import FollowNames
from jobwire.storage.marks import marks_of
from jobwire.storage.opening_conditions import day
from jobwire.storage.opening_facets import read_facets
from jobwire.storage.opening_lines import LINE, as_line, read_lines
from jobwire.storage.opening_names import name_for
from jobwire.storage.opening_questions import Asked, look_up, names_asked
from jobwire.storage.search_words import read_question
from jobwire.storage.tables import boards, postings
from jobwire.storage.turns import Turns

_BATCH: Final = 1000
"""Titles looked at in the first go; each further one takes four times as many: every query sorts anew."""
_MAX_BATCH: Final = 32 * _BATCH
_AT_ONCE: Final = 200
"""Titles matched in one go: the list may end with any of them."""
_TURNS: Final = 3
"""Lists and counts that one person's titles are matched for at a time: a page asks for two at once."""
_MOST_PLACES: Final = 50
_Order = tuple[ColumnElement[Any], ColumnElement[int]]
_BY_DAY: Final[_Order] = (day(), postings.c.id)
_BY_FIRST_SEEN: Final[_Order] = (postings.c.first_seen_at, postings.c.id)
"""Orders of lists, by what goes down in them."""


class PostingReads:
    """Reads postings. A posting that several follows share is listed once, under the first name that keeps it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Turns(_TURNS)

    async def search(self, user: UserId, wanted: OpeningFilter, *, after: OpeningKey | None, limit: int) -> OpeningPage:
        """Postings whose titles the person's filters keep, newest first, behind `after`. Raise `NotFound`."""
        return await self._page(user, wanted, _BY_DAY, after, limit)

    async def newest(self, user: UserId, wanted: OpeningFilter, *, limit: int) -> Sequence[OpeningLine]:
        """Those of `search` that Jobwire saw first last, whatever day they state. Raise `NotFound`."""
        return (await self._page(user, wanted, _BY_FIRST_SEEN, None, limit)).items

    async def _page(
        self, user: UserId, wanted: OpeningFilter, order: _Order, after: OpeningKey | None, limit: int
    ) -> OpeningPage:
        async with self._turns.of(user), self._database.snapshot() as connection:
            asked = await look_up(connection, user, wanted)
            kept: dict[int, str] = {}
            async for posting_id, company in _kept(connection, user, asked, order, after):
                kept[posting_id] = company
                if len(kept) > limit:
                    break
            lines = await read_lines(connection, user, kept)
        return OpeningPage(lines[:limit], more=len(lines) > limit, instead=asked.question.instead)

    async def facets(self, user: UserId, wanted: OpeningFilter) -> OpeningFacets:
        """Count what `search` lists, and what it would list with other values. Raise `NotFound`."""
        async with self._turns.of(user), self._database.snapshot() as connection:
            names = await names_asked(connection, user, wanted)
            question = await read_question(connection, wanted.query, names)
            return await read_facets(connection, user, wanted, names, question)

    async def one(self, user: UserId, posting_id: int) -> OpeningDetail:
        """One posting of a followed board or of a job of one's own runs. Raise `NotFound`."""
        async with self._database.connect() as connection:
            row = (await connection.execute(_detail(user, posting_id))).one_or_none()
            if row is None:
                raise NotFound("There is no such posting.")
            others = (await connection.execute(_same_job(user, row))).all() if row.job_key is not None else ()
        return OpeningDetail(
            line=as_line(row, row.company),
            external_id=row.external_id,
            board=BoardRef(row.system, row.slug),
            locations=tuple(row.locations),
            description=row.description,
            requirements=row.requirements,
            gone_reason=row.gone_reason,
            history=_history(row),
            also=[SameJob(posting_id=other.id, location=other.location, url=other.url) for other in others],
        )


async def _kept(
    connection: AsyncConnection, user: UserId, asked: Asked, order: _Order, after: OpeningKey | None
) -> AsyncIterator[tuple[int, str]]:
    """Ids and names of the wanted postings, in this order; titles are matched here, and nowhere in SQL."""
    at, _ = order
    titles = (
        select(postings.c.id, postings.c.board_id, postings.c.listed_title, at.label("at"))
        .where(*asked.conditions)
        .order_by(*(part.desc() for part in order))
    )
    place: tuple[Any, int] | None = after
    batch = _BATCH
    while True:
        query = titles if place is None else titles.where(tuple_(*order) < tuple_(*place))
        rows = (await connection.execute(query.limit(batch))).all()
        for start in range(0, len(rows), _AT_ONCE):
            for one in await aside(user, partial(_named, asked.names, rows[start : start + _AT_ONCE])):
                yield one
        if len(rows) < batch:
            return
        place, batch = (rows[-1].at, rows[-1].id), min(batch * 4, _MAX_BATCH)


def _named(names: FollowNames, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[tuple[int, str]]:
    named = ((row.id, names.for_title(row.board_id, row.listed_title)) for row in rows)
    return [(posting_id, company) for posting_id, company in named if company is not None]


def _history(row: Row[*tuple[Any, ...]]) -> list[Event]:
    first = Event(at=row.first_seen_at, kind=Happening.FIRST_SEEN)
    return [first, *msgspec.convert(row.past, list[Event])]


def _detail(user: UserId, posting_id: int) -> Any:
    company = name_for(user)
    return (
        select(
            *LINE,
            marks_of(user),
            company.label("company"),
            postings.c.external_id,
            postings.c.locations,
            postings.c.description,
            postings.c.requirements,
            postings.c.gone_reason,
            postings.c.past,
            postings.c.board_id,
            postings.c.job_key,
            boards.c.system,
            boards.c.slug,
        )
        .join(boards, boards.c.id == postings.c.board_id)
        .where(postings.c.id == posting_id, company.is_not(None))
    )


def _same_job(user: UserId, row: Row[*tuple[Any, ...]]) -> Any:
    """The other live postings of a posting's job that this person may see."""
    return (
        select(postings.c.id, postings.c.location, postings.c.url)
        .where(
            postings.c.board_id == row.board_id,
            postings.c.job_key == row.job_key,
            postings.c.id != row.id,
            postings.c.gone_listing.is_(None),
            name_for(user).is_not(None),
        )
        .order_by(postings.c.location, postings.c.id)
        .limit(_MOST_PLACES)
    )
