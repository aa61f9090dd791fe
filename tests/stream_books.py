"""Two ledgers for the stream's tests, written and read alike: the real one, and one in memory.

Each write is one version of the run. `test_stream_contract.py` holds the two to each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import NotFound, RunEnded
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, UserId, Version
from jobwire.ingest.ports.runs import LogLine, NewJob, Settlement
from jobwire.progress.ports import LOG_LINES, CompanyRow, JobRow, LedgerReader, LogRow, RunDelta
from jobwire.storage.database import Database
from jobwire.storage.follows import Follows
from jobwire.storage.ledger import Announce, Ledger
from jobwire.storage.run_stream import RunStream
from jobwire.storage.users import Users

LINE = "nothing to see"
"""What `log` writes."""
Jobs = Mapping[str, str]
"""Titles by external_id."""


class Book(Protocol):
    """A ledger that a test writes to. Every write raises `RunEnded` when the run has ended."""

    reader: LedgerReader

    async def user(self, email: str = "me@example.com") -> UserId: ...
    async def start(self, user: UserId, companies: Collection[str]) -> RunId: ...
    async def begin(self, run: RunId) -> None: ...
    async def listed(self, run: RunId, company: str, jobs: Jobs) -> None: ...
    async def set(self, run: RunId, statuses: Mapping[JobKey, JobStatus]) -> None: ...
    async def log(self, run: RunId, lines: int = 1) -> None:
        """Change what a base client does not see."""

    async def end(self, run: RunId, status: RunStatus = RunStatus.ABORTED) -> None: ...


class LedgerBook:
    """The real ledger."""

    def __init__(self, database: Database, announce: Announce = lambda run, version: None) -> None:
        self.reader: LedgerReader = RunStream(database)
        self._database = database
        self._ledger = Ledger(database, announce)

    async def user(self, email: str = "me@example.com") -> UserId:
        return await Users(self._database).ensure(email)

    async def start(self, user: UserId, companies: Collection[str]) -> RunId:
        follows = Follows(self._database)
        for company in companies:
            await follows.upsert(user, company, board=BoardRef("greenhouse", f"b{len(company)}"))
        found = {follow.company: follow for follow in await follows.all(user)}
        async with self._ledger.unit() as unit:
            return await unit.create_run(user, [(found[company], "example.com") for company in companies])

    async def begin(self, run: RunId) -> None:
        async with self._ledger.unit() as unit:
            await (await unit.change(run)).begin()

    async def listed(self, run: RunId, company: str, jobs: Jobs) -> None:
        new = [NewJob(external_id=key, posting_id=None, title=title, location="") for key, title in jobs.items()]
        async with self._ledger.unit() as unit:
            change = await unit.change(run)
            await change.begin()
            await change.listed({company: (1, new)})
            await change.advance()

    async def set(self, run: RunId, statuses: Mapping[JobKey, JobStatus]) -> None:
        async with self._ledger.unit() as unit:
            change = await unit.change(run)
            await change.mark_crawling([(key, 1) for key, status in statuses.items() if not status.is_terminal])
            await change.settle(
                [
                    Settlement(key=key, attempt=1, status=status)
                    for key, status in statuses.items()
                    if status.is_terminal
                ]
            )
            await change.advance()

    async def log(self, run: RunId, lines: int = 1) -> None:
        async with self._ledger.unit() as unit:
            await (await unit.change(run)).log([LogLine(message=LINE)] * lines)

    async def end(self, run: RunId, status: RunStatus = RunStatus.ABORTED) -> None:
        async with self._ledger.unit() as unit:
            await (await unit.change(run)).end(status)


@dataclass
class FakeRun:
    user: UserId
    companies: list[str]
    status: RunStatus = RunStatus.PENDING
    version: int = 1
    status_version: int = 1
    listed_version: int | None = None
    listed: set[str] = field(default_factory=set)
    jobs: dict[JobKey, JobRow] = field(default_factory=dict)
    standing: dict[str, CompanyRow] = field(default_factory=dict)
    log: list[LogRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        for company in self.companies:
            self.standing[company] = CompanyRow(company, CompanyStatus.WAITING, None, Version(1))

    def set_company(self, company: str, status: CompanyStatus) -> None:
        self.standing[company] = CompanyRow(company, status, None, Version(self.version))

    def change(self, run: RunId) -> Version:
        if self.status.is_terminal:
            raise RunEnded(run)
        self.version += 1
        return Version(self.version)

    def set_status(self, status: RunStatus) -> None:
        self.status, self.status_version = status, self.version
        if status.is_listed and self.listed_version is None:
            self.listed_version = self.version

    def begin(self) -> None:
        if self.status is RunStatus.PENDING:
            self.set_status(RunStatus.INITIALIZING)

    def advance(self) -> None:
        open_ones = {job.company for job in self.jobs.values() if not job.status.is_terminal}
        for row in list(self.standing.values()):
            if row.status is CompanyStatus.CRAWLING and row.company not in open_ones:
                self.set_company(row.company, CompanyStatus.DONE)
        if not self.listed.issuperset(self.companies):
            return
        if all(job.status.is_terminal for job in self.jobs.values()):
            self.set_status(RunStatus.FINISHED)
        elif self.status is not RunStatus.INGESTING:
            self.set_status(RunStatus.INGESTING)


class FakeBook:
    """A ledger in memory; it is its own reader. `error` is raised by each read, `reads` counts them."""

    CREATED_MS = 1_700_000_000_000

    def __init__(self) -> None:
        self.reader: LedgerReader = self
        self.runs: dict[RunId, FakeRun] = {}
        self.emails: list[str] = []
        self.error: Exception | None = None
        self.reads = 0
        self.owners_asked = 0

    async def user(self, email: str = "me@example.com") -> UserId:
        if email not in self.emails:
            self.emails.append(email)
        return UserId(self.emails.index(email) + 1)

    async def start(self, user: UserId, companies: Collection[str]) -> RunId:
        run = RunId(len(self.runs) + 1)
        self.runs[run] = FakeRun(user, list(companies))
        return run

    async def begin(self, run: RunId) -> None:
        self.runs[run].change(run)
        self.runs[run].begin()

    async def listed(self, run: RunId, company: str, jobs: Jobs) -> None:
        held = self.runs[run]
        version = held.change(run)
        held.begin()
        held.listed.add(company)
        held.set_company(company, CompanyStatus.CRAWLING)
        for key, title in jobs.items():
            held.jobs[JobKey(company, key)] = JobRow(company, key, title, JobStatus.PENDING, version, version)
        held.advance()

    async def set(self, run: RunId, statuses: Mapping[JobKey, JobStatus]) -> None:
        held = self.runs[run]
        version = held.change(run)
        for key, status in statuses.items():
            job = held.jobs.get(key)
            if job and not job.status.is_terminal and (status.is_terminal or job.status is JobStatus.PENDING):
                held.jobs[key] = msgspec.structs.replace(job, status=status, version=version)
        held.advance()

    async def log(self, run: RunId, lines: int = 1) -> None:
        held = self.runs[run]
        version = held.change(run)
        for _ in range(lines):
            seq = len(held.log) + 1
            held.log.append(LogRow(seq, "2026-01-02T03:04:05.000006Z", "info", None, None, LINE, version))

    async def end(self, run: RunId, status: RunStatus = RunStatus.ABORTED) -> None:
        self.runs[run].change(run)
        self.runs[run].set_status(status)

    async def owner(self, run_id: RunId) -> UserId | None:
        self.owners_asked += 1
        self._fail()
        return self.runs[run_id].user if run_id in self.runs else None

    async def read(self, run_id: RunId, after: Version, log_after: int = 0) -> RunDelta:
        self.reads += 1
        self._fail()
        if run_id not in self.runs:
            raise NotFound("There is no such run.")
        run = self.runs[run_id]
        return RunDelta(
            status=run.status,
            version=Version(run.version),
            version_ms=self.CREATED_MS + run.version,
            created_ms=self.CREATED_MS,
            status_version=Version(run.status_version),
            listed_version=None if run.listed_version is None else Version(run.listed_version),
            companies=[row for row in run.standing.values() if row.version > after],
            jobs=sorted((job for job in run.jobs.values() if job.version > after), key=lambda job: job.version),
            log=[line for line in run.log if line.seq > log_after][-LOG_LINES:],
        )

    async def versions(self, run_ids: Collection[RunId]) -> Mapping[RunId, Version]:
        self._fail()
        return {run: Version(self.runs[run].version) for run in run_ids if run in self.runs}

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error
