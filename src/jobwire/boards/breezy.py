"""BreezyHR's careers site: all postings without their texts in one answer, and a page for each posting's text.

https://developer.breezy.hr/docs/portal-api
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.details import DetailReader, unreadable_detail
from jobwire.boards.http import Manners
from jobwire.boards.job_posting import JobPosting, Pay, first_posting, salary_of, text_of
from jobwire.boards.listings import Draft
from jobwire.boards.markup import blocks
from jobwire.boards.readers import WireJob
from jobwire.boards.robots import Pages
from jobwire.boards.salaries import salary_in_words
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under
from jobwire.boards.terms import country_code, date_of, employment_type, place, places
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.postings import Posting, Workplace
from jobwire.settings import HostPace


class Named(msgspec.Struct):
    """A country or a state."""

    id: str | None = None
    name: str | None = None


class Location(msgspec.Struct):
    """`location`, and `locations[]`."""

    city: str | None = None
    state: Named | None = None
    country: Named | None = None
    is_remote: bool | None = None
    name: str | None = None


class BreezyJob(WireJob):
    """An item of `GET /json`. What its page adds: `page`, the HTML of the text, and its JobPosting's salary and end."""

    title: str | None = msgspec.field(default=None, name="name")
    friendly_id: str | None = None
    url: str | None = None
    published_date: str | None = None
    type: Named | None = None
    location: Location | None = None
    locations: list[Location] | None = None
    department: str | None = None
    salary: str | None = None
    page: str | None = None
    base_salary: list[Pay] | Pay | None = msgspec.field(default=None, name="baseSalary")
    salary_currency: str | None = msgspec.field(default=None, name="salaryCurrency")
    valid_through: str | None = msgspec.field(default=None, name="validThrough")


_PAGE: Final = msgspec.json.Decoder(list[msgspec.Raw])
_JOB: Final = msgspec.json.Decoder(BreezyJob)


class BreezyReader(DetailReader[BreezyJob]):
    """Reads careers sites at BreezyHR."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)
        self._pages = Pages(site)

    async def _read(self, slug: str, draft: Draft) -> None:
        body = await self._site.get("/json", slug, load=draft.load)
        await self._add(draft, slug, parse.page(body, _PAGE, board=draft.board))

    async def _detail(self, slug: str, job: BreezyJob, key: str) -> Mapping[str, object]:
        board = self._site.board(slug)
        page = await self._pages.read_posting(slug, f"/p/{in_path(job.friendly_id or key)}", key)
        stated = first_posting(page, board=board)
        text = (text_of(stated) if stated else "") or blocks(page, ".description")
        if not text:
            raise unreadable_detail(board, key)
        said = stated or JobPosting()
        return {
            "page": text,
            "baseSalary": said.base_salary,
            "salaryCurrency": said.salary_currency,
            "validThrough": said.valid_through,
        }

    def _posting(self, slug: str, job: BreezyJob, key: str, title: str) -> Posting:
        kind = job.type or Named()
        country = (job.location or Location()).country or Named()
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=Workplace.REMOTE if (job.location or Location()).is_remote else None,
            employment_type=employment_type(kind.id, kind.name),
            department=one_line(job.department) or None,
            posted_on=date_of(job.published_date),
            closes_on=date_of(job.valid_through),
            country=country_code(country.id, country.name),
            salary=salary_of(job.base_salary, job.salary_currency) or salary_in_words(job.salary or ""),
            description=description(job.page or ""),
            is_page=True,
        )

    def _locations(self, job: BreezyJob) -> tuple[str, ...]:
        return places(_place(one) for one in [job.location, *(job.locations or [])] if one is not None)

    def _url(self, slug: str, job: BreezyJob, key: str) -> str:
        return web_url(job.url) or f"{_public_url(slug)}/p/{in_path(job.friendly_id or key)}"


def _place(location: Location) -> str:
    country = location.country and location.country.name
    state = location.state and location.state.name
    return place(location.city, state, country) or place(location.name)


def _public_url(slug: str) -> str:
    return f"https://{slug}.breezy.hr"


def _slug_of(url: CareersUrl) -> str | None:
    return label_under("breezy.hr", url.host)


SYSTEM: Final = System(
    name="breezy",
    origin="https://{}.breezy.hr",
    override_keys=("breezy",),
    shared_key="breezy.hr",
    slug=re.compile(HOST_LABEL),
    # Bursts over many companies are answered with 403.
    manners=Manners(
        pace=HostPace(per_second=3, concurrency=3), accept="application/json, text/html", refusals=frozenset({403})
    ),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=BreezyReader,
)
