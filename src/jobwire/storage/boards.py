"""The boards that a person follows, and their answers to what these raise."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select, text

from jobwire.domain.boards import BoardState
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import Conflict
from jobwire.domain.expiry import Doubt
from jobwire.domain.runs import UserId
from jobwire.domain.setbacks import Setback
from jobwire.storage.database import Database
from jobwire.storage.follows import not_followed
from jobwire.storage.tables import boards, follows


class Boards:
    """Reads boards and answers their questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, user: UserId) -> Sequence[BoardState]:
        """The boards that this person follows, by the names that they have for them."""
        query = (
            select(
                follows.c.company,
                boards.c.system,
                boards.c.slug,
                boards.c.listing,
                boards.c.last_counts,
                boards.c.doubt,
                boards.c.setback,
            )
            .join(boards, boards.c.id == follows.c.board_id)
            .where(follows.c.user_id == user)
            .order_by(follows.c.company)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            BoardState(
                company=row.company,
                board=BoardRef(row.system, row.slug),
                listings=row.listing,
                last_counts=tuple(row.last_counts),
                doubt=None if row.doubt is None else msgspec.convert(row.doubt, Doubt),
                setback=None if row.setback is None else msgspec.convert(row.setback, Setback),
            )
            for row in rows
        ]

    async def accept(self, user: UserId, company: str) -> Doubt:
        """Say that a board has really become so small, or is gone; answer what was asked.

        Raise `InvalidInput` when the company is not followed, `Conflict` when its board raises no question.
        """
        async with self._database.begin() as connection:
            row = (await connection.execute(_ACCEPT, {"user": user, "company": company})).one_or_none()
        if row is None:
            raise not_followed(company)
        if row.doubt is None:
            raise Conflict(
                f"There is nothing to accept: the last listing of {company} raised no question.",
                advice="`GET /api/ingestion/boards` shows the open ones.",
            )
        return msgspec.convert(row.doubt, Doubt)


_ACCEPT: Final = text("""
    UPDATE boards b SET doubt = jsonb_set(b.doubt, '{accepted}', 'true')
    FROM follows f
    WHERE f.user_id = :user AND f.company = :company AND b.id = f.board_id
    RETURNING b.doubt
""")
