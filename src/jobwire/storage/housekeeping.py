"""What nobody needs any more goes."""

from typing import Final

from sqlalchemy import text

from jobwire.domain.errors import Unavailable
from jobwire.logs import Log
from jobwire.storage.database import Database
from jobwire.storage.made_postings import MadePostings
from jobwire.storage.raw_pages import RawPages

RUNS_AT_ONCE: Final = 20
"""A run may have 100,000 rows: few go in one transaction."""

_log = Log(__name__)


class Attic:
    """Tidies what the boards sent: old sources go, except those of postings that are live."""

    def __init__(self, raw: RawPages, postings: MadePostings, *, keep_days: int) -> None:
        self._raw = raw
        self._postings = postings
        self._keep_days = keep_days

    async def tidy(self) -> None:
        """Do it, board by board. What fails is told of in the log, and waits for the next time."""
        for board in await self._postings.boards():
            try:
                await self._raw.tidy(board, await self._postings.live(board), days=self._keep_days)
            except Unavailable as error:
                _log.warning("raw.not_tidied", board=board, reason=error.message)
                return


class Housekeeping:
    """Deletes what has had its time. `keep_runs_days` counts from a run's end."""

    def __init__(self, database: Database, *, keep_runs_days: int, attic: Attic | None = None) -> None:
        self._database = database
        self._keep_runs_days = keep_runs_days
        self._attic = attic

    async def clean(self) -> int:
        """Delete old runs, orders and sign-in codes; answer how many runs went."""
        async with self._database.begin() as connection:
            await connection.execute(_ORDERS)
            await connection.execute(_CODES)
        gone = 0
        while True:
            async with self._database.begin() as connection:
                result = await connection.execute(_RUNS, {"days": self._keep_runs_days, "most": RUNS_AT_ONCE})
            gone += result.rowcount
            if result.rowcount < RUNS_AT_ONCE:
                break
        if self._attic is not None:  # last: a store may be slow, and the worker may live for a short run alone
            await self._attic.tidy()
        return gone


_ORDERS = text("DELETE FROM orders WHERE created_at < now() - interval '1 hour'")
_CODES = text("DELETE FROM sign_in_codes WHERE expires_at <= now()")
_RUNS = text("""
    DELETE FROM runs WHERE id IN (
        SELECT id FROM runs WHERE finished_at < now() - make_interval(days => :days) ORDER BY id LIMIT :most
    )
""")
