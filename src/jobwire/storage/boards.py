"""The boards that a person follows, and their answers to what these raise."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Row, func, select, text, true

from jobwire.domain.boards import BoardState, LastRun
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import Conflict
from jobwire.domain.expiry import Doubt, Reply
from jobwire.domain.runs import CompanyStatus, RunId, RunStatus, UserId
from jobwire.domain.setbacks import Setback
from jobwire.storage.database import Database
from jobwire.storage.follows import not_followed
from jobwire.storage.tables import boards, follows, postings, run_companies, runs


class Boards:
    """Reads boards and answers their questions. It fits `api.ports.Boards`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, user: UserId) -> Sequence[BoardState]:
        """The boards that this person follows, by the names that they have for them."""
        last = (
            select(
                run_companies.c.run_id,
                run_companies.c.status,
                run_companies.c.reason,
                run_companies.c.host,
                runs.c.status.label("run"),
            )
            .join(runs, runs.c.id == run_companies.c.run_id)
            .where(run_companies.c.follow_id == follows.c.id)
            .order_by(run_companies.c.run_id.desc())
            .limit(1)
            .lateral("last")
        )
        live = (
            select(func.count())
            .where(postings.c.board_id == boards.c.id, postings.c.gone_listing.is_(None))
            .scalar_subquery()
        )
        query = (
            select(
                follows.c.company,
                follows.c.enabled,
                boards.c.system,
                boards.c.slug,
                boards.c.listing,
                boards.c.listing_began_at,
                boards.c.last_counts,
                boards.c.doubt,
                boards.c.setback,
                live.label("postings"),
                last.c.run_id,
                last.c.status,
                last.c.reason,
                last.c.host,
                last.c.run,
            )
            .join(boards, boards.c.id == follows.c.board_id)
            .outerjoin(last, true())
            .where(follows.c.user_id == user)
            .order_by(follows.c.company)
        )
        async with self._database.connect() as connection:
            return [_state(row) for row in await connection.execute(query)]

    async def reply(self, user: UserId, company: str, reply: Reply) -> Doubt:
        """Say whether the postings that a board lacks are gone, or are kept; return the question with that reply.

        Raise `InvalidInput` when the company is not followed, `Conflict` when its board raises no question.
        """
        values = {"user": user, "company": company, "reply": reply}
        async with self._database.begin() as connection:
            row = (await connection.execute(_REPLY, values)).one_or_none()
        if row is None:
            raise not_followed(company)
        if row.doubt is None:
            raise Conflict(
                f"There is nothing to answer: the last listing of {company} raised no question.",
                advice="Look up the open ones (`GET /api/ingestion/boards`).",
            )
        return msgspec.convert(row.doubt, Doubt)


def _state(row: Row[*tuple[Any, ...]]) -> BoardState:
    return BoardState(
        company=row.company,
        board=BoardRef(row.system, row.slug),
        enabled=row.enabled,
        listings=row.listing,
        listed_at=row.listing_began_at,
        last_counts=tuple(row.last_counts),
        postings=row.postings,
        doubt=None if row.doubt is None else msgspec.convert(row.doubt, Doubt),
        setback=None if row.setback is None else msgspec.convert(row.setback, Setback),
        last_run=None if row.run_id is None else _last_run(row),
    )


def _last_run(row: Row[*tuple[Any, ...]]) -> LastRun:
    return LastRun(
        run_id=RunId(row.run_id),
        status=CompanyStatus(row.status),
        reason=row.reason,
        ended=RunStatus(row.run).is_terminal,
        host=row.host,
    )


_REPLY: Final = text("""
    UPDATE boards b SET doubt = jsonb_set(b.doubt, '{reply}', to_jsonb(CAST(:reply AS text)))
    FROM follows f
    WHERE f.user_id = :user AND f.company = :company AND b.id = f.board_id
    RETURNING b.doubt
""")
