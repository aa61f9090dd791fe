"""Eightfold's careers APIs: pages of ten positions at the company's own host, and one answer for each text.

There is an older one (v2) and a newer one (PCSX); a company has one of them on, and the other answers 403. Some
companies' answer no page beyond 2,000 positions: then the site's own sitemap names the others.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Final, Generic, TypeVar, cast
from urllib.parse import quote, urlsplit

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import FLAKY, Draft, PageRead, read_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.robots import Pages
from jobwire.boards.sitemaps import paths_of_sitemaps
from jobwire.boards.systems import HOST_NAME, CareersUrl, Site, System, in_path
from jobwire.boards.terms import country_code, date_of_ms, employment_type, place, places, workplace
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.errors import BoardError, BoardGone, BoardRefused, BoardUnreadable, HostBusy, PostingUnreadable
from jobwire.domain.postings import Posting, Workplace
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

_LIMIT: Final = 10
"""The server's own, whatever is asked for."""
_CAP: Final = 2_000
"""Some companies' APIs end here: with an error, with an empty page, or from the first page again."""
_MAX_PAGES: Final = 1_000
_POSITION: Final = re.compile(r"([0-9]{1,30})(?:-(.{1,300}))?")
_MAX_REMEMBERED: Final = 1_000
_DOMAINS: Final = {"explore.jobs.netflix.net": "netflix.com"}
"""Hosts whose addresses seldom name the domain."""


Read = TypeVar("Read")


class Fields(msgspec.Struct):
    """`custom_JD.data_fields`, as each company defines them."""

    posting_date: list[str] | None = None
    team: list[str] | None = None
    work_type: list[str] | None = None
    employment_type: list[str] | None = None


class Custom(msgspec.Struct):
    """`custom_JD`."""

    data_fields: Fields | None = None


class EightfoldJob(WireJob):
    """`positions[]`, and the detail, which alone has the text and `custom_JD`."""

    title: str | None = msgspec.field(default=None, name="name")
    location: str | None = None
    locations: list[str] | None = None
    department: str | None = None
    t_create: float | None = None
    t_update: int | None = None
    work_location_option: str | None = None
    canonical_url: str | None = msgspec.field(default=None, name="canonicalPositionUrl")
    is_private: bool | None = msgspec.field(default=None, name="isPrivate")
    job_description: str | None = None
    custom: Custom | None = msgspec.field(default=None, name="custom_JD")


class Page(msgspec.Struct):
    """`GET /api/apply/v2/jobs`."""

    positions: list[msgspec.Raw]
    count: int | None = None


class NewerData(msgspec.Struct):
    """`data` of a page."""

    positions: list[msgspec.Raw]
    count: int | None = None


class NewerPage(msgspec.Struct):
    """`GET /api/pcsx/search`."""

    data: NewerData


class NewerPosition(msgspec.Struct):
    """`GET /api/pcsx/position_details`."""

    data: msgspec.Raw


_OLDER_NAMES: Final = {
    "jobDescription": "job_description",
    "workLocationOption": "work_location_option",
    "postedTs": "t_create",
    "publicUrl": "canonicalPositionUrl",
}
_NEWER_PAGE: Final = msgspec.json.Decoder(NewerPage)
_NEWER_POSITION: Final = msgspec.json.Decoder(NewerPosition)
_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(EightfoldJob)


