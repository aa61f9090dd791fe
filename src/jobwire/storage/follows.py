"""The companies that a person follows."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import ColumnElement, case, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.companies import BoardRef, Follow
from jobwire.domain.errors import FollowedElsewhere, InvalidInput
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.tables import boards, follows, run_companies, users

MOST: Final = 5_000
"""Companies that one person may follow."""
MOST_NAMES: Final = 50
"""Names under which they may follow one board, each with title filters of its own."""


class Follows:
    """The table of follows. Each method is one transaction, and is right whatever runs at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, user: UserId) -> Sequence[Follow]:
        """All of a person's follows, by company name."""
        query = (
            select(
                follows.c.company,
                follows.c.include,
                follows.c.exclude,
                follows.c.enabled,
                boards.c.system,
                boards.c.slug,
            )
            .join(boards, boards.c.id == follows.c.board_id)
            .where(follows.c.user_id == user)
            .order_by(follows.c.company)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Follow(
                company=row.company,
                board=BoardRef(row.system, row.slug),
                filters=TitleFilters(tuple(row.include), tuple(row.exclude)),
                enabled=row.enabled,
            )
            for row in rows
        ]

    async def upsert(
        self,
        user: UserId,
        company: str,
        *,
        board: BoardRef | None = None,
        filters: TitleFilters | None = None,
        enabled: bool | None = None,
        move: bool = False,
    ) -> BoardRef:
        """Add or change one; what is None stays as it is.

        Raise `InvalidInput` for a new one without a board, or beyond `MOST` and `MOST_NAMES`.

        A known one goes to another board only with `move`: raise `FollowedElsewhere`. There it begins anew: nothing
        of that board has been taken in yet.
        """
        changes = _changes(filters, enabled=enabled)
        async with self._database.begin() as connection:
            if board is None:
                return await _change(connection, user, company, changes)
            # First: whoever counts what there is must be alone with it, and boards are locked behind
            await connection.execute(select(users.c.id).where(users.c.id == user).with_for_update(key_share=True))
            board_id = await _ensure_board(connection, board)
            await _check_room(connection, user, company, board_id, move=move)
            if not await _add_or_change(connection, user, company, board_id, changes, move=move):
                known = await _board_of(connection, user, company)
                raise FollowedElsewhere(company, str(known), str(board))
        return board

    async def at_own_host(self, user: UserId, company: str, board: BoardRef) -> tuple[str, BoardRef] | None:
        """Another company of theirs at what is this very board, one of the two by the company's own host.

        That is known where all live postings of the one have their addresses at the host that the other is named by.
        None where it is not, or where they follow this board as it is written already.
        """
        async with self._database.connect() as connection:
            values = {"user": user, "company": company, "system": board.system, "slug": board.slug}
            row = (await connection.execute(_AT_OWN_HOST, values)).first()
        return None if row is None else (row.company, BoardRef(board.system, row.slug))

    async def delete(self, user: UserId, company: str) -> None:
        """Stop following. Runs keep their history. Raise `InvalidInput` when it is not followed."""
        mine = (follows.c.user_id == user) & (follows.c.company == company)
        forget = (
            update(run_companies)
            .values(follow_id=None)
            .where(run_companies.c.follow_id == select(follows.c.id).where(mine).scalar_subquery())
        )
        gone = delete(follows).where(mine)
        async with self._database.begin() as connection:
            # Before the follow, as a run that settles locks them: the foreign key's own way round could deadlock.
            await connection.execute(forget)
            if (await connection.execute(gone)).rowcount == 0:
                raise not_followed(company)


def not_followed(company: str) -> InvalidInput:
    """Say that a company is not followed."""
    return InvalidInput(
        f"You do not follow {company}.",
        advice="Look up its exact name (`GET /api/ingestion/settings`).",
    )


def _changes(filters: TitleFilters | None, *, enabled: bool | None) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if filters is not None:
        changes |= {"include": list(filters.include), "exclude": list(filters.exclude)}
    if enabled is not None:
        changes["enabled"] = enabled
    return changes


async def _ensure_board(connection: AsyncConnection, board: BoardRef) -> int:
    values = asdict(board)
    found = select(boards.c.id).where(boards.c.system == board.system, boards.c.slug == board.slug)
    if (known := (await connection.execute(found)).scalar_one_or_none()) is not None:
        return known
    await connection.execute(upsert(boards).values(**values).on_conflict_do_nothing())
    return (await connection.execute(found)).scalar_one()


