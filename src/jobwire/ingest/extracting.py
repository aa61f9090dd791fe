"""Extraction run again over what the boards once sent: what is made of it may have become better."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, InvalidInput, UnknownBoard
from jobwire.domain.postings import EXTRACTION_VERSION, Posting, fingerprint, source_hash
from jobwire.ingest.ports.boards import BoardReader, Boards

CHUNK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A posting as it was made once: of a source with this hash."""

    posting_id: int
    external_id: str
    source_hash: bytes
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeAgain:
    """A posting that was made again of the same source."""

    made: Made
    posting: Posting
    source_hash: bytes


class MadePostings(Protocol):
    """The postings that were made of sources."""

    async def boards(self) -> Sequence[BoardRef]:
        """All boards that have some."""
        ...

    def of_board(self, board: BoardRef, size: int) -> AsyncIterator[Sequence[Made]]:
        """A board's, so many at a time."""
        ...

    async def write(self, again: Sequence[MadeAgain]) -> None:
        """Write them, except those that were made of another source meanwhile. They are no news to anybody."""
        ...


class RawSources(Protocol):
    """What the boards once sent."""

    async def read(self, board: BoardRef) -> Mapping[str, bytes]:
        """The newest source of each of a board's postings. Raise `Unavailable`."""
        ...


@dataclass(slots=True)
class Tally:
    """How many postings were read again. `flaws` are the reasons of those that could not be, each once."""

    boards: int = 0
    read: int = 0
    differ: int = 0
    not_kept: int = 0
    unreadable: int = 0
    flaws: dict[str, None] = field(default_factory=dict[str, None])


async def extract_again(
    boards: Boards, postings: MadePostings, raw: RawSources, wanted: Sequence[BoardRef] = ()
) -> Tally:
    """Extract all postings of the wanted boards (none: of all) again, without asking any board.

    Raise `InvalidInput` before anything is done where one of them was never followed by anybody.
    """
    known = await postings.boards()
    if unknown := [str(board) for board in wanted if board not in known]:
        raise InvalidInput(
            f"Nothing is there of {', '.join(unknown)}: nobody has followed that here.",
            advice="Write boards as `jobwire companies` lists them, or none: then all are extracted.",
        )
    tally = Tally()
    for board in wanted or known:
        try:
            reader = boards.reader(board)
        except UnknownBoard as error:
            tally.flaws[error.message] = None
            continue
        tally.boards += 1
        sources = await raw.read(board)
        async for made in postings.of_board(board, CHUNK):
            again = await asyncio.to_thread(_make_again, reader, board, made, sources, tally)
            await postings.write(again)
    return tally


def _make_again(
    reader: BoardReader, board: BoardRef, made: Sequence[Made], sources: Mapping[str, bytes], tally: Tally
) -> list[MadeAgain]:
    again: list[MadeAgain] = []
    for one in made:
        source = sources.get(one.external_id)
        if source is None or not _is_of(one, source):
            tally.not_kept += 1
            continue
        try:
            posting = reader.extract(board.slug, source)
        except BoardError as error:
            tally.unreadable += 1
            tally.flaws[error.message] = None
            continue
        tally.read += 1
        tally.differ += fingerprint(posting) != one.fingerprint
        again.append(MadeAgain(made=one, posting=posting, source_hash=source_hash(source)))
    return again


def _is_of(made: Made, source: bytes) -> bool:
    """Whether a posting was made of a source, by this version of extraction or an earlier one."""
    return any(source_hash(source, version) == made.source_hash for version in range(EXTRACTION_VERSION, 0, -1))
