"""Boards in memory that answer just as a test says: for tests of runs, on a real database."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import PostingUnreadable, UnknownBoard
from jobwire.domain.postings import Posting
from jobwire.ingest.ports.boards import BoardReader, Listing, Opening, Unreadable
from jobwire.ingest.tags import Tag

Trouble = Callable[[], Awaitable[None] | None]
"""Called before an answer: raises, or waits."""


@dataclass
class FakeBoard:
    """One board: its postings' texts by external_id (titles are their own), and what goes wrong."""

    texts: dict[str, str] = field(default_factory=dict[str, str])
    titles: dict[str, str] = field(default_factory=dict[str, str])
    lines: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Title and location in the listing, by external_id, where these are others than in the text."""
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])
    complete: bool = True
    patience: int = 1
    notes: list[str] = field(default_factory=list[str])
    on_list: Trouble = lambda: None
    on_fetch: dict[str, Trouble] = field(default_factory=dict[str, Trouble])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """What the listing says of changes, by external_id, where it does."""
    bad_texts: set[str] = field(default_factory=set[str])
    marks: bool = False
    """Whether its listings have ETags; `mark` is what they say, where that is not made of the content."""
    mark: str | None = None
    lists: int = 0
    sames: int = 0
    fetched: list[str] = field(default_factory=list[str])

    def post(self, *ids: str, text: str = "text", title: str | None = None) -> None:
        for one in ids:
            self.texts[one] = text
            self.titles[one] = title or f"Engineer {one}"

    def drop(self, *ids: str) -> None:
        for one in ids:
            del self.texts[one], self.titles[one]

    @property
    def tag(self) -> Tag | None:
        shown = [self.texts, self.titles, self.unreadable, self.complete]
        return Tag(etag=self.mark or repr(shown), address="acme", digest=repr(shown)) if self.marks else None

    def line(self, external_id: str) -> tuple[str, str]:
        return self.lines.get(external_id) or (self.titles[external_id], "Berlin")

    def source(self, external_id: str) -> bytes:
        return json.dumps([external_id, self.titles[external_id], self.texts[external_id]]).encode()


@dataclass
class FakeReader:
    boards: "FakeBoards"
    system: str
    has_text: bool

    def host(self, slug: str) -> str:
        return self.boards.hosts.get(slug, "host")

    def concurrency(self, slug: str) -> int:
        return self.boards.concurrency

    async def list(self, slug: str) -> Listing:
        board = self.boards.of[slug]
        board.lists += 1
        await _trouble(board.on_list)
        return Listing(
            openings=[
                Opening(
                    external_id=one,
                    title=board.line(one)[0],
                    location=board.line(one)[1],
                    url=f"https://example.com/{one}",
                    source=board.source(one) if self.has_text else None,
                    change_key=board.keys.get(one),
                )
                for one in board.texts
            ],
            unreadable=list(board.unreadable),
            complete=board.complete,
            notes=list(board.notes),
            patience=board.patience,
            tag=board.tag,
        )

    async def list_unless(self, slug: str, tag: Tag) -> Listing | None:
        board = self.boards.of[slug]
        if board.tag is None or board.tag.etag != tag.etag:
            return await self.list(slug)
        await _trouble(board.on_list)
        board.sames += 1
        return None

    async def fetch(self, slug: str, external_id: str) -> bytes:
        board = self.boards.of[slug]
        board.fetched.append(external_id)
        self.boards.fetched.append(slug)
        await _trouble(board.on_fetch.get(external_id, lambda: None))
        return board.source(external_id)

    def extract(self, slug: str, source: bytes) -> Posting:
        external_id, title, text = json.loads(source)
        if external_id in self.boards.of[slug].bad_texts:
            raise PostingUnreadable(f"{self.system}:{slug}: posting {external_id} has no text.")
        return Posting(
            external_id=external_id,
            title=title,
            url=f"https://example.com/{external_id}",
            locations=("Berlin",),
            description=text,
        )


@dataclass
class FakeBoards:
    """`text:slug` boards bring their texts with the listing, `fetch:slug` ones do not."""

    of: dict[str, FakeBoard] = field(default_factory=dict[str, FakeBoard])
    hosts: dict[str, str] = field(default_factory=dict[str, str])
    concurrency: int = 4
    fetched: list[str] = field(default_factory=list[str])

    def add(self, slug: str, *ids: str) -> FakeBoard:
        board = self.of[slug] = FakeBoard()
        board.post(*ids)
        return board

    def reader(self, board: BoardRef) -> BoardReader:
        if board.system not in {"text", "fetch"}:
            raise UnknownBoard(f"No careers system is called {board.system}.")
        return FakeReader(self, board.system, board.system == "text")

    def pause_s(self, host: str) -> float:
        return 0.0


def raising(error: BaseException) -> Trouble:
    def trouble() -> None:
        raise error

    return trouble


def waiting(event: asyncio.Event) -> Trouble:
    async def trouble() -> None:
        await event.wait()

    return trouble


async def _trouble(trouble: Trouble) -> None:
    if (answer := trouble()) is not None:
        await answer
