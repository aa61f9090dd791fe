"""Boards' listings become companies' parts of a run: the jobs that a person wants, and those that expired.

Those that come at the same time share their transactions: most boards are small, and what a commit costs is the same.
A posting whose text is the known one is over in the transaction that has its job join the run: most are, on most days.
What a listing says of its board is one, what that means to the run another: between them titles are matched, which may
take long, and nobody waits for the board meanwhile. Whoever dies there leaves a listing that the next slice shares.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobwire.domain.aside import aside
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus
from jobwire.domain.setbacks import Setback
from jobwire.ingest.crawling import Unchanged, verdict
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports.boards import Listing, Unreadable
from jobwire.ingest.ports.postings import KnownBoard, KnownPosting, Postings
from jobwire.ingest.ports.runs import LogLine, NewJob, OpenJob, RunCompany
from jobwire.ingest.ports.units import Ledger
from jobwire.ingest.tags import Tag
from jobwire.ingest.updates import BoardAfter, BoardUpdate, compare_listing, listed_again, write_updates

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


@dataclass(frozen=True, slots=True)
class Answered:
    """What a company's board answered to a question that began at this time.

    `hashes` are those of the texts that came with it, by `external_id`.
    """

    company: RunCompany
    listing: Listing
    began_at: datetime
    hashes: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """How a board stands `at` this time, which is to become a company's part of the run, and what is said of it."""

    company: RunCompany
    board: BoardAfter
    at: datetime
    notes: Sequence[LogLine]
    hashes: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Of the texts that came with the listing."""


async def look_up(
    ledger: Ledger, companies: Sequence[RunCompany], run_created_at: datetime, now: datetime
) -> Sequence[Part | LeftAlone | Ask]:
    """Take each board's last listing if it is a good one and began after the run did, or say what to do instead.

    One that has failed again and again is left alone for a while, unless the person has named it.
    """
    async with ledger.unit() as unit:
        boards = await unit.postings.lock_boards({one.board_id for one in companies})
        shared = [one for one in companies if _began_after(boards[one.board_id], run_created_at)]
        known = await unit.postings.of_boards({one.board_id for one in shared})
    parts = {
        one.company: Part(
            one,
            BoardAfter.of(boards[one.board_id].listing, known[one.board_id].values()),
            now,
            [LogLine(company=one.company, message=SHARED)],
        )
        for one in shared
    }
    return [parts.get(one.company) or _how_to_ask(one, boards[one.board_id], now) for one in companies]


def _began_after(board: KnownBoard, run_created_at: datetime) -> bool:
    return board.began_at is not None and board.began_at > run_created_at


def _how_to_ask(company: RunCompany, board: KnownBoard, now: datetime) -> LeftAlone | Ask:
    if board.setback is None or company.named or not board.setback.holds(now):
        return Ask(board.tag and board.tag.to_send(now))
    return LeftAlone(_why_alone(company, board.setback))


def _why_alone(company: RunCompany, setback: Setback) -> str:
    return (
        f"Not asked: {company.board} has failed {setback.failures} times in a row, and is left alone until "
        f"{setback.until}. Name it, or try it again, to ask it now. What it said last: {setback.reason}"
    )


@dataclass(frozen=True, slots=True)
class Same:
    """A company's board has said at `at` that what this tag marks still holds."""

    company: RunCompany
    tag: Tag
    at: datetime


async def record_same(ledger: Ledger, said: Sequence[Same]) -> Sequence[Part | None]:
    """Take the boards' last listings, of which they have said that they still hold.

    None where that does not help: another listing was recorded meanwhile, or a posting that this person wants was not
    read for it (its text failed, its filters were others').
    """
    held, stands = await _held(ledger, said)
    run_id = said[0].company.run_id
    read = await aside(run_id, lambda: [one for one in held if _is_read(one.company, stands[one.company.board_id])])
    async with ledger.unit() as unit:
        boards = await unit.postings.lock_boards({one.company.board_id for one in read})
        believed = [one for one in read if _still_marks(one.tag, boards[one.company.board_id])]
        await unit.postings.record_boards(
            {(board_id := one.company.board_id): listed_again(boards[board_id], one.at) for one in believed}
        )
    parts = {
        (company := one.company).company: Part(
            company, stands[company.board_id], one.at, [LogLine(company=company.company, message=SAME)]
        )
        for one in believed
    }
    return [parts.get(one.company.company) for one in said]


async def _held(ledger: Ledger, said: Sequence[Same]) -> tuple[Sequence[Same], Mapping[int, BoardAfter]]:
    """Those whose tags mark the boards' last listings, and how these boards (by id) stand."""
    async with ledger.unit() as unit:
        boards = await unit.postings.lock_boards({one.company.board_id for one in said})
        held = [one for one in said if _still_marks(one.tag, boards[one.company.board_id])]
        known = await unit.postings.of_boards({one.company.board_id for one in held})
    return held, {
        board_id: BoardAfter.of(boards[board_id].listing, postings.values()) for board_id, postings in known.items()
    }


