"""What a careers system's file says of it, and what a reader of it works with."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult, parse_qsl, quote, unquote
from zlib import crc32

from yarl import URL

from jobwire.boards.answers import Body, NotModified
from jobwire.boards.hosts import ascii_name
from jobwire.boards.http import BoardClient, Manners
from jobwire.boards.room import Load
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import AddressRefused, BoardGone, PostingGone
from jobwire.ingest.ports.boards import BoardReader
from jobwire.ingest.tags import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class CareersUrl:
    """A careers page's address, taken apart: host in lower case and ASCII, path segments percent-decoded."""

    host: str
    segments: Sequence[str]
    query: Mapping[str, str]

    @classmethod
    def of(cls, parts: SplitResult) -> Self:
        """Take an address apart; its host may be empty. Raise `ValueError` where its host can be none."""
        return cls(
            host=ascii_name(parts.hostname or "").removeprefix("www."),
            segments=[unquote(segment) for segment in parts.path.split("/") if segment],
            query=dict(parse_qsl(parts.query)),
        )

    def segment(self, index: int) -> str | None:
        """Return a path segment, None where there is none."""
        return self.segments[index] if index < len(self.segments) else None

    def after(self, *prefix: str) -> str | None:
        """Return the path segment after `prefix`, None where the path begins in another way."""
        return self.segment(len(prefix)) if tuple(self.segments[: len(prefix)]) == prefix else None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One careers system.

    `origin` is where it is asked. Where every board has a host of its own, it holds `{}` for the slug up to its first
    slash, and `slug` has to see to it that this part is a host's label, or several. A slug that `own_host` fits is a
    company's own host, at which the system answers as well. `shared_key` is the throttle key of systems that count the
    requests to all those hosts together. `marks_boards` says that one answer holds a whole board with all its texts, so
    that its ETag, where it has one, is the board's.

    `slug` is what the name of a board may look like, whole; `slug_of` finds it in an address, None where the address is
    not of this system; `override_keys` are the keys of `Settings.board_urls` that replace `origin`, the first first.
    """

    name: str
    origin: str
    slug: re.Pattern[str]
    manners: Manners
    slug_of: Callable[[CareersUrl], str | None]
    public_url: Callable[[str], str]
    reader: Callable[["Site"], BoardReader]
    override_keys: tuple[str, ...]
    shared_key: str | None = None
    marks_boards: bool = False
    own_host: re.Pattern[str] | None = None

    def is_own_host(self, slug: str) -> bool:
        """Whether a board's slug begins with a host of the company's own."""
        if self.own_host is not None:
            return self.own_host.fullmatch(slug) is not None
        return self.origin == "https://{}"

    def origin_of(self, slug: str) -> str:
        """Return where a board is asked, unless another server stands in."""
        host = slug.partition("/")[0]
        return f"https://{host}" if self.is_own_host(slug) else self.origin.replace("{}", host)


@dataclass(frozen=True, slots=True)
class Site:
    """A careers system where it is really asked: `replacement` is the origin that stands in for its own."""

    system: System
    client: BoardClient
    replacement: str | None = None

    def host(self, slug: str) -> str:
        """Return a board's throttle key."""
        if self.replacement is None and self.system.shared_key is not None:
            return self.system.shared_key
        return _host_of(self.replacement or self.own_origin(slug))

    def concurrency(self, slug: str) -> int:
        """Return how many requests at a time a board's host gets."""
        return self.client.pace(self.host(slug), self.system.manners).concurrency

    def board(self, slug: str) -> str:
        """Return a board as messages name it."""
        return str(BoardRef(self.system.name, slug))

    def load(self, slug: str) -> Load:
        """Return what counts all that is read of a board for one listing."""
        return Load(self.client.room, self.board(slug))

    async def get(self, path: str, slug: str, *, posted: bytes | None = None, load: Load | None = None) -> bytes:
        """Get an address of a board (`path` is percent-encoded, with its query).

        `posted` makes it a POST of JSON; `load` is that of the listing that it is a part of.
        """
        board = self.board(slug)
        return _content(await self._ask(path, slug, board=board, gone=BoardGone, posted=posted, load=load))

    async def get_whole(
        self, path: str, slug: str, known: Tag | None, *, load: Load
    ) -> tuple[bytes, Tag | None] | None:
        """Get the one answer that holds a whole board, and its mark; None where it still is the known one."""
        url = (self.replacement or self.own_origin(slug)) + path
        etag = known.etag if known is not None and known.address == url and self.system.marks_boards else None
        answer = await self._ask(path, slug, board=self.board(slug), gone=BoardGone, etag=etag, load=load)
        if isinstance(answer, NotModified):
            return None
        if answer.etag is None or not self.system.marks_boards or not _ETAG.fullmatch(answer.etag):
            return answer.content, None
        return answer.content, Tag(etag=answer.etag, address=url, digest=_digest(answer.content))

    async def get_posting(
        self, path: str, slug: str, external_id: str, *, posted: bytes | None = None, load: Load | None = None
    ) -> bytes:
        """Get one posting of a board."""
        board = f"{self.board(slug)}, posting {external_id}"
        return _content(await self._ask(path, slug, board=board, gone=PostingGone, posted=posted, load=load))

    async def _ask(
        self,
        path: str,
        slug: str,
        *,
        board: str,
        gone: type[BoardGone | PostingGone],
        posted: bytes | None = None,
        etag: str | None = None,
        load: Load | None = None,
    ) -> Body | NotModified:
        own = self.own_origin(slug)
        own_host = _host_of(own) if "{}" in self.system.origin else None
        try:
            return await self.client.get(
                (self.replacement or own) + path,
                board=board,
                manners=self.system.manners,
                gone=gone,
                key=self.host(slug),
                own_host=own_host,
                home=None if own_host is None or self.system.is_own_host(slug) else own_host.partition(".")[2],
                posted=posted,
                etag=etag,
                load=load,
            )
        except AddressRefused as error:
            if (host := self._own_host_at(error.leads_to, path)) is None:
                raise
            advice = f"The company has its careers pages at a host of its own: follow it as {self.system.name}:{host}."
            raise AddressRefused(error.message, advice=advice, leads_to=error.leads_to) from None

    def _own_host_at(self, leads_to: str | None, path: str) -> str | None:
        """Return the company's own host where a redirect leads to the same question there."""
        url = URL(leads_to or "", encoded=True)
        host = url.raw_host or ""
        is_own = self.system.own_host is not None and self.system.own_host.fullmatch(host)
        return host if is_own and url.raw_path_qs == path else None

    def slow_down(self, slug: str, delay_s: float) -> None:
        """Leave at least so many seconds between two requests to a board's host from now on."""
        self.client.slow_down(self.host(slug), self.system.manners, delay_s)

    def own_origin(self, slug: str) -> str:
        """Return where a board is asked, unless another server stands in."""
        return self.system.origin_of(slug)


