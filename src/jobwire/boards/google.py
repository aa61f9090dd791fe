"""Google's own careers site: a sitemap, and a page for each posting, whose data is in a script.

Where the site lets robots read its pages of 20 results, texts included, these are read instead: its own
robots.txt does not.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

import msgspec

from jobwire.boards import parse
from jobwire.boards.details import DetailReader, unreadable_detail
from jobwire.boards.http import MAX_PAGE_BYTES, Manners
from jobwire.boards.links import locations_in, paths_on
from jobwire.boards.listings import FLAKY, Draft, PageRead, read_pages
from jobwire.boards.readers import WireJob
from jobwire.boards.robots import Pages
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import places
from jobwire.boards.text import description
from jobwire.domain.errors import BoardUnreadable
from jobwire.domain.postings import Posting
from jobwire.settings import HostPace

_LIMIT: Final = 20
_MAX_PAGES: Final = 1_000
_RESULTS: Final = "/about/careers/applications/jobs/results"
_HOST: Final = "www.google.com"
_PUBLIC: Final = f"https://{_HOST}"
_SITEMAP: Final = "/about/careers/applications/jobs/sitemap.xml"
_PAGE: Final = re.compile(rf"{re.escape(_RESULTS)}/([0-9]{{1,30}})(?:-([a-z0-9-]{{1,300}}))?/?(?:\?.*)?")
_DATA: Final = re.compile(r"AF_initDataCallback\(\{\s*key:\s*'(ds:[01])'[^\[\]{}<>]{0,200}\bdata:\s*(?=\[)")
"""A page of results has them in `ds:1`, a posting's page has it in `ds:0`."""
_FIELDS: Final = {"id": 0, "title": 1, "responsibilities": 3, "qualifications": 4, "locations": 9, "description": 10}
"""Where things are in a posting's array."""


class GoogleJob(WireJob):
    """A posting's array, made into an object."""

    description: str | None = None
    qualifications: str | None = None
    responsibilities: str | None = None
    locations: list[str] | None = None
    path: str | None = None
    """The address of its page, in a line of the sitemap: all else is there."""


_JOB: Final = msgspec.json.Decoder(GoogleJob)


class GoogleReader(DetailReader[GoogleJob]):
    """Reads Google's careers site."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)
        self._pages = Pages(site)

    async def _read(self, slug: str, draft: Draft) -> None:
        draft.patience = FLAKY
        rules = await self._pages.rules(slug)
        if rules.allow(_results_path(1)):
            await self._read_results(slug, draft)
        else:
            await self._read_sitemap(slug, draft)

    async def _read_results(self, slug: str, draft: Draft) -> None:
        async def read(offset: int) -> PageRead:
            page = await self._pages.read(slug, _results_path(offset // _LIMIT), draft.load)
            rows, total = _results(page, draft.board)
            await self._add_made(draft, slug, map(_fields, rows))
            return PageRead(len(rows), total)

        await read_pages(draft, read, limit=_LIMIT, max_pages=_MAX_PAGES)

    async def _read_sitemap(self, slug: str, draft: Draft) -> None:
        named = locations_in(await self._pages.read(slug, _SITEMAP, draft.load))
        if named is None:
            raise BoardUnreadable(f"{draft.board}: the sitemap is not what the system documents.")
        found = [match for path in paths_on(_HOST, named) if (match := _PAGE.fullmatch(path))]
        await self._add_made(draft, slug, map(_line, found))
        if not found:
            draft.doubt("The sitemap names no postings.")

    async def _detail(self, slug: str, job: GoogleJob, key: str) -> Mapping[str, object]:
        if job.path is None:
            return {}
        board = self._site.board(slug)
        data = _data(await self._pages.read_posting(slug, job.path, key), "ds:0", board)
        fields = _fields(data[0])
        if fields.get("id") != key:
            raise BoardUnreadable(f"{board}: posting {key} was answered with another one.")
        if not fields.get("description"):
            raise unreadable_detail(board, key)
        return fields

    def _posting(self, slug: str, job: GoogleJob, key: str, title: str) -> Posting:
        parts = (job.description, job.qualifications, job.responsibilities)
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            requirements=description(job.qualifications or ""),
            description=description("\n".join(part for part in parts if part)),
        )

    def _locations(self, job: GoogleJob) -> tuple[str, ...]:
        return places(job.locations or [])

    def _url(self, slug: str, job: GoogleJob, key: str) -> str:  # noqa: ARG002 - there is one board
        words = re.sub(r"[^a-z0-9]+", "-", (job.title or "").lower()).strip("-")[:100]
        return f"{_PUBLIC}{_RESULTS}/{in_path(key)}" + (f"-{words}" if words else "")


def _results_path(page: int) -> str:
    return f"{_RESULTS}?hl=en_US&page={page + 1}"


def _results(page: str, board: str) -> tuple[Sequence[object], int | None]:
    """Return the postings of a page, and how many there are in all. Raise `BoardUnreadable`."""
    data = _data(page, "ds:1", board)
    total = data[2] if len(data) > 2 else None  # noqa: PLR2004 - its place
    rows = cast("list[object]", data[0]) if isinstance(data[0], list) else []
    return rows, total if isinstance(total, int) else None


def _data(page: str, key: str, board: str) -> Sequence[object]:
    """Return what a page's script holds under a key, never empty. Raise `BoardUnreadable`."""
    parse.check_values(page.count(","), len(page), board=board)
    page = parse.clean(page.encode()).decode()
    match = next((one for one in _DATA.finditer(page) if one[1] == key), None)
    try:
        found: object = json.JSONDecoder().raw_decode(page, match.end())[0] if match else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not found:
        is_page = "<html" in page[:2_000].lower()
        what = "a web page without results" if is_page else "not what the system documents"
        raise BoardUnreadable(f"{board}: the answer is {what}.")
    return cast("list[object]", found)


def _line(match: re.Match[str]) -> Mapping[str, object]:
    """Make an address of the sitemap into a posting: its words are the title, but for signs and capitals."""
    words = (match[2] or match[1]).replace("-", " ").title()
    return {"id": match[1], "title": words, "path": match[0]}


def _fields(row: object) -> Mapping[str, object]:
    """Make a posting's array into an object. Texts are `[null, html]`, places begin with their name."""
    values = cast("list[object]", row) if isinstance(row, list) else []
    fields = {name: values[at] for name, at in _FIELDS.items() if at < len(values)}
    for name in ("responsibilities", "qualifications", "description"):
        fields[name] = _item(fields.get(name), 1)
    named = fields.get("locations")
    fields["locations"] = [_item(one, 0) for one in cast("list[object]", named)] if isinstance(named, list) else None
    return fields


def _item(value: object, at: int) -> object:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return items[at] if at < len(items) else None


def _slug_of(url: CareersUrl) -> str | None:
    is_careers = url.host == "google.com" and url.after("about") == "careers"
    return "google" if is_careers or url.host == "careers.google.com" else None


SYSTEM: Final = System(
    name="google",
    origin=_PUBLIC,
    override_keys=("google",),
    slug=re.compile("google"),
    manners=Manners(pace=HostPace(per_second=1, concurrency=1), accept="text/html", max_body_bytes=MAX_PAGE_BYTES),
    slug_of=_slug_of,
    public_url=lambda _: f"{_PUBLIC}{_RESULTS}",
    reader=GoogleReader,
)
