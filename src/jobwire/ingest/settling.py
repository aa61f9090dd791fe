"""What was found out is committed in small batches: jobs that change together commit together (ledger rule 6)."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from jobwire.domain.errors import RunEnded
from jobwire.domain.runs import BREAKER_THRESHOLD, JobStatus, RunId
from jobwire.ingest.crawling import Failed, Finding, Gone, Read, Unchanged, verdict, verdict_on_gone
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports.postings import Extract, Postings
from jobwire.ingest.ports.runs import LogLine, OpenJob, RunChange, RunCompany, Settlement
from jobwire.ingest.ports.units import Ledger

LATENCY_S = 0.05
"""A finding waits at most this long for others to share its commit."""
BATCH = 250
"""So many findings are committed at once without waiting. While twice as many wait, no more are looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A job and what was found out about its posting. `listing` is the one that the run works on."""

    company: RunCompany
    listing: int
    job: OpenJob
    finding: Finding


@dataclass(slots=True)
class _Batch:
    found: list[Found] = field(default_factory=list[Found])
    begun: list[OpenJob] = field(default_factory=list[OpenJob])
    """Those that were begun since the batch before: the next one tells of them, unless they are over by then."""
    crawling: list[OpenJob] = field(default_factory=list[OpenJob])
    listing: list[str] = field(default_factory=list[str])
    failures: dict[str, int] = field(default_factory=dict[str, int])
    """In a row, by company, where that has changed."""
    opened: dict[str, Failed] = field(default_factory=dict[str, Failed])
    """The companies whose breaker has opened, with the last failure."""

    def __len__(self) -> int:
        return len(self.found) + len(self.crawling) + len(self.listing)


class Settler:
    """Collects findings and commits them. One for each slice, its `run` in a task of its own.

    `broken` names the companies whose breaker has opened, `answered` those of which a page could be read. When the
    ledger refuses (`RunEnded`), `run` raises.
    """

    def __init__(self, ledger: Ledger, failures: Mapping[str, int]) -> None:
        self.broken: set[str] = set()
        self.answered: set[str] = set()
        self.settled = 0
        self._ledger = ledger
        self._failures = dict(failures)
        self._batch = _Batch()
        self._closing = False
        self._filled = asyncio.Event()
        self._full = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def put(self, found: Found) -> None:
        """Hand a finding over, then `find_room` before more is looked for."""
        self._batch.found.append(found)
        self._count(found)
        self._notice()

    async def find_room(self) -> None:
        """Wait while too many findings are waiting already."""
        await self._room.wait()

    def start_job(self, job: OpenJob) -> None:
        """Say that a job is being read now. It is told when that takes longer than a batch: else nobody would see."""
        if job.status is JobStatus.PENDING:
            self._batch.begun.append(job)
            self._notice()

    def start_listing(self, company: str) -> None:
        """Say that a company's board is being listed now."""
        self._batch.listing.append(company)
        self._notice()

    def close(self) -> None:
        """No more findings come: `run` commits the rest and returns."""
        self._closing = True
        self._notice()

    async def run(self, run_id: RunId) -> None:
        """Commit batches until closed."""
        while not self._closing or self._batch:
            await self._filled.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(LATENCY_S):
                    await self._full.wait()
            if batch := self._take():
                await self._commit(run_id, batch)

    def _take(self) -> _Batch:
        batch = self._batch
        over = {found.job.key for found in batch.found}
        batch.crawling = [job for job in batch.crawling if job.key not in over]
        self._batch = _Batch(crawling=[job for job in batch.begun if job.key not in over])
        self._filled.clear()
        self._full.clear()
        self._room.set()
        if self._closing or self._batch:
            self._notice()
        return batch

    def _notice(self) -> None:
        self._filled.set()
        if self._closing or len(self._batch.found) >= BATCH:
            self._full.set()
        if len(self._batch.found) >= 2 * BATCH:
            self._room.clear()

    async def _commit(self, run_id: RunId, batch: _Batch) -> None:
        try:
            self.settled += await self._write(run_id, batch)
        except RunEnded:
            await self._ledger.log_late(run_id, _lines(batch.found))
            raise

    async def _write(self, run_id: RunId, batch: _Batch) -> int:
        """Write a batch; answer how many jobs it settled."""
        async with self._ledger.unit() as unit:
            changed = await _write_postings(unit.postings, batch.found)
            change = await unit.change(run_id)
            await change.begin()
            await change.mark_listing(batch.listing)
            await change.mark_crawling([(job.key, job.attempt) for job in batch.crawling])
            keys = await change.settle([_settlement(one, changed) for one in batch.found])
            await change.log(_lines(found for found in batch.found if found.job.key in keys))
            for company, failures in batch.failures.items():
                await change.count_failures(company, failures)
            for company, failed in batch.opened.items():
                await _break(change, company, failed)
            await advance(change)
        return len(keys)

    def _count(self, found: Found) -> None:
        """Count failures in a row, and open the breaker of a company that has many."""
        company = found.company.company
        before = self._failures.get(company, 0)
        match found.finding:
            case Failed() as failed:
                self._failures[company] = before + 1
                if before + 1 == BREAKER_THRESHOLD:
                    self.broken.add(company)
                    self._batch.opened[company] = failed
            case Gone():
                return
            case Read() | Unchanged():
                self._failures[company] = 0
        if self._failures[company] != before:
            self._batch.failures[company] = self._failures[company]


