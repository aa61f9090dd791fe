"""One change of one run: everything written here carries the run's new version, under the run's row lock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, RunStatus, Version
from jobwire.ingest.ports.postings import KnownPosting
from jobwire.ingest.ports.runs import LogLine, NewJob, Settlement
from jobwire.storage.json_rows import json_rows

TAKINGS: Final = 100
"""So many listings that a person took in are remembered for each company: they say what the person has seen."""


class RunChange:
    """Made by `Unit.change`, which holds the run's lock and made `version`."""

    def __init__(self, connection: AsyncConnection, run_id: RunId, version: Version, status: RunStatus) -> None:
        self.run_id = run_id
        self.version = version
        self.status = status
        self._connection = connection
        self._this = {"run": run_id, "version": version}
        self._touched: set[str] = set()
        """Companies that may have come to their end by this change: no other can have."""

    async def begin(self) -> None:
        """A pending run becomes `initializing`; any other stays as it is."""
        if self.status is RunStatus.PENDING:
            await self._set_status(RunStatus.INITIALIZING)

    async def mark_listing(self, companies: Sequence[str]) -> None:
        """Waiting companies become `listing`; others stay as they are."""
        if companies:
            await self._connection.execute(_MARK_LISTING, {**self._this, "companies": list(companies)})

    async def wait_for(self, host: str, reason: str | None) -> None:
        """Tell what the open companies of a host wait for; None where they go on."""
        await self._connection.execute(_WAIT_FOR, {**self._this, "host": host, "reason": reason})

    async def cut_short(self, company: str) -> int:
        """Count that a company's listing has to begin again; answer how often that was."""
        return (await self._connection.execute(_CUT_SHORT, {**self._this, "company": company})).scalar_one()

    async def fail_company(self, company: str, reason: str) -> bool:
        """A company whose board cannot be listed is settled as `error`. False where it had come further already."""
        result = await self._connection.execute(_FAIL_COMPANY, {**self._this, "company": company, "reason": reason})
        return result.rowcount > 0

    async def listed(self, companies: Mapping[str, tuple[int, Sequence[NewJob]]]) -> Collection[str]:
        """The companies' boards are listed: their jobs join the run, and they are `crawling` from now on.

        Each comes with its listing's number and its jobs. Answer those for which that is new.
        """
        if not companies:
            return ()
        listings = [listing for listing, _ in companies.values()]
        made = await self._connection.execute(
            _LISTED, {**self._this, "companies": list(companies), "listings": listings}
        )
        listed = made.scalars().all()
        self._touched.update(listed)
        if jobs := {company: companies[company][1] for company in listed if companies[company][1]}:
            await self._connection.execute(_ADD_JOBS, {**self._this, "jobs": msgspec.json.encode(jobs).decode()})
        return listed

    async def note_absent(self, companies: Mapping[str, Sequence[int]]) -> None:
        """Note the postings (by id) that companies' boards are thought to have, though their listings lack them."""
        for company, absent in companies.items():
            await self._connection.execute(_NOTE_ABSENT, {**self._this, "company": company, "absent": list(absent)})

    async def mark_crawling(self, jobs: Sequence[tuple[JobKey, int]]) -> None:
        """Pending jobs (key, attempt) become `crawling`; others stay as they are."""
        if jobs:
            rows = json_rows({**_key(key), "attempt": attempt} for key, attempt in jobs)
            await self._connection.execute(_MARK_CRAWLING, {**self._this, "jobs": rows})

    async def adopt(self, company: str, jobs: Mapping[str, KnownPosting]) -> None:
        """Tell open jobs (by external_id) that nothing was known of which postings they are about."""
        if jobs:
            rows = json_rows(
                {
                    "external_id": external_id,
                    "posting_id": posting.posting_id,
                    "title": posting.title,
                    "location": posting.location,
                }
                for external_id, posting in jobs.items()
            )
            await self._connection.execute(_ADOPT, {**self._this, "company": company, "jobs": rows})

    async def settle(self, settlements: Sequence[Settlement]) -> frozenset[JobKey]:
        """Give open jobs their terminal status (rule 3). Answer those that got one."""
        if not settlements:
            return frozenset()
        rows = json_rows(
            {**_key(one.key), "attempt": one.attempt, "status": one.status, "reason": one.reason} for one in settlements
        )
        made = await self._connection.execute(_SETTLE, {**self._this, "jobs": rows})
        settled = frozenset(JobKey(*row) for row in made)
        self._touched.update(key.company for key in settled)
        return settled

    async def settle_all(self, company: str, status: JobStatus, reason: str) -> int:
        """Settle every open job of a company; answer how many there were."""
        result = await self._connection.execute(
            _SETTLE_ALL, {**self._this, "company": company, "status": status, "reason": reason}
        )
        self._touched.add(company)
        return result.rowcount

    async def count_failures(self, company: str, failures: int) -> None:
        """Keep the number of failures in a row."""
        await self._connection.execute(_COUNT_FAILURES, {**self._this, "company": company, "failures": failures})

    async def log(self, lines: Sequence[LogLine]) -> None:
        """Write lines to the run's log."""
        await insert_logs(self._connection, self.run_id, self.version, lines)

    async def advance(self) -> Mapping[str, Mapping[JobStatus, int]]:
        """Settle the companies without open jobs, then move the run on as far as it has come (rule 4)."""
        counts = await self._take(await self._settle_companies())
        stand = (await self._connection.execute(_STAND, self._this)).one()
        if stand.open == 0:
            await self._finish(nothing_listed=stand.listed == 0)
        elif stand.unlisted == 0 and self.status is not RunStatus.INGESTING:
            await self._set_status(RunStatus.INGESTING)
        return counts

    async def _settle_companies(self) -> Sequence[str]:
        if not self._touched:
            return []
        touched = {**self._this, "companies": sorted(self._touched)}
        return (await self._connection.execute(_COMPANIES_DONE, touched)).scalars().all()

    async def _take(self, done: Sequence[str]) -> Mapping[str, Mapping[JobStatus, int]]:
        if not done:
            return {}
        companies = {**self._this, "companies": list(done)}
        counts: dict[str, dict[JobStatus, int]] = {company: {} for company in done}
        for row in await self._connection.execute(_TAKE, {**companies, "remembered": TAKINGS}):
            counts[row.company][JobStatus(row.status)] = row.jobs
        failed = [company for company, of in counts.items() if JobStatus.ERROR in of]
        await self._connection.execute(_NOTE_UNTOLD, {**companies, "failed": failed})
        return counts

    async def end(self, status: RunStatus, *, error_message: str | None = None) -> None:
        """Give the run a terminal status as it stands."""
        await self._set_status(status, error_message=error_message)

    async def _finish(self, *, nothing_listed: bool) -> None:
        if nothing_listed:
            await self.end(
                RunStatus.ERROR,
                error_message="No company's board could be listed: the log and the list of companies say why.",
            )
        else:
            await self.end(RunStatus.FINISHED)

    async def _set_status(self, status: RunStatus, *, error_message: str | None = None) -> None:
        await self._connection.execute(
            _SET_STATUS,
            {
                **self._this,
                "status": status,
                "listed": status.is_listed,
                "ended": status.is_terminal,
                "error_message": error_message,
            },
        )
        self.status = status


