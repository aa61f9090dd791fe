"""The newest state of one run, and what a base client at a cursor is owed (PROTOCOL §2, §4). No I/O, no bytes.

There is no history: what changed behind a cursor follows from the newest state and the version at which each job last
changed. Jobs are kept in order of that version, so that it is a short walk from the end.
"""

from collections.abc import Iterator
from itertools import takewhile

from jobwire.domain.progress import Cursor, JobKey, parse_cursor
from jobwire.domain.runs import RunStatus, Version
from jobwire.progress.frames import Content
from jobwire.progress.ports import JobRow, RunDelta

_ANY_VERSION = Version(10**18)


class RunState:
    """A run as it was read first, and every delta since."""

    def __init__(self, first: RunDelta) -> None:
        self._run = first
        self._jobs: dict[JobKey, JobRow] = {}
        self._grown = Version(0)
        self._take(first)

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
    def replaced_at(self) -> Version:
        """The last version that clients from before cannot be taken over with an `update` alone."""
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

    def needs_snapshot(self, cursor: Version | None) -> bool:
        """Whether this client is sent all jobs: it holds none of them, its set has grown, or the run has ended.

        A diff that is larger than the snapshot would ask for one, too, but there is none: a job's part of `all_jobs`
        holds all that its part of `update` does (a test watches this).
        """
        run = self._run
        if not run.status.is_listed:
            return False
        if cursor is None or run.listed_version is None or run.status.is_terminal:
            return True
        return cursor < run.listed_version or cursor < self._grown

    def content(self, cursor: Version | None) -> Content:
        """The group that takes a base client from its cursor (None: from nothing) to now."""
        run, whole = self._run, self.needs_snapshot(cursor)
        if whole:
            jobs = list(self._jobs.values())
        else:
            jobs = list(self.changed_since(cursor or Version(0))) if run.status.is_listed else []
        known = not whole and cursor is not None and cursor >= run.status_version
        return Content(
            status=None if known else run.status,
            jobs=jobs,
            whole=whole,
            last=run.status.is_terminal,
            companies=run.companies,
            cursor=Cursor(run.version, run.version_ms),
        )

    def changed_since(self, cursor: Version) -> Iterator[JobRow]:
        """Jobs that changed behind the cursor, the newest first."""
        return takewhile(lambda job: job.version > cursor, reversed(self._jobs.values()))

    def _take(self, delta: RunDelta) -> None:
        for job in delta.jobs:
            key = JobKey(job.company, job.external_id)
            self._jobs.pop(key, None)  # so that it goes to the end
            self._jobs[key] = job
            self._grown = max(self._grown, job.added_version)
        self._run = delta
