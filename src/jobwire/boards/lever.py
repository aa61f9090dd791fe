"""Lever's Postings API: pages of a site's postings, texts included.

https://github.com/lever/postings-api
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft, PageRead, read_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import (
    country_code,
    date_of_ms,
    employment_type,
    interval,
    places,
    salary,
    workplace,
)
from jobwire.boards.text import description, escape, one_line, paragraphs, web_url
from jobwire.domain.postings import Posting
from jobwire.domain.requirements import names_requirements
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

_LIMIT: Final = 100


class Categories(msgspec.Struct, rename="camel"):
    """`categories`."""

    location: str | None = None
    all_locations: list[str] | None = None
    commitment: str | None = None
    team: str | None = None
    department: str | None = None


class Section(msgspec.Struct):
    """`lists[]`: a heading, and list items in HTML."""

    text: str | None = None
    content: str | None = None


class SalaryRange(msgspec.Struct):
    """`salaryRange`, in whole units of the currency."""

    min: float | None = None
    max: float | None = None
    currency: str | None = None
    interval: str | None = None


class LeverJob(WireJob, rename="camel"):
    """An item of `GET /v0/postings/{site}`."""

    title: str | None = msgspec.field(default=None, name="text")
    categories: Categories | None = None
    country: str | None = None
    workplace_type: str | None = None
    description: str | None = None
    description_plain: str | None = None
    lists: list[Section] | None = None
    additional: str | None = None
    additional_plain: str | None = None
    salary_range: SalaryRange | None = None
    salary_description: str | None = None
    salary_description_plain: str | None = None
    hosted_url: str | None = None
    created_at: float | None = None


_PAGE: Final = msgspec.json.Decoder(list[msgspec.Raw])
_JOB: Final = msgspec.json.Decoder(LeverJob)


class LeverReader(Reader[LeverJob]):
    """Reads Lever sites."""

    beyond_lines = frozenset(
        {
            "additional",
            "additional_plain",
            "description",
            "description_plain",
            "lists",
            "salary_description",
            "salary_description_plain",
        }
    )

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read all pages of the site."""
        draft = Draft(self._site.load(slug))

        async def read(offset: int) -> PageRead:
            path = f"/v0/postings/{in_path(slug)}?mode=json&skip={offset}&limit={_LIMIT}"
            page = parse.page(await self._site.get(path, slug, load=draft.load), _PAGE, board=draft.board)
            await self._add(draft, slug, page)
            return PageRead(len(page))

        await read_pages(draft, read, limit=_LIMIT)
        return draft.finish()

    def _posting(self, slug: str, job: LeverJob, key: str, title: str) -> Posting:
        categories = job.categories or Categories()
        pay = job.salary_range or SalaryRange()
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=workplace(job.workplace_type),
            employment_type=employment_type(categories.commitment),
            department=one_line(categories.department) or one_line(categories.team) or None,
            posted_on=date_of_ms(job.created_at),
            country=country_code(job.country),
            requirements=description(
                "\n".join(_section(one) for one in job.lists or [] if names_requirements(one.text))
            ),
            salary=salary(pay.min, pay.max, currency=pay.currency, per=interval(pay.interval)),
            description=description(_body(job)),
        )

    def _locations(self, job: LeverJob) -> tuple[str, ...]:
        categories = job.categories or Categories()
        return places([categories.location, *(categories.all_locations or [])])

    def _url(self, slug: str, job: LeverJob, key: str) -> str:
        return web_url(job.hosted_url) or f"{self._site.system.public_url(slug)}/{in_path(key)}"


def _body(job: LeverJob) -> str:
    """Put a posting's text together: `description` holds less than half of it."""
    return "\n".join(
        (
            job.description or paragraphs(job.description_plain),
            *map(_section, job.lists or []),
            job.salary_description or paragraphs(job.salary_description_plain),
            job.additional or paragraphs(job.additional_plain),
        )
    )


def _section(section: Section) -> str:
    heading = f"<h3>{escape(section.text)}</h3>" if section.text else ""
    return f"{heading}<ul>{section.content or ''}</ul>"


def _slug_finder(pages_host: str, api_host: str) -> Callable[[CareersUrl], str | None]:
    def find(url: CareersUrl) -> str | None:
        if url.host == api_host:
            return url.after("v0", "postings")
        return url.segment(0) if url.host == pages_host else None

    return find


def _system(name: str, region: str, override_keys: tuple[str, ...]) -> System:
    pages_host, api_host = f"jobs.{region}lever.co", f"api.{region}lever.co"
    return System(
        name=name,
        origin=f"https://{api_host}",
        override_keys=override_keys,
        slug=re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"),
        manners=Manners(pace=HostPace(per_second=2, concurrency=2)),
        slug_of=_slug_finder(pages_host, api_host),
        public_url=lambda slug: f"https://{pages_host}/{in_path(slug)}",
        reader=LeverReader,
    )


SYSTEM: Final = _system("lever", "", ("lever",))
EU_SYSTEM: Final = _system("lever-eu", "eu.", ("lever-eu", "lever"))
"""Lever keeps its European customers apart: the same API at another host."""
