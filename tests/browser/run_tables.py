"""What the database says of a run, read directly."""

from sqlalchemy import text

from jobwire.storage.database import Database

Jobs = dict[tuple[str, str], str]
"""Statuses by (company, external id)."""


async def jobs_in_database(database: Database, run_id: int) -> Jobs:
    statement = text("SELECT company, external_id, status FROM run_jobs WHERE run_id = :run_id")
    async with database.connect() as connection:
        rows = await connection.execute(statement, {"run_id": run_id})
        return {(company, external_id): status for company, external_id, status in rows}


async def run_in_database(database: Database, run_id: int) -> tuple[str, int]:
    """Its status and version."""
    statement = text("SELECT status, version FROM runs WHERE id = :run_id")
    async with database.connect() as connection:
        status, version = (await connection.execute(statement, {"run_id": run_id})).one()
        return status, version
