"""Systems whose listing has no texts, and whose postings cannot be asked for by their keys alone."""

import asyncio
import json
import zlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast
from weakref import WeakValueDictionary

import msgspec
import zstandard

from jobwire.boards import parse
from jobwire.boards.listings import Draft
from jobwire.boards.readers import Job, Reader
from jobwire.boards.room import MEGABYTE
from jobwire.boards.systems import Site
from jobwire.domain.errors import BoardUnavailable, BoardUnreadable, PostingGone, PostingUnreadable
from jobwire.ingest.ports.boards import Listing

KEEP_S: Final = 30 * 60.0
"""So long do a listing's lines serve. Each run lists anew, and this process may have seen none of it."""
FRESH_S: Final = 60.0
"""A line that is older may have changed where its posting is found: before that counts as gone, the board is asked."""
MAX_BYTES: Final = 24 * MEGABYTE
"""No listing without texts has more lines: the largest, 25,000 postings, has 15. As much is kept of all, packed."""
_CHUNK: Final = 200
"""So many lines are packed together: one is found by unpacking a few score kilobytes."""
_LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A listing's lines, packed, as it was at `at`. A line is in the chunk that its external_id's checksum names."""

    chunks: Sequence[bytes]
    complete: bool
    at: float

    @classmethod
    def of(cls, lines: Mapping[str, bytes], *, complete: bool, at: float) -> "Kept":
        """Pack lines by external_id. It takes up to a tenth of a second."""
        chunks: list[dict[str, bytes]] = [{} for _ in range(1 + len(lines) // _CHUNK)]
        for key, line in lines.items():
            chunks[_place(key, len(chunks))][key] = line
        packer = zstandard.ZstdCompressor(level=_LEVEL)
        return cls([packer.compress(msgspec.msgpack.encode(chunk)) for chunk in chunks], complete, at)

    def line(self, external_id: str) -> bytes | None:
        """Return a posting's line; None where the listing lacks it."""
        packed = self.chunks[_place(external_id, len(self.chunks))]
        return _CHUNKS.decode(zstandard.ZstdDecompressor().decompress(packed)).get(external_id)

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(map(len, self.chunks))


_CHUNKS: Final = msgspec.msgpack.Decoder(dict[str, bytes])


def _place(external_id: str, chunks: int) -> int:
    return zlib.crc32(external_id.encode()) % chunks


class Lines:
    """The lines of the last listings, by board. Where there are too many, the largest board's go.

    Boards are worked on at the same time: were the oldest to go, two that do not fit together would be listed again for
    each posting.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def keep(self, slug: str, kept: Kept) -> None:
        """Keep a listing in the place of an earlier one, and drop those that serve no more."""
        self._kept = {other: one for other, one in self._kept.items() if other != slug and kept.at - one.at <= KEEP_S}
        while self._kept and kept.size + sum(one.size for one in self._kept.values()) > MAX_BYTES:
            del self._kept[max(self._kept, key=lambda other: self._kept[other].size)]
        self._kept[slug] = kept

    def since(self, slug: str, begin: float) -> Kept | None:
        """Return a board's lines, None where there are none since `begin`."""
        kept = self._kept.get(slug)
        return kept if kept is not None and kept.at >= begin else None


class DetailReader(Reader[Job]):
    """Reads such a system. A posting's source is its line of the listing, as JSON, with what its own page adds."""

    has_text: bool = False
    keeps_lines: bool = True

    def __init__(self, site: Site, decoder: msgspec.json.Decoder[Job]) -> None:
        super().__init__(site, decoder)
        self._clock = site.client.clock
        self._lines = Lines()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @abstractmethod
    async def _read(self, slug: str, draft: Draft) -> None:
        """Read the whole listing into the draft."""

    @abstractmethod
    async def _detail(self, slug: str, job: Job, key: str) -> Mapping[str, object]:
        """Get what a posting's own page adds to its line. Raise `PostingGone`."""

    async def list(self, slug: str) -> Listing:
        """Read the whole listing, and keep its lines."""
        at = self._clock()
        draft = Draft(self._site.load(slug))
        await self._read(slug, draft)
        listing = draft.finish()
        lines = {one.external_id: one.source for one in listing.openings if one.source is not None}
        if sum(map(len, lines.values())) > MAX_BYTES:
            raise BoardUnreadable(f"{draft.board}: the listing's lines hold more than {MAX_BYTES // MEGABYTE} MB.")
        self._lines.keep(slug, await asyncio.to_thread(Kept.of, lines, complete=listing.complete, at=at))
        return replace(listing, openings=[replace(one, source=None) for one in listing.openings])

    async def fetch(self, slug: str, external_id: str) -> bytes:
        """Read one posting, by its line of the listing. Raise `PostingGone`."""
        kept = await self._listed(slug, KEEP_S)
        try:
            return await self._source(slug, external_id, kept)
        except PostingGone:
            if self._clock() - kept.at <= FRESH_S:
                raise
        return await self._source(slug, external_id, await self._listed(slug, FRESH_S))

    async def _listed(self, slug: str, age_s: float) -> Kept:
        """Return lines of at most this age: the board is listed where there are none, once for all who wait."""
        lock = self._locks.setdefault(slug, asyncio.Lock())
        async with lock:
            kept = self._lines.since(slug, self._clock() - age_s)
            if kept is None:
                begin = self._clock()
                await self.list(slug)
                kept = self._lines.since(slug, begin)
        if kept is None:
            raise AssertionError("a listing is kept")
        return kept

    async def _source(self, slug: str, external_id: str, kept: Kept) -> bytes:
        board = self._site.board(slug)
        raw = kept.line(external_id)
        if raw is None and kept.complete:
            raise PostingGone(f"{board}: posting {external_id} is not listed.")
        if raw is None:
            raise BoardUnavailable(f"{board}: posting {external_id} is not in what could be listed.")
        job = parse.posting(raw, self._decoder, board=board)
        fields = cast("dict[str, object]", json.loads(raw))
        return msgspec.json.encode({**fields, **await self._detail(slug, job, external_id)})


def unreadable_detail(board: str, key: str) -> PostingUnreadable:
    """Return the error for a posting whose own page has no text where one belongs."""
    return PostingUnreadable(f"{board}: the page of posting {key} has no description.")
