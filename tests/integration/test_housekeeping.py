"""What has had its time goes, and nothing else."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from jobwire.storage.database import Database
from jobwire.storage.housekeeping import RUNS_AT_ONCE, Housekeeping
from jobwire.storage.tables import orders, run_logs, runs, sign_in_codes
from jobwire.storage.users import Users

NOW = datetime.now(UTC)


async def count(database: Database, table) -> int:
    async with database.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def test_old_runs_go_with_all_their_rows_and_young_and_active_ones_stay(database: Database):
    user = await Users(database).ensure("a@example.com")
    old = [{"user_id": user, "status": "finished", "finished_at": NOW - timedelta(days=91)}] * (RUNS_AT_ONCE + 1)
    young = {"user_id": user, "status": "finished", "finished_at": NOW - timedelta(days=89)}
    active = {"user_id": user, "status": "ingesting", "finished_at": None}
    async with database.begin() as connection:
        ids = (
            (await connection.execute(insert(runs).values([*old, young, active]).returning(runs.c.id))).scalars().all()
        )
        for run in ids:
            await connection.execute(insert(run_logs).values(run_id=run, level="info", message="x"))
    assert await Housekeeping(database, keep_runs_days=90).clean() == RUNS_AT_ONCE + 1
    async with database.connect() as connection:
        assert (await connection.execute(select(runs.c.id).order_by(runs.c.id))).scalars().all() == sorted(ids)[-2:]
    assert await count(database, run_logs) == 2


async def test_stale_orders_and_codes_go(database: Database):
    user = await Users(database).ensure("a@example.com")
    async with database.begin() as connection:
        for hours in (0, 2):
            await connection.execute(
                insert(orders).values(user_id=user, subject="x", created_at=NOW - timedelta(hours=hours))
            )
            await connection.execute(
                insert(sign_in_codes).values(
                    digest=bytes([hours]) * 32, user_id=user, expires_at=NOW + timedelta(hours=1 - hours)
                )
            )
    await Housekeeping(database, keep_runs_days=90).clean()
    assert await count(database, orders) == 1
    assert await count(database, sign_in_codes) == 1
