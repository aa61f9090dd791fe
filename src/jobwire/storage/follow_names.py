"""Under which names a person follows boards, and which titles each of these keeps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import UserId
from jobwire.domain.words import finds, words
from jobwire.storage.tables import follows


@dataclass(frozen=True, slots=True)
class FollowNames:
    """A person's names for boards with the filters of each, by board id. Titles are matched here, nowhere in SQL."""

    of_board: Mapping[int, Sequence[tuple[str, TitleFilters]]] = field(default_factory=dict[int, Any])

    def for_title(self, board_id: int, title: str) -> str | None:
        """The first name whose filters keep this title."""
        return next((name for name, filters in self.of_board[board_id] if filters.keeps(title)), None)

    def all_for_title(self, board_id: int, title: str | None) -> tuple[str, ...]:
        """All names whose filters keep this title, which may be None for a board of `unfiltered`."""
        return tuple(name for name, filters in self.of_board[board_id] if title is None or filters.keeps(title))

    def only(self, companies: Collection[str]) -> "FollowNames":
        """These names alone; all of them where there are none."""
        if not companies:
            return self
        some = {
            board: [(name, filters) for name, filters in names if name in companies]
            for board, names in self.of_board.items()
        }
        return FollowNames({board: names for board, names in some.items() if names})

    @property
    def unfiltered(self) -> list[int]:
        """The boards of which every name keeps every title."""
        return [
            board
            for board, names in self.of_board.items()
            if not any(filters.include or filters.exclude for _, filters in names)
        ]

    def boards_named(self, *sought: str) -> list[int]:
        """The boards with a name of which one of these begins a word."""
        return [
            board
            for board, names in self.of_board.items()
            if any(finds(one, word) for name, _ in names for word in _words(name) for one in sought)
        ]

    @property
    def words(self) -> set[str]:
        """The words of all names."""
        return {word for names in self.of_board.values() for name, _ in names for word in _words(name)}


@lru_cache(4096)
def _words(name: str) -> frozenset[str]:
    return frozenset(words(name))


async def read_names(connection: AsyncConnection, user: UserId) -> FollowNames:
    """Read all of a person's."""
    query = (
        select(follows.c.board_id, follows.c.company, follows.c.include, follows.c.exclude)
        .where(follows.c.user_id == user)
        .order_by(follows.c.company)
    )
    of_board: dict[int, list[tuple[str, TitleFilters]]] = {}
    for row in await connection.execute(query):
        filters = TitleFilters(tuple(row.include), tuple(row.exclude))
        of_board.setdefault(row.board_id, []).append((row.company, filters))
    return FollowNames(of_board)
