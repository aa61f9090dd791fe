"""The ledger: the only writer of run state.

Its rules (ARCHITECTURE §2) live here: a change of a run first gives it a new version under the run's row lock, rows
that the change touches carry that version, statuses only go forward within an attempt, and the end is looked for in a
later statement of the same transaction. Notifications leave after the commit, by `announce`.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.companies import BoardRef, Follow
from jobwire.domain.errors import Conflict, NotFound, RunActive, RunEnded
from jobwire.domain.filters import TitleFilters
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, UserId, Version
from jobwire.domain.standing import Pause
from jobwire.domain.stays import Stay
from jobwire.domain.strikes import Strikes
from jobwire.ingest.own_keys import OwnKey
from jobwire.ingest.ports.runs import Claim, LogLine, OpenJob, RunCompany, UnlistedJob
from jobwire.storage.database import Database
from jobwire.storage.paces import read_pauses
from jobwire.storage.postings import PostingWrites
from jobwire.storage.retrying import RetryWrites
from jobwire.storage.run_change import RunChange, insert_logs

Announce = Callable[[RunId, Version], None]

CLAIM_LIMIT = 5_000
"""Open jobs of a company that one slice takes at most: more than it can fetch in its time."""


class Ledger:
    """Opens units of work and tells of what they changed."""

    def __init__(self, database: Database, announce: Announce) -> None:
        self._database = database
        self._announce = announce

    @asynccontextmanager
    async def unit(self) -> AsyncGenerator["Unit"]:
        """Open a unit of work: one transaction, announced after its commit."""
        async with self._database.begin() as connection:
            unit = Unit(connection)
            yield unit
        for change in unit.changes:
            self._announce(change.run_id, change.version)

    async def claim(self, run_id: RunId, host: str) -> Claim:
        """What is open of a run at a host. Raise `RunEnded`."""
        async with self._database.begin() as connection:
            run = (await connection.execute(_RUN, {"run": run_id})).mappings().one_or_none()
            if run is None or RunStatus(run["status"]).is_terminal:
                raise RunEnded(run_id)
            companies = (await connection.execute(_OPEN_COMPANIES, {"run": run_id, "host": host})).mappings().all()
            rows = (
                await connection.execute(_OPEN_JOBS, {"run": run_id, "host": host, "limit": CLAIM_LIMIT})
            ).mappings()
            jobs: dict[str, list[OpenJob]] = {}
            unlisted: dict[str, list[UnlistedJob]] = {}
            for row in rows:
                if row["posting_id"] is None:
                    unlisted.setdefault(row["company"], []).append(_unlisted_job(row))
                else:
                    jobs.setdefault(row["company"], []).append(_open_job(row))
            return Claim(
                run_id=run_id,
                created_at=run["created_at"],
                at=run["at"],
                companies=[_run_company(row) for row in companies],
                jobs=jobs,
                unlisted=unlisted,
            )

    async def is_open(self, run_id: RunId, host: str) -> bool:
        """Whether anything is left to do of a run at a host.

        As with a run's end (rule 4), asked in a later statement under the run's lock: a retry that found this slice
        still waiting, and queued no other, is seen.
        """
        async with self._database.begin() as connection:
            await connection.execute(_SHARE_RUN, {"run": run_id})
            return (await connection.execute(_IS_OPEN, {"run": run_id, "host": host})).scalar_one()

    async def is_wanted(self, host: str) -> bool:
        """Whether anybody else waits for a host now, as the queue's own table tells."""
        async with self._database.begin() as connection:
            return (await connection.execute(_IS_WANTED, {"host": host})).scalar_one()

    async def log_late(self, run_id: RunId, lines: Sequence[LogLine]) -> None:
        """Keep log lines that come after the end: without a version, and without the run's lock."""
        async with self._database.begin() as connection:
            await insert_logs(connection, run_id, None, lines)