async def _break(change: RunChange, company: str, last: Failed) -> None:
    reason = f"Not tried: {BREAKER_THRESHOLD} postings of {company} failed in a row, the last one with: {last.reason}"
    dropped = await change.settle_all(company, JobStatus.ERROR, reason)
    await change.log([LogLine(company=company, message=f"{reason} ({dropped} postings)", level="error")])


async def _write_postings(postings: Postings, found: Sequence[Found]) -> Mapping[int, Sequence[int]]:
    """Write what was found out about the postings; answer by id when the parts of those that were read changed."""
    extracts: list[Extract] = []
    unchanged: dict[int, int] = {}
    read: dict[int, str] = {}
    gone: dict[Gone, dict[int, int]] = {}
    back: dict[int, int] = {}
    for one in found:
        if _is_back(one):
            back[one.job.posting_id] = one.listing
        match one.finding:
            case Read(extract):
                extracts.append(extract)
            case Unchanged(compared=True, key=key):
                unchanged[one.job.posting_id] = one.listing
                if key is not None:
                    read[one.job.posting_id] = key
            case Gone() as how:
                gone.setdefault(how, {})[one.job.posting_id] = one.listing
            case Unchanged() | Failed():
                pass
    struck = {
        one.job.posting_id: one.finding.strikes
        for one in found
        if isinstance(one.finding, Failed) and one.finding.strikes is not None
    }
    left = [posting_id for ids in gone.values() for posting_id in ids]
    await postings.lock([*(extract.posting_id for extract in extracts), *unchanged, *struck, *left])
    await postings.bring_back(back)
    changed = await postings.write(extracts)
    await postings.mark_checked(unchanged)
    await postings.mark_struck(struck)
    await postings.mark_read(read)
    for how, ids in gone.items():
        await postings.mark_gone(ids, how.reason, is_listed=how.is_listed)
    return changed


def _is_back(found: Found) -> bool:
    """A posting that was gone by its own page could be read again."""
    return found.job.stay.gone is not None and isinstance(found.finding, Read | Unchanged)


def _settlement(found: Found, changed: Mapping[int, Sequence[int]]) -> Settlement:
    job = found.job
    if _is_back(found):
        job = replace(job, stay=job.stay.back_at(found.listing))
    match found.finding:
        case Failed(reason):
            status = JobStatus.ERROR
        case Gone() as gone:
            status, reason = verdict_on_gone(found.company, job.stay, gone)
        case Read() | Unchanged():
            if parts := changed.get(job.posting_id):
                job = replace(job, part_listings=parts)
            status, reason = verdict(found.company, found.listing, job, was_kept=job.was_kept)
    return Settlement(key=job.key, attempt=job.attempt, status=status, reason=reason)


def _lines(found: Iterable[Found]) -> list[LogLine]:
    """One for each failure."""
    return [
        LogLine(company=key.company, external_id=key.external_id, message=one.finding.reason, level="error")
        for one in found
        if isinstance(one.finding, Failed) and (key := one.job.key)
    ]
