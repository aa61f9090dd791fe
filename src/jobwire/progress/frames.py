"""Events as bytes (PROTOCOL §2, §3). Everything here is pure; a frame is made once and shared by many viewers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from jobwire.domain.progress import Cursor
from jobwire.domain.runs import JobStatus, RunStatus, Version
from jobwire.progress.ports import JobRow

HEARTBEAT: Final = b":\n\n"
SLICE: Final = 64 * 1024
"""A frame goes out in slices of at most so many bytes: the socket of a stalled viewer holds a slice, not a snapshot."""

# JSON leaves these as they are, SSE too; but clients that split lines as Unicode does would break an event there.
_LINE_BREAKS: Final = tuple((char.encode(), rf"\u{ord(char):04x}".encode()) for char in "\x85\u2028\u2029")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a group is to say: the run's status, and jobs. `whole`: these are all jobs, and replace what a client has.

    `status` is None when the client knows it, `last` says that the run has ended. `companies` are those of the run.
    """

    status: RunStatus | None
    jobs: Sequence[JobRow]
    whole: bool
    last: bool
    companies: Sequence[str]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole group of events as bytes, which takes a client to `version`; after a `last` one the stream closes.

    Without slices there is nothing to send: what changed is nothing that a base client sees.
    """

    slices: Sequence[bytes]
    version: Version
    last: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.slices))


def opening(retry_ms: int) -> bytes:
    """The first bytes of a stream: proxies flush their headers, Safari fires `open`."""
    return f": jobwire\nretry: {retry_ms}\n\n".encode()


def closing(retry_ms: int) -> bytes:
    """The last bytes before a planned close: when to come back."""
    return f"retry: {retry_ms}\n\n".encode()


def encode(content: Content) -> Frame:
    """Make the group. The terminal status comes after the jobs, any other before them."""
    status = [] if content.status is None else [_event("status", content.status.encode())]
    events = [*_jobs(content), *status] if content.last else [*status, *_jobs(content)]
    return Frame(_sliced(_group(events, content.cursor)), content.cursor.version, content.last)


def _jobs(content: Content) -> list[bytes]:
    if content.whole:
        return [all_jobs_event(content.companies, content.jobs)]
    return [update_event(content.jobs)] if content.jobs else []


def all_jobs_event(companies: Sequence[str], jobs: Iterable[JobRow]) -> bytes:
    """The complete job map; companies without jobs are there with an empty list."""
    state: dict[str, list[_JobOnWire]] = {company: [] for company in companies}
    for job in jobs:
        state.setdefault(job.company, []).append(_JobOnWire(job.external_id, job.title, job.status))
    return _event("all_jobs", _json(state))


def update_event(jobs: Iterable[JobRow]) -> bytes:
    """The newest status of each of these jobs."""
    statuses: dict[str, dict[str, JobStatus]] = {}
    for job in jobs:
        statuses.setdefault(job.company, {})[job.external_id] = job.status
    return _event("update", _json(statuses))


class _JobOnWire(msgspec.Struct):
    external_id: str
    title: str
    status: JobStatus


def _event(name: str, data: bytes) -> bytes:
    return b"event: %b\ndata: %b\n" % (name.encode(), data)


def _group(events: Sequence[bytes], cursor: Cursor) -> bytes:
    """Join events into a group: its last one carries the cursor. No events make no group."""
    return b"\n".join(events) + f"id: {cursor}\n\n".encode() if events else b""


def _sliced(data: bytes) -> Sequence[bytes]:
    return tuple(data[start : start + SLICE] for start in range(0, len(data), SLICE))


def _json(value: object) -> bytes:
    data = msgspec.json.encode(value)
    for char, escaped in _LINE_BREAKS:
        data = data.replace(char, escaped)
    return data
