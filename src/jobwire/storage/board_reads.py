"""How the boards of a person's companies are doing: reads only."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, func, select, true

from jobwire.domain.board_health import BoardHealth, LastRun
from jobwire.domain.companies import BoardRef
from jobwire.domain.runs import CompanyStatus, RunId, RunStatus, UserId
from jobwire.storage.database import Database
from jobwire.storage.tables import boards, follows, postings, run_companies, runs


class BoardReads:
    """It fits `api.ports.BoardReads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def health(self, user: UserId) -> Sequence[BoardHealth]:
        """The boards of all companies that the person follows, by company name."""
        last = (
            select(run_companies.c.run_id, run_companies.c.status, run_companies.c.reason, runs.c.status.label("run"))
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
                boards.c.listing_began_at,
                boards.c.last_counts[1].label("openings"),
                live.label("postings"),
                last.c.run_id,
                last.c.status,
                last.c.reason,
                last.c.run,
            )
            .join(boards, boards.c.id == follows.c.board_id)
            .outerjoin(last, true())
            .where(follows.c.user_id == user)
            .order_by(follows.c.company)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return [_health(row) for row in rows]


def _health(row: RowMapping) -> BoardHealth:
    return BoardHealth(
        company=row["company"],
        board=BoardRef(row["system"], row["slug"]),
        enabled=row["enabled"],
        listed_at=row["listing_began_at"],
        openings=row["openings"],
        postings=row["postings"],
        last_run=None if row["run_id"] is None else _last_run(row),
    )


def _last_run(row: RowMapping) -> LastRun:
    return LastRun(
        run_id=RunId(row["run_id"]),
        status=CompanyStatus(row["status"]),
        reason=row["reason"],
        ended=RunStatus(row["run"]).is_terminal,
    )
