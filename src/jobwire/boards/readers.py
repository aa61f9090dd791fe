"""What the readers of all careers systems share."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Generic, TypeVar, cast

import msgspec

from jobwire.boards import parse
from jobwire.boards.listings import Draft, identity
from jobwire.boards.systems import Site
from jobwire.domain.errors import PostingGone, PostingUnreadable
from jobwire.domain.postings import Posting
from jobwire.ingest.ports.boards import Listing, Opening
from jobwire.ingest.tags import Tag


class WireJob(msgspec.Struct):
    """A posting as a system sends it. All fields have defaults: what is missing or odd costs that field only."""

    id: int | str | None = None
    title: str | None = None


Job = TypeVar("Job", bound=WireJob)

CHUNK: Final = 500
"""So many lines of a listing are read in one go: other tasks of the process wait for them."""


class Reader(ABC, Generic[Job]):
    """Reads one careers system; a subclass says where things are in its answers. It fits `BoardReader`."""

    has_text: bool = True
    keeps_lines: bool = False
    """Whether openings get their line of the listing as `source` even where it holds no text."""

    volatile: frozenset[str] = frozenset()
    """Fields of a line that move by themselves ("Posted 3 Days Ago"): they would have every posting read again."""

    beyond_lines: frozenset[str] = frozenset()
    """Fields of a posting that its line (key, title, places, address) is made without: texts take time to decode."""

    def __init__(self, site: Site, decoder: msgspec.json.Decoder[Job]) -> None:
        self._site = site
        self._decoder = decoder
        self._line_decoder = parse.without(decoder, self.beyond_lines)

    @property
    def system(self) -> str:
        """Its name as in `system:slug`."""
        return self._site.system.name

    def host(self, slug: str) -> str:
        """Return the throttle key."""
        return self._site.host(slug)

    def concurrency(self, slug: str) -> int:
        """Return how many requests at a time this board's host may get."""
        return self._site.concurrency(slug)

    @abstractmethod
    async def list(self, slug: str) -> Listing:
        """Read the whole listing."""

    async def list_unless(self, slug: str, tag: Tag) -> Listing | None:  # noqa: ARG002 - most systems have no such marks
        """Read the whole listing, unless it still is the one with this mark: then the answer is None."""
        return await self.list(slug)

    async def fetch(self, slug: str, external_id: str) -> bytes:
        """Read one posting's source: the listing decides whether there is one. Raise `PostingGone`."""
        for opening in (await self.list(slug)).openings:
            if opening.external_id == external_id and opening.source is not None:
                return opening.source
        raise PostingGone(f"{self._site.board(slug)}: posting {external_id} is not listed.")

    def extract(self, slug: str, source: bytes) -> Posting:
        """Make a source into a posting. Raise `PostingUnreadable`."""
        board = self._site.board(slug)
        job = parse.posting(parse.clean(source), self._decoder, board=board)
        key, title = identity(self._id(job), job.title, board=board)
        return self._posting(slug, job, key, title)

    @abstractmethod
    def _posting(self, slug: str, job: Job, key: str, title: str) -> Posting: ...

    @abstractmethod
    def _locations(self, job: Job) -> tuple[str, ...]: ...

    @abstractmethod
    def _url(self, slug: str, job: Job, key: str) -> str: ...

    def _id(self, job: Job) -> int | str | None:
        return job.id

    def _change_key(self, job: Job) -> str | None:  # noqa: ARG002 - few have one that can be trusted
        """Return what the system changes whenever a posting changes, where it has that and sends no text."""
        return None

    def _is_listed(self, job: Job) -> bool:  # noqa: ARG002 - for those that list what is not to be shown
        return True

    async def _add(self, draft: Draft, slug: str, raws: Iterable[msgspec.Raw]) -> None:
        """Add a page's postings to the draft, each on its own. Others get their turn in between."""
        for n, raw in enumerate(raws):
            if draft.is_full:
                return
            if n % CHUNK == CHUNK - 1:
                await draft.find_room()
                await asyncio.sleep(0)
            self._add_one(draft, slug, raw)
        await draft.find_room()

    def _add_one(self, draft: Draft, slug: str, raw: msgspec.Raw) -> None:
        job: Job | None = None
        try:
            job = parse.posting(raw, self._line_decoder, board=draft.board)
            if self._is_listed(job):
                draft.add(self._opening(slug, job, raw, draft.board))
            else:
                draft.leave_out()
        except PostingUnreadable as error:
            draft.refuse(error, job and self._id(job), job and job.title)

    async def _add_made(self, draft: Draft, slug: str, jobs: Iterable[Mapping[str, object]]) -> None:
        """Add postings that were not JSON on the wire."""
        await self._add(draft, slug, (msgspec.Raw(msgspec.json.encode(job)) for job in jobs))

    def _opening(self, slug: str, job: Job, raw: msgspec.Raw, board: str) -> Opening:
        key, title = identity(self._id(job), job.title, board=board)
        return Opening(
            external_id=key,
            title=title,
            location="; ".join(self._locations(job)),
            url=self._url(slug, job, key),
            source=self._steady(raw) if self.has_text or self.keeps_lines else None,
            change_key=self._change_key(job),
        )

    def _steady(self, raw: msgspec.Raw) -> bytes:
        """Return a posting's line without what moves by itself."""
        if not self.volatile:
            return bytes(raw)
        fields = cast("dict[str, object]", json.loads(bytes(raw)))
        return msgspec.json.encode({name: value for name, value in fields.items() if name not in self.volatile})


class WholeReader(Reader[Job]):
    """Reads a system that sends a whole board at once, with all its texts."""

    @abstractmethod
    def _address(self, slug: str) -> str:
        """Return the path and query of that answer."""

    @abstractmethod
    async def _read(self, draft: Draft, slug: str, body: bytes) -> None:
        """Read the answer into the draft."""

    async def list(self, slug: str) -> Listing:
        """Read the whole board."""
        listing = await self._list(slug, None)
        assert listing is not None, "without a mark there is nothing to be the same as"
        return listing

    async def list_unless(self, slug: str, tag: Tag) -> Listing | None:
        """Read the whole board, unless it still is the one with this mark: then the answer is None."""
        return await self._list(slug, tag)

    async def _list(self, slug: str, known: Tag | None) -> Listing | None:
        draft = Draft(self._site.load(slug))
        answer = await self._site.get_whole(self._address(slug), slug, known, load=draft.load)
        if answer is None:
            return None
        body, tag = answer
        await self._read(draft, slug, body)
        return replace(draft.finish(), tag=tag)
