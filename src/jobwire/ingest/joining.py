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
        await change.note_absent({name: absent for name in new if (absent := joined[name].absent)})
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
    absent: Sequence[int]
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
    new_to_filters = {one.posting_id for one in wanted if not company.taken_filters.keeps(one.title)}
    jobs = [
        _wanted_job(part, one, is_unchanged=one.posting_id in unchanged, was_kept=one.posting_id not in new_to_filters)
        for one in wanted
    ]
    jobs += [_job(posting, JobStatus.EXPIRED, board.why_gone) for posting in expired]
    known_ids = {job.external_id for job in jobs}
    failed = [_failed(company, *refused) for refused in board.refused if refused[0].external_id not in known_ids]
    jobs += [job for job in failed if job.external_id and (job.title == NO_TITLE or company.filters.keeps(job.title))]
    return _Joining(
        board.number,
        jobs,
        [
            _open(company, posting, was_kept=posting.posting_id not in new_to_filters)
            for posting in wanted
            if posting.posting_id not in unchanged
        ],
        {one: same for one, same in unchanged.items() if one not in part.compared or same.key is not None},
        [posting.posting_id for posting in board.absent if company.filters.keeps(posting.title)],
        [*part.notes, *_lines(company, board, len(wanted), len(expired))],
    )


def _wanted_job(part: Part, posting: KnownPosting, *, is_unchanged: bool, was_kept: bool) -> NewJob:
    if not is_unchanged:
        return _job(posting, JobStatus.PENDING, None, was_kept=was_kept)
    return _job(posting, *verdict(part.company, part.board.number, posting, was_kept=was_kept), was_kept=was_kept)


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


def _job(posting: KnownPosting, status: JobStatus, reason: str | None, *, was_kept: bool = True) -> NewJob:
    return NewJob(
        external_id=posting.external_id,
        posting_id=posting.posting_id,
        title=posting.title,
        location=posting.location,
        status=status,
        reason=reason,
        was_kept=was_kept,
    )


def _failed(company: RunCompany, line: Unreadable, posting: KnownPosting | None) -> NewJob:
    return NewJob(
        external_id=line.external_id,
        posting_id=posting and posting.posting_id,
        title=line.title or (posting.title if posting else NO_TITLE),
        location=posting.location if posting else "",
        status=JobStatus.ERROR,
        reason=line.reason,
        was_kept=posting is None or company.taken_filters.keeps(posting.title),
    )


def _open(company: RunCompany, posting: KnownPosting, *, was_kept: bool) -> OpenJob:
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
        was_kept=was_kept,
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
