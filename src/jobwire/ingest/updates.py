"""What a listing changes about its board: postings that are new, changed, back and gone. Facts, whoever asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jobwire.domain.expiry import judge
from jobwire.domain.stays import Stay
from jobwire.ingest.ports import KnownBoard, KnownPosting, Listing, News, Opening, Postings, Unreadable

GONE: Final = "It is no longer on the board."


@dataclass(frozen=True, slots=True)
class BoardUpdate:
    """What a listing changes about its board. `gone`, `back` and `unlisted` are postings' ids.

    Those in `unlisted` were gone by their own pages, and now the board lacks them as well.

    `is_good` where nothing speaks against it: only then may others share it, who have no more of it than the postings
    that are not gone.
    """

    number: int
    openings: Mapping[str, Opening]
    unreadable: Sequence[Unreadable]
    back: frozenset[int]
    gone: frozenset[int]
    unlisted: frozenset[int]
    is_good: bool
    note: str
    """Why the missing postings are not called gone, where they are not."""

    @property
    def count(self) -> int:
        """How many lines the listing holds, readable or not."""
        return len(self.openings) + len(self.unreadable)


@dataclass(frozen=True, slots=True)
class BoardAfter:
    """A board after a listing: the postings that it holds, those that are gone, and what could not be read of it."""

    number: int
    listed: Sequence[KnownPosting]
    gone: Sequence[KnownPosting]
    refused: Sequence[tuple[Unreadable, KnownPosting | None]] = ()

    @classmethod
    def of(cls, number: int, known: Collection[KnownPosting]) -> "BoardAfter":
        """Make it of what is known after a good listing."""
        listed = [posting for posting in known if posting.is_live or posting.is_dead_link]
        return cls(number, listed, [posting for posting in known if not (posting.is_live or posting.is_dead_link)])


def compare_listing(board: KnownBoard, before: Mapping[str, KnownPosting], listing: Listing) -> BoardUpdate:
    """Say what a listing changes about a board whose postings are `before` (by external_id, gone ones too)."""
    seen = {opening.external_id: opening for opening in listing.openings}
    present = seen.keys() | {line.external_id for line in listing.unreadable}
    live = [posting for posting in before.values() if posting.is_live]
    missing = [posting for posting in live if posting.external_id not in present]
    verdict = judge(
        complete=listing.complete,
        live=len(live),
        missing=len(missing),
        listed=len(present),
        last_counts=board.last_counts,
    )
    return BoardUpdate(
        number=board.listing + 1,
        openings=seen,
        unreadable=listing.unreadable,
        back=frozenset(
            p.posting_id for p in before.values() if not (p.is_live or p.is_dead_link) and p.external_id in seen
        ),
        gone=frozenset(posting.posting_id for posting in missing) if verdict.expires else frozenset(),
        unlisted=frozenset(p.posting_id for p in before.values() if p.is_dead_link and p.external_id not in present)
        if listing.complete
        else frozenset(),
        is_good=listing.complete and verdict.expires,
        note="" if verdict.expires else _not_expired(len(missing), verdict.why_not),
    )


def _not_expired(missing: int, why_not: str) -> str:
    return f"{missing} known postings are missing from the listing, but are not called expired: {why_not}."


async def write_update(
    postings: Postings, board_id: int, update: BoardUpdate, before: Mapping[str, KnownPosting]
) -> BoardAfter:
    """Write the update; answer what the board is after it."""
    number = update.number
    changed = {
        posting.posting_id: opening
        for external_id, opening in update.openings.items()
        if (posting := before.get(external_id))
        and (posting.title != opening.title or posting.posting_id in update.back)
    }
    await postings.lock([*changed, *update.gone, *update.unlisted])
    await postings.relist(number, changed, update.back)
    await postings.mark_gone(dict.fromkeys(update.gone, number), GONE)
    await postings.mark_unlisted(update.unlisted)
    added = [opening for external_id, opening in update.openings.items() if external_id not in before]
    ids = await postings.add(board_id, number, added)
    listed: list[KnownPosting] = []
    for external_id, opening in update.openings.items():
        posting = before.get(external_id)
        if posting is None:
            posting = new_posting(ids[external_id], number, opening)
        elif posting.posting_id in changed:
            posting = _relisted(posting, number, opening, is_back=posting.posting_id in update.back)
        listed.append(posting)
    return BoardAfter(
        number,
        listed,
        [
            _gone(posting, number) if posting.posting_id in update.gone else posting
            for posting in before.values()
            if posting.external_id not in update.openings and (not posting.is_live or posting.posting_id in update.gone)
        ],
        [(line, before.get(line.external_id)) for line in update.unreadable],
    )


def new_posting(posting_id: int, number: int, opening: Opening) -> KnownPosting:
    """What is known of a posting that listing `number` was the first to hold."""
    return KnownPosting(
        posting_id=posting_id,
        external_id=opening.external_id,
        title=opening.title,
        location=opening.location,
        url=opening.url,
        stay=Stay(number),
        is_dead_link=False,
        checked_listing=0,
        source_hash=None,
        news=News(0, None),
    )


def _relisted(posting: KnownPosting, number: int, opening: Opening, *, is_back: bool) -> KnownPosting:
    stay = posting.stay.back_at(number) if is_back else posting.stay
    return replace(posting, title=opening.title, location=opening.location, url=opening.url, stay=stay)


def _gone(posting: KnownPosting, number: int) -> KnownPosting:
    return replace(posting, stay=replace(posting.stay, gone=number))
