"""Workday's careers sites (CXS): pages of 20 postings, asked for by POST, and one answer for each posting's text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from jobwire.boards import parse
from jobwire.boards.details import DetailReader, unreadable_detail
from jobwire.boards.facets import Facet, covered, facets_of, splitting
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft, PageRead, read_pages
from jobwire.boards.readers import WireJob
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under
from jobwire.boards.terms import country_code, date_of, employment_type, places, workplace
from jobwire.boards.text import description
from jobwire.domain.errors import BoardUnreadable, PostingGone, PostingUnreadable
from jobwire.domain.postings import Posting
from jobwire.settings import HostPace

_LIMIT: Final = 20
"""More than 20 postings a page are refused."""
_MAX_PAGES: Final = 2_500
_CAP: Final = 2_000
"""Many tenants count no further, and begin again from the first page after it: then a facet splits the listing."""
_LOCALE: Final = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2})?")
_COPY: Final = re.compile(r"(?:-[0-9]{1,2})?")
"""What an address adds to the requisition's id where the posting is a copy from another site."""


class Country(msgspec.Struct, rename="camel"):
    """`country`: a name, and here and there a code."""

    descriptor: str | None = None
    alpha2_code: str | None = msgspec.field(default=None, name="alpha2Code")


class RequisitionLocation(msgspec.Struct):
    """`jobRequisitionLocation`."""

    country: Country | None = None


class Info(msgspec.Struct, rename="camel"):
    """`jobPostingInfo`. Its `postedOn` is relative ("Posted Yesterday"): `startDate` is the date."""

    job_description: str | None = None
    location: str | None = None
    additional_locations: list[str] | None = None
    start_date: str | None = None
    end_date: str | None = None
    country: Country | None = None
    job_requisition_location: RequisitionLocation | None = None
    time_type: str | None = None
    remote_type: str | None = None
    posted: bool | None = None


class WorkdayJob(WireJob, rename="camel"):
    """`jobPostings[]`, with `info` from the posting's own answer."""

    external_path: str | None = None
    locations_text: str | None = None
    bullet_fields: list[str] | None = None
    time_type: str | None = None
    remote_type: str | None = None
    info: Info | None = None


class Page(msgspec.Struct, rename="camel"):
    """`POST /wday/cxs/{tenant}/{site}/jobs`."""

    job_postings: list[msgspec.Raw]
    total: int | None = None
    facets: object = None


class Detail(msgspec.Struct, rename="camel"):
    """`GET /wday/cxs/{tenant}/{site}/job/…`."""

    job_posting_info: Info | None = None


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(WorkdayJob)
_DETAIL: Final = msgspec.json.Decoder(Detail)


