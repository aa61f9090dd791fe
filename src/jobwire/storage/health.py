"""Whether the database answers."""

import asyncio
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from jobwire.domain.errors import Unavailable
from jobwire.storage.database import Database

_PATIENCE_S: Final = 5


class DatabaseHealth:
    """Asks the database the shortest question there is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self) -> None:
        """Return when it answers within five seconds. Raise `Unavailable`."""
        try:
            async with asyncio.timeout(_PATIENCE_S), self._database.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, TimeoutError) as error:
            raise Unavailable(f"The database does not answer ({type(error).__name__}).") from error
