"""What a client of the progress stream holds: the cursor, the events, and the one fold.

The server, `jobwire watch` and the tests use this fold; golden streams in `protocol/` bind the TypeScript one to it.
"""

import re
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from jobwire.domain.runs import CompanyStatus, JobStatus, RunStatus, Version

LOG_KEPT: Final = 1_000
"""So many lines of the log a view keeps."""
_CURSOR: Final = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,15}))?", re.ASCII)


class Cursor(NamedTuple):
    """Up to which committed version of the run a client has been taken. `ms` is when that version was made."""

    version: Version
    ms: int | None = None

    def __str__(self) -> str:
        return f"{self.version}" if self.ms is None else f"{self.version}.{self.ms}"


def parse_cursor(text: str | None, *, newest: Version, started_ms: int) -> Version | None:
    """Read a cursor that a client sent; None means "send everything".

    Nothing in it is trusted: 0, a version above the run's, or a time before the run's start counts as malformed.
    """
    match = _CURSOR.fullmatch(text or "")
    if match is None:
        return None
    version, ms = int(match[1]), match[2]
    if not 0 < version <= newest or (ms is not None and int(ms) < started_ms):
        return None
    return Version(version)


class JobKey(NamedTuple):
    """What identifies a job within a run."""

    company: str
    external_id: str


@dataclass(slots=True)
class JobView:
    """What a client knows of one job."""

    title: str
    status: JobStatus


class CompanyView(msgspec.Struct, frozen=True):
    """What a client knows of one company; `jobs` is how many it has in this run."""

    status: CompanyStatus
    jobs: int
    reason: str | None


class LineView(msgspec.Struct, frozen=True):
    """A line of the run's log; `at` is ISO 8601 in UTC."""

    seq: int
    at: str
    level: str
    company: str | None
    external_id: str | None
    message: str


class Beat(msgspec.Struct, frozen=True):
    """What a client must hold where this comes. `at` is the server's time in milliseconds since 1970."""

    at: int
    version: int
    jobs: int
    digest: str


@dataclass(slots=True)
class RunView:
    """What a client holds of a run after the events so far."""

    status: RunStatus | None = None
    jobs: dict[JobKey, JobView] = field(default_factory=dict[JobKey, JobView])
    companies: list[str] = field(default_factory=list[str])
    cursor: str = ""
    standings: dict[str, CompanyView] = field(default_factory=dict[str, CompanyView])
    """By company, for a client that gets `companies`."""
    log: deque[LineView] = field(default_factory=lambda: deque[LineView](maxlen=LOG_KEPT))
    """The newest lines, for a client that gets `log`."""
    beat: Beat | None = None
    """The last one."""
    is_astray: bool = False
    """Whether the last beat says that this view is wrong: begin anew, without a cursor."""

    def apply(self, event: str, data: str, event_id: str = "") -> None:
        """Fold one event in. Unknown events change nothing but the cursor."""
        match event:
            case "status":
                self.status = RunStatus(data)
            case "all_jobs":
                state = msgspec.json.decode(data, type=_Jobs)
                self.companies, self.jobs = list(state), {}
                self._add(state)
            case "added":
                self._add(msgspec.json.decode(data, type=_Jobs))
            case "update":
                self._patch(msgspec.json.decode(data, type=dict[str, dict[str, JobStatus]]))
            case "companies":
                self.standings.update(msgspec.json.decode(data, type=dict[str, CompanyView]))
            case "log":
                self._read_on(msgspec.json.decode(data, type=list[LineView]))
            case "beat":
                self._compare(msgspec.json.decode(data, type=Beat))
            case _:
                pass
        if event_id:
            self.cursor = "" if event_id == "0" else event_id

    def _add(self, state: Mapping[str, list["_JobOnWire"]]) -> None:
        for company, jobs in state.items():
            for job in jobs:
                self.jobs[JobKey(company, job.external_id)] = JobView(job.title, job.status)

    def _patch(self, changes: Mapping[str, Mapping[str, JobStatus]]) -> None:
        for company, statuses in changes.items():
            for external_id, status in statuses.items():
                if job := self.jobs.get(JobKey(company, external_id)):
                    job.status = status

    def _read_on(self, lines: Iterable[LineView]) -> None:
        """Lines come again with a group that was cut."""
        last = self.log[-1].seq if self.log else 0
        self.log.extend(line for line in lines if line.seq > last)

    def _compare(self, beat: Beat) -> None:
        self.beat = beat
        self.is_astray = (beat.jobs, beat.digest) != (len(self.jobs), self.digest())

    def digest(self) -> str:
        """The digest of all jobs held (PROTOCOL §6)."""
        return format_digest(sum(job_digest(key, job.status) for key, job in self.jobs.items()))


class _JobOnWire(msgspec.Struct):
    external_id: str
    title: str
    status: JobStatus


_Jobs = dict[str, list[_JobOnWire]]


def job_digest(key: tuple[str, str], status: JobStatus) -> int:
    """One job's part of the digest: CRC-32 (as in zlib) of company, external_id (the `key`) and status, one a line."""
    company, external_id = key
    return zlib.crc32(f"{company}\n{external_id}\n{status}".encode())


def format_digest(total: int) -> str:
    """The sum of all parts, modulo 2^32, as 8 lower-case hex digits."""
    return f"{total & 0xFFFFFFFF:08x}"
