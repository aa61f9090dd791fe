"""SmartRecruiters' Posting API: pages of a company's postings, and one answer for each posting's text.

https://developers.smartrecruiters.com/docs/posting-api
"""

import re
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft, PageRead, read_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import country_code, date_of, employment_type, language_tag, places
from jobwire.boards.text import description, escape, one_line, web_url
from jobwire.domain.errors import BoardUnreadable, PostingGone, PostingUnreadable
from jobwire.domain.postings import EmploymentType, Posting, Workplace
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

_LIMIT: Final = 100


class Location(msgspec.Struct, rename="camel"):
    """`location`. `country` is an ISO 3166 code in lower case."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    full_location: str | None = None
    remote: bool | None = None
    hybrid: bool | None = None


class Labelled(msgspec.Struct):
    """A value with an id and a label."""

    id: str | int | None = None
    label: str | None = None


class Language(msgspec.Struct):
    """`language`."""

    code: str | None = None


class Section(msgspec.Struct):
    """A part of the text: a heading, and HTML."""

    title: str | None = None
    text: str | None = None


class Sections(msgspec.Struct, rename="camel"):
    """`jobAd.sections`, in the order of the public page."""

    company_description: Section | None = None
    job_description: Section | None = None
    qualifications: Section | None = None
    additional_information: Section | None = None

    @property
    def requirements(self) -> str:
        """What is set apart as such."""
        return (self.qualifications or Section()).text or ""


class JobAd(msgspec.Struct):
    """`jobAd`."""

    sections: Sections | None = None


class SmartRecruitersJob(WireJob, rename="camel"):
    """An item of the list, and the detail, which alone has `job_ad`, `posting_url` and `active`."""

    title: str | None = msgspec.field(default=None, name="name")
    location: Location | None = None
    department: Labelled | None = None
    function: Labelled | None = None
    type_of_employment: Labelled | None = None
    experience_level: Labelled | None = None
    released_date: str | None = None
    language: Language | None = None
    posting_url: str | None = None
    active: bool | None = None
    job_ad: JobAd | None = None


class Page(msgspec.Struct, rename="camel"):
    """`GET /v1/companies/{id}/postings`."""

    content: list[msgspec.Raw]
    total_found: int | None = None


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(SmartRecruitersJob)


class SmartRecruitersReader(Reader[SmartRecruitersJob]):
    """Reads companies at SmartRecruiters."""

    has_text: bool = False

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read all pages of the company's postings."""
        draft = Draft(self._site.load(slug))

        async def read(offset: int) -> PageRead:
            path = f"/v1/companies/{in_path(slug)}/postings?limit={_LIMIT}&offset={offset}"
            page = parse.page(await self._site.get(path, slug, load=draft.load), _PAGE, board=draft.board)
            await self._add(draft, slug, page.content)
            return PageRead(len(page.content), page.total_found)

        await read_pages(draft, read, limit=_LIMIT)
        if draft.size == 0:
            draft.note(
                "SmartRecruiters lists no postings, which is also what it says of a company that it does not know."
            )
        return draft.finish()

    async def fetch(self, slug: str, external_id: str) -> bytes:
        """Read one posting. Raise `PostingGone` where it is not there, or no longer active."""
        path = f"/v1/companies/{in_path(slug)}/postings/{in_path(external_id)}"
        board = self._site.board(slug)
        source = parse.answer(await self._site.get_posting(path, slug, external_id), board=board)
        try:
            job = parse.posting(source, _JOB, board=board)
        except PostingUnreadable as error:
            raise BoardUnreadable(error.message) from None
        if str(job.id) != external_id:
            raise BoardUnreadable(f"{board}: posting {external_id} was answered with another one.")
        if job.active is False:
            raise PostingGone(f"{board}: posting {external_id} is no longer active.")
        return source

    def _posting(self, slug: str, job: SmartRecruitersJob, key: str, title: str) -> Posting:
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=_workplace(job.location or Location()),
            employment_type=_employment_type(job),
            department=_department(job),
            posted_on=date_of(job.released_date),
            country=country_code((job.location or Location()).country),
            language=language_tag((job.language or Language()).code),
            requirements=description(((job.job_ad or JobAd()).sections or Sections()).requirements),
            description=description(_body((job.job_ad or JobAd()).sections or Sections())),
        )

    def _locations(self, job: SmartRecruitersJob) -> tuple[str, ...]:
        location = job.location or Location()
        parts = (location.full_location or "").split(",")
        if not any(part.strip() for part in parts):
            parts = [location.city or "", location.region or "", (location.country or "").upper()]
        return places([", ".join(part.strip() for part in parts if part.strip())])

    def _url(self, slug: str, job: SmartRecruitersJob, key: str) -> str:
        return web_url(job.posting_url) or f"{_public_url(slug)}/{in_path(key)}"


def _employment_type(job: SmartRecruitersJob) -> EmploymentType | None:
    """Return `INTERNSHIP` for those, too, that say it as a level of experience: they may be part-time besides."""
    kind, level = job.type_of_employment or Labelled(), job.experience_level or Labelled()
    if level.id == "internship":
        return EmploymentType.INTERNSHIP
    return employment_type(kind.label, kind.id if isinstance(kind.id, str) else None)


def _department(job: SmartRecruitersJob) -> str | None:
    """Return the department, or the kind of work, where it is one that has a name."""
    kind = job.function or Labelled()
    return (
        one_line((job.department or Labelled()).label) or (one_line(kind.label) if kind.id != "other" else "") or None
    )


def _workplace(location: Location) -> Workplace | None:
    if location.remote:
        return Workplace.REMOTE
    if location.hybrid:
        return Workplace.HYBRID
    return Workplace.ONSITE if location.remote is False and location.hybrid is False else None


def _body(sections: Sections) -> str:
    parts = (
        sections.company_description,
        sections.job_description,
        sections.qualifications,
        sections.additional_information,
    )
    return "\n".join(_section(part) for part in parts if part and part.text)


def _section(section: Section) -> str:
    heading = f"<h3>{escape(section.title)}</h3>" if section.title else ""
    return heading + (section.text or "")


def _public_url(slug: str) -> str:
    return f"https://jobs.smartrecruiters.com/{in_path(slug)}"


def _slug_of(url: CareersUrl) -> str | None:
    if url.host == "api.smartrecruiters.com":
        return url.after("v1", "companies")
    if url.host not in {"jobs.smartrecruiters.com", "careers.smartrecruiters.com"}:
        return None
    return url.segment(2) if url.segment(1) == "company" else url.segment(0)  # /oneclick-ui/company/{company}/…


SYSTEM: Final = System(
    name="smartrecruiters",
    origin="https://api.smartrecruiters.com",
    override_keys=("smartrecruiters",),
    slug=re.compile(r"[A-Za-z0-9_-]{1,100}"),
    manners=Manners(pace=HostPace(per_second=8, concurrency=8)),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=SmartRecruitersReader,
)