def _key(key: JobKey) -> dict[str, str]:
    return {"company": key.company, "external_id": key.external_id}


async def insert_logs(
    connection: AsyncConnection, run_id: RunId, version: Version | None, lines: Sequence[LogLine]
) -> None:
    """Insert log lines, unless the run is deleted; `version` is None for those that come after its end."""
    if lines:
        await connection.execute(
            _LOG,
            {
                "run": run_id,
                "version": version,
                "levels": [line.level for line in lines],
                "companies": [line.company for line in lines],
                "ids": [line.external_id for line in lines],
                "messages": [line.message for line in lines],
            },
        )


_SET_STATUS = text("""
    UPDATE runs
    SET status = :status, status_version = :version,
        listed_version = coalesce(listed_version, CASE WHEN :listed THEN CAST(:version AS bigint) END),
        started_at = coalesce(started_at, clock_timestamp()),
        finished_at = CASE WHEN :ended THEN clock_timestamp() END,
        error_message = :error_message
    WHERE id = :run
""")
_MARK_LISTING = text("""
    UPDATE run_companies SET status = 'listing', version = :version, began_at = clock_timestamp()
    WHERE run_id = :run AND company = ANY (CAST(:companies AS text[])) AND status = 'waiting'
""")
_WAIT_FOR = text("""
    UPDATE run_companies SET reason = :reason, version = :version
    WHERE run_id = :run AND host = :host AND status IN ('waiting', 'listing', 'crawling')
      AND reason IS DISTINCT FROM :reason
""")
_CUT_SHORT = text("""
    UPDATE run_companies SET cut_short = cut_short + 1 WHERE run_id = :run AND company = :company RETURNING cut_short
""")
_FAIL_COMPANY = text("""
    UPDATE run_companies SET status = 'error', reason = :reason, version = :version, settled_at = clock_timestamp(),
        began_at = coalesce(began_at, clock_timestamp())
    WHERE run_id = :run AND company = :company AND status IN ('waiting', 'listing')
""")
_LISTED = text("""
    UPDATE run_companies c SET status = 'crawling', reason = NULL, listing = line.listing, version = :version,
        began_at = coalesce(began_at, clock_timestamp())
    FROM unnest(CAST(:companies AS text[]), CAST(:listings AS int[])) AS line (company, listing)
    WHERE c.run_id = :run AND c.company = line.company AND c.status IN ('waiting', 'listing')
    RETURNING c.company
""")
_NOTE_ABSENT = text("UPDATE run_companies SET absent = :absent WHERE run_id = :run AND company = :company")
_ADD_JOBS = text("""
    INSERT INTO run_jobs (run_id, company, external_id, posting_id, title, location, status, reason, was_kept,
                          version, added_version)
    SELECT :run, c.company, job.external_id, job.posting_id, job.title, job.location, job.status, job.reason,
           job.was_kept, :version, :version
    FROM jsonb_each(CAST(:jobs AS jsonb)) AS c (company, jobs), jsonb_to_recordset(c.jobs)
         AS job (external_id text, posting_id bigint, title text, location text, status text, reason text,
                 was_kept bool)
""")


