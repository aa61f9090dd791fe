"""Retries, as the ledger writes them: failed jobs and companies of a run are opened again, or become a new run.

A unit first takes the lock of the run that it changes (rule 1). What is opened again carries that run's version, and a
job's next attempt (rule 3): a task that still works on the one before settles nothing of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.companies import Follow
from jobwire.domain.errors import Conflict
from jobwire.domain.retries import RetryWish
from jobwire.domain.runs import RunId


class RetryWrites:
    """The retries' part of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def strangers(self, run_id: RunId, wish: RetryWish) -> Sequence[str]:
        """What is wished for and is not in the run at all, whether it failed or not: each said in a few words."""
        wanted = _wanted(run_id, wish)
        companies = (await self._connection.execute(_STRANGE_COMPANIES, wanted)).scalars().all()
        jobs = await self._connection.execute(_STRANGE_JOBS, wanted)
        return [f"company {name}" for name in companies] + [f"job {job.external_id} of {job.company}" for job in jobs]

    async def failed_boards(self, run_id: RunId, wish: RetryWish) -> Sequence[str]:
        """The companies that are wished for and whose boards could not be listed, in the run's order."""
        return (await self._connection.execute(_FAILED_BOARDS, _wanted(run_id, wish))).scalars().all()

    async def reopen_jobs(self, run_id: RunId, wish: RetryWish) -> Mapping[str, int]:
        """Failed jobs become `pending` as a new attempt, and their companies `crawling`; answer how many by host.

        Their companies' failures in a row count from zero: the breaker closes again.
        """
        rows = await self._connection.execute(_REOPEN_JOBS, _wanted(run_id, wish))
        counts = {row.company: row.jobs for row in rows}
        hosts: dict[str, int] = {}
        if counts:
            companies = await self._connection.execute(_REOPEN_COMPANIES, {"run": run_id, "companies": list(counts)})
            for row in companies:
                hosts[row.host] = hosts.get(row.host, 0) + counts[row.company]
        return hosts

    async def reopen_boards(self, run_id: RunId, boards: Sequence[tuple[Follow, str]]) -> None:
        """Companies whose boards failed wait to be listed, each (with its host) as it is followed now, and as if named.

        Raise `Conflict` where they are no longer followed as given.
        """
        if not boards:
            return
        reopened = await self._connection.execute(
            _REOPEN_BOARDS,
            {
                "run": run_id,
                "companies": [follow.company for follow, _ in boards],
                "systems": [follow.board.system for follow, _ in boards],
                "slugs": [follow.board.slug for follow, _ in boards],
                "hosts": [host for _, host in boards],
            },
        )
        if reopened.rowcount < len(boards):
            raise Conflict("Your companies have changed at this very moment.", advice="Try again.")

    async def copy_jobs(self, run_id: RunId, of: RunId, wish: RetryWish) -> Mapping[str, int]:
        """Give a new run the failed jobs of an ended one, at the listings that it worked on; answer how many by host.

        Such a company is partial: it settles without moving what the person has taken in.
        """
        wanted = {**_wanted(of, wish), "new": run_id}
        await self._connection.execute(_MARK_RETRY, wanted)
        await self._connection.execute(_COPY_JOBS, wanted)
        await self._connection.execute(_COPY_COMPANIES, wanted)
        rows = await self._connection.execute(_COPIED, {"new": run_id})
        return {row.host: row.jobs for row in rows}


def _wanted(run_id: RunId, wish: RetryWish) -> dict[str, Any]:
    jobs = wish.jobs or ()
    return {
        "run": run_id,
        "everything": wish.is_everything,
        "companies": list(wish.companies or ()),
        "job_companies": [job.company for job in jobs],
        "job_ids": [job.external_id for job in jobs],
    }


