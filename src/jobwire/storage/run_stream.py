"""Reads runs for the stream: a run's row and what changed behind a version, from one snapshot."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final

import msgspec
from sqlalchemy import text

from jobwire.domain.errors import NotFound
from jobwire.domain.runs import RunId, UserId, Version
from jobwire.progress.ports import LOG_LINES, RunDelta
from jobwire.storage.database import Database

_LONG: Final = 64 * 1024
"""A longer answer is read in a thread: the other runs' viewers shall not notice."""


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
        async with self._database.connect() as connection:
            # One statement sees one snapshot, and without a transaction around it, it is one round trip
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            found = (await alone.execute(_READ, newer)).scalar_one_or_none()
        if found is None:
            raise NotFound("There is no such run.")
        return await asyncio.to_thread(_delta, found) if len(found) > _LONG else _delta(found)

    async def versions(self, run_ids: Collection[RunId]) -> Mapping[RunId, Version]:
        """Which versions these runs are at."""
        async with self._database.begin() as connection:
            rows = await connection.execute(_VERSIONS, {"runs": list(run_ids)})
            return {RunId(row.id): Version(row.version) for row in rows}


_DELTA = msgspec.json.Decoder(RunDelta)


def _delta(found: str) -> RunDelta:
    return _DELTA.decode(found)


_OWNER = text("SELECT user_id FROM runs WHERE id = :run")
# PostgreSQL writes all of it as one JSON text, which is read into rows far quicker than as many rows of a result are.
# Lines are written under the run's lock, so their `seq` grows with their version: the primary key finds the new ones.
_READ = text("""
    SELECT CAST(json_build_object(
        'status', status, 'version', version, 'status_version', status_version, 'listed_version', listed_version,
        'version_ms', CAST(floor(extract(epoch FROM version_at) * 1000) AS bigint),
        'created_ms', CAST(floor(extract(epoch FROM created_at) * 1000) AS bigint),
        'companies', (
            SELECT coalesce(json_agg(json_build_array(company, status, reason, version) ORDER BY position), '[]')
            FROM run_companies c WHERE c.run_id = runs.id AND c.version > :after),
        'jobs', (
            SELECT coalesce(json_agg(json_build_array(company, external_id, title, status, version, added_version)
                                     ORDER BY version), '[]')
            FROM run_jobs WHERE run_id = :run AND version > :after),
        'log', (
            SELECT coalesce(json_agg(json_build_array(
                       seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), level, company,
                       external_id, message, version) ORDER BY seq), '[]')
            FROM (SELECT * FROM run_logs
                  WHERE run_id = :run AND seq > :log_after AND version IS NOT NULL
                  ORDER BY seq DESC LIMIT :lines) line)
    ) AS text)
    FROM runs WHERE id = :run
""")
_VERSIONS = text("SELECT id, version FROM runs WHERE id = ANY (CAST(:runs AS bigint[]))")
