"""Lines of the list of postings."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.openings import Mark, OpeningLine
from jobwire.domain.postings import EmploymentType, Salary, Workplace
from jobwire.domain.runs import UserId
from jobwire.storage.marks import marks_of
from jobwire.storage.tables import postings

LINE: Final = (
    postings.c.id,
    postings.c.title,
    postings.c.location,
    postings.c.workplace,
    postings.c.employment_type,
    postings.c.department,
    postings.c.posted_on,
    postings.c.closes_on,
    postings.c.country,
    postings.c.language,
    postings.c.salary,
    postings.c.url,
    postings.c.first_seen_at,
    postings.c.gone_at,
)


async def read_lines(connection: AsyncConnection, user: UserId, kept: Mapping[int, str]) -> list[OpeningLine]:
    """Read postings (id: the name that they are listed under), in this order, without those deleted meanwhile."""
    if not kept:
        return []
    rows = await connection.execute(select(*LINE, marks_of(user)).where(postings.c.id.in_(kept)))
    by_id = {row.id: row for row in rows}
    return [as_line(by_id[posting_id], company) for posting_id, company in kept.items() if posting_id in by_id]


def as_line(row: Row[*tuple[Any, ...]], company: str) -> OpeningLine:
    """Make a line of a row with the columns of `LINE` and `marks_of`."""
    return OpeningLine(
        posting_id=row.id,
        company=company,
        title=row.title,
        location=row.location,
        workplace=None if row.workplace is None else Workplace(row.workplace),
        employment_type=None if row.employment_type is None else EmploymentType(row.employment_type),
        department=row.department,
        posted_on=row.posted_on,
        closes_on=row.closes_on,
        country=row.country,
        language=row.language,
        salary=None if row.salary is None else msgspec.convert(row.salary, Salary),
        url=row.url,
        first_seen_at=row.first_seen_at,
        gone_at=row.gone_at,
        marks=frozenset(map(Mark, row.marks)),
    )
