"""Questions that people keep, and the keys of their feeds: of a key only the digest is kept."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from jobwire.domain.errors import InvalidInput, NotFound
from jobwire.domain.openings import OpeningFilter, SavedSearch
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.tables import saved_searches

MOST: Final = 100
"""Searches that one person may keep."""


class SavedSearches:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, user: UserId) -> Sequence[SavedSearch]:
        """All of a person's, by name."""
        query = select(saved_searches).where(saved_searches.c.user_id == user).order_by(saved_searches.c.name)
        async with self._database.connect() as connection:
            return [_search(row) for row in await connection.execute(query)]

    async def save(self, user: UserId, name: str, wanted: OpeningFilter) -> str:
        """Keep one, in the place of an older one with this name; answer its feed's key. Raise `InvalidInput`."""
        known = await self.all(user)
        if len(known) >= MOST and name not in {one.name for one in known}:
            raise InvalidInput(f"There are {MOST} saved searches.", advice="Delete one first.")
        key = secrets.token_urlsafe(32)
        values = {"wanted": msgspec.to_builtins(wanted), "feed_digest": _digest(key)}
        statement = (
            insert(saved_searches)
            .values(user_id=user, name=name, **values)
            .on_conflict_do_update(index_elements=["user_id", "name"], set_=values)
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)
        return key

    async def delete(self, user: UserId, search_id: int) -> None:
        """Forget one; its feed ends. Raise `NotFound`."""
        query = delete(saved_searches).where(saved_searches.c.user_id == user, saved_searches.c.id == search_id)
        async with self._database.begin() as connection:
            if (await connection.execute(query)).rowcount == 0:
                raise NotFound("There is no such saved search.")

    async def of_feed(self, key: str) -> SavedSearch | None:
        """The one with this feed."""
        query = select(saved_searches).where(saved_searches.c.feed_digest == _digest(key))
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _search(row)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _search(row: Row[*tuple[Any, ...]]) -> SavedSearch:
    return SavedSearch(
        search_id=row.id,
        user_id=UserId(row.user_id),
        name=row.name,
        wanted=msgspec.convert(row.wanted, OpeningFilter),
        created_at=row.created_at,
    )