class EightfoldReader(Reader[EightfoldJob]):
    """Reads careers sites at Eightfold."""

    has_text: bool = False

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)
        self._newer: dict[str, None] = {}
        """Boards that have answered by the newer API, for this process."""
        self._pages = Pages(site)

    async def list(self, slug: str) -> Listing:
        """Read all pages of the site, and its sitemap where they end before all positions were seen."""
        draft = Draft(self._site.load(slug))
        first = await self._page(slug, draft, 0)
        cuts: list[int] = []

        async def read(offset: int) -> PageRead:
            page = first
            if offset:
                page = await (self._page if offset < _CAP else self._page_beyond)(slug, draft, offset)
            if not page.positions and offset >= _CAP:
                cuts.append(offset)
                return PageRead(0)
            await self._add(draft, slug, page.positions)
            return PageRead(len(page.positions), first.count)

        await read_pages(draft, read, limit=_LIMIT, max_pages=_MAX_PAGES)
        if cuts or first.count == _CAP:
            await self._read_sitemap(slug, draft)
            draft.expect(first.count)
        return draft.finish()

    async def _page(self, slug: str, draft: Draft, offset: int) -> Page:
        get = partial(self._site.get, slug=slug, load=draft.load)
        return await self._either(slug, _search(slug, offset), get, draft.board)

    async def _page_beyond(self, slug: str, draft: Draft, offset: int) -> Page:
        """Read a page past the usual end: empty where it is an error, or brings nothing that is not known."""
        try:
            page = await self._page(slug, draft, offset)
        except (BoardGone, BoardUnreadable):
            return Page(positions=[])
        seen = draft.part()
        await self._add(seen, slug, page.positions)
        return page if any(not draft.holds(one.external_id) for one in seen.openings) else Page(positions=[])

    async def _read_sitemap(self, slug: str, draft: Draft) -> None:
        """Add the positions that the sitemap names besides those of the pages."""
        draft.patience = FLAKY
        ends = f"The board's pages end after {draft.seen} positions"
        try:
            paths = await paths_of_sitemaps(self._pages, slug, [f"/careers/sitemap.xml?domain={_domain(slug)}"], draft)
        except HostBusy:
            raise
        except BoardError as error:
            draft.doubt(f"{ends}, and its sitemap cannot be read: {error.message}")
            return
        named = dict(filter(None, (_line(slug, path) for path in paths)))
        if not named:
            draft.doubt(f"{ends}, and its sitemap names none.")
        await self._add_made(draft, slug, [line for key, line in named.items() if not draft.holds(key)])

    async def fetch(self, slug: str, external_id: str) -> bytes:
        """Read one position."""
        board = self._site.board(slug)
        get = partial(self._site.get_posting, slug=slug, external_id=external_id)
        source = await self._either(slug, _details(slug, external_id), get, board)
        try:
            job = parse.posting(source, _JOB, board=board)
        except PostingUnreadable as error:
            raise BoardUnreadable(error.message) from None
        if str(job.id) != external_id:
            raise BoardUnreadable(f"{board}: posting {external_id} was answered with another one.")
        return source

    async def _either(
        self, slug: str, question: "Question[Read]", get: Callable[[str], Awaitable[bytes]], board: str
    ) -> Read:
        """Ask the API that is on. Where both refuse, the last refusal is raised."""
        ways = (question.newer, question.older) if slug in self._newer else (question.older, question.newer)
        try:
            return ways[0].read(await get(ways[0].path), board)
        except BoardRefused:
            found = ways[1].read(await get(ways[1].path), board)
        if ways[1] is question.newer:
            self._remember(slug)
        else:
            self._newer.pop(slug, None)
        return found

    def _remember(self, slug: str) -> None:
        self._newer[slug] = None
        if len(self._newer) > _MAX_REMEMBERED:
            del self._newer[next(iter(self._newer))]

    def _change_key(self, job: EightfoldJob) -> str | None:
        return str(job.t_update) if job.t_update else None  # the newer API need not have it

    def _is_listed(self, job: EightfoldJob) -> bool:
        return job.is_private is not True

    def _posting(self, slug: str, job: EightfoldJob, key: str, title: str) -> Posting:
        fields = (job.custom or Custom()).data_fields or Fields()
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=_workplace(job, fields),
            employment_type=employment_type(*(fields.employment_type or [])),
            department=one_line(job.department) or next(iter(places(fields.team or [])), None),
            country=country_code(*map(_country_in, [job.location, *(job.locations or [])])),
            posted_on=_posting_date(fields) or date_of_ms(job.t_create and job.t_create * 1_000),
            description=description(job.job_description or ""),
        )

    def _locations(self, job: EightfoldJob) -> tuple[str, ...]:
        """Return the places; they come as "Los Gatos,California,United States of America"."""
        return places(place(*name.split(",")) for name in [job.location or "", *(job.locations or [])])

    def _url(self, slug: str, job: EightfoldJob, key: str) -> str:
        return web_url(job.canonical_url) or f"https://{_host(slug)}/careers/job/{in_path(key)}"


@dataclass(frozen=True, slots=True)
class Way(Generic[Read]):
    """An address, and what reads its answer (body, board)."""

    path: str
    read: Callable[[bytes, str], Read]


