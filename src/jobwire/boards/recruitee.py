"""Recruitee's Careers Site API: a whole board with all its texts in one answer, at a host of its own.

That is the company's name under recruitee.com, or the company's own host, where the same API answers.

https://docs.recruitee.com/reference/intro-to-careers-site-api
"""

import re
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft
from jobwire.boards.readers import WholeReader, WireJob
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under, own_host
from jobwire.boards.terms import (
    country_code,
    date_of,
    employment_type,
    interval,
    language_tag,
    number,
    place,
    places,
    salary,
)
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.postings import Posting, Salary, Workplace
from jobwire.settings import HostPace


class Location(msgspec.Struct):
    """`locations[]`."""

    city: str | None = None
    state: str | None = None
    country: str | None = None
    country_code: str | None = None
    name: str | None = None


class Pay(msgspec.Struct):
    """`salary`: amounts are text, in whole units of the currency."""

    min: str | float | None = None
    max: str | float | None = None
    period: str | None = None
    currency: str | None = None


class Translation(msgspec.Struct):
    """`translations`, by language."""

    title: str | None = None
    description: str | None = None
    requirements: str | None = None


class RecruiteeJob(WireJob):
    """`offers[]`."""

    slug: str | None = None
    status: str | None = None
    careers_url: str | None = None
    location: str | None = None
    locations: list[Location] | None = None
    country: str | None = None
    country_code: str | None = None
    remote: bool | None = None
    hybrid: bool | None = None
    on_site: bool | None = None
    employment_type_code: str | None = None
    department: str | None = None
    salary: Pay | None = None
    description: str | None = None
    requirements: str | None = None
    published_at: str | None = None
    created_at: str | None = None
    close_at: str | None = None
    translations: dict[str, Translation] | None = None
    """Title and texts by language; those above are one of them, and nothing says which."""


class Page(msgspec.Struct):
    """`GET /api/offers/`."""

    offers: list[msgspec.Raw]


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(RecruiteeJob)


class RecruiteeReader(WholeReader[RecruiteeJob]):
    """Reads companies at Recruitee."""

    beyond_lines = frozenset({"description", "requirements", "translations"})

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    def _address(self, slug: str) -> str:  # noqa: ARG002 - each company has a host
        return "/api/offers/"

    async def _read(self, draft: Draft, slug: str, body: bytes) -> None:
        await self._add(draft, slug, parse.page(body, _PAGE, board=draft.board).offers)

    def _is_listed(self, job: RecruiteeJob) -> bool:
        return job.status in {None, "published"}

    def _posting(self, slug: str, job: RecruiteeJob, key: str, title: str) -> Posting:
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=_workplace(job),
            employment_type=employment_type(job.employment_type_code),
            department=one_line(job.department) or None,
            posted_on=date_of(job.published_at) or date_of(job.created_at),
            closes_on=date_of(job.close_at),
            country=country_code(
                *(stated for one in job.locations or [] for stated in (one.country_code, one.country)),
                job.country_code,
                job.country,
            ),
            language=_language(job),
            requirements=description(job.requirements or ""),
            salary=_salary(job.salary or Pay()),
            description=description(f"{job.description or ''}\n{job.requirements or ''}"),
        )

    def _locations(self, job: RecruiteeJob) -> tuple[str, ...]:
        stated = places(place(one.city, one.state, one.country) or one.name for one in job.locations or [])
        return stated or places([place(*(job.location or "").split(","))])

    def _url(self, slug: str, job: RecruiteeJob, key: str) -> str:
        return web_url(job.careers_url) or f"{_public_url(slug)}/o/{in_path(job.slug or key)}"


def _workplace(job: RecruiteeJob) -> Workplace | None:
    """Several may be offered: the most flexible one that still needs an office comes first."""
    stated = ((job.hybrid, Workplace.HYBRID), (job.remote, Workplace.REMOTE), (job.on_site, Workplace.ONSITE))
    return next((kind for is_so, kind in stated if is_so), None)


def _language(job: RecruiteeJob) -> str | None:
    """Return the language of title and text: with several, the one whose title and texts are those of the offer."""
    by_language = job.translations or {}
    own = [one for one, text in by_language.items() if len(by_language) == 1 or _is_of(job, text)]
    return language_tag(own[0]) if len(own) == 1 else None


def _is_of(job: RecruiteeJob, text: Translation) -> bool:
    pairs = ((text.title, job.title), (text.description, job.description), (text.requirements, job.requirements))
    return all((one or "") == (other or "") for one, other in pairs)


def _salary(pay: Pay) -> Salary | None:
    return salary(number(pay.min), number(pay.max), currency=pay.currency, per=interval(pay.period))


def _public_url(slug: str) -> str:
    return SYSTEM.origin_of(slug)


def _slug_of(url: CareersUrl) -> str | None:
    return label_under("recruitee.com", url.host)


_OWN_HOST: Final = own_host("recruitee.com")

SYSTEM: Final = System(
    name="recruitee",
    origin="https://{}.recruitee.com",
    override_keys=("recruitee",),
    slug=re.compile(rf"{HOST_LABEL}|{_OWN_HOST}"),
    own_host=re.compile(_OWN_HOST),
    manners=Manners(pace=HostPace(per_second=2, concurrency=2)),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=RecruiteeReader,
    marks_boards=True,
)
