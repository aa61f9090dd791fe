"""Amazon's own careers site: pages of 100 postings, texts included, and never more than 10,000 to a question."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final, cast
from urllib.parse import urlencode

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft, PageRead, read_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import country_code, employment_type, place, places
from jobwire.boards.text import description, escape, one_line
from jobwire.domain.postings import EmploymentType, Posting, Workplace
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

_LIMIT: Final = 100
_CAP: Final = 10_000
"""The site counts no further, and answers 400 past it: then the countries divide the listing, and the categories."""
_DIVIDING: Final = ("normalized_country_code", "category")
_PUBLIC: Final = "https://www.amazon.jobs"


class Location(msgspec.Struct, rename="camel"):
    """`locations[]`, each of which is JSON within a string."""

    normalized_location: str | None = None
    location: str | None = None
    country_iso2a: str | None = msgspec.field(default=None, name="countryIso2a")
    type: str | None = None


class AmazonJob(WireJob):
    """`jobs[]`. Its `id` is another one than the public page has."""

    id: int | str | None = msgspec.field(default=None, name="id_icims")
    job_path: str | None = None
    location: str | None = None
    normalized_location: str | None = None
    locations: list[str] | None = None
    city: str | None = None
    state: str | None = None
    country_code: str | None = None
    job_category: str | None = None
    job_family: str | None = None
    job_schedule_type: str | None = None
    is_intern: bool | None = None
    posted_date: str | None = None
    description: str | None = None
    description_short: str | None = None
    basic_qualifications: str | None = None
    preferred_qualifications: str | None = None


class Page(msgspec.Struct):
    """`GET /en/search.json`. `facets` holds lists of `{"USA": 7000}` by facet."""

    jobs: list[msgspec.Raw]
    hits: int | None = None
    facets: object = None


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(AmazonJob)
_LOCATION: Final = msgspec.json.Decoder(Location)


class AmazonReader(Reader[AmazonJob]):
    """Reads Amazon's careers site."""

    volatile: frozenset[str] = frozenset({"updated_time"})

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read all pages, in parts where there are too many."""
        draft = Draft(self._site.load(slug))
        await self._read_part(slug, draft, {})
        return draft.finish()

    async def _read_part(self, slug: str, draft: Draft, applied: Mapping[str, str]) -> None:
        """Read what the filters leave: at once where the number is true, else in parts."""
        first = await self._page(slug, draft, applied, 0)
        if (first.hits or 0) >= _CAP:
            if await self._divided(slug, draft, applied, first):
                return
            draft.doubt(f"The board counts no further than {_CAP} postings, and nothing divides them into parts.")

        async def read(offset: int) -> PageRead:
            page = await self._page(slug, draft, applied, offset) if offset else first
            await self._add(draft, slug, page.jobs)
            return PageRead(len(page.jobs), first.hits)

        await read_pages(draft, read, limit=_LIMIT, max_pages=_CAP // _LIMIT)

    async def _divided(self, slug: str, draft: Draft, applied: Mapping[str, str], whole: Page) -> bool:
        """Read the parts that the next filter makes; False where there is none, or one that is not heeded."""
        divide = next((name for name in _DIVIDING if name not in applied), None)
        counts = _counts(whole.facets, divide)
        if divide is None or len(counts) < 2:  # noqa: PLR2004 - one part would be the whole again
            return False
        smallest = min(counts, key=lambda value: counts[value])
        probe = await self._page(slug, draft, {**applied, divide: smallest}, 0)
        if (probe.hits or 0) >= _CAP > counts[smallest]:
            return False
        for value in counts:
            part = draft.part()
            await self._read_part(slug, part, {**applied, divide: value})
            draft.take_in(part)
        draft.expect(sum(counts.values()))
        return True

    async def _page(self, slug: str, draft: Draft, applied: Mapping[str, str], offset: int) -> Page:
        question = [
            ("result_limit", str(_LIMIT)),
            ("offset", str(offset)),
            ("sort", "recent"),
            *(("facets[]", name) for name in _DIVIDING),
            *((f"{name}[]", value) for name, value in applied.items()),  # without brackets it would be ignored
        ]
        body = await self._site.get(f"/en/search.json?{urlencode(question)}", slug, load=draft.load)
        return parse.page(body, _PAGE, board=draft.board)

    def _posting(self, slug: str, job: AmazonJob, key: str, title: str) -> Posting:
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=_workplace(job),
            employment_type=EmploymentType.INTERNSHIP if job.is_intern else employment_type(job.job_schedule_type),
            department=one_line(job.job_category) or one_line(job.job_family) or None,
            posted_on=_posted_on(job.posted_date),
            country=country_code(*(one.country_iso2a for one in _sites(job)), job.country_code),
            requirements=description(_qualifications(job)),
            description=description(_body(job)),
        )

    def _locations(self, job: AmazonJob) -> tuple[str, ...]:
        first = job.normalized_location or place(job.city, job.state, job.country_code) or job.location
        return places([first, *(one.normalized_location or one.location for one in _sites(job))])

    def _url(self, slug: str, job: AmazonJob, key: str) -> str:  # noqa: ARG002 - there is one board
        path = job.job_path or ""
        is_plain = re.fullmatch(r"/[\w/.~%-]{1,500}", path, re.ASCII) is not None
        return _PUBLIC + (path if is_plain else f"/en/jobs/{in_path(key)}")


def _counts(facets: object, name: str | None) -> dict[str, int]:
    """Return the numbers of postings by a facet's value; empty where the facet is not there."""
    found: dict[str, int] = {}
    values = cast("dict[str, object]", facets).get(f"{name}_facet") if isinstance(facets, dict) else None
    for value in cast("list[object]", values) if isinstance(values, list) else []:
        if isinstance(value, dict):
            found |= {one: n for one, n in cast("dict[str, object]", value).items() if isinstance(n, int)}
    return {_filter(one): n for one, n in found.items()} if name == "category" else found


def _filter(category: str) -> str:
    """Return a category as the filter wants it: "Software Development" is `software-development` there."""
    return re.sub(r"[^a-z0-9]+", "-", category.lower()).strip("-")


def _sites(job: AmazonJob) -> Iterable[Location]:
    for raw in job.locations or []:
        try:
            yield _LOCATION.decode(raw)
        except ValueError:
            continue


def _workplace(job: AmazonJob) -> Workplace | None:
    kinds = {(one.type or "").upper() for one in _sites(job)}
    if "VIRTUAL" in kinds:
        return Workplace.REMOTE
    return Workplace.ONSITE if "ONSITE" in kinds else None


def _posted_on(text: str | None) -> date | None:
    """Return the date, which is written "May  6, 2026"."""
    try:
        return datetime.strptime(" ".join((text or "").split()), "%B %d, %Y").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _body(job: AmazonJob) -> str:
    return "\n".join(part for part in (job.description or job.description_short, _qualifications(job)) if part)


def _qualifications(job: AmazonJob) -> str:
    parts = (
        ("Basic Qualifications", job.basic_qualifications),
        ("Preferred Qualifications", job.preferred_qualifications),
    )
    return "\n".join(f"<h3>{escape(title)}</h3>{text}" for title, text in parts if text)


def _slug_of(url: CareersUrl) -> str | None:
    return "amazon" if url.host == "amazon.jobs" else None


SYSTEM: Final = System(
    name="amazon",
    origin=_PUBLIC,
    override_keys=("amazon",),
    slug=re.compile("amazon"),
    manners=Manners(pace=HostPace(per_second=2, concurrency=2)),
    slug_of=_slug_of,
    public_url=lambda _: f"{_PUBLIC}/en/",
    reader=AmazonReader,
)
