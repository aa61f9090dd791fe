"""Personio's XML feed: a whole board with all its texts in one answer, at a host of its own.

https://developer.personio.de/docs/retrieving-open-job-positions. Some companies switch the feed off and keep the
careers site: then its search index lists the postings, or else its first page, and each posting's page has the text.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.etree.ElementTree import Element

import msgspec
from selectolax.lexbor import LexborHTMLParser

from jobwire.boards import parse
from jobwire.boards.details import DetailReader, unreadable_detail
from jobwire.boards.http import Manners
from jobwire.boards.job_posting import first_posting, locations_of, text_of
from jobwire.boards.listings import FLAKY, Draft
from jobwire.boards.markup import MAX_TAGS, blocks
from jobwire.boards.readers import WireJob
from jobwire.boards.robots import Pages
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under
from jobwire.boards.terms import date_of, employment_type, places, workplace
from jobwire.boards.text import description, escape, one_line
from jobwire.boards.xml import root_of
from jobwire.domain.errors import BoardGone
from jobwire.domain.postings import EmploymentType, Posting
from jobwire.domain.requirements import names_requirements
from jobwire.settings import HostPace

_LANGUAGE: Final = "en"
"""Titles and texts differ by language: one is chosen and kept, so that a posting does not change by itself."""
_FIELDS: Final = ("id", "name", "office", "department", "recruitingCategory", "employmentType", "schedule", "createdAt")


_JOB_PAGE: Final = re.compile(r"/job/([0-9]{1,30})(?:$|[/?#])")


class Section(msgspec.Struct):
    """`jobDescriptions/jobDescription`: a heading, and HTML."""

    name: str | None = None
    value: str | None = None


class PersonioJob(WireJob, rename="camel"):
    """`position`, made into JSON. `page` is the text of its own page, where the feed is off."""

    title: str | None = msgspec.field(default=None, name="name")
    office: str | None = None
    additional_offices: list[str] | None = None
    department: str | None = None
    recruiting_category: str | None = None
    employment_type: str | None = None
    schedule: str | None = None
    created_at: str | None = None
    job_descriptions: list[Section] | None = None
    page: str | None = None


_INDEX: Final = msgspec.json.Decoder(list[msgspec.Raw])
_JOB: Final = msgspec.json.Decoder(PersonioJob)


class PersonioReader(DetailReader[PersonioJob]):
    """Reads careers sites at Personio."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)
        self._pages = Pages(site)

    async def _read(self, slug: str, draft: Draft) -> None:
        try:
            feed = await self._site.get(f"/xml?language={_LANGUAGE}", slug, load=draft.load)
        except BoardGone:
            await self._read_index(slug, draft)
            return
        root = root_of(feed, "workzag-jobs", board=draft.board)
        await self._add_made(draft, slug, map(_fields, root.iterfind("position")))

    async def _read_index(self, slug: str, draft: Draft) -> None:
        """Read the careers site's own search index: titles and places only."""
        try:
            body = await self._site.get(f"/search.json?language={_LANGUAGE}", slug, load=draft.load)
        except BoardGone:
            await self._read_boxes(slug, draft)
        else:
            await self._add(draft, slug, parse.page(body, _INDEX, board=draft.board))
        draft.note("The company has switched its feed off: each posting is read from its own page.")

    async def _read_boxes(self, slug: str, draft: Draft) -> None:
        """Read the careers site's first page: titles only."""
        draft.patience = FLAKY
        found = _boxes(await self._pages.read(slug, f"/?language={_LANGUAGE}", draft.load))
        await self._add_made(draft, slug, found)
        if not found:
            draft.doubt("The careers site's first page names no postings.")

    async def _detail(self, slug: str, job: PersonioJob, key: str) -> Mapping[str, object]:
        if job.job_descriptions is not None:
            return {}
        board = self._site.board(slug)
        path = f"/job/{in_path(key)}?language={_LANGUAGE}"
        page = await self._pages.read_posting(slug, path, key)
        stated = first_posting(page, board=board)
        text = (text_of(stated) if stated else "") or blocks(page, '[class*="page_jobDescription"]')
        if not text:
            raise unreadable_detail(board, key)
        return {"page": text, **({"additionalOffices": locations_of(stated)} if stated and not job.office else {})}

    def _posting(self, slug: str, job: PersonioJob, key: str, title: str) -> Posting:
        parts = job.job_descriptions or []
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=workplace(job.office),
            employment_type=_employment_type(job),
            department=one_line(job.department) or one_line(job.recruiting_category) or None,
            posted_on=date_of(job.created_at),
            description=description(job.page or "\n".join(map(_section, parts))),
            requirements=description("\n".join(_section(one) for one in parts if names_requirements(one.name))),
            is_page=job.page is not None,
        )

    def _locations(self, job: PersonioJob) -> tuple[str, ...]:
        return places([job.office, *(job.additional_offices or [])])

    def _url(self, slug: str, job: PersonioJob, key: str) -> str:  # noqa: ARG002 - the feed holds no address
        return f"{self._site.system.public_url(slug)}/job/{in_path(key)}"


def _boxes(page: str) -> list[Mapping[str, object]]:
    """Return the postings that a careers site's page leads to: a box each, with the title and what else it says."""
    if page.count("<") > MAX_TAGS:
        return []
    found: dict[str, Mapping[str, object]] = {}
    for box in LexborHTMLParser(page).css('a[class*="job-box"][href]'):
        if match := _JOB_PAGE.search(box.attributes.get("href") or ""):
            title = box.css_first('[class*="title"], h1, h2, h3, h4') or box
            found.setdefault(match[1], {"id": match[1], "name": one_line(title.text(separator=" "))})
    return list(found.values())


def _fields(position: Element) -> Mapping[str, object]:
    """Make a position into JSON. Only direct children count: a section of the text has a `name` as well."""
    return {
        **{name: value for name in _FIELDS if (value := position.findtext(name)) is not None},
        "additionalOffices": [one.text for one in position.iterfind("additionalOffices/office") if one.text],
        "jobDescriptions": [
            {"name": one.findtext("name"), "value": one.findtext("value")}
            for one in position.iterfind("jobDescriptions/jobDescription")
        ],
    }


def _section(section: Section) -> str:
    heading = f"<h3>{escape(section.name.strip())}</h3>" if section.name and section.name.strip() else ""
    return heading + (section.value or "")


def _employment_type(job: PersonioJob) -> EmploymentType | None:
    """Read type and schedule together: "permanent" says nothing of the hours, "full-or-part-time" leaves them open."""
    hours = (job.schedule or "").replace("full-or-part-time", "full-time")
    return employment_type(f"{job.employment_type or ''} {hours}".strip() or None)


def _slug_finder(domain: str) -> Callable[[CareersUrl], str | None]:
    return lambda url: label_under(domain, url.host)


def _system(name: str, domain: str, override_keys: tuple[str, ...]) -> System:
    return System(
        name=name,
        origin=f"https://{{}}.{domain}",
        override_keys=override_keys,
        slug=re.compile(HOST_LABEL),
        manners=Manners(
            pace=HostPace(per_second=2, concurrency=2), accept="application/xml, application/json, text/html"
        ),
        slug_of=_slug_finder(domain),
        public_url=lambda slug: f"https://{slug}.{domain}",
        reader=PersonioReader,
    )


SYSTEM: Final = _system("personio", "jobs.personio.de", ("personio",))
COM_SYSTEM: Final = _system("personio-com", "jobs.personio.com", ("personio-com", "personio"))
"""The same company may be at either, and one name may be two companies there."""