async def _check_room(connection: AsyncConnection, user: UserId, company: str, board_id: int, *, move: bool) -> None:
    """Raise `InvalidInput` where this company would be one too many. What is there is never too much."""
    others = follows.c.company != company
    at_board = follows.c.board_id == board_id
    query = select(
        func.count().filter(others).label("companies"),
        func.count().filter(others & at_board).label("names"),
        func.count().filter(~others).label("known"),
        func.count().filter(~others & at_board).label("stays"),
    ).where(follows.c.user_id == user)
    count = (await connection.execute(query)).one()
    if not count.known and count.companies >= MOST:
        raise InvalidInput(
            f"You follow {count.companies:,} companies, and nobody may follow more than {MOST:,}.",
            advice='Stop following some first (`POST /api/ingestion/settings {"op": "delete"}`).',
        )
    comes = not count.known or (move and not count.stays)
    if comes and count.names >= MOST_NAMES:
        raise InvalidInput(
            f"You follow that board under {count.names} names, and more than {MOST_NAMES} are not possible.",
            advice="Change the filters of one of them, or stop following one first.",
        )


async def _add_or_change(
    connection: AsyncConnection, user: UserId, company: str, board_id: int, changes: dict[str, Any], *, move: bool
) -> bool:
    """Return whether it was done: not when the company is at another board, and may not move."""
    added = upsert(follows).values(user_id=user, company=company, board_id=board_id, **changes)
    same_board = follows.c.board_id == added.excluded.board_id

    def if_same(kept: ColumnElement[Any], anew: ColumnElement[Any]) -> ColumnElement[Any]:
        return case((same_board, kept), else_=anew)

    done = await connection.execute(
        added.on_conflict_do_update(
            index_elements=[follows.c.user_id, follows.c.company],
            where=None if move else same_board,
            set_={
                "board_id": board_id,
                "taken": if_same(follows.c.taken, literal(0)),
                "untold": if_same(follows.c.untold, literal({}, follows.c.untold.type)),
                "takings": if_same(follows.c.takings, literal([], follows.c.takings.type)),
                "taken_include": if_same(follows.c.taken_include, literal([], follows.c.taken_include.type)),
                "taken_exclude": if_same(follows.c.taken_exclude, literal([], follows.c.taken_include.type)),
                **changes,
            },
        ).returning(follows.c.id)
    )
    return done.first() is not None


async def _change(connection: AsyncConnection, user: UserId, company: str, changes: dict[str, Any]) -> BoardRef:
    mine = (follows.c.user_id == user) & (follows.c.company == company)
    # With nothing to change, the name alone is written over itself: the row is found, or not
    changed = update(follows).where(mine).values(**(changes or {"company": follows.c.company}))
    if (await connection.execute(changed)).rowcount == 0:
        raise InvalidInput(
            f"You do not follow {company} yet.", advice="Say where its board is: source, for example greenhouse:stripe."
        )
    return await _board_of(connection, user, company)


async def _board_of(connection: AsyncConnection, user: UserId, company: str) -> BoardRef:
    mine = (follows.c.user_id == user) & (follows.c.company == company)
    query = select(boards.c.system, boards.c.slug).join(follows, follows.c.board_id == boards.c.id).where(mine)
    row = (await connection.execute(query)).one()
    return BoardRef(row.system, row.slug)


# One posting says which host it could be; only then all are looked at.
_AT_OWN_HOST: Final = text("""
    WITH theirs AS (
        SELECT f.company, b.id, b.slug
        FROM follows f JOIN boards b ON b.id = f.board_id
        WHERE f.user_id = :user AND b.system = :system
    ), pairs AS (
        SELECT company, slug, id AS named, CAST(:slug AS text) AS host FROM theirs
        UNION ALL
        SELECT theirs.company, theirs.slug, b.id, theirs.slug
        FROM theirs, boards b WHERE b.system = :system AND b.slug = :slug
    )
    SELECT company, slug
    FROM pairs
    CROSS JOIN LATERAL (
        SELECT url FROM postings WHERE board_id = pairs.named AND gone_listing IS NULL LIMIT 1
    ) AS one
    WHERE company <> :company AND slug <> :slug AND lower(split_part(one.url, '/', 3)) = host
      AND NOT EXISTS (SELECT FROM theirs WHERE slug = :slug)
      AND NOT EXISTS (SELECT FROM postings
                      WHERE board_id = pairs.named AND gone_listing IS NULL AND lower(split_part(url, '/', 3)) <> host)
    ORDER BY company
    LIMIT 1
""")
