"""What a listing changes about its board: postings that are new, changed, back and gone. Facts, whoever asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from jobwire.domain.expiry import MEDIAN_OF, Count, Verdict, judge
from jobwire.domain.stays import Stay
from jobwire.ingest.own_keys import OwnKey
from jobwire.ingest.ports.boards import Listing, Opening, Unreadable
from jobwire.ingest.ports.postings import FreshPosting, KnownBoard, KnownPosting, Postings
from jobwire.ingest.tags import KnownTag, next_tag

GONE: Final = "It is no longer on the board."
BOARD_GONE: Final = "Its board is gone: the careers system knows none of that name any more."


@dataclass(frozen=True, slots=True)
class BoardUpdate:
    """What a listing changes about its board. `gone`, `back` and `unlisted` are postings' ids.

    Those in `unlisted` were gone by their own pages, and now the board lacks them as well.
    """

    board: KnownBoard
    """What is known of the board from now on. `began_at` only where nothing speaks against the listing."""
    before: Mapping[str, KnownPosting]
    """Its postings until now, gone ones too."""
    openings: Mapping[str, Opening]
    unreadable: Sequence[Unreadable]
    back: frozenset[int]
    gone: frozenset[int]
    unlisted: frozenset[int]
    misses: Mapping[int, int]
    """By id, where that has changed: how many listings in a row lack a posting."""
    note: str
    """Why missing postings are not called gone, where they are not, or are although a guard spoke."""
    why_gone: str = GONE

    @property
    def changed(self) -> Mapping[int, Opening]:
        """The lines, by their postings' ids, that say something else than what is known."""
        return {
            posting.posting_id: opening
            for external_id, opening in self.openings.items()
            if (posting := self.before.get(external_id))
            and (posting.title != opening.title or posting.posting_id in self.back)
        }

    @property
    def keys(self) -> Mapping[int, str | None]:
        """Known postings' own keys (by id), where they are listed with another than before."""
        return {
            posting.posting_id: key
            for external_id, opening in self.openings.items()
            if (posting := self.before.get(external_id)) and posting.own_key.listed != (key := _key(posting, opening))
        }

    @property
    def number(self) -> int:
        """The listing's number."""
        return self.board.listing

    def contradicts_marks(self, before: KnownBoard) -> bool:
        """Whether the board's marks have turned out to be false just now."""
        was_false = before.tag is not None and before.tag.is_false
        return self.board.tag is not None and self.board.tag.is_false and not was_false


@dataclass(frozen=True, slots=True)
class BoardAfter:
    """A board after a listing: the postings that it holds, those that are gone, and what could not be read of it."""

    number: int
    listed: Sequence[KnownPosting]
    gone: Sequence[KnownPosting]
    refused: Sequence[tuple[Unreadable, KnownPosting | None]] = ()
    why_gone: str = GONE
    absent: Sequence[KnownPosting] = ()
    """Those that it is thought to have, though the listing lacks them."""

    @classmethod
    def of(cls, number: int, known: Collection[KnownPosting]) -> "BoardAfter":
        """Make it of what is known after a good listing."""
        listed = [posting for posting in known if posting.is_dead_link or (posting.is_live and not posting.misses)]
        gone = [posting for posting in known if not (posting.is_live or posting.is_dead_link)]
        return cls(number, listed, gone, absent=[posting for posting in known if posting.is_live and posting.misses])


def compare_listing(
    board: KnownBoard, before: Mapping[str, KnownPosting], listing: Listing, began_at: datetime
) -> BoardUpdate:
    """Say what a listing changes about a board whose postings are `before` (by external_id, gone ones too)."""
    seen = {opening.external_id: opening for opening in listing.openings}
    present = seen.keys() | {line.external_id for line in listing.unreadable}
    live = [posting for posting in before.values() if posting.is_live]
    missing = [posting for posting in live if posting.external_id not in present]
    away = [posting for posting in before.values() if not posting.is_live]
    judged = _judge(board, listing, began_at, Count(live=len(live), missing=len(missing), listed=len(present)))
    due = [posting for posting in missing if judged.patience and posting.misses + 1 >= judged.patience]
    waiting = [posting for posting in missing if posting.misses + 1 < judged.patience]
    return BoardUpdate(
        board=replace(judged.board, tag=_mark(board, judged.board, listing, began_at)),
        before=before,
        openings=seen,
        unreadable=listing.unreadable,
        back=frozenset(p.posting_id for p in away if p.external_id in seen and not p.is_dead_link),
        gone=frozenset(posting.posting_id for posting in due),
        unlisted=frozenset(p.posting_id for p in away if p.is_dead_link and p.external_id not in present)
        if judged.patience
        else frozenset(),
        misses={posting.posting_id: posting.misses + 1 for posting in waiting}
        | {posting.posting_id: 0 for posting in live if posting.misses and posting.external_id in present},
        note=judged.note or (_waiting(len(waiting), judged.patience) if waiting else ""),
    )


