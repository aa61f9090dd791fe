"""A board's listing becomes a company's part of a run: the jobs that a person wants, and those that expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports import (
    KnownPosting,
    Ledger,
    Listing,
    LogLine,
    NewJob,
    OpenJob,
    RunCompany,
    Unit,
    Unreadable,
)
from jobwire.ingest.updates import GONE, BoardAfter, compare_listing, write_update

NO_TITLE = "(no title)"


@dataclass(frozen=True, slots=True)
class Listed:
    """A company whose board is listed: its listing's number and the jobs that are still to be read."""

    listing: int
    jobs: Sequence[OpenJob]


async def share_listing(ledger: Ledger, company: RunCompany, run_created_at: datetime) -> Listed | None:
    """Take the board's last listing if it is a good one and began after the run did; None where it is not."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        if board.began_at is None or board.began_at <= run_created_at:
            return None
        known = await unit.postings.of_board(company.board_id)
        note = LogLine(company=company.company, message="Its board was listed a moment ago: that listing is shared.")
        return await _join(unit, company, BoardAfter.of(board.listing, known.values()), [note])


async def record_listing(ledger: Ledger, company: RunCompany, listing: Listing, began_at: datetime) -> Listed:
    """Write what a listing tells of its board, and the company's jobs, in one transaction."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        before = await unit.postings.of_board(company.board_id)
        update = compare_listing(board, before, listing, began_at)
        after = await write_update(unit.postings, company.board_id, update, before)
        await unit.postings.record_listing(company.board_id, update.board)
        sentences = [*listing.notes, *([update.note] if update.note else [])]
        if update.board.doubt is not None and listing.complete:
            sentences.append(f"If it has, say so: `jobwire accept {company.company}`. With time it is believed, too.")
        notes = [LogLine(company=company.company, message=one, level="warning") for one in sentences]
        return await _join(unit, company, after, notes)


async def _join(unit: Unit, company: RunCompany, board: BoardAfter, notes: Sequence[LogLine]) -> Listed:
    wanted = [posting for posting in board.listed if company.filters.keeps(posting.title)]
    expired = [posting for posting in board.gone if _expired(company, posting)]
    jobs = [_job(posting) for posting in wanted]
    jobs += [_job(posting, JobStatus.EXPIRED, GONE) for posting in expired]
    known_ids = {job.external_id for job in jobs}
    failed = [_failed(line, posting) for line, posting in board.refused if line.external_id not in known_ids]
    jobs += [job for job in failed if job.external_id and (job.title == NO_TITLE or company.filters.keeps(job.title))]
    change = await unit.change(company.run_id)
    await change.begin()
    if not await change.listed(company.company, board.number, jobs):
        return Listed(board.number, ())
    await change.log([*notes, *_lines(company, board, len(wanted), len(expired))])
    await advance(change)
    return Listed(board.number, [_open(company, posting) for posting in wanted])


def _expired(company: RunCompany, posting: KnownPosting) -> bool:
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
        checked_listing=posting.checked_listing,
        news=posting.news,
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
