"""What boards' listings say of them is recorded, whoever asked: each answer is how a board stands (`Part`).

Those that come at the same time share their transactions: most boards are small, and what a commit costs is the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.aside import aside
from jobwire.domain.setbacks import Setback
from jobwire.ingest.joining import Part
from jobwire.ingest.ports.boards import Listing
from jobwire.ingest.ports.postings import KnownBoard, KnownPosting
from jobwire.ingest.ports.runs import LogLine, RunCompany
from jobwire.ingest.ports.units import Ledger
from jobwire.ingest.tags import Tag
from jobwire.ingest.updates import BoardAfter, BoardUpdate, compare_listing, listed_again, write_updates

SAME = "Its board says that it is unchanged: nothing was sent again."
FALSE_MARKS = "Its board marks different answers alike (ETag): from now on it is read in full each time."
SHARED = "Its board was listed a moment ago: that listing is shared."


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


async def look_up(
    ledger: Ledger, companies: Sequence[RunCompany], run_created_at: datetime, now: datetime
) -> Sequence[Part | LeftAlone | Ask]:
    """Take each board's last listing if it is a good one and began after the run did, or say what to do instead.

    One that has failed again and again is left alone for a while, unless the person has named it.
    """
    async with ledger.unit() as unit:
        boards = await unit.postings.read_boards({one.board_id for one in companies})
        shared = [one for one in companies if _began_after(boards[one.board_id], run_created_at)]
        if shared:  # these and their postings have to be of one moment
            boards = {**boards, **await unit.postings.lock_boards({one.board_id for one in shared})}
            shared = [one for one in shared if _began_after(boards[one.board_id], run_created_at)]
        known = await unit.postings.of_boards({one.board_id for one in shared})
    parts = {
        one.company: _as_it_was(
            one, BoardAfter.of(boards[one.board_id].listing, known[one.board_id].values()), now, SHARED
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
        one.company.company: _as_it_was(one.company, stands[one.company.board_id], one.at, SAME) for one in believed
    }
    return [parts.get(one.company.company) for one in said]


def _as_it_was(company: RunCompany, board: BoardAfter, at: datetime, why: str) -> Part:
    """A board whose last listing holds, and why it does."""
    return Part(company, board, at, [LogLine(company=company.company, message=why)])


async def _held(ledger: Ledger, said: Sequence[Same]) -> tuple[Sequence[Same], Mapping[int, BoardAfter]]:
    """Those whose tags mark the boards' last listings, and how these boards (by id) stand.

    That is of no one moment: whether the tags still mark them is asked again before they are believed.
    """
    async with ledger.unit() as unit:
        boards = await unit.postings.read_boards({one.company.board_id for one in said})
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
        before = await unit.postings.of_boards([one for one in board_ids if boards[one].listing])
        updates = {
            board_id: compare_listing(boards[board_id], before.get(board_id, {}), one.listing, one.began_at)
            for board_id, one in zip(board_ids, answered, strict=True)
        }
        compared = {
            board_id: _compared(one.hashes, before.get(board_id, {}))
            for board_id, one in zip(board_ids, answered, strict=True)
        }
        after = await write_updates(
            unit.postings,
            updates,
            {posting_id: updates[board_id].number for board_id, ids in compared.items() for posting_id in ids},
        )
    return [
        Part(
            one.company,
            after[board_id],
            one.began_at,
            _notes(one, boards[board_id], updates[board_id]),
            one.hashes,
            compared[board_id],
        )
        for board_id, one in zip(board_ids, answered, strict=True)
    ]


def _compared(hashes: Mapping[str, bytes], before: Mapping[str, KnownPosting]) -> frozenset[int]:
    """The postings on the board whose texts came with its listing, and are the known ones."""
    return frozenset(
        posting.posting_id
        for external_id, came in hashes.items()
        if (posting := before.get(external_id)) and posting.is_of(came)
    )


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