def compare_absence(board: KnownBoard, before: Mapping[str, KnownPosting], at: datetime) -> BoardUpdate:
    """Say what it changes that a careers system says (at `at`) that there is no such board."""
    live = [posting.posting_id for posting in before.values() if posting.is_live]
    verdict = judge(Count(live=len(live), missing=len(live), listed=0, no_board=True), board.doubt, at)
    after = replace(board, began_at=None, doubt=verdict.doubt, tag=next_tag(board.tag, None, board.listing, at))
    if live and verdict.expires:
        after = replace(after, listing=board.listing + 1, last_counts=())
    return BoardUpdate(
        board=after,
        before=before,
        openings={},
        unreadable=(),
        back=frozenset(),
        gone=frozenset(live) if verdict.expires else frozenset(),
        unlisted=frozenset(p.posting_id for p in before.values() if p.is_dead_link) if verdict.expires else frozenset(),
        misses={},
        note=verdict.doubt.question if verdict.doubt is not None else _believed(len(live), verdict),
        why_gone=BOARD_GONE,
    )


def listed_again(board: KnownBoard, at: datetime) -> KnownBoard:
    """What is known of a board whose last listing still held at `at`: that counts as a listing of the same size."""
    counts = [*board.last_counts[:1], *board.last_counts][:MEDIAN_OF]
    return replace(board, began_at=at, last_counts=counts, setback=None)


class _Judged(NamedTuple):
    """What is known of the board after a listing, and why that is not believed where it is not.

    So many listings in a row have to lack a posting before it goes; 0 where this one says nothing of that.
    """

    board: KnownBoard
    patience: int
    note: str = ""


def _mark(board: KnownBoard, after: KnownBoard, listing: Listing, began_at: datetime) -> KnownTag | None:
    """What is known of the board's marks: a listing in doubt, or not recorded whole, has none that helps."""
    is_whole = after.began_at is not None and not listing.unreadable and listing.patience == 1
    return next_tag(board.tag, listing.tag if is_whole else None, after.listing, began_at)


def _judge(board: KnownBoard, listing: Listing, began_at: datetime, count: Count) -> _Judged:
    number = board.listing + 1
    if not listing.complete:
        note = _not_expired(count.missing, "the listing was not complete") if count.missing else ""
        return _Judged(replace(board, listing=number, began_at=None, setback=None), 0, note)
    verdict = judge(replace(count, usual=board.last_counts), board.doubt, began_at)
    if verdict.doubt is not None:
        in_doubt = replace(board, listing=number, began_at=None, doubt=verdict.doubt, setback=None)
        return _Judged(in_doubt, 0, verdict.doubt.question)
    counts = [count.listed] if verdict.belief else [count.listed, *board.last_counts][:MEDIAN_OF]
    # What a person or time has confirmed needs no more patience.
    patience = 1 if verdict.belief else listing.patience
    after = KnownBoard(listing=number, began_at=began_at, last_counts=counts, doubt=None)
    return _Judged(after, patience, _believed(count.missing, verdict))


def _believed(missing: int, verdict: Verdict) -> str:
    return f"{missing} known postings are missing, and are gone: {verdict.belief}." if verdict.belief else ""


def _not_expired(missing: int, why_not: str) -> str:
    return f"{missing} known postings are missing from the listing, but are not called expired: {why_not}."


def _waiting(missing: int, patience: int) -> str:
    return _not_expired(missing, f"lists of this kind are flaky, and {patience} in a row have to lack a posting")


