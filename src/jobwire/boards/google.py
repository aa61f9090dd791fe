"""Google's own careers site: pages of 20 postings whose data, texts included, is in a script."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import MAX_PAGE_BYTES, Manners
from jobwire.boards.listings import Draft, PageRead, read_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import places
from jobwire.boards.text import description
from jobwire.domain.errors import BoardUnreadable
from jobwire.domain.postings import Posting
from jobwire.ingest.ports import Listing
from jobwire.settings import HostPace

_LIMIT: Final = 20
_MAX_PAGES: Final = 1_000
_RESULTS: Final = "/about/careers/applications/jobs/results"
_PUBLIC: Final = "https://www.google.com"
_DATA: Final = re.compile(r"AF_initDataCallback\(\{\s*key:\s*'ds:1'[^\[\]{}<>]{0,200}\bdata:\s*(?=\[)")
_FIELDS: Final = {"id": 0, "title": 1, "responsibilities": 3, "qualifications": 4, "locations": 9, "description": 10}
"""Where things are in a posting's array."""


class GoogleJob(WireJob):
    """A posting's array, made into an object."""

    description: str | None = None
    qualifications: str | None = None
    responsibilities: str | None = None
    locations: list[str] | None = None


_JOB: Final = msgspec.json.Decoder(GoogleJob)


class GoogleReader(Reader[GoogleJob]):
    """Reads Google's careers site."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read all pages of results."""
        draft = Draft(self._site.board(slug))

        async def read(offset: int) -> PageRead:
            path = f"{_RESULTS}?hl=en_US&page={offset // _LIMIT + 1}"
            rows, total = _results(await self._site.get(path, slug), draft.board)
            await self._add_made(draft, slug, map(_fields, rows))
            return PageRead(len(rows), total)

        await read_pages(draft, read, limit=_LIMIT, max_pages=_MAX_PAGES)
        return draft.finish()

    def _posting(self, slug: str, job: GoogleJob, key: str, title: str) -> Posting:
        parts = (job.description, job.qualifications, job.responsibilities)
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            description=description("\n".join(part for part in parts if part)),
        )

    def _locations(self, job: GoogleJob) -> tuple[str, ...]:
        return places(job.locations or [])

    def _url(self, slug: str, job: GoogleJob, key: str) -> str:  # noqa: ARG002 - there is one board
        words = re.sub(r"[^a-z0-9]+", "-", (job.title or "").lower()).strip("-")[:100]
        return f"{_PUBLIC}{_RESULTS}/{in_path(key)}" + (f"-{words}" if words else "")


def _results(body: bytes, board: str) -> tuple[Sequence[object], int | None]:
    """Return the postings of a page, and how many there are in all. Raise `BoardUnreadable`."""
    page = parse.clean(body).decode()
    match = _DATA.search(page)
    try:
        found: object = json.JSONDecoder().raw_decode(page, match.end())[0] if match else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not found:
        is_page = "<html" in page[:2_000].lower()
        what = "a web page without results" if is_page else "not what the system documents"
        raise BoardUnreadable(f"{board}: the answer is {what}.")
    data = cast("list[object]", found)
    total = data[2] if len(data) > 2 else None  # noqa: PLR2004 - its place
    rows = cast("list[object]", data[0]) if isinstance(data[0], list) else []
    return rows, total if isinstance(total, int) else None


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