class Unit:
    """A unit of work on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.postings = PostingWrites(connection)
        self.retries = RetryWrites(connection)
        self.changes: list[RunChange] = []

    async def driver_connection(self) -> Any:
        """The psycopg connection: what the queue writes through it commits with this unit."""
        return (await self.connection.get_raw_connection()).driver_connection

    async def change(self, run_id: RunId) -> RunChange:
        """Lock the run and give it a new version (rule 1). Raise `RunEnded`."""
        row = (await self.connection.execute(_CHANGE, {"run": run_id})).one_or_none()
        if row is None:
            raise RunEnded(run_id)
        change = RunChange(self.connection, run_id, Version(row.version), RunStatus(row.status))
        self.changes.append(change)
        return change

    async def pauses(self, hosts: Collection[str]) -> Sequence[Pause]:
        """The pauses that some of these hosts want just now."""
        return await read_pauses(self.connection, hosts)

    async def owned_run(self, user_id: UserId, run_id: RunId) -> None:
        """Raise `NotFound` unless the run is this user's."""
        if (await self.connection.execute(_OWNED, {"run": run_id, "user": user_id})).one_or_none() is None:
            raise NotFound("There is no such run.")

    async def create_run(
        self, user_id: UserId, companies: Sequence[tuple[Follow, str]], *, named: bool = False
    ) -> RunId:
        """Create a run of these companies (with their hosts); `named` where the person has named each of them.

        Raise `RunActive` (rule 5: the index decides), or `Conflict` where they are no longer followed as given.
        """
        run_id = await self._insert_run(user_id)
        made = await self.connection.execute(
            _CREATE_COMPANIES,
            {
                "run": run_id,
                "user": user_id,
                "companies": [follow.company for follow, _ in companies],
                "systems": [follow.board.system for follow, _ in companies],
                "slugs": [follow.board.slug for follow, _ in companies],
                "hosts": [host for _, host in companies],
                "named": named,
            },
        )
        if made.rowcount < len(companies):
            raise Conflict("Your companies have changed at this very moment.", advice="Start the run again.")
        return run_id

    async def _insert_run(self, user_id: UserId) -> RunId:
        while True:
            # Looked for first: an attempt to insert uses up a number, and people count their runs.
            active = (await self.connection.execute(_ACTIVE_RUN, {"user": user_id})).scalar_one_or_none()
            if active is not None:
                raise RunActive(active)
            made = (await self.connection.execute(_CREATE_RUN, {"user": user_id})).scalar_one_or_none()
            if made is not None:
                return RunId(made)
            # Somebody was faster: at the next look that run is there, or has ended.


def _run_company(row: RowMapping) -> RunCompany:
    return RunCompany(
        run_id=RunId(row["run_id"]),
        company=row["company"],
        board_id=row["board_id"],
        board=BoardRef(row["system"], row["slug"]),
        filters=TitleFilters(tuple(row["include"]), tuple(row["exclude"])),
        taken=row["taken"],
        takings=row["takings"],
        untold={int(posting_id): told for posting_id, told in row["untold"].items()},
        taken_filters=TitleFilters(tuple(row["taken_include"]), tuple(row["taken_exclude"])),
        listing=row["listing"],
        status=CompanyStatus(row["status"]),
        reason=row["reason"],
        failures=row["failures"],
        named=row["named"],
    )


def _open_job(row: RowMapping) -> OpenJob:
    return OpenJob(
        key=JobKey(row["company"], row["external_id"]),
        attempt=row["attempt"],
        status=JobStatus(row["status"]),
        title=row["title"],
        posting_id=row["posting_id"],
        source_hash=row["source_hash"],
        stay=Stay(row["first_listing"], row["absences"], row["gone_listing"]),
        checked_listing=row["checked_listing"],
        part_listings=row["part_listings"],
        was_kept=row["was_kept"],
        own_key=OwnKey(row["change_key"], row["read_key"], row["key_read_at"]),
        strikes=None if row["strikes"] is None else msgspec.convert(row["strikes"], Strikes),
    )


