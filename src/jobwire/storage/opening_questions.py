"""What a person's question comes to, once their names for boards and its words are looked up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.errors import NotFound
from jobwire.domain.openings import OpeningFilter
from jobwire.domain.runs import RunId, UserId
from jobwire.storage.follow_names import FollowNames, read_names
from jobwire.storage.marks import marked
from jobwire.storage.opening_conditions import asked, chosen
from jobwire.storage.search_words import Question, read_question
from jobwire.storage.tables import runs


@dataclass(frozen=True, slots=True)
class Asked:
    """Wanted are the postings that meet the conditions and have a title that one of the names keeps."""

    names: FollowNames
    question: Question
    conditions: Sequence[ColumnElement[bool]]


async def look_up(connection: AsyncConnection, user: UserId, wanted: OpeningFilter) -> Asked:
    """Look up what is asked. Raise `NotFound` where the run that is asked for is not theirs."""
    names = await names_asked(connection, user, wanted)
    question = await read_question(connection, wanted.query, names)
    some = names.only(wanted.companies)
    return Asked(some, question, [*asked(wanted, some, question), *chosen(wanted), *marked(wanted, user)])


async def names_asked(connection: AsyncConnection, user: UserId, wanted: OpeningFilter) -> FollowNames:
    """All the person's names. Raise `NotFound` where the run that is asked for is not theirs."""
    if wanted.run is not None:
        await _require(connection, user, wanted.run)
    return await read_names(connection, user)


async def _require(connection: AsyncConnection, user: UserId, run: RunId) -> None:
    if (await connection.execute(select(runs.c.id).where(runs.c.id == run, runs.c.user_id == user))).first() is None:
        raise NotFound("There is no such run.")