class WorkdayReader(DetailReader[WorkdayJob]):
    """Reads careers sites at Workday."""

    volatile: frozenset[str] = frozenset({"postedOn"})

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def _read(self, slug: str, draft: Draft) -> None:
        await self._read_part(slug, draft, {})

    async def _read_part(self, slug: str, draft: Draft, applied: Mapping[str, str]) -> None:
        """Read what the facets leave: at once where the number is true, else again in parts."""
        first = await self._page(slug, draft, applied, 0)
        facets = facets_of(first.facets)
        split = splitting(facets, applied) if first.total == _CAP else None
        if split is not None:
            await self._read_split(slug, draft, applied, split)
            draft.expect(covered(facets))
            return
        if first.total == _CAP:
            draft.doubt(f"The board counts no further than {_CAP} postings, and nothing divides them into parts.")

        async def read(offset: int) -> PageRead:
            page = await self._page(slug, draft, applied, offset) if offset else first
            await self._add(draft, slug, page.job_postings)
            return PageRead(len(page.job_postings), first.total)  # later pages often say 0

        await read_pages(draft, read, limit=_LIMIT, max_pages=_MAX_PAGES)

    async def _read_split(self, slug: str, draft: Draft, applied: Mapping[str, str], facet: Facet) -> None:
        for value in facet.counts:
            part = draft.part()
            await self._read_part(slug, part, {**applied, facet.parameter: value})
            draft.take_in(part)

    async def _page(self, slug: str, draft: Draft, applied: Mapping[str, str], offset: int) -> Page:
        question = {
            "appliedFacets": {parameter: [value] for parameter, value in applied.items()},
            "limit": _LIMIT,
            "offset": offset,
            "searchText": "",
        }
        body = await self._site.get(f"{_api(slug)}/jobs", slug, posted=msgspec.json.encode(question), load=draft.load)
        return parse.page(body, _PAGE, board=draft.board)

    async def _detail(self, slug: str, job: WorkdayJob, key: str) -> Mapping[str, object]:
        board = self._site.board(slug)
        if not (job.external_path or "").startswith("/"):
            raise PostingUnreadable(f"{board}: posting {key} has no address.")
        path = quote(job.external_path or "", safe="/%")
        body = parse.answer(await self._site.get_posting(_api(slug) + path, slug, key), board=board)
        try:
            info = parse.posting(body, _DETAIL, board=board).job_posting_info
        except PostingUnreadable as error:
            raise BoardUnreadable(error.message) from None
        if info is None or not info.job_description:
            raise unreadable_detail(board, key)
        if info.posted is False:
            raise PostingGone(f"{board}: posting {key} is no longer posted.")
        return {"info": info}

    def _id(self, job: WorkdayJob) -> str | None:
        """Return the requisition's id, which the address ends with; other bullets may say other things."""
        bullets = [one.strip() for one in (job.bullet_fields or [])[:10] if one.strip()]
        path = job.external_path or ""
        ends = (one for one in bullets if one in path and _COPY.fullmatch(path[path.rfind(one) + len(one) :]))
        return next(ends, None) or _tail(path) or next(iter(bullets), None)

    def _posting(self, slug: str, job: WorkdayJob, key: str, title: str) -> Posting:
        info = job.info or Info()
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=workplace(info.remote_type or job.remote_type),
            employment_type=employment_type(info.time_type or job.time_type),
            posted_on=date_of(info.start_date),
            closes_on=date_of(info.end_date),
            country=country_code(*(stated for one in _countries(info) for stated in (one.alpha2_code, one.descriptor))),
            description=description(info.job_description or ""),
        )

    def _locations(self, job: WorkdayJob) -> tuple[str, ...]:
        info = job.info or Info()
        return places([info.location, *(info.additional_locations or [])]) or places([job.locations_text])

    def _url(self, slug: str, job: WorkdayJob, key: str) -> str:
        path = job.external_path or ""
        return _public_url(slug) + (quote(path, safe="/%") if path.startswith("/") else f"/job/{in_path(key)}")


def _countries(info: Info) -> Iterator[Country]:
    for one in ((info.job_requisition_location or RequisitionLocation()).country, info.country):
        if one is not None:
            yield one


def _tail(path: str) -> str | None:
    """Return what follows the title in an address."""
    return path.rpartition("_")[2] if "_" in path else None


def _api(slug: str) -> str:
    host, _, site = slug.partition("/")
    return f"/wday/cxs/{host.partition('.')[0]}/{in_path(site)}"


def _public_url(slug: str) -> str:
    host, _, site = slug.partition("/")
    return f"https://{host}.myworkdayjobs.com/{in_path(site)}"


def _slug_of(url: CareersUrl) -> str | None:
    host = label_under("myworkdayjobs.com", url.host)
    if host is None:
        return None
    site = url.after("wday", "cxs", host.partition(".")[0])
    if site is None and url.segment(0) != "wday":
        first = url.segment(0) or ""
        site = url.segment(1) if _LOCALE.fullmatch(first) else first
    return f"{host}/{site}" if site else None


SYSTEM: Final = System(
    name="workday",
    origin="https://{}.myworkdayjobs.com",
    override_keys=("workday",),
    slug=re.compile(rf"{HOST_LABEL}\.wd[0-9]{{1,3}}/[A-Za-z0-9_-]{{1,100}}"),
    # Faster, and most postings of a tenant are lost to 429 and 403.
    manners=Manners(pace=HostPace(per_second=2, concurrency=2), refusals=frozenset({403}), backoff_s=1),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=WorkdayReader,
)
