"""Workable's careers widget: a whole account with all its texts in one answer.

https://help.workable.com/hc/en-us/articles/115012771647
"""

import re
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft
from jobwire.boards.readers import WholeReader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path, label_under
from jobwire.boards.terms import country_code, date_of, employment_type, place, places
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.postings import EmploymentType, Posting, Workplace
from jobwire.settings import HostPace

_NO_ACCOUNT: Final = frozenset({"j", "api"})
"""First segments of addresses that name no account: `/j/{shortcode}` is one posting of anybody's."""


class Location(msgspec.Struct):
    """`locations[]`. A hidden one is not shown to applicants."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    country_code: str | None = msgspec.field(default=None, name="countryCode")
    hidden: bool | None = None


class WorkableJob(WireJob):
    """`jobs[]`."""

    id: int | str | None = msgspec.field(default=None, name="shortcode")
    employment_type: str | None = None
    experience: str | None = None
    telecommuting: bool | None = None
    department: str | None = None
    function: str | None = None
    url: str | None = None
    published_on: str | None = None
    created_at: str | None = None
    country: str | None = None
    city: str | None = None
    state: str | None = None
    locations: list[Location] | None = None
    description: str | None = None


class Page(msgspec.Struct):
    """`GET /api/v1/widget/accounts/{account}`."""

    jobs: list[msgspec.Raw]


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(WorkableJob)


class WorkableReader(WholeReader[WorkableJob]):
    """Reads accounts at Workable."""

    beyond_lines = frozenset({"description"})

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    def _address(self, slug: str) -> str:
        return f"/api/v1/widget/accounts/{in_path(slug)}?details=true"

    async def _read(self, draft: Draft, slug: str, body: bytes) -> None:
        await self._add(draft, slug, parse.page(body, _PAGE, board=draft.board).jobs)

    def _posting(self, slug: str, job: WorkableJob, key: str, title: str) -> Posting:
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=Workplace.REMOTE if job.telecommuting else None,  # the widget tells hybrid from on site nowhere
            employment_type=_employment_type(job),
            department=one_line(job.department) or one_line(job.function) or None,
            posted_on=date_of(job.published_on) or date_of(job.created_at),
            country=country_code(
                *(stated for one in _shown(job) for stated in (one.country_code, one.country)), job.country
            ),
            description=description(job.description or ""),
        )

    def _locations(self, job: WorkableJob) -> tuple[str, ...]:
        stated = places(place(one.city, one.region, one.country) for one in _shown(job))
        return stated or places([place(job.city, job.state, job.country)])

    def _url(self, slug: str, job: WorkableJob, key: str) -> str:
        return web_url(job.url) or f"{_public_url(slug)}/j/{in_path(key)}"


def _employment_type(job: WorkableJob) -> EmploymentType | None:
    """Return `INTERNSHIP` for those, too, that say it as a level of experience: they may be full-time besides."""
    is_internship = one_line(job.experience).lower() == "internship"
    return EmploymentType.INTERNSHIP if is_internship else employment_type(job.employment_type)


def _shown(job: WorkableJob) -> list[Location]:
    return [one for one in job.locations or [] if not one.hidden]


def _public_url(slug: str) -> str:
    return f"https://apply.workable.com/{in_path(slug)}"


def _slug_of(url: CareersUrl) -> str | None:
    if url.host != "apply.workable.com":
        return label_under("workable.com", url.host)
    account = url.segment(0)
    return account if account not in _NO_ACCOUNT else url.after("api", "v1", "widget", "accounts")


SYSTEM: Final = System(
    name="workable",
    origin="https://apply.workable.com",
    override_keys=("workable",),
    slug=re.compile(r"[A-Za-z0-9_-]{1,100}"),
    # All accounts share one host, which refuses more than two requests at a time, and remembers it.
    manners=Manners(pace=HostPace(per_second=0.5, concurrency=1), backoff_s=5),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=WorkableReader,
    marks_boards=True,
)
