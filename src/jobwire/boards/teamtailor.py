"""Teamtailor's feeds: a whole careers site, texts included, at a host of its own.

That is the company's name under teamtailor.com, or the company's own host, where the same feeds are.

The JSON Feed (https://www.jsonfeed.org/version/1.1/) has each posting's JobPosting. The RSS has less, and three things
that are nowhere else: department, role, and which postings are hybrid. Where there is no JSON Feed, it has to do.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

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
from jobwire.boards.systems import HOST_LABEL, CareersUrl, Site, System, in_path, label_under, own_host
from jobwire.boards.terms import country_code, date_of, place, places
from jobwire.boards.text import description, one_line, web_url
from jobwire.boards.xml import root_of
from jobwire.domain.errors import BoardGone, BoardRefused, BoardUnreadable
from jobwire.domain.postings import Posting, Workplace
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

_MAX_PAGES: Final = 100
_TT: Final = "{https://teamtailor.com/locations}"
_REMOTE: Final = {"fully": Workplace.REMOTE, "hybrid": Workplace.HYBRID}
"""`remoteStatus`. "none" is also what it says of postings of which nobody has said anything."""
_OPEN_APPLICATION: Final = re.compile(
    r"""
    (?: (?:open|spontaneous|unsolicited|general|speculative)\ application
      | (?:åpen|öppen|åben)\ (?:søknad|ansökan|ansøgning)
      | spontanansökan | uopfordret\ ansøgning | initiativbewerbung | spontanbewerbung
      | candidature\ spontanée | candidatura\ (?:espontánea|espontânea|spontanea)
      | open\ sollicitatie | avoin\ hakemus
    )
    s? \s* (?: $ | [^\w\s] )
    """,
    re.IGNORECASE | re.VERBOSE,
)


class TeamtailorJob(WireJob, rename="camel"):
    """`items[]`, with `department`, `role` and `remote_status` of the RSS; a line of that alone has its places, too."""

    url: str | None = None
    date_published: str | None = msgspec.field(default=None, name="date_published")
    content_html: str | None = msgspec.field(default=None, name="content_html")
    job_posting: JobPosting | None = msgspec.field(default=None, name="_jobposting")
    department: str | None = None
    role: str | None = None
    remote_status: str | None = None
    pub_date: str | None = None
    places: list[str] | None = None
    country: str | None = None


class Page(msgspec.Struct):
    """`GET /jobs.json`."""

    items: list[msgspec.Raw]
    next_url: str | None = None


class Key(msgspec.Struct):
    """What an item is known by in both feeds."""

    id: str | None = None
    url: str | None = None


More = Mapping[str | None, Mapping[str, object]]
"""What only the RSS says of postings, by key and by address."""

_PAGE: Final = msgspec.json.Decoder(Page)
_KEY: Final = msgspec.json.Decoder(Key)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_JOB: Final = msgspec.json.Decoder(TeamtailorJob)


class TeamtailorReader(Reader[TeamtailorJob]):
    """Reads careers sites at Teamtailor."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read the JSON Feed, and of the RSS what only that has: or all of it, where there is no JSON Feed."""
        draft = Draft(self._site.load(slug))
        try:
            first = await self._page(slug, draft, "/jobs.json")
        except (BoardGone, BoardRefused):
            feed = await self._feed(slug, draft)
            if feed is None:
                raise
            await self._add_made(draft, slug, map(_line, feed.iterfind("channel/item")))
            draft.note(
                "Its JSON Feed is not to be had: its RSS was read, which has neither salaries nor kinds of employment."
            )
        else:
            await self._read_pages(slug, draft, first, await self._more(slug, draft) if first.items else {})
        if draft.left_out:
            draft.note(f"Open applications are no openings: {draft.left_out} left out.")
        return draft.finish()

    async def _page(self, slug: str, draft: Draft, path: str) -> Page:
        return parse.page(await self._site.get(path, slug, load=draft.load), _PAGE, board=draft.board)

    async def _read_pages(self, slug: str, draft: Draft, page: Page, more: More) -> None:
        """Read the JSON Feed from its first page on: there is one, unless it says that there are more."""
        for _ in range(_MAX_PAGES):
            before = draft.seen
            await self._add(draft, slug, _completed(page.items, more))
            path = _path_of(page.next_url)
            if path is None:
                return
            if draft.seen == before:
                draft.doubt("A page of the listing repeats an earlier one.")
                return
            page = await self._page(slug, draft, path)
        draft.doubt(f"Only the first {_MAX_PAGES} pages of the listing were read.")

    async def _more(self, slug: str, draft: Draft) -> More:
        """Return what only the RSS says; nothing where there is none, or none that can be read.

        One that fails for now fails the listing: departments that come and go would be told as changes.
        """
        try:
            feed = await self._feed(slug, draft)
        except BoardUnreadable as error:
            draft.note(f"Departments and work models are missing: {error.message}")
            return {}
        items = feed.iterfind("channel/item") if feed is not None else ()
        return {key: _extras(item) for item in items for key in (item.findtext("guid"), item.findtext("link")) if key}

    async def _feed(self, slug: str, draft: Draft) -> Element | None:
        """Return the RSS, None where there is none for us."""
        try:
            feed = await self._site.get("/jobs.rss", slug, load=draft.load)
        except (BoardGone, BoardRefused):
            return None
        return root_of(feed, "rss", board=draft.board)

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
            workplace=_REMOTE.get(job.remote_status or "") or workplace_of(said),
            employment_type=employment_type_of(said),
            department=one_line(job.department) or one_line(job.role) or None,
            posted_on=date_of(job.date_published) or date_of(said.date_posted) or _date_of_rss(job.pub_date),
            closes_on=date_of(said.valid_through),
            country=country_of(said) or country_code(job.country),
            language=language_of(said),
            requirements=description(requirements_of(said)),
            salary=salary_of(said.base_salary, said.salary_currency),
            description=description(text_of(said) or job.content_html or ""),
        )

    def _locations(self, job: TeamtailorJob) -> tuple[str, ...]:
        return locations_of(job.job_posting or JobPosting()) or places(job.places or [])

    def _url(self, slug: str, job: TeamtailorJob, key: str) -> str:
        return web_url(job.url) or f"{_public_url(slug)}/jobs#{in_path(key)}"


