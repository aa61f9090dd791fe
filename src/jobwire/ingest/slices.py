"""A slice of one host's work for one run: take what is open, work until others want the host, and say what is left.

So the pace of a host is kept inside one task, runs on one host take turns, and the ledger says at any time where to
go on: a slice that dies loses nothing but its uncommitted fetches.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from jobwire.domain.errors import RunEnded, UnknownBoard
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId
from jobwire.ingest.adopting import adopt
from jobwire.ingest.batches import Batches
from jobwire.ingest.crawling import Unchanged, unchanged_text
from jobwire.ingest.extraction import Extractor
from jobwire.ingest.failing import BoardFailure, fail_company, record_failure
from jobwire.ingest.finishing import advance
from jobwire.ingest.joining import Listed, Part, join
from jobwire.ingest.listing import Answered, Ask, LeftAlone, Same, look_up, record_listings, record_same
from jobwire.ingest.pauses import Pauses, count_cut_short
from jobwire.ingest.ports.boards import BoardReader, Boards, Listing, Unreadable
from jobwire.ingest.ports.runs import Claim, LogLine, OpenJob, RunCompany, UnlistedJob
from jobwire.ingest.ports.units import Ledger
from jobwire.ingest.reading import Reading, ask_board, hashes_of, read_board
from jobwire.ingest.settling import Settler
from jobwire.ingest.steps import Steps
from jobwire.ingest.tags import Tag

BUDGET_S = 2.0
"""So often it is looked whether others wait for the host: then no new request is begun."""
LONGEST_S = 60.0
"""A slice that has the host to itself goes on for so long: what was given up, or lost, is taken by the next one."""


@dataclass(frozen=True, slots=True)
class SliceEnd:
    """How a slice ended: `more` is left to do; not before `wait_s`, where the host asked for that."""

    more: bool
    wait_s: float = 0.0
    settled: int = 0


class Slices:
    """Works on slices."""

    def __init__(
        self,
        ledger: Ledger,
        boards: Boards,
        extractor: Extractor,
        monotonic: Callable[[], float],
        random: Callable[[], float] = random.random,
    ) -> None:
        self._ledger = ledger
        self._boards = boards
        self._extractor = extractor
        self._monotonic = monotonic
        self._random = random

    async def work(self, run_id: RunId, host: str, is_over: Callable[[], bool] = lambda: False) -> SliceEnd:
        """Work on a run's openings at a host until somebody else waits for it, or `is_over` says that the worker ends.

        That is looked for every `BUDGET_S`; `LONGEST_S` is the end in any case. A run that has ended leaves nothing to
        do.

        What cannot be blamed on a board (the database is away, a bug) is raised, after nothing or all of a batch was
        written: work again, and `give_up` when that does not help.
        """
        try:
            claim = await self._ledger.claim(run_id, host)
        except RunEnded:
            return SliceEnd(more=False)

        async def is_wanted() -> bool:
            return is_over() or await self._ledger.is_wanted(host)

        work = _Slice(
            self._ledger, self._boards, self._extractor, self._monotonic, self._random, claim, host, is_wanted
        )
        has_begun = await work.work()
        # The ledger is asked, not the steps: a claim need not hold all, and another worker may be at it as well.
        more = await self._ledger.is_open(run_id, host)
        if more and not has_begun:
            raise RuntimeError(f"Run {run_id} has open jobs at {host}, and none of them can be claimed.")
        return SliceEnd(more=more, wait_s=work.wait_s if more else 0.0, settled=work.settled)

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


LISTINGS_A_REQUEST = 3
"""Where a listing is all that boards are asked for, so many are worked on for each request that their host takes at a
time: most of them wait for extraction and commits meanwhile."""


class _Slice:
    def __init__(
        self,
        ledger: Ledger,
        boards: Boards,
        extractor: Extractor,
        monotonic: Callable[[], float],
        random: Callable[[], float],
        claim: Claim,
        host: str,
        is_wanted: Callable[[], Awaitable[bool]],
    ) -> None:
        self._ledger = ledger
        self._boards = boards
        self._extractor = extractor
        self._monotonic = monotonic
        self._random = random
        self._claim = claim
        self._began = monotonic()
        self._settler = Settler(ledger, {one.company: one.failures for one in claim.companies})
        self._steps = Steps(monotonic, is_wanted, budget_s=BUDGET_S, longest_s=LONGEST_S)
        self._pauses = Pauses(ledger, boards, claim, host, self._now)
        # They would only wait for one another at a row of the database, each with a connection in hand.
        self._listing = asyncio.Lock()
        self._joining = asyncio.Lock()
        self._look_up = Batches(self._look_up_all, self._listing, key=lambda one: one.company)
        self._record = Batches(
            partial(record_listings, ledger),
            self._listing,
            key=lambda one: one.company.board_id,
            weight=lambda one: len(one.listing.openings),
        )
        self._record_same = Batches(partial(record_same, ledger), self._listing, key=lambda one: one.company.board_id)
        self._join = Batches(
            partial(join, ledger),
            self._joining,
            key=lambda one: one.company.company,
            weight=lambda one: len(one.board.listed),
        )

    @property
    def settled(self) -> int:
        return self._settler.settled

    @property
    def wait_s(self) -> float:
        return self._steps.wait_s or 0.0

    async def work(self) -> bool:
        """Work; False where there was nothing to begin with."""
        concurrency = 1
        for company in self._claim.companies:
            reader = self._reader(company)
            self._plan(company, reader)
            concurrency = max(concurrency, _at_once(reader, company.board.slug) if reader else 0)
        if not self._steps:
            return False
        try:
            async with asyncio.TaskGroup() as group:
                # When the ledger refuses, this task fails first, and the group cancels the rest: `put` never hangs.
                group.create_task(self._settler.run(self._claim.run_id))
                group.create_task(self._pauses.watch())
                await self._steps.drain(concurrency)
                self._pauses.close()
                self._settler.close()
            await self._pauses.tell(is_last=True)
            for company in self._claim.companies:
                if busy := self._steps.cut_short.get(company.company):
                    await count_cut_short(self._ledger, company, busy)
        except* RunEnded:
            pass
        return True

    def _reader(self, company: RunCompany) -> BoardReader | None:
        try:
            return self._boards.reader(company.board)
        except UnknownBoard:
            return None

    # What there is to do

    def _plan(self, company: RunCompany, reader: BoardReader | None) -> None:
        if reader is None:
            reason = f"Jobwire no longer knows the careers system of {company.board}."
            self._steps.add(company.company, lambda: fail_company(self._ledger, company, reason))
        elif company.status is not CompanyStatus.CRAWLING or company.listing is None:
            self._steps.add(company.company, lambda: self._list(company, reader))
        else:
            self._plan_jobs(company, company.listing, reader)

    def _plan_jobs(self, company: RunCompany, listing: int, reader: BoardReader) -> None:
        reading, now = self._reading(company, listing, reader), self._now()
        unchanged: list[tuple[OpenJob, Unchanged]] = []
        rest: list[OpenJob] = []
        for job in self._claim.jobs.get(company.company, ()):
            if (same := unchanged_text(job, listing, now)) is not None:
                unchanged.append((job, same))
            else:
                rest.append(job)
        if unchanged:
            self._steps.add(company.company, lambda: reading.take_unchanged(unchanged))
        if unlisted := self._claim.unlisted.get(company.company):
            self._steps.add(company.company, lambda: self._adopt(company, reader, unlisted))
        self._plan_reading(reading, rest)

    def _plan_reading(self, reading: Reading, jobs: Sequence[OpenJob]) -> None:
        company = reading.company.company
        if jobs and reading.reader.has_text:
            self._steps.add(company, lambda: reading.list_again(jobs))
            return
        # Those whose pages refuse come last: by then it is known whether others answer.
        for job in sorted(jobs, key=lambda job: job.strikes is not None):
            self._steps.add(company, lambda job=job: reading.fetch(job))

    # Doing it

    async def _list(self, company: RunCompany, reader: BoardReader) -> None:
        match await self._look_up(company):
            case Part() as part:
                self._plan_listed(company, await self._join(part), reader)
            case LeftAlone(reason):
                await fail_company(self._ledger, company, reason)
            case Ask(tag):
                await self._ask(company, reader, tag)

    async def _look_up_all(self, companies: Sequence[RunCompany]) -> Sequence[Part | LeftAlone | Ask]:
        return await look_up(self._ledger, companies, self._claim.created_at, self._now())

    async def _ask(self, company: RunCompany, reader: BoardReader, tag: Tag | None) -> None:
        self._settler.start_listing(company.company)
        began_at = self._now()
        answer = await ask_board(company, reader, tag)
        if answer is None:
            if tag is not None and await self._take_same(company, reader, tag, began_at):
                return
            answer = await read_board(company, reader)
        if isinstance(answer, Listing):
            await self._take(company, reader, answer, began_at)
            return
        async with self._listing:
            listed = await record_failure(self._ledger, company, answer, began_at, self._random())
        if listed is not None:
            self._plan_listed(company, listed, reader)

    async def _take(self, company: RunCompany, reader: BoardReader, listing: Listing, began_at: datetime) -> None:
        """Record a listing, and read at once what needs no request: its texts would have to be asked for again."""
        if not reader.has_text:
            part = await self._record(Answered(company, listing, began_at, {}))
            self._plan_listed(company, await self._join(part), reader)
            return
        hashes = await hashes_of(listing.openings)
        listed = await self._join(await self._record(Answered(company, listing, began_at, hashes)))
        openings = {one.external_id: one for one in listing.openings}
        await self._reading(company, listed.listing, reader).take_texts(listed.jobs, openings, hashes)

    async def _take_same(self, company: RunCompany, reader: BoardReader, tag: Tag, at: datetime) -> bool:
        """Go on with the board's last listing; False where the board has to be read all the same."""
        part = await self._record_same(Same(company, tag, at))
        if part is not None:
            self._plan_listed(company, await self._join(part), reader)
        return part is not None

    async def _adopt(self, company: RunCompany, reader: BoardReader, jobs: Sequence[UnlistedJob]) -> None:
        """Ask a board for lines that could not be read; a later slice reads the jobs that have a posting then."""
        listing = await read_board(company, reader)
        if isinstance(listing, BoardFailure):
            reason = listing.reason
            listing = Listing(
                openings=(),
                unreadable=[Unreadable(external_id=job.key.external_id, title="", reason=reason) for job in jobs],
            )
        async with self._listing:
            await adopt(self._ledger, company, jobs, listing)

    def _plan_listed(self, company: RunCompany, listed: Listed, reader: BoardReader) -> None:
        self._plan_reading(self._reading(company, listed.listing, reader), listed.jobs)

    def _reading(self, company: RunCompany, listing: int, reader: BoardReader) -> Reading:
        return Reading(company, listing, reader, self._extractor, self._settler, self._now)

    def _now(self) -> datetime:
        """Now, by the database's clock, a little early: it is compared with the beginnings of runs."""
        return self._claim.at + timedelta(seconds=self._monotonic() - self._began)


def _at_once(reader: BoardReader, slug: str) -> int:
    """How many steps are taken at a time. The client sees to it that the host gets no more requests than it may."""
    return reader.concurrency(slug) * (LISTINGS_A_REQUEST if reader.has_text else 1)