@dataclass(frozen=True, slots=True)
class Question(Generic[Read]):
    """The same question to both APIs."""

    older: Way[Read]
    newer: Way[Read]


def _search(slug: str, offset: int) -> Question[Page]:
    asked = f"start={offset}&sort_by=timestamp"
    return Question(
        Way(
            f"/api/apply/v2/jobs?domain={_domain(slug)}&num={_LIMIT}&{asked}",
            lambda body, board: parse.page(body, _PAGE, board=board),
        ),
        Way(f"/api/pcsx/search?domain={_domain(slug)}&query=&location=&{asked}", _newer_page),
    )


def _details(slug: str, external_id: str) -> Question[bytes]:
    key = in_path(external_id)
    return Question(
        Way(f"/api/apply/v2/jobs/{key}?domain={_domain(slug)}", lambda body, board: parse.answer(body, board=board)),
        Way(f"/api/pcsx/position_details?position_id={key}&domain={_domain(slug)}&hl=en", _newer_position),
    )


def _line(slug: str, path: str) -> tuple[str, Mapping[str, object]] | None:
    """Make a path of the sitemap into a position, with its key; None where it is none of this company's.

    One host may serve several companies: a path then names its own by `domain`.
    """
    url = CareersUrl.of(urlsplit(f"https://{_host(slug)}{path}"))
    is_ours = url.query.get("domain", _domain(slug)) == _domain(slug)
    is_job = list(url.segments[-3:-1]) == ["careers", "job"]
    match = _POSITION.fullmatch(url.segments[-1]) if is_ours and is_job else None
    if match is None:
        return None
    words = (match[2] or match[1]).replace("-", " ").title()
    return match[1], {"id": match[1], "name": words}


def _newer_page(body: bytes, board: str) -> Page:
    data = parse.page(body, _NEWER_PAGE, board=board).data
    return Page(positions=[msgspec.Raw(_as_older(one)) for one in data.positions], count=data.count)


def _newer_position(body: bytes, board: str) -> bytes:
    return _as_older(parse.page(body, _NEWER_POSITION, board=board).data)


def _as_older(raw: msgspec.Raw) -> bytes:
    """Give a position's fields the older API's names. What is no object is left as it is."""
    try:
        fields: object = json.loads(bytes(raw))
    except (ValueError, RecursionError):
        return bytes(raw)
    if not isinstance(fields, dict):
        return bytes(raw)
    named = cast("dict[str, object]", fields)
    return msgspec.json.encode({_OLDER_NAMES.get(name, name): value for name, value in named.items()})


def _country_in(name: str | None) -> str | None:
    """Return the country of a place that is written in full, as "Los Gatos,California,United States of America"."""
    parts = (name or "").split(",")
    return parts[-1] if len(parts) > 2 else None  # noqa: PLR2004 - of two, the second may be a state


def _workplace(job: EightfoldJob, fields: Fields) -> Workplace | None:
    return workplace(job.work_location_option) or workplace(" ".join(fields.work_type or []))


def _posting_date(fields: Fields) -> date | None:
    """Return the date, which is written "08-26-2026"."""
    try:
        return datetime.strptime(next(iter(fields.posting_date or []), ""), "%m-%d-%Y").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _host(slug: str) -> str:
    return slug.partition("/")[0]


def _domain(slug: str) -> str:
    return slug.partition("/")[2]


def _public_url(slug: str) -> str:
    return f"https://{_host(slug)}/careers?domain={quote(_domain(slug))}"


def _slug_of(url: CareersUrl) -> str | None:
    """Find the host and the domain: both are needed, and neither follows from the other."""
    domain = url.query.get("domain") or _DOMAINS.get(url.host)
    is_ours = url.host in _DOMAINS or url.host.endswith(".eightfold.ai") or url.segment(0) == "careers"
    return f"{url.host}/{domain.lower()}" if domain and (is_ours or url.after("api", "apply", "v2")) else None


SYSTEM: Final = System(
    name="eightfold",
    origin="https://{}",
    override_keys=("eightfold",),
    slug=re.compile(f"{HOST_NAME}/{HOST_NAME}"),
    manners=Manners(pace=HostPace(per_second=2, concurrency=2), accept="application/json, application/xml"),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=EightfoldReader,
)
