"""A board's listing becomes a company's part of a run: what is new, back and gone, and the jobs that follow."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
    """Take the board's last listing if it is a good one and began after the run did; None where it is not."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        if board.began_at is None or board.began_at <= run_created_at:
            return None
        known = await unit.postings.of_board(company.board_id)
        note = LogLine(company=company.company, message="Its board was listed a moment ago: that listing is shared.")
        return await _join(unit, company, _Board.of(board.listing, known.values()), [note])


async def record_listing(ledger: Ledger, company: RunCompany, listing: Listing, began_at: datetime) -> Listed:
    """Write what a listing tells of its board, and the company's jobs, in one transaction."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        before = await unit.postings.of_board(company.board_id)
        update = _compare(company, board, before, listing)
        after = await _write(unit, company, update, before)
        await unit.postings.record_listing(
            company.board_id,
            update.number,
            began_at=began_at if update.is_good else None,
            count=update.count if listing.complete else None,
        )
        notes = [LogLine(company=company.company, message=note, level="warning") for note in listing.notes]
        return await _join(unit, company, after, [*notes, *update.notes])


@dataclass(frozen=True, slots=True)
class _Update:
    """What a listing changes about its board. `gone` and `back` are postings' ids.

    `is_good` where nothing speaks against it: only then may others share it, who have no more of it than the postings
    that are not gone.
    """

    number: int
    openings: Mapping[str, Opening]
    unreadable: Sequence[Unreadable]
    back: frozenset[int]
    gone: frozenset[int]
    is_good: bool
    notes: Sequence[LogLine]

    @property
    def count(self) -> int:
        return len(self.openings) + len(self.unreadable)


@dataclass(frozen=True, slots=True)
class _Board:
    """A board after a listing: the postings that it holds, those that are gone, and what could not be read of it."""

    number: int
    listed: Sequence[KnownPosting]
    gone: Sequence[KnownPosting]
    refused: Sequence[tuple[Unreadable, KnownPosting | None]] = ()

    @classmethod
    def of(cls, number: int, known: Collection[KnownPosting]) -> "_Board":
        listed = [posting for posting in known if posting.gone_listing is None]
        return cls(number, listed, [posting for posting in known if posting.gone_listing is not None])


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
    return _Update(
        number=board.listing + 1,
        openings=seen,
        unreadable=listing.unreadable,
        back=frozenset(p.posting_id for p in before.values() if p.gone_listing is not None and p.external_id in seen),
        gone=frozenset(posting.posting_id for posting in missing) if verdict.expires else frozenset(),
        is_good=listing.complete and verdict.expires,
        notes=[] if verdict.expires else [_not_expired(company, len(missing), verdict.why_not)],
    )


def _not_expired(company: RunCompany, missing: int, why_not: str) -> LogLine:
    message = f"{missing} known postings are missing from the listing, but are not called expired: {why_not}."
    return LogLine(company=company.company, message=message, level="warning")


async def _write(unit: Unit, company: RunCompany, update: _Update, before: Mapping[str, KnownPosting]) -> _Board:
    """Write the update; answer what the board is after it."""
    number = update.number
    changed = {
        posting.posting_id: opening
        for external_id, opening in update.openings.items()
        if (posting := before.get(external_id))
        and (posting.title != opening.title or posting.posting_id in update.back)
    }
    await unit.postings.lock([*changed, *update.gone])
    await unit.postings.relist(number, changed, update.back)
    await unit.postings.mark_gone(dict.fromkeys(update.gone, number), GONE)
    added = [opening for external_id, opening in update.openings.items() if external_id not in before]
    ids = await unit.postings.add(company.board_id, number, added)
    listed: list[KnownPosting] = []
    for external_id, opening in update.openings.items():
        posting = before.get(external_id)
        if posting is None:
            posting = _new(ids[external_id], number, opening)
        elif posting.posting_id in changed:
            posting = _relisted(posting, number, opening, is_back=posting.posting_id in update.back)
        listed.append(posting)
    gone = [replace(p, gone_listing=number) if p.posting_id in update.gone else p for p in before.values()]
    return _Board(
        number,
        listed,
        [
            posting
            for posting in gone
            if posting.gone_listing is not None and posting.external_id not in update.openings
        ],
        [(line, before.get(line.external_id)) for line in update.unreadable],
    )


def _new(posting_id: int, number: int, opening: Opening) -> KnownPosting:
    return KnownPosting(
        posting_id=posting_id,
        external_id=opening.external_id,
        title=opening.title,
        location=opening.location,
        url=opening.url,
        first_listing=number,
        checked_listing=0,
        source_hash=None,
        news_listing=0,
        news=None,
        gone_listing=None,
    )


def _relisted(posting: KnownPosting, number: int, opening: Opening, *, is_back: bool) -> KnownPosting:
    posting = replace(posting, title=opening.title, location=opening.location, url=opening.url)
    return replace(posting, gone_listing=None, news="back", news_listing=number) if is_back else posting


async def _join(unit: Unit, company: RunCompany, board: _Board, notes: Sequence[LogLine]) -> Listed:
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
        first_listing=posting.first_listing,
        checked_listing=posting.checked_listing,
        news=News(posting.news_listing, posting.news),
    )


def _lines(company: RunCompany, board: _Board, wanted: int, expired: int) -> list[LogLine]:
    text = f"{len(board.listed)} openings listed, {wanted} kept by the title filters."
    if expired:
        text += f" {expired} expired."
    failed = [
        LogLine(company=company.company, external_id=line.external_id or None, message=line.reason, level="error")
        for line, _ in board.refused
    ]
    return [LogLine(company=company.company, message=text), *failed]