def _content(answer: Body | NotModified) -> bytes:
    assert isinstance(answer, Body), "without an ETag there is nothing to be the same as"
    return answer.content


def _digest(content: bytes) -> str:
    """Tell bodies apart that a careless server marks alike: no more than that, and quickly."""
    return f"{len(content)}-{crc32(content):08x}"


def _host_of(origin: str) -> str:
    return URL(origin).raw_host or ""


_ETAG: Final = re.compile(r'(?:W/)?"[!#-~]{1,500}"')
"""A mark that is kept: RFC 9110, 8.8.3, without what is not ASCII, and not endless."""
HOST_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""What one label of a host's name may look like, as a pattern: a slug that makes a host must be made of these."""
HOST_NAME: Final = rf"(?:{HOST_LABEL}\.){{1,6}}(?:[a-z]{{2,24}}|xn--[a-z0-9-]{{0,58}}[a-z0-9])"
"""What a whole name of a host may look like: never an address, whose last label is a number."""


def own_host(domain: str) -> str:
    """Return the pattern of a host that is a customer's own: a whole name, not under the careers system's domain."""
    return rf"(?!(?:.*\.)?{re.escape(domain)}$){HOST_NAME}"


RESERVED_LABELS: Final = frozenset({"www", "app", "api", "blog", "docs", "help", "support", "status", "static"})
"""Names under a careers system's domain that are its own, and no company's."""


def label_under(domain: str, host: str) -> str | None:
    """Return what stands before `.domain` in a host name, None where it is not under it, or no company's."""
    label = host.removesuffix(f".{domain}")
    return None if label == host or label in RESERVED_LABELS else label


def in_path(text: str) -> str:
    """Return text as one segment of a URL's path."""
    return quote(text, safe="")
