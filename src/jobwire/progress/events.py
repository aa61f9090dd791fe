"""One event as bytes: its name and its data. Every field value is free of CR, LF and NUL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from jobwire.domain.runs import CompanyStatus, JobStatus, Version
from jobwire.progress.ports import CompanyRow, JobRow, LogRow

HEARTBEAT: Final = b":\n\n"

# JSON leaves these as they are, SSE too; but clients that split lines as Unicode does would break an event there.
_LINE_BREAKS: Final = tuple((char.encode(), rf"\u{ord(char):04x}".encode()) for char in "\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Stand:
    """What a client holds at a version: how many jobs, and their digest."""

    version: Version
    jobs: int
    digest: str


def opening(retry_ms: int) -> bytes:
    """The first bytes of a stream: proxies flush their headers, Safari fires `open`."""
    return f": jobwire\nretry: {retry_ms}\n\n".encode()


def closing(retry_ms: int) -> bytes:
    """The last bytes before a planned close: when to come back."""
    return f"retry: {retry_ms}\n\n".encode()


def event(name: str, data: bytes) -> bytes:
    """An event but for its `id:` and the empty line that ends it."""
    return b"event: %b\ndata: %b\n" % (name.encode(), data)


def all_jobs_event(companies: Sequence[str], jobs: Iterable[JobRow]) -> bytes:
    """The complete job map; companies without jobs are there with an empty list."""
    state: dict[str, list[_JobOnWire]] = {company: [] for company in companies}
    return event("all_jobs", _json(_by_company(jobs, state)))


def added_event(jobs: Iterable[JobRow]) -> bytes:
    """Jobs that joined the run."""
    return event("added", _json(_by_company(jobs, {})))


def update_event(jobs: Iterable[JobRow]) -> bytes:
    """The newest status of each of these jobs."""
    statuses: dict[str, dict[str, JobStatus]] = {}
    for job in jobs:
        statuses.setdefault(job.company, {})[job.external_id] = job.status
    return event("update", _json(statuses))


def companies_event(companies: Iterable[tuple[CompanyRow, int]]) -> bytes:
    """Companies, each with the number of its jobs."""
    named = {row.company: _CompanyOnWire(row.status, jobs, row.reason) for row, jobs in companies}
    return event("companies", _json(named))


def log_event(lines: Iterable[LogRow]) -> bytes:
    """Lines of the log."""
    return event("log", _json([_LineOnWire(*line[:-1]) for line in lines]))


def beat_event(stand: Stand, at_ms: int) -> bytes:
    """A sign of life, and what the client must hold."""
    return event("beat", _json(_BeatOnWire(at_ms, stand.version, stand.jobs, stand.digest)))


def rotate_event(in_ms: int, reason: str) -> bytes:
    """The connection will be closed."""
    return event("rotate", _json({"in_ms": in_ms, "reason": reason}))


class _JobOnWire(msgspec.Struct, gc=False):
    external_id: str
    title: str
    status: JobStatus


class _CompanyOnWire(msgspec.Struct):
    status: CompanyStatus
    jobs: int
    reason: str | None


class _LineOnWire(msgspec.Struct):
    seq: int
    at: str
    level: str
    company: str | None
    external_id: str | None
    message: str


class _BeatOnWire(msgspec.Struct):
    at: int
    version: int
    jobs: int
    digest: str


def _by_company(jobs: Iterable[JobRow], state: dict[str, list[_JobOnWire]]) -> dict[str, list[_JobOnWire]]:
    for job in jobs:
        state.setdefault(job.company, []).append(_JobOnWire(job.external_id, job.title, job.status))
    return state


def _json(value: object) -> bytes:
    data = msgspec.json.encode(value)
    for char, escaped in _LINE_BREAKS:
        data = data.replace(char, escaped)
    return data
