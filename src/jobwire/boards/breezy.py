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
from jobwire.boards.job_posting import Amount, JobPosting, first_posting, salary_of, text_of
from jobwire.boards.listings import Draft
from jobwire.boards.markup import blocks
from jobwire.boards.readers import WireJob
from jobwire.boards.robots import Pages
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under
from jobwire.boards.terms import country_code, date_of, employment_type, interval, number, place, places, salary
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.postings import Posting, Salary, Workplace
from jobwire.settings import HostPace

_AMOUNT: Final = r"([$€£¥]?)\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(k?)"
_SALARY: Final = re.compile(
    rf"{_AMOUNT}(?:\s*[\u2013\u2014-]\s*{_AMOUNT})?\s*(?:\+\s*)?(?:/|per)\s*(\w+)", re.IGNORECASE
)
_CURRENCIES: Final = {"€": "EUR", "£": "GBP"}
"""Signs of one currency only: "$" and "¥" are several countries'."""


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
    base_salary: list[Amount] | Amount | None = msgspec.field(default=None, name="baseSalary")
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
        return {"page": text, "baseSalary": said.base_salary, "validThrough": said.valid_through}

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
            salary=salary_of(job.base_salary) or _salary(job.salary or ""),
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


def _salary(text: str) -> Salary | None:
    """Understand "$1 - $5 / year", "€60k - €80k / year". Free text: what is not of this form is left alone."""
    match = _SALARY.search(one_line(text, limit=200))
    if match is None or (per := interval(match[7])) is None:
        return None
    low = _amount(match[2], match[3] or match[6])
    high = _amount(match[5], match[6]) if match[5] else low
    return salary(low, high, currency=_CURRENCIES.get(match[1]), per=per)


def _amount(digits: str, thousand: str | None) -> float | None:
    value = number(digits)
    return value * 1_000 if value is not None and thousand else value


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
