"""What the stream needs from the world. `storage` and `api` fit these; a fake passes the same contract tests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import msgspec

from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, UserId, Version


class JobRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A job as the ledger has it: `version` is when it last changed, `added_version` when it joined the run.

    There may be hundreds of thousands of them, which Python's garbage collector is not to walk through again and again.
    """

    company: str
    external_id: str
    title: str
    status: JobStatus
    version: Version
    added_version: Version


class CompanyRow(NamedTuple):
    """A company of the run as the ledger has it."""

    company: str
    status: CompanyStatus
    reason: str | None
    version: Version


class LogRow(NamedTuple):
    """A line of the run's log; `at` is ISO 8601 in UTC with `Z`."""

    seq: int
    at: str
    level: str
    company: str | None
    external_id: str | None
    message: str
    version: Version


LOG_LINES: Final = 1_000
"""So many lines of the log are kept at most, and read at a time: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDelta:
    """A run's row and what changed behind a version, all from one snapshot of the database.

    Times are milliseconds since 1970, by the database's clock. `listed_version` is from which on the set of jobs may be
    shown to everybody (None before that), `status_version` when the status last changed. `companies` holds the
    changed ones in the run's order, `jobs` the changed ones in order of version, `log` new lines in order.
    """

    status: RunStatus
    version: Version
    version_ms: int
    created_ms: int
    status_version: Version
    listed_version: Version | None
    companies: Sequence[CompanyRow]
    jobs: Sequence[JobRow]
    log: Sequence[LogRow]


class LedgerReader(Protocol):
    """Reads runs for the stream. Every method raises `Unavailable` when the database is away."""

    async def owner(self, run_id: RunId) -> UserId | None:
        """Whose run it is; None when there is no such run."""
        ...

    async def read(self, run_id: RunId, after: Version, log_after: int = 0) -> RunDelta:
        """The run, its companies and jobs with `version > after`, and its last 1,000 lines with `seq > log_after`.

        Lines that came after the end are left out. Raise `NotFound`.
        """
        ...

    async def versions(self, run_ids: Collection[RunId]) -> Mapping[RunId, Version]:
        """Which versions these runs are at; one that does not exist is left out."""
        ...


class Pipe(Protocol):
    """A connection's way out; asyncio's transports fit it."""

    def get_write_buffer_size(self) -> int:
        """How many bytes it still holds."""
        ...

    def write(self, data: bytes) -> None:
        """Send bytes. Returns at once."""
        ...


class Line(Protocol):
    """The connection to one client."""

    async def send(self, data: bytes) -> None:
        """Send bytes; return when the connection can take more. After the client has gone this does nothing."""
        ...

    def pipe(self) -> Pipe | None:
        """Where bytes may be written to at once, between two `send`; None where that cannot be."""
        ...

    async def end(self, patience_s: float) -> None:
        """Say that this was all. What the client has not taken within `patience_s` seconds is lost."""
        ...

    def drop(self) -> None:
        """Break the connection at once: what it still holds is lost, and a `send` that waits comes to its end."""
        ...