def _completed(items: Iterable[msgspec.Raw], more: More) -> Iterable[msgspec.Raw]:
    """Put what the RSS says of postings into their lines."""
    for item in items:
        try:
            key, fields = _KEY.decode(item), _FIELDS.decode(item)
        except msgspec.ValidationError:
            yield item
            continue
        found = more.get(key.id) or more.get(key.url)
        yield msgspec.Raw(msgspec.json.encode({**fields, **found})) if found else item


def _extras(item: Element) -> Mapping[str, object]:
    stated = {
        "department": item.findtext(f"{_TT}department"),
        "role": item.findtext(f"{_TT}role"),
        "remoteStatus": item.findtext("remoteStatus"),
    }
    return {name: value for name, value in stated.items() if value}


def _line(item: Element) -> Mapping[str, object]:
    """Make an item of the RSS into a line of the JSON Feed."""
    return {
        "id": item.findtext("guid"),
        "title": item.findtext("title"),
        "url": item.findtext("link"),
        "content_html": item.findtext("description"),
        "pubDate": item.findtext("pubDate"),
        "places": [_place(one) for one in item.iterfind(f"{_TT}locations/{_TT}location")],
        "country": item.findtext(f"{_TT}locations/{_TT}location/{_TT}country"),
        **_extras(item),
    }


def _place(location: Element) -> str:
    named = place(location.findtext(f"{_TT}city"), location.findtext(f"{_TT}country"))
    return named or location.findtext(f"{_TT}name") or ""


def _date_of_rss(text: str | None) -> date | None:
    """Return the date of an RFC 2822 time, as its own offset has it."""
    try:
        return parsedate_to_datetime(text).date() if text else None
    except ValueError:
        return None


def _path_of(url: str | None) -> str | None:
    """Return path and query of the next page's address: the host is known already, and no other is asked."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return f"/{parts.path.lstrip('/')}?{parts.query}" if parts.query else None


def _public_url(slug: str) -> str:
    return SYSTEM.origin_of(slug)


def _slug_of(url: CareersUrl) -> str | None:
    return label_under("teamtailor.com", url.host)


_UNDER: Final = rf"{HOST_LABEL}(?:\.na)?"  # North American customers are under na.teamtailor.com
_OWN_HOST: Final = rf"(?!{_UNDER}$){own_host('teamtailor.com')}"

SYSTEM: Final = System(
    name="teamtailor",
    origin="https://{}.teamtailor.com",
    override_keys=("teamtailor",),
    slug=re.compile(rf"{_UNDER}|{_OWN_HOST}"),
    own_host=re.compile(_OWN_HOST),
    manners=Manners(pace=HostPace(per_second=2, concurrency=2), accept="application/json, application/rss+xml"),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=TeamtailorReader,
)