def _with_places(columns: str, statuses: str) -> str:
    """Rows of `:jobs`, by key and attempt, with these columns, each with the `place` of its job in one of the statuses.

    Each job is looked up by its key, in the order of an index of just that: a planner that knows nothing of the table,
    as in a first run, would read all open jobs of the run for each batch, or join what belongs together last. Nobody
    else writes them while the run is locked, so that they stay at their places.
    """
    return f"""(
        SELECT job.*, found.place
        FROM json_to_recordset(CAST(:jobs AS json)) AS job (company text, external_id text, attempt int{columns})
        CROSS JOIN LATERAL (
            SELECT ctid AS place FROM run_jobs
            WHERE run_id = :run AND company = job.company AND external_id = job.external_id
              AND attempt = job.attempt AND status IN ({statuses})
            ORDER BY run_id, company, external_id LIMIT 1
        ) AS found OFFSET 0
    ) AS job"""  # noqa: S608 - constants


_MARK_CRAWLING = text(f"""
    UPDATE run_jobs j SET status = 'crawling', version = :version
    FROM {_with_places("", "'pending'")} WHERE j.ctid = job.place
""")  # noqa: S608 - constants
_ADOPT = text("""
    UPDATE run_jobs j
    SET posting_id = job.posting_id, title = job.title, location = job.location, version = :version,
        added_version = :version -- for viewers, who hold a title, too, it joins the run now
    FROM json_to_recordset(CAST(:jobs AS json)) AS job (external_id text, posting_id bigint, title text, location text)
    WHERE j.run_id = :run AND j.company = :company AND j.external_id = job.external_id
      AND j.posting_id IS NULL AND j.status IN ('pending', 'crawling')
""")
_SETTLE = text(f"""
    UPDATE run_jobs j SET status = job.status, reason = job.reason, version = :version
    FROM {_with_places(", status text, reason text", "'pending', 'crawling'")} WHERE j.ctid = job.place
    RETURNING j.company, j.external_id
""")  # noqa: S608 - constants
_SETTLE_ALL = text("""
    UPDATE run_jobs SET status = :status, reason = :reason, version = :version
    WHERE run_id = :run AND company = :company AND status IN ('pending', 'crawling')
""")
_COUNT_FAILURES = text("UPDATE run_companies SET failures = :failures WHERE run_id = :run AND company = :company")
# Not as NOT EXISTS, which may become a join with all jobs of the run; and in the order of a company's own index, since
# LIMIT 1 alone may become a scan of them all that is to find an open one at once, and finds none.
_COMPANIES_DONE = text("""
    UPDATE run_companies c SET status = 'done', reason = NULL, version = :version, settled_at = clock_timestamp()
    WHERE run_id = :run AND company = ANY (CAST(:companies AS text[])) AND status = 'crawling'
      AND (SELECT true FROM run_jobs j
           WHERE j.run_id = :run AND j.company = c.company AND j.status IN ('pending', 'crawling')
           ORDER BY j.external_id LIMIT 1) IS NULL
    RETURNING company
""")
# What a person has taken in moves only here: the board's part of the run has settled, and nobody aborted it. A run may
# be older than what another run of the same person has taken since: it never moves back.
_TAKE = text("""
    WITH taken AS (
        UPDATE follows f
        SET taken = c.listing, taken_include = c.include, taken_exclude = c.exclude,
            takings = CASE WHEN f.taken = c.listing AND cardinality(f.takings) > 0 THEN f.takings
                           ELSE (f.takings || c.listing)[greatest(1, cardinality(f.takings) + 2 - :remembered):] END
        FROM run_companies c
        WHERE c.run_id = :run AND c.company = ANY (CAST(:companies AS text[]))
          AND f.id = c.follow_id AND f.board_id = c.board_id AND f.taken <= c.listing AND NOT c.partial
    )
    SELECT company, status, count(*) AS jobs FROM run_jobs
    WHERE run_id = :run AND company = ANY (CAST(:companies AS text[])) GROUP BY company, status
""")
# What could not be read, and what the listing lacked, stays untold since it was told last, if ever: what the filters of
# that time did not keep was not. What this run has told of is not untold, also where it is a retry of some jobs; of an
# older run than was taken in since, it is told up to that one's listing. One join: a board of 100,000 may fail.
_NOTE_UNTOLD = text("""
    UPDATE follows f
    SET untold = coalesce((
            SELECT jsonb_object_agg(coalesce(was.id, job.id), CASE
                       WHEN job.id IS NULL THEN CAST(was.told AS int)
                       WHEN NOT job.is_untold THEN greatest(CAST(was.told AS int), c.listing)
                       WHEN f.taken > c.listing OR job.was_kept THEN coalesce(CAST(was.told AS int), c.taken)
                       ELSE 0 END)
            FROM jsonb_each_text(f.untold) AS was (id, told)
            FULL JOIN (
                SELECT CAST(posting_id AS text) AS id, status = 'error' AS is_untold, was_kept FROM run_jobs
                WHERE run_id = :run AND company = c.company AND posting_id IS NOT NULL
                UNION ALL
                SELECT CAST(id AS text), true, c.include = c.taken_include AND c.exclude = c.taken_exclude
                FROM unnest(c.absent) AS id
            ) AS job ON job.id = was.id
            WHERE job.id IS NULL OR CASE WHEN f.taken > c.listing THEN was.id IS NOT NULL ELSE job.is_untold END
        ), '{}')
    FROM run_companies c
    WHERE c.run_id = :run AND c.company = ANY (CAST(:companies AS text[]))
      AND f.id = c.follow_id AND f.board_id = c.board_id AND f.taken >= c.listing
      AND (f.untold <> '{}' OR c.absent <> '{}' OR c.company = ANY (CAST(:failed AS text[])))
""")
_STAND = text("""
    SELECT count(*) FILTER (WHERE status IN ('waiting', 'listing')) AS unlisted,
           count(*) FILTER (WHERE status NOT IN ('done', 'error')) AS open,
           count(*) FILTER (WHERE listing IS NOT NULL) AS listed
    FROM run_companies WHERE run_id = :run
""")
_LOG = text("""
    INSERT INTO run_logs (run_id, version, level, company, external_id, message)
    SELECT :run, CAST(:version AS bigint), line.level, line.company, line.external_id, line.message
    FROM unnest(CAST(:levels AS text[]), CAST(:companies AS text[]), CAST(:ids AS text[]), CAST(:messages AS text[]))
         WITH ORDINALITY AS line (level, company, external_id, message, position)
    WHERE EXISTS (SELECT FROM runs WHERE id = :run)
    ORDER BY line.position
""")
