"""All postings that a question leaves, as they were at one moment, however long it takes to hand them on."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from sqlalchemy import Row, select, text

from jobwire.domain.aside import each_aside
from jobwire.domain.errors import Unavailable
from jobwire.domain.openings import OpeningFilter, OpeningLine
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.marks import marks_of
from jobwire.storage.opening_conditions import day
from jobwire.storage.opening_lines import LINE, as_line
from jobwire.storage.opening_questions import Asked, look_up
from jobwire.storage.tables import postings
from jobwire.storage.turns import Turns

PAGE: Final = 500
"""Postings read at once."""
AT_ONCE: Final = 3
"""Exports under way, of everybody: each holds a connection until it is closed."""
WAIT_S: Final = 30
"""So long an export waits for others to end."""


class Exports:
    """Reads them with a cursor in one transaction; a person has one export under way at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Turns(1)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def lines(self, user: UserId, wanted: OpeningFilter) -> AsyncGenerator[Sequence[OpeningLine]]:
        """What the list holds, in its order, in parts of which the first is empty. Raise `NotFound`, `Unavailable`.

        A connection is held from the first part on: whoever does not read to the end has to close the generator.
        """
        async with self._place(user), self._database.snapshot() as connection:
            asked = await look_up(connection, user, wanted)
            await connection.execute(_ALL_OF_IT)
            rows = await connection.stream(_query(user, asked), execution_options={"yield_per": PAGE})
            yield []  # all is well: nothing but the database can fail from here on
            async for page in rows.partitions():
                yield await _lines(user, asked, page)

    @asynccontextmanager
    async def _place(self, user: UserId) -> AsyncGenerator[None]:
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(WAIT_S):
                    await held.enter_async_context(self._turns.of(user))
                    await held.enter_async_context(self._places)
            except TimeoutError:
                raise Unavailable(
                    "Other exports are still under way.", advice="Try again when they are done."
                ) from None
            yield


async def _lines(user: UserId, asked: Asked, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[OpeningLine]:
    companies = await each_aside(user, lambda row: asked.names.for_title(row.board_id, row.listed_title), rows)
    return [as_line(row, company) for row, company in zip(rows, companies, strict=True) if company is not None]


def _query(user: UserId, asked: Asked) -> Any:
    return (
        select(*LINE, marks_of(user), postings.c.board_id, postings.c.listed_title)
        .where(*asked.conditions)
        .order_by(day().desc(), postings.c.id.desc())
    )


_ALL_OF_IT = text("SET LOCAL cursor_tuple_fraction = 1")
"""Else the plan is made for whoever reads the first tenth of a cursor."""
