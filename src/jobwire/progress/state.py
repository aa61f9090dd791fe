"""The newest state of one run, and what a client at a cursor is owed (docs/reference/protocol.md). No I/O, no bytes.

There is no history: what changed behind a cursor follows from the newest state and the version at which each job last
changed. Jobs are kept in order of that version, so that it is a short walk from the end.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import takewhile

from jobwire.domain.progress import Cursor, format_digest, job_digest, parse_cursor
from jobwire.domain.runs import RunStatus, Version
from jobwire.progress.events import Stand
from jobwire.progress.extras import BASE, Extra
from jobwire.progress.frames import Content
from jobwire.progress.ports import LOG_LINES, CompanyRow, JobRow, LogRow, RunDelta

_ANY_VERSION = Version(10**18)
_START = Version(0)


class RunState:
    """A run as it was read first, and every delta since."""

    def __init__(self, first: RunDelta) -> None:
        self._run = first
        self._jobs: dict[tuple[str, str], JobRow] = {}  # no JobKey: the garbage collector leaves plain tuples alone
        self._companies: dict[str, CompanyRow] = {}
        self._sizes: Counter[str] = Counter()
        self._sized_at: dict[str, Version] = {}
        self._log: deque[LogRow] = deque(maxlen=LOG_LINES)
        self._grown = _START
        self._digest = 0
        self.changes = 0
        """How many changes of jobs there were: at least as many as jobs that have changed."""
        self._take_all(first.jobs)
        self._take_rest(first)

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def version(self) -> Version:
        """The version that this state is of."""
        return self._run.version

    @property
    def status(self) -> RunStatus:
        """The run's status."""
        return self._run.status

    @property
    def last_seq(self) -> int:
        """The newest line of the log that this state has; 0 where there is none."""
        return self._log[-1].seq if self._log else 0

    @property
    def replaced_at(self) -> Version:
        """The last version that base clients from before cannot be taken over with an `update` alone."""
        listed = self.version if self._run.listed_version is None else self._run.listed_version
        return max(listed, self._grown, self._run.status_version)

    def apply(self, delta: RunDelta) -> bool:
        """Take in what was read behind this version; False when that is nothing new."""
        if delta.version <= self.version:
            return False
        self._take(delta)
        return True

    def claimed(self, text: str | None) -> Version | None:
        """Read a client's cursor; it may be ahead of this state. None: send everything."""
        return parse_cursor(text, newest=_ANY_VERSION, started_ms=self._run.created_ms)

    def stand(self, extras: Extra = BASE) -> Stand:
        """What a client holds that is in step."""
        if self._shows_jobs(extras):
            return Stand(self.version, len(self._jobs), format_digest(self._digest))
        return Stand(self.version, 0, format_digest(0))

    def needs_snapshot(self, cursor: Version | None, extras: Extra = BASE) -> bool:
        """Whether this client is sent all jobs: it holds none of them, its set has grown, or the run has ended.

        A diff that is larger than the snapshot would ask for one, too, but there is none: a job's part of `all_jobs`
        holds all that its part of `update` does (a test watches this), and `added` is made of the same parts.
        """
        run = self._run
        if not self._shows_jobs(extras):
            return False
        if cursor is None or (run.status.is_terminal and Extra.BEAT not in extras):
            return True
        if Extra.ADDED in extras:
            return False
        return run.listed_version is None or cursor < run.listed_version or cursor < self._grown

    def content(self, cursor: Version | None, extras: Extra = BASE) -> Content:
        """The group that takes a client from its cursor (None: from nothing) to now."""
        run, whole, since = self._run, self.needs_snapshot(cursor, extras), cursor or _START
        known = not whole and since >= run.status_version
        added, changed = self._parted(self.version if whole else since, extras)
        return Content(
            status=None if known else run.status,
            last=run.status.is_terminal,
            cursor=Cursor(run.version, run.version_ms),
            stand=self.stand(extras),
            snapshot=list(self._jobs.values()) if whole else None,
            in_pieces=Extra.ADDED in extras,
            added=added,
            changed=changed,
            names=list(self._companies) if whole else (),
            companies=self._companies_since(since) if Extra.COMPANIES in extras else (),
            log=self.log_since(since) if Extra.LOG in extras else (),
            beats=Extra.BEAT in extras and run.status.is_terminal,
        )

    def changed_since(self, cursor: Version) -> Iterator[JobRow]:
        """Jobs that changed behind the cursor, the newest first."""
        return takewhile(lambda job: job.version > cursor, reversed(self._jobs.values()))

    def log_since(self, cursor: Version) -> Sequence[LogRow]:
        """Lines that were written behind the cursor, as far as they are kept, in order."""
        return list(takewhile(lambda line: line.version > cursor, reversed(self._log)))[::-1]

    def _shows_jobs(self, extras: Extra) -> bool:
        """A base client sees the set of jobs once it no longer grows."""
        return Extra.ADDED in extras or self._run.status.is_listed

    def _parted(self, since: Version, extras: Extra) -> tuple[Sequence[JobRow], Sequence[JobRow]]:
        """The jobs that this client is told of as new, and those that changed."""
        if not self._shows_jobs(extras):
            return [], []
        jobs = list(self.changed_since(since))
        if Extra.ADDED not in extras:
            return [], jobs
        return [job for job in jobs if job.added_version > since], [job for job in jobs if job.added_version <= since]

    def _companies_since(self, since: Version) -> Sequence[tuple[CompanyRow, int]]:
        return [
            (row, self._sizes[name])
            for name, row in self._companies.items()
            if row.version > since or self._sized_at.get(name, since) > since
        ]

    def _take(self, delta: RunDelta) -> None:
        for job in delta.jobs:
            self._take_job(job)
        self._take_rest(delta)

    def _take_rest(self, delta: RunDelta) -> None:
        for row in delta.companies:
            self._companies[row.company] = row
        self._log.extend(delta.log)
        self.changes += len(delta.jobs)
        self._run = delta

    def _take_all(self, jobs: Sequence[JobRow]) -> None:
        """As `_take_job` one by one, where there is none yet: half of what a viewer waits for in a large run."""
        self._jobs = {(job.company, job.external_id): job for job in jobs}
        self._sizes.update([job.company for job in jobs])
        self._sized_at = {job.company: job.added_version for job in jobs}
        self._digest = sum([job_digest(key, job.status) for key, job in self._jobs.items()])
        self._grown = max([job.added_version for job in jobs], default=_START)

    def _take_job(self, job: JobRow) -> None:
        key = job.company, job.external_id
        before = self._jobs.pop(key, None)  # so that it goes to the end
        self._jobs[key] = job
        self._digest += job_digest(key, job.status)
        if before is None:
            self._sizes[job.company] += 1
            self._sized_at[job.company] = job.added_version
        else:
            self._digest -= job_digest(key, before.status)
        self._grown = max(self._grown, job.added_version)