_FAILED_JOBS = """
    j.run_id = :run AND j.status = 'error'
    AND (CAST(:everything AS bool) OR j.company = ANY (CAST(:companies AS text[]))
         OR (j.company, j.external_id) IN (
             SELECT * FROM unnest(CAST(:job_companies AS text[]), CAST(:job_ids AS text[]))))
"""
_STRANGE_COMPANIES = text("""
    SELECT name FROM unnest(CAST(:companies AS text[])) AS name
    WHERE NOT EXISTS (SELECT FROM run_companies c WHERE c.run_id = :run AND c.company = name)
""")
_STRANGE_JOBS = text("""
    SELECT company, external_id
    FROM unnest(CAST(:job_companies AS text[]), CAST(:job_ids AS text[])) AS wanted (company, external_id)
    WHERE NOT EXISTS (SELECT FROM run_jobs j WHERE j.run_id = :run AND j.company = wanted.company
                      AND j.external_id = wanted.external_id)
""")
_FAILED_BOARDS = text("""
    SELECT company FROM run_companies
    WHERE run_id = :run AND status = 'error'
      AND (CAST(:everything AS bool) OR company = ANY (CAST(:companies AS text[])))
    ORDER BY position
""")
_REOPEN_JOBS = text(f"""
    WITH reopened AS (
        UPDATE run_jobs j
        SET status = 'pending', reason = NULL, attempt = j.attempt + 1,
            version = (SELECT version FROM runs WHERE id = :run)
        WHERE {_FAILED_JOBS}
        RETURNING company
    )
    SELECT company, count(*) AS jobs FROM reopened GROUP BY company
""")  # noqa: S608 - a constant of this file
_REOPEN_COMPANIES = text("""
    UPDATE run_companies c
    SET status = 'crawling', failures = 0, settled_at = NULL, version = (SELECT version FROM runs WHERE id = :run)
    WHERE run_id = :run AND company = ANY (CAST(:companies AS text[]))
    RETURNING company, host
""")
_REOPEN_BOARDS = text("""
    UPDATE run_companies c
    SET status = 'waiting', reason = NULL, failures = 0, cut_short = 0, began_at = NULL, settled_at = NULL,
        named = true, version = (SELECT version FROM runs WHERE id = :run),
        follow_id = f.id, board_id = b.id, system = b.system, slug = b.slug, host = wanted.host,
        include = f.include, exclude = f.exclude, taken = f.taken, taken_include = f.taken_include,
        taken_exclude = f.taken_exclude
    FROM unnest(CAST(:companies AS text[]), CAST(:systems AS text[]), CAST(:slugs AS text[]), CAST(:hosts AS text[]))
         AS wanted (company, system, slug, host)
    JOIN runs r ON r.id = :run
    JOIN follows f ON f.user_id = r.user_id AND f.company = wanted.company
    JOIN boards b ON b.id = f.board_id AND b.system = wanted.system AND b.slug = wanted.slug
    WHERE c.run_id = :run AND c.company = wanted.company AND c.status = 'error'
""")
_MARK_RETRY = text("UPDATE runs SET retry_of = :run WHERE id = :new")
_COPY_JOBS = text(f"""
    INSERT INTO run_jobs (run_id, company, external_id, posting_id, title, location, attempt, was_kept,
                          version, added_version)
    SELECT :new, j.company, j.external_id, j.posting_id, j.title, j.location, j.attempt + 1, j.was_kept, 1, 1
    FROM run_jobs j WHERE {_FAILED_JOBS}
""")  # noqa: S608 - a constant of this file
_COPY_COMPANIES = text("""
    INSERT INTO run_companies (run_id, company, position, follow_id, board_id, system, slug, host, include, exclude,
                               taken, taken_include, taken_exclude, listing, partial, status, began_at)
    SELECT :new, c.company, c.position, c.follow_id, c.board_id, c.system, c.slug, c.host, c.include, c.exclude,
           c.taken, c.taken_include, c.taken_exclude, c.listing, true, 'crawling', clock_timestamp()
    FROM run_companies c
    WHERE c.run_id = :run AND c.company IN (SELECT company FROM run_jobs WHERE run_id = :new)
""")
_COPIED = text("""
    SELECT c.host, count(*) AS jobs FROM run_companies c
    JOIN run_jobs j ON j.run_id = c.run_id AND j.company = c.company
    WHERE c.run_id = :new GROUP BY c.host
""")
