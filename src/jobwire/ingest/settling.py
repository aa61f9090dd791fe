"""What was found out is committed in small batches: jobs that change together commit together (ledger rule 6)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import BREAKER_THRESHOLD, JobStatus, RunId
from jobwire.ingest.crawling import Failed, Finding, Gone, Read, Unchanged, verdict
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports import Extract, Ledger, LogLine, News, OpenJob, RunChange, RunCompany, Settlement

LATENCY_S = 0.05
"""A finding waits at most this long for others to share its commit."""
BATCH = 250
"""So many findings are committed at once without waiting, and at most twice as many wait: then `put` does."""


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
    crawling: list[OpenJob] = field(default_factory=list[OpenJob])
    listing: list[str] = field(default_factory=list[str])

    def __len__(self) -> int:
        return len(self.found) + len(self.crawling) + len(self.listing)


class Settler:
    """Collects findings and commits them. One for each slice, its `run` in a task of its own.

    `broken` names the companies whose breaker has opened. When the ledger refuses (`RunEnded`), `run` raises.
    """

    def __init__(self, ledger: Ledger, run_id: RunId, failures: Mapping[str, int]) -> None:
        self.broken: set[str] = set()
        self.settled = 0
        self._ledger = ledger
        self._run_id = run_id
        self._failures = dict(failures)
        self._batch = _Batch()
        self._closing = False
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    async def put(self, found: Found) -> None:
        """Hand a finding over; wait while too many are waiting already."""
        await self._room.wait()
        self._batch.found.append(found)
        self._notice()

    def start_job(self, job: OpenJob) -> None:
        """Say that a job is being read now."""
        if job.status is JobStatus.PENDING:
            self._batch.crawling.append(job)
            self._notice()

    def start_listing(self, company: str) -> None:
        """Say that a company's board is being listed now."""
        self._batch.listing.append(company)
        self._notice()

    def close(self) -> None:
        """No more findings come: `run` commits the rest and returns."""
        self._closing = True
        self._filled.set()

    async def run(self) -> None:
        """Commit batches until closed."""
        while True:
            await self._filled.wait()
            if len(self._batch) < BATCH and not self._closing:
                await asyncio.sleep(LATENCY_S)
            batch, self._batch = self._batch, _Batch()
            self._filled.clear()
            self._room.set()
            if batch:
                await self._commit(batch)
            if self._closing and not self._batch:
                return
            if self._closing or self._batch:
                self._filled.set()

    def _notice(self) -> None:
        self._filled.set()
        if len(self._batch.found) >= 2 * BATCH:
            self._room.clear()

    async def _commit(self, batch: _Batch) -> None:
        over = {found.job.key for found in batch.found}
        async with self._ledger.unit() as unit:
            extracts, unchanged, gone = _sort(batch.found)
            await unit.postings.lock([*(e.posting_id for e in extracts), *unchanged, *gone])
            news = await unit.postings.write(extracts)
            await unit.postings.mark_checked(unchanged)
            await unit.postings.mark_gone({posting: listing for posting, (listing, _) in gone.items()}, GONE)
            change = await unit.change(self._run_id)
            await change.begin()
            await change.mark_listing(batch.listing)
            await change.mark_crawling([(job.key, job.attempt) for job in batch.crawling if job.key not in over])
            settlements = [_settlement(found, news) for found in batch.found]
            settled = await change.settle(settlements)
            await self._count_failures(change, [found for found in batch.found if found.job.key in settled])
            await change.log(
                [_line(one) for one in settlements if one.key in settled and one.status is JobStatus.ERROR]
            )
            await advance(change)
        self.settled += len(settled)

    async def _count_failures(self, change: RunChange, settled: Sequence[Found]) -> None:
        """Count failures in a row by company, and open the breaker of one that has too many."""
        touched: dict[str, str] = {}
        for found in settled:
            name = found.company.company
            before = self._failures.get(name, 0)
            match found.finding:
                case Failed(reason):
                    self._failures[name] = before + 1
                    touched[name] = reason
                case Gone():
                    pass
                case _ if before:
                    self._failures[name] = 0
                    touched[name] = ""
                case _:
                    pass
        for name, reason in touched.items():
            await change.count_failures(name, self._failures[name])
            if self._failures[name] >= BREAKER_THRESHOLD and name not in self.broken:
                await self._break(change, name, reason)

    async def _break(self, change: RunChange, company: str, last: str) -> None:
        reason = f"Not tried: {BREAKER_THRESHOLD} postings of {company} failed in a row, the last one with: {last}"
        dropped = await change.settle_all(company, JobStatus.ERROR, reason)
        self.broken.add(company)
        await change.log([LogLine(company=company, message=f"{reason} ({dropped} postings)", level="error")])


GONE = "It left the board while the run was reading it."


def _sort(
    found: Sequence[Found],
) -> tuple[list[Extract], dict[int, int], dict[int, tuple[int, str]]]:
    """What is to be written of the postings: extracts, the unchanged (id: listing), the gone (id: listing, reason)."""
    extracts: list[Extract] = []
    unchanged: dict[int, int] = {}
    gone: dict[int, tuple[int, str]] = {}
    for one in found:
        match one.finding:
            case Read(extract):
                extracts.append(extract)
            case Unchanged(compared=True):
                unchanged[one.job.posting_id] = one.listing
            case Gone(reason):
                gone[one.job.posting_id] = (one.listing, reason)
            case Unchanged() | Failed():
                pass
            case _ as never:
                assert_never(never)
    return extracts, unchanged, gone


def _settlement(found: Found, news: Mapping[int, News]) -> Settlement:
    match found.finding:
        case Failed(reason):
            status = JobStatus.ERROR
        case Gone(reason):
            status = JobStatus.EXPIRED
        case Read(extract):
            status, reason = verdict(found.company, extract.posting.title, news[found.job.posting_id])
        case Unchanged():
            status, reason = verdict(found.company, found.job.title, found.job.news)
        case _ as never:
            assert_never(never)
    return Settlement(key=found.job.key, attempt=found.job.attempt, status=status, reason=reason)


def _line(settlement: Settlement) -> LogLine:
    key: JobKey = settlement.key
    return LogLine(
        company=key.company, external_id=key.external_id, message=settlement.reason or "failed", level="error"
    )
