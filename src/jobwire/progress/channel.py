"""A channel: the newest state of one run in memory, and the frames that take a viewer from its cursor to now.

There is no history: what changed behind a cursor follows from the newest state and the version at which each job last
changed. Jobs are kept in order of that version, so that it is a short walk from the end.
"""

import asyncio
import logging
from collections.abc import Iterable
from itertools import islice, takewhile

from jobwire.domain.progress import Cursor, JobKey, parse_cursor
from jobwire.domain.runs import RunId, RunStatus, Version
from jobwire.progress.frames import Frame, Job, all_jobs_event, group, status_event, update_event
from jobwire.progress.ports import LedgerReader, RunDelta

logger = logging.getLogger(__name__)

READ_INTERVAL_S = 0.02
"""Reads of one run are at least this far apart: bursts coalesce. A change after a quiet time is read at once."""
RETRY_S = 0.5
"""After a read that failed."""
LARGE = 2_000
"""The snapshot of a run with more jobs is encoded off the event loop, and kept for viewers to come."""
STALE_PART = 4
"""A kept snapshot is of use while at most one job in so many has changed since."""


class Channel:
    """The live state of one run. `open` it first, `run` it in a task, and `wake` it when there may be news."""

    def __init__(self, run_id: RunId, reader: LedgerReader) -> None:
        self.run_id = run_id
        self._reader = reader
        self._state: RunDelta | None = None
        self._jobs: dict[JobKey, Job] = {}
        self._grown = Version(0)
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        self._reading = asyncio.Lock()
        self._encoding = asyncio.Lock()
        self._frames: dict[Version | None, Frame] = {}
        self._kept: Frame | None = None

    @property
    def state(self) -> RunDelta:
        """The run's row as last read."""
        if self._state is None:
            raise RuntimeError("the channel is not open")
        return self._state

    @property
    def version(self) -> Version:
        """The version that the channel is at."""
        return self._state.version if self._state else Version(0)

    async def open(self) -> None:
        """Read the run for the first time, unless somebody did. Raise `NotFound`."""
        async with self._reading:
            if self._state is None:
                await self._read()

    async def run(self) -> None:
        """Read whenever woken, for as long as the task lives."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                async with self._reading:
                    await self._read()
            except Exception:
                logger.exception("channel_read_failed", extra={"run_id": self.run_id})
                self._wanted.set()
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(READ_INTERVAL_S)

    def wake(self, version: Version) -> None:
        """There may be news: the run is said to be at `version`."""
        if version > self.version:
            self._wanted.set()

    async def cursor(self, text: str | None) -> Version | None:
        """Read a client's cursor. One ahead of the channel may come from another process that read later: read first."""
        newest = Version(10**18)
        claimed = parse_cursor(text, newest=newest, started_ms=self.state.created_ms)
        if claimed is not None and claimed > self.version:
            async with self._reading:
                await self._read()
        return claimed if claimed is not None and claimed <= self.version else None

    def has_ended(self, cursor: Version | None) -> bool:
        """Whether a client at this cursor has seen the end of the run."""
        return self.state.status.is_terminal and cursor == self.version

    async def wait(self, cursor: Version) -> None:
        """Return when the channel is past the cursor."""
        while self.version <= cursor:
            await self._changed.wait()

    async def frame(self, cursor: Version | None) -> Frame:
        """The group that takes a base client from its cursor (None: from nothing) to now. Its data may be empty."""
        if cursor in self._frames:
            return self._frames[cursor]
        state = self.state
        if not state.status.is_listed:
            return self._keep(cursor, self._before_listed(cursor))
        if self._needs_snapshot(cursor):
            return await self._whole()
        return self._keep(cursor, self._diff(cursor or Version(0)))

    def _needs_snapshot(self, cursor: Version | None) -> bool:
        """A client that was there before the set of jobs was shown, or whose set has grown since, is sent all of it."""
        state = self.state
        if cursor is None or state.listed_version is None or state.status.is_terminal:
            return True
        return cursor < state.listed_version or cursor < self._grown

    def _before_listed(self, cursor: Version | None) -> Frame:
        state = self.state
        if cursor is not None and state.status_version <= cursor:
            return Frame(b"", state.version)
        return Frame(group(status_event(state.status), cursor=_id(state)), state.version)

    def _diff(self, cursor: Version) -> Frame:
        state = self.state
        events = [status_event(state.status)] if state.status_version > cursor else []
        if jobs := list(self._changed_since(cursor)):
            events.append(update_event(jobs))
        return Frame(group(*events, cursor=_id(state)) if events else b"", state.version)

    async def _whole(self) -> Frame:
        async with self._encoding:  # whoever comes while it is made shares it
            if None in self._frames:
                return self._frames[None]
            if self._kept is not None and self._is_fresh(self._kept):
                return self._kept
            state, jobs = self.state, list(self._jobs.values())
            if len(jobs) <= LARGE:
                return self._keep(None, _snapshot(state, jobs))
            frame = await asyncio.to_thread(_snapshot, state, jobs)
            self._kept = frame
            return self._keep(None, frame) if self.version == frame.version else frame

    def _is_fresh(self, kept: Frame) -> bool:
        """Whether a kept snapshot and one update are a good way to now."""
        state = self.state
        if state.status.is_terminal or kept.version < max(state.status_version, self._grown):
            return False
        limit = len(self._jobs) // STALE_PART
        return sum(1 for _ in islice(self._changed_since(kept.version), limit + 1)) <= limit

    def _changed_since(self, cursor: Version) -> Iterable[Job]:
        return takewhile(lambda job: job.version > cursor, reversed(self._jobs.values()))

    def _keep(self, cursor: Version | None, frame: Frame) -> Frame:
        self._frames[cursor] = frame
        return frame

    async def _read(self) -> None:
        delta = await self._reader.read(self.run_id, self.version)
        if self._state is not None and delta.version <= self._state.version:
            return
        for row in delta.jobs:
            key = JobKey(row.company, row.external_id)
            known = self._jobs.pop(key, None)
            self._jobs[key] = Job.of(row) if known is None else known.changed(row)
            self._grown = max(self._grown, row.added_version)
        self._state = delta
        self._frames.clear()
        self._changed.set()
        self._changed = asyncio.Event()


def _snapshot(state: RunDelta, jobs: list[Job]) -> Frame:
    status, everything = status_event(state.status), all_jobs_event(state.companies, jobs)
    if state.status.is_terminal:
        return Frame(group(everything, status, cursor=_id(state)), state.version, last=True)
    assert state.status is RunStatus.INGESTING
    return Frame(group(status, everything, cursor=_id(state)), state.version)


def _id(state: RunDelta) -> str:
    return str(Cursor(state.version, state.version_ms))