def _is_read(company: RunCompany, stand: BoardAfter) -> bool:
    """Whether all postings that this person wants were read for the board's listing."""
    unread = (posting for posting in stand.listed if not posting.is_read_for(stand.number))
    return not any(company.filters.keeps(posting.title) for posting in unread)


def _still_marks(tag: Tag, board: KnownBoard) -> bool:
    return board.tag is not None and board.tag.tag == tag and board.tag.listing == board.listing


async def record_listings(ledger: Ledger, answered: Sequence[Answered]) -> Sequence[Part]:
    """Write what listings tell of their boards (each another one)."""
    async with ledger.unit() as unit:
        board_ids = [one.company.board_id for one in answered]
        boards = await unit.postings.lock_boards(board_ids)
        before = await unit.postings.of_boards(board_ids)
        updates = {
            board_id: compare_listing(boards[board_id], before[board_id], one.listing, one.began_at)
            for board_id, one in zip(board_ids, answered, strict=True)
        }
        after = await write_updates(unit.postings, updates)
    return [
        Part(one.company, after[board_id], one.began_at, _notes(one, boards[board_id], updates[board_id]), one.hashes)
        for board_id, one in zip(board_ids, answered, strict=True)
    ]


def _notes(answered: Answered, before: KnownBoard, update: BoardUpdate) -> Sequence[LogLine]:
    company, listing = answered.company.company, answered.listing
    sentences = [*listing.notes, *([update.note] if update.note else [])]
    if update.contradicts_marks(before):
        sentences.append(FALSE_MARKS)
    if (doubt := update.board.doubt) is not None and doubt.reply is None and listing.complete:
        sentences.append(
            "Say so (`POST /api/ingestion/boards/accept`), or that it is not so (`POST /api/ingestion/boards/keep`). "
            "With time it is believed, too."
        )
    return [LogLine(company=company, message=one, level="warning") for one in sentences]


async def join(ledger: Ledger, parts: Sequence[Part]) -> Sequence[Listed]:
    """Make boards' stands the companies' parts (each another one) of their run."""
    joined = await aside(parts[0].company.run_id, lambda: {part.company.company: _joining(part) for part in parts})
    async with ledger.unit() as unit:
        await _write_unchanged(unit.postings, joined.values())
        change = await unit.change(parts[0].company.run_id)
        await change.begin()
        new = await change.listed({name: (one.listing, one.jobs) for name, one in joined.items()})
        await change.log([line for name in new for line in joined[name].lines])
        await advance(change)
    return [Listed(one.listing, one.open if name in new else ()) for name, one in joined.items()]


@dataclass(frozen=True, slots=True)
class _Joining:
    """A company's part: its jobs, those of them that are to be read, and what is said of it.

    `unchanged` are postings, by their ids, that are not to be read.
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
    unchanged = {posting.posting_id: same for posting in wanted if (same := _unchanged(posting, part)) is not None}
    jobs = [_unchanged_job(part, posting) if posting.posting_id in unchanged else _job(posting) for posting in wanted]
    jobs += [_job(posting, JobStatus.EXPIRED, board.why_gone) for posting in expired]
    known_ids = {job.external_id for job in jobs}
    failed = [_failed(line, posting) for line, posting in board.refused if line.external_id not in known_ids]
    jobs += [job for job in failed if job.external_id and (job.title == NO_TITLE or company.filters.keeps(job.title))]
    return _Joining(
        board.number,
        jobs,
        [_open(company, posting) for posting in wanted if posting.posting_id not in unchanged],
        unchanged,
        [*part.notes, *_lines(company, board, len(wanted), len(expired))],
    )


def _unchanged(posting: KnownPosting, part: Part) -> Unchanged | None:
    """Whether a posting's text is the known one: it was compared already, its system says so, or it came just now."""
    if posting.is_read_for(part.board.number):
        return Unchanged(compared=False)
    if posting.is_spared(part.at):
        return Unchanged()
    text = part.hashes.get(posting.external_id)
    if posting.is_live and text is not None and text == posting.source_hash:
        return Unchanged(key=posting.own_key.listed)
    return None


def _unchanged_job(part: Part, posting: KnownPosting) -> NewJob:
    company = part.company
    stay = posting.stay.told_at(part.board.number, posting.checked_listing)
    was_kept = company.taken_filters.keeps(posting.title)
    return _job(posting, *verdict(company, stay, posting.news, was_kept=was_kept))


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
