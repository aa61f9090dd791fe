"""Ashby's public job posting API: a whole board with all its texts in one answer.

https://developers.ashbyhq.com/docs/public-job-posting-api
"""

import re
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners, timeout
from jobwire.boards.listings import Draft
from jobwire.boards.readers import WholeReader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import (
    country_code,
    date_of,
    employment_type,
    interval,
    place,
    places,
    salary,
    span,
    workplace,
)
from jobwire.boards.text import description, one_line, paragraphs, web_url
from jobwire.domain.postings import Posting, Salary, Workplace
from jobwire.settings import HostPace


class PostalAddress(msgspec.Struct, rename="camel"):
    """`address.postalAddress`."""

    address_locality: str | None = None
    address_region: str | None = None
    address_country: str | None = None


class Address(PostalAddress, rename="camel"):
    """`address`; that of a secondary location is without a `postalAddress` around it, as a rule."""

    postal_address: PostalAddress | None = None

    @property
    def postal(self) -> PostalAddress:
        """Its parts, wherever they are."""
        return self.postal_address or self


class Secondary(msgspec.Struct):
    """`secondaryLocations[]`."""

    location: str | None = None
    address: Address | None = None


class Component(msgspec.Struct, rename="camel"):
    """`compensation.summaryComponents[]`, in whole units of the currency."""

    compensation_type: str | None = None
    interval: str | None = None
    currency_code: str | None = None
    min_value: float | None = None
    max_value: float | None = None


class Tier(msgspec.Struct):
    """`compensation.compensationTiers[]`, a zone."""

    components: list[Component] | None = None


class Compensation(msgspec.Struct, rename="camel"):
    """`compensation`. Each tier has a part of the span: the summary, where there is one, has all of it."""

    summary_components: list[Component] | None = None
    compensation_tiers: list[Tier] | None = None

    @property
    def components(self) -> list[Component]:
        """What it consists of."""
        return self.summary_components or [
            one for tier in self.compensation_tiers or [] for one in tier.components or []
        ]


class AshbyJob(WireJob, rename="camel"):
    """`jobs[]`."""

    department: str | None = None
    team: str | None = None
    employment_type: str | None = None
    location: str | None = None
    secondary_locations: list[Secondary] | None = None
    published_at: str | None = None
    is_listed: bool | None = None
    is_remote: bool | None = None
    workplace_type: str | None = None
    address: Address | None = None
    job_url: str | None = None
    description_html: str | None = None
    description_plain: str | None = None
    compensation: Compensation | None = None


class Page(msgspec.Struct):
    """`GET /posting-api/job-board/{name}`."""

    jobs: list[msgspec.Raw]


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(AshbyJob)


class AshbyReader(WholeReader[AshbyJob]):
    """Reads Ashby job boards."""

    beyond_lines = frozenset({"description_html", "description_plain", "compensation"})

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    def _address(self, slug: str) -> str:
        return f"/posting-api/job-board/{in_path(slug)}?includeCompensation=true"

    async def _read(self, draft: Draft, slug: str, body: bytes) -> None:
        await self._add(draft, slug, parse.page(body, _PAGE, board=draft.board).jobs)

    def _is_listed(self, job: AshbyJob) -> bool:
        return job.is_listed is not False

    def _posting(self, slug: str, job: AshbyJob, key: str, title: str) -> Posting:
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=_workplace(job),
            employment_type=employment_type(job.employment_type),
            department=one_line(job.department) or one_line(job.team) or None,
            posted_on=date_of(job.published_at),
            country=country_code((job.address or Address()).postal.address_country),
            salary=_salary(job.compensation or Compensation()),
            description=description(job.description_html or paragraphs(job.description_plain)),
        )

    def _locations(self, job: AshbyJob) -> tuple[str, ...]:
        others = job.secondary_locations or []
        return places(
            one_line(name) or _address(address or Address())
            for name, address in ((job.location, job.address), *((one.location, one.address) for one in others))
        )

    def _url(self, slug: str, job: AshbyJob, key: str) -> str:
        return web_url(job.job_url) or f"{_public_url(slug)}/{in_path(key)}"


def _workplace(job: AshbyJob) -> Workplace | None:
    """Prefer `workplaceType`: `isRemote` is true for most hybrid postings, too."""
    return workplace(job.workplace_type) or (Workplace.REMOTE if job.is_remote else None)


def _address(address: Address) -> str:
    postal = address.postal
    return place(postal.address_locality, postal.address_region, postal.address_country)


def _salary(compensation: Compensation) -> Salary | None:
    return span(
        salary(one.min_value, one.max_value, currency=one.currency_code, per=interval(one.interval))
        for one in compensation.components
        if one.compensation_type == "Salary"
    )


def _public_url(slug: str) -> str:
    return f"https://jobs.ashbyhq.com/{in_path(slug)}"


def _slug_of(url: CareersUrl) -> str | None:
    if url.host == "api.ashbyhq.com":
        return url.after("posting-api", "job-board")
    return url.segment(0) if url.host == "jobs.ashbyhq.com" else None


SYSTEM: Final = System(
    name="ashby",
    origin="https://api.ashbyhq.com",
    override_keys=("ashby",),
    slug=re.compile(r"\w(?:[\w .&'+,()-]{0,98}[\w.)+])?"),
    # About 10 s pass before it answers, and it limits whoever comes back too soon.
    manners=Manners(pace=HostPace(per_second=1, concurrency=2), timeout=timeout(total_s=30, read_s=30), backoff_s=1),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=AshbyReader,
    marks_boards=True,
)
