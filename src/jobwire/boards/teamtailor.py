"""Teamtailor's JSON Feed: a whole careers site, each posting with its JobPosting, at a host of its own.

https://www.jsonfeed.org/version/1.1/
"""

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.job_posting import (
    JobPosting,
    country_of,
    employment_type_of,
    language_of,
    locations_of,
    requirements_of,
    salary_of,
    text_of,
    workplace_of,
)
from jobwire.boards.listings import Draft
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under
from jobwire.boards.terms import date_of
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.postings import Posting
from jobwire.ingest.ports import Listing
from jobwire.settings import HostPace

_MAX_PAGES: Final = 100
_OPEN_APPLICATION: Final = re.compile(
    r"""
    (?: (?:open|spontaneous|unsolicited|general|speculative)\ application
      | (?:åpen|öppen|åben)\ (?:søknad|ansökan|ansøgning)
      | spontanansökan | uopfordret\ ansøgning | initiativbewerbung
      | candidature\ spontanée | open\ sollicitatie | avoin\ hakemus
    )
    s? \s* (?: $ | [^\w\s] )
    """,
    re.IGNORECASE | re.VERBOSE,
)


class TeamtailorJob(WireJob):
    """`items[]`."""

    url: str | None = None
    date_published: str | None = None
    content_html: str | None = None
    job_posting: JobPosting | None = msgspec.field(default=None, name="_jobposting")


class Page(msgspec.Struct):
    """`GET /jobs.json`."""

    items: list[msgspec.Raw]
    next_url: str | None = None


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(TeamtailorJob)


class TeamtailorReader(Reader[TeamtailorJob]):
    """Reads careers sites at Teamtailor."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read the feed: one page, unless it says that there are more."""
        draft = Draft(self._site.load(slug))
        path: str | None = "/jobs.json"
        for _ in range(_MAX_PAGES):
            page = parse.page(await self._site.get(path, slug, load=draft.load), _PAGE, board=draft.board)
            before = draft.seen
            await self._add(draft, slug, page.items)
            path = _path_of(page.next_url)
            if path is None:
                return draft.finish()
            if draft.seen == before:
                draft.doubt("A page of the listing repeats an earlier one.")
                return draft.finish()
        draft.doubt(f"Only the first {_MAX_PAGES} pages of the listing were read.")
        return draft.finish()

    def _is_listed(self, job: TeamtailorJob) -> bool:
        """Leave out what is no opening: a form for those who find none."""
        return not _OPEN_APPLICATION.match(one_line(job.title))

    def _posting(self, slug: str, job: TeamtailorJob, key: str, title: str) -> Posting:
        said = job.job_posting or JobPosting()
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=workplace_of(said),
            employment_type=employment_type_of(said),
            posted_on=date_of(job.date_published) or date_of(said.date_posted),
            closes_on=date_of(said.valid_through),
            country=country_of(said),
            language=language_of(said),
            requirements=description(requirements_of(said)),
            salary=salary_of(said.base_salary),
            description=description(text_of(said) or job.content_html or ""),
        )

    def _locations(self, job: TeamtailorJob) -> tuple[str, ...]:
        return locations_of(job.job_posting or JobPosting())

    def _url(self, slug: str, job: TeamtailorJob, key: str) -> str:
        return web_url(job.url, otherwise=f"{_public_url(slug)}/jobs#{in_path(key)}")


def _path_of(url: str | None) -> str | None:
    """Return path and query of the next page's address: the host is known already, and no other is asked."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return f"/{parts.path.lstrip('/')}?{parts.query}" if parts.query else None


def _public_url(slug: str) -> str:
    return f"https://{slug}.teamtailor.com"


def _slug_of(url: CareersUrl) -> str | None:
    return label_under("teamtailor.com", url.host)


SYSTEM: Final = System(
    name="teamtailor",
    origin="https://{}.teamtailor.com",
    override_keys=("teamtailor",),
    slug=re.compile(rf"{HOST_LABEL}(?:\.na)?"),  # North American customers are under na.teamtailor.com
    manners=Manners(pace=HostPace(per_second=2, concurrency=2)),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=TeamtailorReader,
)
