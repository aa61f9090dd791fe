"""Events as bytes (PROTOCOL §2, §3). Everything here is pure; a frame is made once and shared by many viewers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from jobwire.domain.runs import JobStatus, RunStatus, Version
from jobwire.progress.ports import JobRow

HEARTBEAT = b":\n\n"


class Job(NamedTuple):
    """A job with its parts of the wire format made ready: `entry` opens its line of `all_jobs`, `key` that of `update`."""

    company: str
    key: str
    entry: str
    status: JobStatus
    version: Version

    @classmethod
    def of(cls, row: JobRow) -> "Job":
        key = _json(row.external_id)
        entry = f'{{"external_id":{key},"title":{_json(row.title)},"status":"'
        return cls(row.company, key, entry, row.status, row.version)

    def changed(self, row: JobRow) -> "Job":
        """The same job with another status: a title never changes within a run."""
        return Job(self.company, self.key, self.entry, row.status, row.version)


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole group of events as bytes. It takes a client to `version`; after a `last` one the stream closes."""

    data: bytes
    version: Version
    last: bool = False


def opening(retry_ms: int) -> bytes:
    """The first bytes of a stream: proxies flush their headers, Safari fires `open`."""
    return f": jobwire\nretry: {retry_ms}\n\n".encode()


def closing(retry_ms: int) -> bytes:
    """The last bytes before a planned close: when to come back."""
    return f"retry: {retry_ms}\n\n".encode()


def group(*events: str, cursor: str) -> bytes:
    """Join events into a group: its last one carries the cursor."""
    *others, last = events
    return "".join([*(f"{event}\n\n" for event in others), f"{last}\nid: {cursor}\n\n"]).encode()


def status_event(status: RunStatus) -> str:
    """The run's status, as bare text."""
    return f"event: status\ndata: {status}"


def all_jobs_event(companies: Sequence[str], jobs: Iterable[Job]) -> str:
    """The complete job map; companies without jobs are there with an empty list."""
    lines: dict[str, list[str]] = {company: [] for company in companies}
    for job in jobs:
        lines.setdefault(job.company, []).append(f'{job.entry}{job.status}"}}')
    body = ",".join(f"{_json(company)}:[{','.join(entries)}]" for company, entries in lines.items())
    return f"event: all_jobs\ndata: {{{body}}}"


def update_event(jobs: Iterable[Job]) -> str:
    """The newest status of each of these jobs."""
    lines: dict[str, list[str]] = {}
    for job in jobs:
        lines.setdefault(job.company, []).append(f'{job.key}:"{job.status}"')
    body = ",".join(f"{_json(company)}:{{{','.join(entries)}}}" for company, entries in lines.items())
    return f"event: update\ndata: {{{body}}}"


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()
