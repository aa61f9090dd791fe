"""A person's runs, to read. Every statement is bound to the person: somebody else's run is not there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import NotFound
from jobwire.domain.filters import TitleFilters
from jobwire.domain.history import CHANGED, JobFilter, LogLevel, LogLine, RunCompany, RunJob, RunSummary
from jobwire.domain.pages import Page
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import TERMINAL_RUN_STATUSES, CompanyStatus, JobStatus, RunId, RunStatus, UserId, Version
from jobwire.storage.database import Database
from jobwire.storage.tables import postings, run_companies, run_jobs, run_logs, runs

_ACTIVE = [str(status) for status in RunStatus if status not in TERMINAL_RUN_STATUSES]


class RunReads:
    """Reads runs and what belongs to them. `limit`s are counts of rows, and at least 1."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, user: UserId) -> RunId | None:
        """The run that is active, if any."""
        query = select(runs.c.id).where(runs.c.user_id == user, runs.c.status.in_(_ACTIVE))
        async with self._database.connect() as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        return None if found is None else RunId(found)

    async def require(self, user: UserId, run: RunId) -> None:
        """Return when this is a run of the person's. Raise `NotFound`."""
        async with self._database.connect() as connection:
            await _require(connection, user, run)

    async def summary(self, user: UserId, run: RunId) -> RunSummary:
        """One run as a whole. Raise `NotFound`."""
        query = _summaries(user).where(runs.c.id == run)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("There is no such run.")
        return _summary(row)

    async def recent(self, user: UserId, *, before: int | None, limit: int) -> Page[RunSummary]:
        """Runs, newest first, with an id below `before`."""
        query = _summaries(user).order_by(runs.c.id.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(runs.c.id < before)
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        return _page([_summary(row) for row in rows], limit)

    async def companies(self, user: UserId, run: RunId) -> Sequence[RunCompany]:
        """The run's companies, in the order that they were asked for. Raise `NotFound`."""
        counts = (
            select(run_jobs.c.company, *_BY_STATUS)
            .where(run_jobs.c.run_id == _own(user, run))
            .group_by(run_jobs.c.company, run_jobs.c.status)
            .subquery()
        )
        by_company = select(counts.c.company, _tally(counts).label("tally")).group_by(counts.c.company).subquery()
        query = (
            select(run_companies, by_company.c.tally)
            .outerjoin(by_company, by_company.c.company == run_companies.c.company)
            .where(run_companies.c.run_id == _own(user, run))
            .order_by(run_companies.c.position)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                await _require(connection, user, run)
        return [_company(row) for row in rows]

    async def jobs(
        self, user: UserId, run: RunId, wanted: JobFilter, *, after: JobKey | None, limit: int
    ) -> Page[RunJob]:
        """The run's jobs by company and external_id, behind `after`. Raise `NotFound`."""
        query = (
            select(run_jobs, postings.c.url)
            .outerjoin(postings, postings.c.id == run_jobs.c.posting_id)
            .where(run_jobs.c.run_id == _own(user, run), *_conditions(wanted))
            .order_by(run_jobs.c.company, run_jobs.c.external_id)
            .limit(limit + 1)
        )
        if after is not None:
            query = query.where(tuple_(run_jobs.c.company, run_jobs.c.external_id) > tuple_(*after))
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                await _require(connection, user, run)
        return _page([_job(row) for row in rows], limit)

    async def locations(self, user: UserId, run: RunId, keys: Sequence[JobKey]) -> Mapping[JobKey, str]:
        """Where these jobs of the run are, as far as it has them. Raise `NotFound`."""
        wanted = {"run": run, "companies": [key.company for key in keys], "ids": [key.external_id for key in keys]}
        async with self._database.connect() as connection:
            await _require(connection, user, run)
            rows = await connection.execute(_LOCATIONS, wanted)
            return {JobKey(row.company, row.external_id): row.location for row in rows}

    async def logs(self, user: UserId, run: RunId, *, after: int, limit: int) -> Page[LogLine]:
        """The run's log lines with `seq > after`, in order. Raise `NotFound`."""
        query = (
            select(run_logs)
            .where(run_logs.c.run_id == _own(user, run), run_logs.c.seq > after)
            .order_by(run_logs.c.seq)
            .limit(limit + 1)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                await _require(connection, user, run)
        return _page([_log_line(row) for row in rows], limit)


_LOCATIONS = text("""
    SELECT company, external_id, j.location
    FROM unnest(CAST(:companies AS text[]), CAST(:ids AS text[])) AS wanted (company, external_id)
    JOIN run_jobs j USING (company, external_id)
    WHERE j.run_id = :run
""")


def _own(user: UserId, run: RunId) -> ColumnElement[int | None]:
    """The run's id if it is this user's, else null: which no row has."""
    return select(runs.c.id).where(runs.c.id == run, runs.c.user_id == user).scalar_subquery()


async def _require(connection: AsyncConnection, user: UserId, run: RunId) -> None:
    """Tell an empty answer from a run that is not there."""
    if (await connection.execute(select(_own(user, run)))).scalar_one() is None:
        raise NotFound("There is no such run.")


def _summaries(user: UserId) -> Select[Any]:
    """Runs with their counts, in one statement: so all of it is of one moment."""
    by_status = (
        select(*_BY_STATUS)
        .where(run_jobs.c.run_id == runs.c.id)
        .group_by(run_jobs.c.status)
        .correlate(runs)
        .subquery()
        .lateral()
    )
    tally = select(_tally(by_status)).scalar_subquery()
    companies = select(func.count()).select_from(run_companies).where(run_companies.c.run_id == runs.c.id)
    failed = companies.where(run_companies.c.status == CompanyStatus.ERROR)
    retries = runs.alias("retries")
    retried_in = select(func.max(retries.c.id)).where(retries.c.retry_of == runs.c.id)
    return select(
        runs,
        tally.label("tally"),
        companies.scalar_subquery().label("companies"),
        failed.scalar_subquery().label("failed_companies"),
        retried_in.scalar_subquery().label("retried_in"),
    ).where(runs.c.user_id == user)


def _conditions(wanted: JobFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        conditions.append(run_jobs.c.status.in_([str(status) for status in wanted.statuses]))
    if wanted.company is not None:
        conditions.append(run_jobs.c.company == wanted.company)
    if wanted.external_id is not None:
        conditions.append(run_jobs.c.external_id == wanted.external_id)
    return conditions


def _page(items: Sequence[Any], limit: int) -> Page[Any]:
    return Page(items[:limit], more=len(items) > limit)


_IS_CHANGED = (run_jobs.c.status == JobStatus.READY) & run_jobs.c.reason.startswith(CHANGED)
_BY_STATUS = (
    run_jobs.c.status,
    func.count().label("jobs"),
    func.count().filter(_IS_CHANGED).label("changed"),
)
"""To select from a run's jobs in groups of one status."""


def _tally(by_status: FromClause) -> ColumnElement[Any]:
    """What `_BY_STATUS` found, in one value: so that the jobs are gone through once."""
    return func.jsonb_build_object(
        "counts",
        func.jsonb_object_agg(by_status.c.status, by_status.c.jobs),
        "changed",
        func.sum(by_status.c.changed),
    )


def _counts(tally: Mapping[str, Any] | None) -> dict[JobStatus, int]:
    """Order them as a job goes through them."""
    found: Mapping[str, int] = (tally or {}).get("counts") or {}
    return {status: found[status] for status in JobStatus if status in found}


def _changed(tally: Mapping[str, Any] | None) -> int:
    return (tally or {}).get("changed") or 0


def _summary(row: Row[Any]) -> RunSummary:
    return RunSummary(
        run_id=RunId(row.id),
        status=RunStatus(row.status),
        version=Version(row.version),
        counts=_counts(row.tally),
        changed_jobs=_changed(row.tally),
        companies=row.companies,
        failed_companies=row.failed_companies,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error_message=row.error_message,
        retry_of=row.retry_of and RunId(row.retry_of),
        retried_in=row.retried_in and RunId(row.retried_in),
    )


def _company(row: Row[Any]) -> RunCompany:
    return RunCompany(
        company=row.company,
        board=BoardRef(row.system, row.slug),
        filters=TitleFilters(tuple(row.include), tuple(row.exclude)),
        status=CompanyStatus(row.status),
        reason=row.reason,
        began_at=row.began_at,
        settled_at=row.settled_at,
        counts=_counts(row.tally),
        changed_jobs=_changed(row.tally),
    )


def _job(row: Row[Any]) -> RunJob:
    return RunJob(
        company=row.company,
        external_id=row.external_id,
        title=row.title,
        location=row.location,
        status=JobStatus(row.status),
        reason=row.reason,
        attempt=row.attempt,
        posting_id=row.posting_id,
        url=row.url,
    )


def _log_line(row: Row[Any]) -> LogLine:
    return LogLine(
        seq=row.seq,
        at=row.at,
        level=LogLevel(row.level),
        company=row.company,
        external_id=row.external_id,
        message=row.message,
    )