def _unlisted_job(row: RowMapping) -> UnlistedJob:
    return UnlistedJob(JobKey(row["company"], row["external_id"]), row["attempt"])


_RUN = text("SELECT status, created_at, clock_timestamp() AS at FROM runs WHERE id = :run")
_OWNED = text("SELECT 1 FROM runs WHERE id = :run AND user_id = :user")
_ACTIVE_RUN = text("SELECT id FROM runs WHERE user_id = :user AND status IN ('pending', 'initializing', 'ingesting')")
_CREATE_RUN = text("""
    INSERT INTO runs (user_id) VALUES (:user)
    ON CONFLICT (user_id) WHERE status IN ('pending', 'initializing', 'ingesting') DO NOTHING
    RETURNING id
""")
_CREATE_COMPANIES = text("""
    INSERT INTO run_companies (run_id, company, position, follow_id, board_id, system, slug, host, include, exclude,
                               taken, taken_include, taken_exclude, named)
    SELECT :run, f.company, wanted.position, f.id, f.board_id, b.system, b.slug, wanted.host, f.include, f.exclude,
           f.taken, f.taken_include, f.taken_exclude, :named
    FROM unnest(CAST(:companies AS text[]), CAST(:systems AS text[]), CAST(:slugs AS text[]), CAST(:hosts AS text[]))
         WITH ORDINALITY AS wanted (company, system, slug, host, position)
    JOIN follows f ON f.user_id = :user AND f.company = wanted.company
    JOIN boards b ON b.id = f.board_id AND b.system = wanted.system AND b.slug = wanted.slug
""")
_CHANGE = text("""
    UPDATE runs SET version = version + 1, version_at = clock_timestamp()
    WHERE id = :run AND status IN ('pending', 'initializing', 'ingesting')
    RETURNING version, status
""")
_OPEN_COMPANIES = text("""
    SELECT c.*, coalesce(f.takings, '{}') AS takings, coalesce(f.untold, '{}') AS untold
    FROM run_companies c LEFT JOIN follows f ON f.id = c.follow_id AND f.board_id = c.board_id
    WHERE c.run_id = :run AND c.host = :host AND c.status IN ('waiting', 'listing', 'crawling')
    ORDER BY c.position
""")
# So many of each company, so that a large one does not keep the others waiting.
_OPEN_JOBS = text("""
    SELECT j.company, j.external_id, j.attempt, j.status, j.title, j.posting_id, j.was_kept,
           p.source_hash, p.first_listing, p.absences, p.gone_listing, p.checked_listing,
           p.part_listings, p.change_key, p.read_key, p.key_read_at, p.strikes
    FROM run_companies c
    CROSS JOIN LATERAL (
        SELECT * FROM run_jobs
        WHERE run_id = c.run_id AND company = c.company AND status IN ('pending', 'crawling')
        ORDER BY external_id
        LIMIT :limit
    ) j
    LEFT JOIN postings p ON p.id = j.posting_id
    WHERE c.run_id = :run AND c.host = :host AND c.status = 'crawling'
    ORDER BY c.position, j.external_id
""")
_SHARE_RUN = text("SELECT FROM runs WHERE id = :run FOR SHARE")
_IS_OPEN = text("""
    SELECT EXISTS (
        SELECT FROM run_companies c JOIN runs r ON r.id = c.run_id
        WHERE r.id = :run AND r.status IN ('pending', 'initializing', 'ingesting')
          AND c.host = :host AND c.status IN ('waiting', 'listing', 'crawling')
    )
""")
_IS_WANTED = text("""
    SELECT EXISTS (SELECT FROM procrastinate_jobs
                   WHERE status = 'todo' AND lock = :host AND coalesce(scheduled_at <= now(), true))
""")
