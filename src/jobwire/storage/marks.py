"""What people have noted on postings: each sees their own notes and nobody else's."""

from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from jobwire.domain.errors import NotFound
from jobwire.domain.openings import Mark, OpeningFilter
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.opening_names import name_for
from jobwire.storage.tables import posting_marks, postings


class Marks:
    """Makes marks and takes them away; a second time changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, user: UserId, posting_id: int, mark: Mark) -> None:
        """Mark a posting that the person can read. Raise `NotFound`."""
        row = {"user_id": user, "posting_id": posting_id, "mark": mark}
        async with self._database.begin() as connection:
            name = name_for(user)
            # Locked: else it could be deleted before its mark is there, which would be an error of the database
            found = (
                select(postings.c.id)
                .where(postings.c.id == posting_id, name.is_not(None))
                .with_for_update(key_share=True, read=True)
            )
            if (await connection.execute(found)).first() is None:
                raise NotFound("There is no such posting.")
            await connection.execute(insert(posting_marks).values(row).on_conflict_do_nothing())

    async def remove(self, user: UserId, posting_id: int, mark: Mark) -> None:
        """Take a mark away, also from a posting that the person can no longer read."""
        query = delete(posting_marks).where(*_of(user, mark), posting_marks.c.posting_id == posting_id)
        async with self._database.begin() as connection:
            await connection.execute(query)


def marked(wanted: OpeningFilter, user: UserId) -> list[ColumnElement[bool]]:
    """Which marks of the person's are wanted on a posting, as conditions on its row."""
    conditions: list[ColumnElement[bool]] = []
    for mark, is_wanted in ((Mark.SEEN, wanted.seen), (Mark.STARRED, wanted.starred)):
        if is_wanted is not None:
            has = postings.c.id.in_(select(posting_marks.c.posting_id).where(*_of(user, mark)))
            conditions.append(has if is_wanted else ~has)
    return conditions


def marks_of(user: UserId) -> ColumnElement[Any]:
    """The person's marks on a posting, as a column of its row."""
    query = select(posting_marks.c.mark).where(
        posting_marks.c.user_id == user, posting_marks.c.posting_id == postings.c.id
    )
    return func.array(query.correlate(postings).scalar_subquery()).label("marks")


def _of(user: UserId, mark: Mark) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return posting_marks.c.user_id == user, posting_marks.c.mark == str(mark)
