"""Reads runs for the stream: a run's row and what changed behind a version, from one snapshot."""

from collections.abc import Collection, Mapping

from sqlalchemy import text

from jobwire.domain.errors import NotFound
from jobwire.domain.runs import JobStatus, RunId, RunStatus, UserId, Version
from jobwire.progress.ports import JobRow, RunDelta
from jobwire.storage.database import Database

_STATUSES = {str(status): status for status in JobStatus}


class RunStream:
    """The stream's reader of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owner(self, run_id: RunId) -> UserId | None:
        """Whose run it is; None when there is no such run."""
        async with self._database.begin() as connection:
            return (await connection.execute(_OWNER, {"run": run_id})).scalar_one_or_none()

    async def read(self, run_id: RunId, after: Version) -> RunDelta:
        """The run and its jobs with `version > after`. Raise `NotFound`."""
        async with self._database.begin() as connection:
            await connection.execute(_ONE_SNAPSHOT)
            run = (await connection.execute(_RUN, {"run": run_id})).one_or_none()
            if run is None:
                raise NotFound("There is no such run.")
            jobs = (await connection.execute(_JOBS, {"run": run_id, "after": after})).all()
        return RunDelta(
            status=RunStatus(run.status),
            version=run.version,
            version_ms=run.version_ms,
            created_ms=run.created_ms,
            status_version=run.status_version,
            listed_version=run.listed_version,
            companies=run.companies,
            jobs=[
                JobRow(company, key, title, _STATUSES[status], version, added)
                for company, key, title, status, version, added in jobs
            ],
        )

    async def versions(self, run_ids: Collection[RunId]) -> Mapping[RunId, Version]:
        """Which versions these runs are at."""
        async with self._database.begin() as connection:
            rows = await connection.execute(_VERSIONS, {"runs": list(run_ids)})
            return {RunId(row.id): Version(row.version) for row in rows}


_ONE_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_OWNER = text("SELECT user_id FROM runs WHERE id = :run")
_RUN = text("""
    SELECT status, version, status_version, listed_version,
           CAST(floor(extract(epoch FROM version_at) * 1000) AS bigint) AS version_ms,
           CAST(floor(extract(epoch FROM created_at) * 1000) AS bigint) AS created_ms,
           ARRAY(SELECT company FROM run_companies c WHERE c.run_id = runs.id ORDER BY position) AS companies
    FROM runs WHERE id = :run
""")
_JOBS = text("""
    SELECT company, external_id, title, status, version, added_version
    FROM run_jobs WHERE run_id = :run AND version > :after ORDER BY version
""")
_VERSIONS = text("SELECT id, version FROM runs WHERE id = ANY (CAST(:runs AS bigint[]))")