async def write_updates(
    postings: Postings, updates: Mapping[int, BoardUpdate], compared: Mapping[int, int]
) -> Mapping[int, BoardAfter]:
    """Write the updates of boards (by id), whose rows are locked; answer what the boards are after them.

    `compared` are postings (id: listing) whose texts came with the listings, and are the known ones.
    """
    changed = {posting_id: opening for one in updates.values() for posting_id, opening in one.changed.items()}
    unlisted = [posting_id for one in updates.values() for posting_id in one.unlisted]
    misses = {posting_id: misses for one in updates.values() for posting_id, misses in one.misses.items()}
    gone: dict[str, dict[int, int]] = {}
    for one in updates.values():
        gone.setdefault(one.why_gone, {}).update(dict.fromkeys(one.gone, one.number))
    keys = {posting_id: key for one in updates.values() for posting_id, key in one.keys.items()}
    await postings.lock(
        [*changed, *keys, *unlisted, *misses, *compared, *(posting_id for ids in gone.values() for posting_id in ids)]
    )
    await postings.relist(changed, {posting_id: one.number for one in updates.values() for posting_id in one.back})
    await postings.note_keys(keys)
    await postings.mark_checked(compared)
    for why, ids in gone.items():
        await postings.mark_gone(ids, why)
    await postings.mark_unlisted(unlisted)
    await postings.mark_missing(misses)
    ids = await postings.add(
        [
            FreshPosting(board_id, one.number, opening)
            for board_id, one in updates.items()
            for external_id, opening in one.openings.items()
            if external_id not in one.before
        ]
    )
    await postings.record_boards({board_id: one.board for board_id, one in updates.items()})
    return {board_id: _after(board_id, one, ids, changed, keys) for board_id, one in updates.items()}


def _after(
    board_id: int,
    update: BoardUpdate,
    ids: Mapping[tuple[int, str], int],
    changed: Collection[int],
    keys: Mapping[int, str | None],
) -> BoardAfter:
    number = update.number
    listed: list[KnownPosting] = []
    for external_id, opening in update.openings.items():
        posting = update.before.get(external_id)
        if posting is None:
            posting = new_posting(ids[board_id, external_id], number, opening)
        elif posting.posting_id in changed:
            posting = _relisted(posting, number, opening, is_back=posting.posting_id in update.back)
        if posting.posting_id in keys:
            posting = replace(posting, own_key=replace(posting.own_key, listed=keys[posting.posting_id]))
        listed.append(posting)
    unreadable = {line.external_id for line in update.unreadable}
    return BoardAfter(
        number,
        listed,
        [
            _gone(posting, number) if posting.posting_id in update.gone else posting
            for posting in update.before.values()
            if posting.external_id not in update.openings and (not posting.is_live or posting.posting_id in update.gone)
        ],
        [(line, update.before.get(line.external_id)) for line in update.unreadable],
        update.why_gone,
        [
            posting
            for posting in update.before.values()
            if posting.is_live
            and posting.posting_id not in update.gone
            and posting.external_id not in update.openings
            and posting.external_id not in unreadable
        ],
    )


def new_posting(posting_id: int, number: int, opening: Opening) -> KnownPosting:
    """What is known of a posting that listing `number` was the first to hold."""
    return KnownPosting(
        posting_id=posting_id,
        external_id=opening.external_id,
        title=opening.title,
        location=opening.location,
        stay=Stay(number),
        misses=0,
        is_dead_link=False,
        checked_listing=0,
        source_hash=None,
        part_listings=(),
        own_key=OwnKey(opening.change_key),
    )


def _key(posting: KnownPosting, opening: Opening) -> str | None:
    """A posting's own key; none where its line is another than before, whatever the system says."""
    return opening.change_key if posting.title == opening.title else None


def _relisted(posting: KnownPosting, number: int, opening: Opening, *, is_back: bool) -> KnownPosting:
    stay = posting.stay.back_at(number) if is_back else posting.stay
    return replace(posting, title=opening.title, location=opening.location, stay=stay)


def _gone(posting: KnownPosting, number: int) -> KnownPosting:
    return replace(posting, stay=replace(posting.stay, gone=number))
