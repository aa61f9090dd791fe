"""A slice of one host's work for one run: take what is open, work for about two seconds, write, and say what is left.

So the pace of a host is kept inside one task, runs on one host take turns, and the ledger says at any time where to
go on: a slice that dies loses nothing but its uncommitted fetches.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobwire.domain.errors import BoardError, HostBusy, PostingGone, RunEnded
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId
from jobwire.ingest.crawling import Failed, Finding, Gone, Unchanged, compare
from jobwire.ingest.finishing import advance
from jobwire.ingest.listing import Listed, record_listing, share_listing
from jobwire.ingest.ports import BoardReader, Boards, Claim, Ledger, LogLine, Opening, OpenJob, RunCompany
from jobwire.ingest.settling import Found, Settler

logger = logging.getLogger(__name__)

BUDGET_S = 2.0
"""No new request is begun after this time: others wait for the host."""
CHUNK = 50
"""So many postings of a listing are extracted between two looks at the rest of the world."""


@dataclass(frozen=True, slots=True)
class SliceEnd:
    """How a slice ended: `more` is left to do; not before `wait_s`, where the host asked for that."""

    more: bool
    wait_s: float = 0.0
    settled: int = 0


class Slices:
    """Works on slices."""

    def __init__(self, ledger: Ledger, boards: Boards, monotonic: Callable[[], float]) -> None:
        self._ledger = ledger
        self._boards = boards
        self._monotonic = monotonic

    async def work(self, run_id: RunId, host: str) -> SliceEnd:
        """Work for about `BUDGET_S` on a run's openings at a host. A run that has ended leaves nothing to do."""
        try:
            claim = await self._ledger.claim(run_id, host)
            return await _Slice(self._ledger, self._boards, self._monotonic, run_id, claim).work()
        except RunEnded:
            return SliceEnd(more=False)

    async def give_up(self, run_id: RunId, host: str, reason: str) -> None:
        """Settle everything that is open of a run at a host as `error`."""
        try:
            claim = await self._ledger.claim(run_id, host)
            async with self._ledger.unit() as unit:
                change = await unit.change(run_id)
                await change.begin()
                for company in claim.companies:
                    await change.fail_company(company.company, reason)
                    await change.settle_all(company.company, JobStatus.ERROR, reason)
                    await change.log([LogLine(company=company.company, message=reason, level="error")])
                await advance(change)
        except RunEnded:
            pass


_Step = Callable[[], Awaitable[None]]


