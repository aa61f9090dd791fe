"""Boards as they stand become companies' parts of a run: the jobs that a person wants, and those that expired.

Those that come at the same time share a transaction. A posting whose text is the known one is over in the one that has
its job join the run: most are, on most days. What a listing says of its board is committed before (`listing.py`):
between them titles are matched, which may take long, and nobody waits for the board meanwhile. Whoever dies there
leaves a listing that the next slice shares.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobwire.domain.aside import aside
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus
from jobwire.ingest.crawling import Unchanged, unchanged_text, verdict
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports.boards import Unreadable
from jobwire.ingest.ports.postings import KnownPosting, Postings
from jobwire.ingest.ports.runs import LogLine, NewJob, OpenJob, RunCompany
from jobwire.ingest.ports.units import Ledger
from jobwire.ingest.updates import BoardAfter

NO_TITLE = "(no title)"


@dataclass(frozen=True, slots=True)
class Part:
    """How a board stands `at` this time, which is to become a company's part of the run, and what is said of it."""

    company: RunCompany
    board: BoardAfter
    at: datetime
    notes: Sequence[LogLine]
    hashes: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Of the texts that came with the listing."""
    compared: frozenset[int] = frozenset()
    """Postings of which it was noted, when the listing was recorded, that these are the known ones."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A company whose board is listed: its listing's number and the jobs that are still to be read."""

    listing: int
    jobs: Sequence[OpenJob]


async def join(ledger: Ledger, parts: Sequence[Part]) -> Sequence[Listed]:
    """Make boards' stands the companies' parts (each another one) of their run."""
    joined = await aside(parts[0].company.run_id, lambda: {part.company.company: _joining(part) for part in parts})
    async with ledger.unit() as unit:
        await _write_unchanged(unit.postings, joined.values())
        change = await unit.change(parts[0].company.run_id)
        await change.begin()
        new = await change.listed({name: (one.listing, one.jobs) for name, one in joined.items()})
        await advance(change, [line for name in new for line in joined[name].lines])
    return [Listed(one.listing, one.open if name in new else ()) for name, one in joined.items()]


@dataclass(frozen=True, slots=True)
class _Joining:
    """A company's part: its jobs, those of them that are to be read, and what is said of it.

    `unchanged` are postings, by their ids, of which it is yet to be noted that their texts are the known ones.
    """

    listing: int
    jobs: Sequence[NewJob]
    open: Sequence[OpenJob]
    unchanged: Mapping[int, Unchanged]
    lines: Sequence[LogLine]


def _joining(part: Part) -> _Joining:
    company, board = part.company, part.board
    wanted = [posting for posting in board.listed if company.filters.keeps(posting.title)]
    expired = [posting for posting in board.gone if is_expired(company, posting)]
    unchanged = {
        posting.posting_id: same
        for posting in wanted
        if (same := unchanged_text(posting, board.number, part.at, part.hashes.get(posting.external_id))) is not None
    }
    jobs = [_unchanged_job(part, posting) if posting.posting_id in unchanged else _job(posting) for posting in wanted]
    jobs += [_job(posting, JobStatus.EXPIRED, board.why_gone) for posting in expired]
    known_ids = {job.external_id for job in jobs}
    failed = [_failed(line, posting) for line, posting in board.refused if line.external_id not in known_ids]
    jobs += [job for job in failed if job.external_id and (job.title == NO_TITLE or company.filters.keeps(job.title))]
    return _Joining(
        board.number,
        jobs,
        [_open(company, posting) for posting in wanted if posting.posting_id not in unchanged],
        {one: same for one, same in unchanged.items() if one not in part.compared or same.key is not None},
        [*part.notes, *_lines(company, board, len(wanted), len(expired))],
    )


def _unchanged_job(part: Part, posting: KnownPosting) -> NewJob:
    was_kept = part.company.taken_filters.keeps(posting.title)
    return _job(posting, *verdict(part.company, part.board.number, posting, was_kept=was_kept))


async def _write_unchanged(postings: Postings, parts: Collection[_Joining]) -> None:
    """Note which texts were compared."""
    compared = [
        (posting_id, part.listing, same.key)
        for part in parts
        for posting_id, same in part.unchanged.items()
        if same.compared
    ]
    await postings.lock([posting_id for posting_id, _, _ in compared])
    await postings.mark_checked({posting_id: listing for posting_id, listing, _ in compared})
    await postings.mark_read({posting_id: key for posting_id, _, key in compared if key is not None})


def is_expired(company: RunCompany, posting: KnownPosting) -> bool:
    """Gone since this person last took the board in, having been told of it then: both filters must keep the title."""
    return (
        posting.stay.was_live_at(company.taken)
        and company.filters.keeps(posting.title)
        and company.taken_filters.keeps(posting.title)
    )


def _job(posting: KnownPosting, status: JobStatus = JobStatus.PENDING, reason: str | None = None) -> NewJob:
    return NewJob(
        external_id=posting.external_id,
        posting_id=posting.posting_id,
        title=posting.title,
        location=posting.location,
        status=status,
        reason=reason,
    )


def _failed(line: Unreadable, posting: KnownPosting | None) -> NewJob:
    return NewJob(
        external_id=line.external_id,
        posting_id=posting and posting.posting_id,
        title=line.title or (posting.title if posting else NO_TITLE),
        location=posting.location if posting else "",
        status=JobStatus.ERROR,
        reason=line.reason,
    )


def _open(company: RunCompany, posting: KnownPosting) -> OpenJob:
    return OpenJob(
        key=JobKey(company.company, posting.external_id),
        attempt=1,
        status=JobStatus.PENDING,
        title=posting.title,
        posting_id=posting.posting_id,
        source_hash=posting.source_hash,
        stay=posting.stay,
        own_key=posting.own_key,
        strikes=posting.strikes,
        checked_listing=posting.checked_listing,
        part_listings=posting.part_listings,
    )


def _lines(company: RunCompany, board: BoardAfter, wanted: int, expired: int) -> list[LogLine]:
    text = f"{len(board.listed)} openings listed, {wanted} kept by the title filters."
    if expired:
        text += f" {expired} expired."
    failed = [
        LogLine(company=company.company, external_id=line.external_id or None, message=line.reason, level="error")
        for line, _ in board.refused
    ]
    return [LogLine(company=company.company, message=text), *failed]
