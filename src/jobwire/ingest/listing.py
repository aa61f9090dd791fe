"""A board's listing becomes a company's part of a run: the jobs that a person wants, and those that expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.filters import aside
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus
from jobwire.domain.setbacks import Setback
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
from jobwire.ingest.tags import Tag
from jobwire.ingest.updates import BoardAfter, compare_listing, listed_again, write_update

NO_TITLE = "(no title)"
SAME = "Its board says that it is unchanged: nothing was sent again."
FALSE_MARKS = "Its board marks different answers alike (ETag): from now on it is read in full each time."
SHARED = "Its board was listed a moment ago: that listing is shared."


@dataclass(frozen=True, slots=True)
class Listed:
    """A company whose board is listed: its listing's number and the jobs that are still to be read."""

    listing: int
    jobs: Sequence[OpenJob]


@dataclass(frozen=True, slots=True)
class Ask:
    """The board is to be asked: whether it still is as this mark says, where there is one."""

    tag: Tag | None


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A board that is not asked now, and why."""

    reason: str


async def look_up(
    ledger: Ledger, company: RunCompany, run_created_at: datetime, now: datetime
) -> Listed | LeftAlone | Ask:
    """Take the board's last listing if it is a good one and began after the run did, or say what to do instead.

    One that has failed again and again is left alone for a while, unless the person has named it.
    """
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        if board.began_at is not None and board.began_at > run_created_at:
            known = await unit.postings.of_board(company.board_id)
            note = LogLine(company=company.company, message=SHARED)
            return await join(unit, company, BoardAfter.of(board.listing, known.values()), [note])
        if board.setback is None or company.named or not board.setback.holds(now):
            return Ask(board.tag and board.tag.to_send(now))
        return LeftAlone(_why_alone(company, board.setback))


def _why_alone(company: RunCompany, setback: Setback) -> str:
    return (
        f"Not asked: {company.board} has failed {setback.failures} times in a row, and is left alone until "
        f"{setback.until}. Name it, or try it again, to ask it now. What it said last: {setback.reason}"
    )


async def record_same(ledger: Ledger, company: RunCompany, tag: Tag, at: datetime) -> Listed | None:
    """Take the board's last listing, of which the board has said at `at` that it still holds.

    None where that does not help: another listing was recorded meanwhile, or a posting that this person wants was not
    read for it (its text failed, its filters were others').
    """
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        if board.tag is None or board.tag.tag != tag or board.tag.listing != board.listing:
            return None
        known = await unit.postings.of_board(company.board_id)
        stand = BoardAfter.of(board.listing, known.values())
        unread = [one for one in stand.listed if not one.is_read_for(board.listing)]
        if await aside(lambda: any(company.filters.keeps(one.title) for one in unread)):
            return None
        await unit.postings.record_board(company.board_id, listed_again(board, at))
        note = LogLine(company=company.company, message=SAME)
        return await join(unit, company, stand, [note])


async def record_listing(ledger: Ledger, company: RunCompany, listing: Listing, began_at: datetime) -> Listed:
    """Write what a listing tells of its board, and the company's jobs, in one transaction."""
    async with ledger.unit() as unit:
        board = await unit.postings.lock_board(company.board_id)
        before = await unit.postings.of_board(company.board_id)
        update = compare_listing(board, before, listing, began_at)
        after = await write_update(unit.postings, company.board_id, update, before)
        await unit.postings.record_board(company.board_id, update.board)
        sentences = [*listing.notes, *([update.note] if update.note else [])]
        if update.contradicts_marks(board):
            sentences.append(FALSE_MARKS)
        if (doubt := update.board.doubt) is not None and doubt.reply is None and listing.complete:
            sentences.append(
                f"Say so on the Companies page, or with `jobwire accept {company.company}`; if not, with "
                f"`jobwire keep {company.company}`. With time it is believed, too."
            )
        notes = [LogLine(company=company.company, message=one, level="warning") for one in sentences]
        return await join(unit, company, after, notes)


async def join(unit: Unit, company: RunCompany, board: BoardAfter, notes: Sequence[LogLine]) -> Listed:
    """Make a board's stand the company's part of the run; answer what is still to be read of it."""
    wanted = await aside(lambda: [posting for posting in board.listed if company.filters.keeps(posting.title)])
    expired = await aside(lambda: [posting for posting in board.gone if is_expired(company, posting)])
    jobs = [_job(posting) for posting in wanted]
    jobs += [_job(posting, JobStatus.EXPIRED, board.why_gone) for posting in expired]
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