class _Slice:
    def __init__(
        self, ledger: Ledger, boards: Boards, monotonic: Callable[[], float], run_id: RunId, claim: Claim
    ) -> None:
        self._ledger = ledger
        self._boards = boards
        self._monotonic = monotonic
        self._run_id = run_id
        self._claim = claim
        self._began = monotonic()
        self._settler = Settler(ledger, run_id, {one.company: one.failures for one in claim.companies})
        self._steps: deque[_Step] = deque()
        self._busy = 0
        self._changed = asyncio.Event()
        self._wait_s = 0.0

    async def work(self) -> SliceEnd:
        self._plan()
        if not self._steps:
            return SliceEnd(more=False)
        concurrency = max(self._reader(one).concurrency(one.board.slug) for one in self._claim.companies)
        ended = False
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._settler.run())
                await self._drain(concurrency)
                self._settler.close()
        except* RunEnded:
            ended = True
        return SliceEnd(more=bool(self._steps) and not ended, wait_s=self._wait_s, settled=self._settler.settled)

    # What there is to do

    def _plan(self) -> None:
        for company in self._claim.companies:
            if company.status is not CompanyStatus.CRAWLING or company.listing is None:
                self._steps.append(lambda company=company: self._list(company))
        for company in self._claim.companies:
            jobs = self._claim.jobs.get(company.company, ())
            if company.listing is not None and jobs:
                self._plan_jobs(company, Listed(company.listing, jobs), {})

    def _plan_jobs(self, company: RunCompany, listed: Listed, openings: Mapping[str, Opening]) -> None:
        """Plan the reading of a listed company's open jobs, with the texts that came with its listing."""
        known = [job for job in listed.jobs if job.checked_listing >= listed.listing]
        rest = [job for job in listed.jobs if job.checked_listing < listed.listing]
        if known:
            self._add(lambda: self._take_known(company, listed.listing, known))
        if rest and self._reader(company).has_text:
            self._add(lambda: self._take_texts(company, listed.listing, rest, openings))
        else:
            for job in rest:
                self._add(lambda job=job: self._fetch(company, listed.listing, job))

    def _add(self, step: _Step) -> None:
        self._steps.append(step)
        self._changed.set()

    # Doing it

    async def _drain(self, concurrency: int) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(self._worker())

    async def _worker(self) -> None:
        while self._may_begin():
            if not self._steps:
                if not self._busy:
                    return
                self._changed.clear()
                await self._changed.wait()
                continue
            step = self._steps.popleft()
            self._busy += 1
            try:
                await step()
            except HostBusy as busy:
                self._steps.appendleft(step)
                self._wait_s = max(self._wait_s, busy.retry_after)
            finally:
                self._busy -= 1
                self._changed.set()

    def _may_begin(self) -> bool:
        return self._wait_s == 0 and self._monotonic() - self._began < BUDGET_S

    async def _list(self, company: RunCompany) -> None:
        shared = await share_listing(self._ledger, company, self._claim.created_at)
        if shared is not None:
            self._plan_jobs(company, shared, {})
            return
        self._settler.start_listing(company.company)
        began_at = self._now()
        try:
            listing = await self._reader(company).list(company.board.slug)
        except HostBusy:
            raise
        except BoardError as error:
            await self._fail(company, str(error))
            return
        except Exception:
            logger.exception("listing_failed", extra={"board": str(company.board)})
            await self._fail(company, f"{company.board} could not be read: an unexpected error, see Jobwire's own log.")
            return
        listed = await record_listing(self._ledger, company, listing, began_at)
        self._plan_jobs(company, listed, {opening.external_id: opening for opening in listing.openings})

    async def _fail(self, company: RunCompany, reason: str) -> None:
        async with self._ledger.unit() as unit:
            change = await unit.change(self._run_id)
            await change.begin()
            if await change.fail_company(company.company, reason):
                await change.log([LogLine(company=company.company, message=reason, level="error")])
            await advance(change)

    async def _take_known(self, company: RunCompany, listing: int, jobs: list[OpenJob]) -> None:
        """Settle jobs whose postings another run has compared since this run's listing."""
        for job in jobs:
            await self._settler.put(Found(company, listing, job, Unchanged(compared=False)))

    async def _take_texts(
        self, company: RunCompany, listing: int, jobs: list[OpenJob], openings: Mapping[str, Opening]
    ) -> None:
        """Read the texts that came with the listing. Without them (another slice had them) the board is asked again."""
        reader = self._reader(company)
        if not openings:
            try:
                again = await reader.list(company.board.slug)
            except HostBusy:
                raise
            except BoardError as error:
                await self._put_all(company, listing, jobs, Failed(str(error)))
                return
            openings = {opening.external_id: opening for opening in again.openings}
            gone: Finding = Gone("gone") if again.complete else Failed("It is missing from an incomplete listing.")
            await self._put_all(company, listing, [job for job in jobs if job.key.external_id not in openings], gone)
        texts = [(job, opening.source) for job in jobs if (opening := openings.get(job.key.external_id))]
        for start in range(0, len(texts), CHUNK):
            chunk = texts[start : start + CHUNK]
            for job, _ in chunk:
                self._settler.start_job(job)
            for job, source in chunk:
                if company.company in self._settler.broken:
                    return
                await self._settler.put(
                    Found(company, listing, job, self._compare(reader, company, listing, job, source))
                )
            await asyncio.sleep(0)

    async def _put_all(self, company: RunCompany, listing: int, jobs: list[OpenJob], finding: Finding) -> None:
        for job in jobs:
            await self._settler.put(Found(company, listing, job, finding))

    async def _fetch(self, company: RunCompany, listing: int, job: OpenJob) -> None:
        if company.company in self._settler.broken:
            return
        reader = self._reader(company)
        self._settler.start_job(job)
        try:
            source = await reader.fetch(company.board.slug, job.key.external_id)
        except HostBusy:
            raise
        except PostingGone as error:
            finding: Finding = Gone(str(error))
        except BoardError as error:
            finding = Failed(str(error))
        except Exception:
            logger.exception("fetch_failed", extra={"board": str(company.board), "external_id": job.key.external_id})
            finding = Failed("It could not be fetched: an unexpected error, see Jobwire's own log.")
        else:
            finding = self._compare(reader, company, listing, job, source)
        await self._settler.put(Found(company, listing, job, finding))

    def _compare(
        self, reader: BoardReader, company: RunCompany, listing: int, job: OpenJob, source: bytes | None
    ) -> Finding:
        if source is None:
            return Failed(f"{company.board} listed it without its text.")
        try:
            return compare(reader, company, listing, job, source)
        except Exception:
            logger.exception("extract_failed", extra={"board": str(company.board), "external_id": job.key.external_id})
            return Failed("It could not be read: an unexpected error, see Jobwire's own log.")

    def _reader(self, company: RunCompany) -> BoardReader:
        return self._boards.reader(company.board)

    def _now(self) -> datetime:
        """Now, by the database's clock: it is compared with the run's beginning."""
        return self._claim.at + timedelta(seconds=self._monotonic() - self._began)
