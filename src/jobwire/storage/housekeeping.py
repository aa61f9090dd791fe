"""What nobody needs any more goes."""

from typing import Final

from sqlalchemy import text

from jobwire.storage.database import Database

RUNS_AT_ONCE: Final = 20
"""A run may have 100,000 rows: few go in one transaction."""


class Housekeeping:
    """Deletes what has had its time. `keep_runs_days` counts from a run's end."""

    def __init__(self, database: Database, *, keep_runs_days: int) -> None:
        self._database = database
        self._keep_runs_days = keep_runs_days

    async def clean(self) -> int:
        """Delete old runs, orders for previews and sign-in codes; answer how many runs went."""
        async with self._database.begin() as connection:
            await connection.execute(_PREVIEWS)
            await connection.execute(_CODES)
        gone = 0
        while True:
            async with self._database.begin() as connection:
                result = await connection.execute(_RUNS, {"days": self._keep_runs_days, "most": RUNS_AT_ONCE})
            gone += result.rowcount
            if result.rowcount < RUNS_AT_ONCE:
                return gone


_PREVIEWS = text("DELETE FROM previews WHERE created_at < now() - interval '1 hour'")
_CODES = text("DELETE FROM sign_in_codes WHERE expires_at <= now()")
_RUNS = text("""
    DELETE FROM runs WHERE id IN (
        SELECT id FROM runs WHERE finished_at < now() - make_interval(days => :days) ORDER BY id LIMIT :most
    )
""")
