"""Groups of events as bytes (docs/reference/protocol.md). Pure; a frame is made once and shared by many viewers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from jobwire.domain.progress import Cursor
from jobwire.domain.runs import RunStatus, Version
from jobwire.progress.checksums import Part
from jobwire.progress.codings import Inflated, Slices, pack
from jobwire.progress.events import (
    Stand,
    added_event,
    all_jobs_event,
    beat_event,
    companies_event,
    event,
    log_event,
    update_event,
)
from jobwire.progress.extras import Encoding
from jobwire.progress.ports import CompanyRow, JobRow, LogRow

PIECE: Final = 2_000
"""A snapshot of more jobs comes in pieces to who understands them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a group is to say.

    `status` is None when the client knows it, `last` says that the run has ended. `snapshot` are all jobs, and replace
    what a client has; where it is None, `added` and `changed` are those that did so since. `names` are the run's
    companies, `companies` those to tell of, each with the number of its jobs. The group ends with a beat where `beats`.
    """

    status: RunStatus | None
    last: bool
    cursor: Cursor
    stand: Stand
    snapshot: Sequence[JobRow] | None = None
    in_pieces: bool = False
    added: Sequence[JobRow] = ()
    changed: Sequence[JobRow] = ()
    names: Sequence[str] = ()
    companies: Sequence[tuple[CompanyRow, int]] = ()
    log: Sequence[LogRow] = ()
    beats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A whole group of events as it travels, which takes a client to `cursor`; after a `last` one the stream closes.

    Without slices there is nothing to send: what changed is nothing that this client sees. `part` is what they hold.
    """

    slices: Slices
    part: Part
    cursor: Cursor
    stand: Stand
    last: bool

    @property
    def version(self) -> Version:
        """The version that it takes a client to."""
        return self.cursor.version

    @property
    def is_large(self) -> bool:
        """Whether it takes more than a slice."""
        return len(self.slices) > 1

    @property
    def size(self) -> int:
        """How many bytes it keeps."""
        return self.slices.size if isinstance(self.slices, Inflated) else sum(map(len, self.slices))

    def inflated(self) -> "Frame":
        """The same without gzip, which this one has."""
        assert not isinstance(self.slices, Inflated)
        return replace(self, slices=Inflated(self.slices, self.part.length))


def encode(content: Content, encoding: Encoding = Encoding.IDENTITY) -> Frame:
    """Make the group. The terminal status comes last, any other first."""
    slices, part = pack(_group(content), encoding)
    return Frame(slices=slices, part=part, cursor=content.cursor, stand=content.stand, last=content.last)


def _group(content: Content) -> list[bytes]:
    """The group's events, whole: its last one carries the cursor, and one that others complete carries none to keep."""
    status = [] if content.status is None else [event("status", content.status.encode())]
    before, after = ([], status) if content.last else (status, [])
    snapshot = _snapshot(content)
    events = [*before, *snapshot, *_news(content), *after]
    ids = [b""] * len(events)
    if len(snapshot) > 1:
        ids[len(before)] = b"id: 0\n"
    if ids:
        ids[-1] = f"id: {content.cursor}\n".encode()
    return [b"%b%b\n" % pair for pair in zip(events, ids, strict=True)]


def _snapshot(content: Content) -> list[bytes]:
    jobs = content.snapshot
    if jobs is None:
        return []
    if not content.in_pieces:
        return [all_jobs_event(content.names, jobs)]
    pieces = [jobs[start : start + PIECE] for start in range(PIECE, len(jobs), PIECE)]
    return [all_jobs_event(content.names, jobs[:PIECE]), *map(added_event, pieces)]


def _news(content: Content) -> list[bytes]:
    events: list[bytes] = []
    if content.added:
        events.append(added_event(content.added))
    if content.changed:
        events.append(update_event(content.changed))
    if content.companies:
        events.append(companies_event(content.companies))
    if content.log:
        events.append(log_event(content.log))
    if content.beats:
        events.append(beat_event(content.stand, content.cursor.ms or 0))
    return events
