"""What a careers system's file says of it, and what a reader of it works with."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from jobwire.boards.http import BoardClient, Manners
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardGone, PostingGone
from jobwire.ingest.ports import BoardReader


@dataclass(frozen=True, slots=True, kw_only=True)
class CareersUrl:
    """A careers page's address, taken apart: host in lower case, path segments percent-decoded."""

    host: str
    segments: Sequence[str]
    query: Mapping[str, str]

    def segment(self, index: int) -> str | None:
        """Return a path segment, None where there is none."""
        return self.segments[index] if index < len(self.segments) else None

    def after(self, *prefix: str) -> str | None:
        """Return the path segment after `prefix`, None where the path begins in another way."""
        return self.segment(len(prefix)) if tuple(self.segments[: len(prefix)]) == prefix else None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One careers system.

    `slug` is what the name of a board may look like, whole; `slug_of` finds it in an address, None where the address
    is not of this system; `override_keys` are the keys of `Settings.board_urls` that replace `origin`, the first first.
    """

    name: str
    origin: str
    slug: re.Pattern[str]
    manners: Manners
    slug_of: Callable[[CareersUrl], str | None]
    public_url: Callable[[str], str]
    reader: Callable[["Site"], BoardReader]
    override_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A careers system at the origin where it is really asked."""

    system: System
    origin: str
    host: str
    client: BoardClient

    @property
    def concurrency(self) -> int:
        """How many requests at a time its host gets."""
        return self.client.pace(self.host, self.system.manners).concurrency

    def board(self, slug: str) -> str:
        """Return a board as messages name it."""
        return str(BoardRef(self.system.name, slug))

    async def get(self, path: str, slug: str) -> bytes:
        """Get an address of a board (`path` is percent-encoded, with its query)."""
        return await self.client.get(
            self.origin + path, board=self.board(slug), manners=self.system.manners, gone=BoardGone
        )

    async def get_posting(self, path: str, slug: str, external_id: str) -> bytes:
        """Get one posting of a board."""
        board = f"{self.board(slug)}, posting {external_id}"
        return await self.client.get(self.origin + path, board=board, manners=self.system.manners, gone=PostingGone)


def in_path(text: str) -> str:
    """Return text as one segment of a URL's path."""
    return quote(text, safe="")
