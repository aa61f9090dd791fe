"""A board's listing becomes a company's part of a run: what is new, back and gone, and the jobs that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.expiry import judge
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports import (
    KnownBoard,
    KnownPosting,
    Ledger,
    Listing,
    LogLine,
    NewJob,
    News,
    Opening,
    OpenJob,
    RunCompany,
    Unit,
    Unreadable,
)

GONE = "It is no longer on the board."
NO_TITLE = "(no title)"


@dataclass(frozen=True, slots=True)
class Listed:
    """A company whose board is listed: its listing's number and the jobs that are still to be read."""

    listing: int
    jobs: Sequence[OpenJob]


async def share_listing(ledger: Ledger, company: RunCompany, run_created_at: datetime) -> Listed | None:
    """Take the board's last listing if it is complete and began after the run did; None where it is not."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        if board.began_at is None or board.began_at <= run_created_at:
            return None
        known = await unit.postings.of_board(company.board_id)
        note = LogLine(company=company.company, message="Its board was listed a moment ago: that listing is shared.")
        return await _join(unit, company, board.listing, known, (), [note])


async def record_listing(ledger: Ledger, company: RunCompany, listing: Listing, began_at: datetime) -> Listed:
    """Write what a listing tells of its board, and the company's jobs, in one transaction."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        before = await unit.postings.of_board(company.board_id)
        update = _compare(company, board, before, listing)
        known = await _write(unit, company, update, before)
        await unit.postings.record_listing(
            company.board_id, update.number, began_at=began_at if listing.complete else None, count=update.count
        )
        notes = [LogLine(company=company.company, message=note, level="warning") for note in listing.notes]
        return await _join(unit, company, update.number, known, listing.unreadable, [*notes, *update.notes])


@dataclass(frozen=True, slots=True)
class _Update:
    """What a listing changes about its board. `added` by external_id, the others by posting id."""

    number: int
    count: int
    added: Sequence[Opening]
    changed: Mapping[int, Opening]
    back: frozenset[int]
    gone: frozenset[int]
    notes: Sequence[LogLine]


def _compare(company: RunCompany, board: KnownBoard, before: Mapping[str, KnownPosting], listing: Listing) -> _Update:
    seen = {opening.external_id: opening for opening in listing.openings}
    present = seen.keys() | {line.external_id for line in listing.unreadable}
    live = [posting for posting in before.values() if posting.gone_listing is None]
    missing = [posting for posting in live if posting.external_id not in present]
    verdict = judge(
        complete=listing.complete,
        live=len(live),
        missing=len(missing),
        listed=len(present),
        last_counts=board.last_counts,
    )
    back = frozenset(p.posting_id for p in before.values() if p.gone_listing is not None and p.external_id in seen)
    return _Update(
        number=board.listing + 1,
        count=len(present),
        added=[opening for external_id, opening in seen.items() if external_id not in before],
        changed={
            posting.posting_id: opening
            for external_id, opening in seen.items()
            if (posting := before.get(external_id)) and (posting.title != opening.title or posting.posting_id in back)
        },
        back=back,
        gone=frozenset(posting.posting_id for posting in missing) if verdict.expires else frozenset(),
        notes=[] if verdict.expires else [_not_expired(company, len(missing), verdict.why_not)],
    )


def _not_expired(company: RunCompany, missing: int, why_not: str) -> LogLine:
    message = f"{missing} known postings are missing from the listing, but are not called expired: {why_not}."
    return LogLine(company=company.company, message=message, level="warning")


async def _write(
    unit: Unit, company: RunCompany, update: _Update, before: Mapping[str, KnownPosting]
) -> Mapping[str, KnownPosting]:
    """Write the update; answer what is known of the board's postings after it."""
    if update.changed or update.gone:
        await unit.postings.lock([*update.changed, *update.gone])
    await unit.postings.relist(update.number, update.changed, update.back)
    await unit.postings.mark_gone(dict.fromkeys(update.gone, update.number), GONE)
    await unit.postings.add(company.board_id, update.number, update.added)
    if update.added or update.changed or update.gone:
        return await unit.postings.of_board(company.board_id)
    return before


async def _join(
    unit: Unit,
    company: RunCompany,
    number: int,
    known: Mapping[str, KnownPosting],
    unreadable: Sequence[Unreadable],
    notes: Sequence[LogLine],
) -> Listed:
    wanted = [p for p in known.values() if p.gone_listing is None and company.filters.keeps(p.title)]
    expired = [posting for posting in known.values() if _expired(company, posting)]
    jobs = [_job(posting) for posting in wanted]
    jobs += [_job(posting, JobStatus.EXPIRED, GONE) for posting in expired]
    known_ids = {job.external_id for job in jobs}
    jobs += [_failed(line) for line in unreadable if line.external_id and line.external_id not in known_ids]
    change = await unit.change(company.run_id)
    await change.begin()
    if not await change.listed(company.company, number, jobs):
        return Listed(number, ())
    await change.log([*notes, *_lines(company, known, wanted, expired, unreadable)])
    await advance(change)
    return Listed(number, [_open(company, posting) for posting in wanted])


def _expired(company: RunCompany, posting: KnownPosting) -> bool:
    """Gone since this person last took the board in, having been told of it then: both filters must keep the title."""
    return (
        posting.gone_listing is not None
        and posting.first_listing <= company.taken < posting.gone_listing
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


def _failed(line: Unreadable) -> NewJob:
    return NewJob(
        external_id=line.external_id,
        posting_id=None,
        title=line.title or NO_TITLE,
        location="",
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
        checked_listing=posting.checked_listing,
        news=News(posting.news_listing, posting.news),
    )


def _lines(
    company: RunCompany,
    known: Mapping[str, KnownPosting],
    wanted: Sequence[KnownPosting],
    expired: Sequence[KnownPosting],
    unreadable: Sequence[Unreadable],
) -> list[LogLine]:
    live = sum(posting.gone_listing is None for posting in known.values())
    text = f"{live} openings listed, {len(wanted)} kept by the title filters."
    if expired:
        text += f" {len(expired)} expired."
    failed = [
        LogLine(company=company.company, external_id=line.external_id or None, message=line.reason, level="error")
        for line in unreadable
    ]
    return [LogLine(company=company.company, message=text), *failed]
