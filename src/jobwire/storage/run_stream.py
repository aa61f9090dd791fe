"""Reads runs for the stream: a run's row and what changed behind a version, from one snapshot."""

from collections.abc import Collection, Mapping

from sqlalchemy import text

from jobwire.domain.errors import NotFound
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, UserId, Version
from jobwire.progress.ports import LOG_LINES, CompanyRow, JobRow, LogRow, RunDelta
from jobwire.storage.database import Database

_STATUSES = {str(status): status for status in JobStatus}
_COMPANY_STATUSES = {str(status): status for status in CompanyStatus}


class RunStream:
    """The stream's reader of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owner(self, run_id: RunId) -> UserId | None:
        """Whose run it is; None when there is no such run."""
        async with self._database.begin() as connection:
            return (await connection.execute(_OWNER, {"run": run_id})).scalar_one_or_none()

    async def read(self, run_id: RunId, after: Version, log_after: int = 0) -> RunDelta:
        """The run, its companies and jobs with `version > after`, and its last lines with `seq > log_after`.

        Raise `NotFound`.
        """
        newer = {"run": run_id, "after": after, "log_after": log_after, "lines": LOG_LINES}
        async with self._database.begin() as connection:
            await connection.execute(_ONE_SNAPSHOT)
            run = (await connection.execute(_RUN, newer)).one_or_none()
            if run is None:
                raise NotFound("There is no such run.")
            jobs = (await connection.execute(_JOBS, newer)).all()
        return RunDelta(
            status=RunStatus(run.status),
            version=run.version,
            version_ms=run.version_ms,
            created_ms=run.created_ms,
            status_version=run.status_version,
            listed_version=run.listed_version,
            companies=[
                CompanyRow(company, _COMPANY_STATUSES[status], reason, version)
                for company, status, reason, version in run.companies
            ],
            jobs=[
                JobRow(company, key, title, _STATUSES[status], version, added)
                for company, key, title, status, version, added in jobs
            ],
            log=[LogRow(*line) for line in run.log],
        )

    async def versions(self, run_ids: Collection[RunId]) -> Mapping[RunId, Version]:
        """Which versions these runs are at."""
        async with self._database.begin() as connection:
            rows = await connection.execute(_VERSIONS, {"runs": list(run_ids)})
            return {RunId(row.id): Version(row.version) for row in rows}


_ONE_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_OWNER = text("SELECT user_id FROM runs WHERE id = :run")
# Companies and lines come within the run's row: three round trips less for each read. Lines are written under the run's
# lock, so their `seq` grows with their version, and the primary key finds the new ones.
_RUN = text("""
    SELECT status, version, status_version, listed_version,
           CAST(floor(extract(epoch FROM version_at) * 1000) AS bigint) AS version_ms,
           CAST(floor(extract(epoch FROM created_at) * 1000) AS bigint) AS created_ms,
           (SELECT coalesce(json_agg(json_build_array(company, status, reason, version) ORDER BY position), '[]')
            FROM run_companies c WHERE c.run_id = runs.id AND c.version > :after) AS companies,
           (SELECT coalesce(json_agg(json_build_array(
                       seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), level, company,
                       external_id, message, version) ORDER BY seq), '[]')
            FROM (SELECT * FROM run_logs
                  WHERE run_id = :run AND seq > :log_after AND version IS NOT NULL
                  ORDER BY seq DESC LIMIT :lines) line) AS log
    FROM runs WHERE id = :run
""")
_JOBS = text("""
    SELECT company, external_id, title, status, version, added_version
    FROM run_jobs WHERE run_id = :run AND version > :after ORDER BY version
""")
_VERSIONS = text("SELECT id, version FROM runs WHERE id = ANY (CAST(:runs AS bigint[]))")
