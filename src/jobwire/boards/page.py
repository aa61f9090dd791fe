"""Any careers page whose postings carry schema.org's JobPosting: one posting, a page with links, or a sitemap."""

import re
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, cast

import msgspec

from jobwire.boards.http import MAX_PAGE_BYTES, Manners
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
from jobwire.boards.links import links_of, locations_in, path_on, paths_on
from jobwire.boards.listings import FLAKY, Draft
from jobwire.boards.markup import job_postings
from jobwire.boards.notices import closed_notice
from jobwire.boards.paging import is_page_of, next_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.robots import Pages
from jobwire.boards.sitemaps import is_sitemap, paths_of_sitemaps
from jobwire.boards.systems import HOST_NAME, Site, System
from jobwire.boards.terms import date_of
from jobwire.boards.text import description, web_url
from jobwire.domain.description import plain_text, safe_html
from jobwire.domain.errors import BoardError, HostBusy, PostingGone
from jobwire.domain.postings import Posting
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

MAX_PAGES: Final = 300
"""So many pages of postings are read of one site."""
MAX_LIST_PAGES: Final = 30
"""So many pages of a list are looked at for links to them."""
_LIKELY: Final = re.compile(
    r"job|career|position|opening|vacanc|opportunit|role|stelle|karriere|emploi|empleo|vaga", re.IGNORECASE
)


class PageJob(WireJob):
    """A JobPosting with its key, and the address of the page that it was found on."""

    page: str | None = None
    posting: JobPosting | None = None


_JOB: Final = msgspec.json.Decoder(PageJob)


class PageReader(Reader[PageJob]):
    """Reads careers pages. A listing reads every posting's page: nothing else tells which of them are postings."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)
        self._pages = Pages(site)

    async def list(self, slug: str) -> Listing:
        """Read the page and those on which its list goes on; where they hold no posting themselves, where they lead."""
        draft = Draft(self._site.load(slug), patience=FLAKY)
        _, start = _apart(slug)
        page = await self._pages.read(slug, start, draft.load)
        robots = await self._pages.rules(slug)
        if len(job_postings(page)) == 1:
            await self._add_postings(slug, draft, start, page)
            return _finished(draft)
        paths = [path for path in await self._candidates(slug, page, draft) if robots.allow(path)]
        if len(paths) > MAX_PAGES:
            draft.doubt(f"Only the first {MAX_PAGES} of {len(paths)} pages were read.")
        for path in paths[:MAX_PAGES]:
            await self._read_posting(slug, draft, path)
        if draft.seen == 0:
            draft.doubt("No page that was read holds a posting for search engines (schema.org/JobPosting).")
        return _finished(draft)

    async def _candidates(self, slug: str, page: str, draft: Draft) -> Sequence[str]:
        """Return the paths of pages that may be postings: by the list's links, else by sitemaps.

        Postings that the list itself holds are added to the draft.
        """
        host, start = _apart(slug)
        if (named := locations_in(page)) is not None:
            first = paths_on(host, named)
            below = await paths_of_sitemaps(self._pages, slug, filter(is_sitemap, first), draft)
            return [path for path in dict.fromkeys([*first, *below]) if _LIKELY.search(path) and not is_sitemap(path)]
        paths: dict[str, None] = {}
        async for path, one in self._list_pages(slug, page, draft):
            if found := job_postings(one):
                await self._add_made(draft, slug, [_made(host, path, job, is_alone=False) for job in found])
            else:
                paths |= dict.fromkeys(_likely(host, start, path, one))
        if not paths and draft.seen == 0:
            maps = paths_on(host, (await self._pages.rules(slug)).sitemaps)
            named = await paths_of_sitemaps(self._pages, slug, maps, draft)
            return [path for path in named if path != start and _LIKELY.search(path)]
        return list(paths)

    async def _list_pages(self, slug: str, page: str, draft: Draft) -> AsyncIterator[tuple[str, str]]:
        """Give the pages of a list with their paths, from the first one on. One that cannot be had may name any."""
        host, start = _apart(slug)
        seen = {start}
        yield start, page
        waiting = deque(next_pages(page, host, start, start))
        while waiting:
            path = waiting.popleft()
            if path in seen:
                continue
            if path is None:
                draft.doubt("The list goes on at another host, where it is not read.")
                continue
            if len(seen) == MAX_LIST_PAGES:
                draft.doubt(f"Only the first {MAX_LIST_PAGES} pages of the list were read.")
                return
            seen.add(path)
            try:
                page = await self._pages.read(slug, path, draft.load)
            except HostBusy:
                raise
            except BoardError as error:
                draft.doubt(f"The list goes on at {path}, which could not be read: {error.message}")
                continue
            yield path, page
            waiting += next_pages(page, host, start, path)

    async def _read_posting(self, slug: str, draft: Draft, path: str) -> None:
        """Add the postings of a page. One that is not there is none; one that cannot be read may be any."""
        try:
            page = await self._pages.read_posting(slug, path, path, draft.load)
        except HostBusy:
            raise
        except PostingGone:
            return
        except BoardError as error:
            draft.doubt(error.message)
            return
        await self._add_postings(slug, draft, path, page)

    async def _add_postings(self, slug: str, draft: Draft, path: str, page: str) -> None:
        """Add the postings of a page, unless it is of one that it says is closed."""
        host, _ = _apart(slug)
        found = job_postings(page)
        if len(found) == 1 and closed_notice(page, _said(found[0])):
            draft.leave_out()
        else:
            await self._add_made(draft, slug, [_made(host, path, one, is_alone=len(found) == 1) for one in found])

    def _is_listed(self, job: PageJob) -> bool:
        """Leave out what says itself that it is over."""
        until = date_of((job.posting or JobPosting()).valid_through)
        return until is None or until >= datetime.fromtimestamp(self._site.client.now(), UTC).date()

    def _posting(self, slug: str, job: PageJob, key: str, title: str) -> Posting:
        stated = job.posting or JobPosting()
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=workplace_of(stated),
            employment_type=employment_type_of(stated),
            posted_on=date_of(stated.date_posted),
            closes_on=date_of(stated.valid_through),
            country=country_of(stated),
            language=language_of(stated),
            requirements=description(requirements_of(stated)),
            salary=salary_of(stated.base_salary, stated.salary_currency),
            description=description(text_of(stated)),
            is_page=True,
        )

    def _locations(self, job: PageJob) -> tuple[str, ...]:
        return locations_of(job.posting or JobPosting())

    def _url(self, slug: str, job: PageJob, key: str) -> str:  # noqa: ARG002 - a key need not be an address
        return web_url((job.posting or JobPosting()).url or job.page) or web_url(job.page) or _public_url(slug)


def _likely(host: str, start: str, path: str, page: str) -> Sequence[str]:
    """Return where a page of the list that begins at `start` leads to, and may be a posting."""
    below = f"{start.rstrip('/')}/"
    return [
        one
        for one in paths_on(host, links_of(page, f"https://{host}{path}"))
        if one != start and not is_page_of(start, one) and (one.startswith(below) or _LIKELY.search(one))
    ]


def _finished(draft: Draft) -> Listing:
    if draft.left_out:
        draft.note(f"Pages that say that their posting is over: {draft.left_out}.")
    return draft.finish()


def _said(stated: dict[str, object]) -> str:
    """Return what a posting says itself, in plain words."""
    texts = (stated.get("title"), stated.get("description"))
    return " ".join(plain_text(safe_html(text)) for text in texts if isinstance(text, str))


def _made(host: str, path: str, stated: dict[str, object], *, is_alone: bool) -> Mapping[str, object]:
    """Make a page's JobPosting into one of ours. Its key is its page, where it has that to itself."""
    address = stated.get("url")
    own = path_on(host, address) if isinstance(address, str) else None
    key = path if is_alone else own or _identifier(stated)
    return {"id": key, "title": stated.get("title"), "page": f"https://{host}{path}", "posting": stated}


def _identifier(stated: dict[str, object]) -> object:
    """Return the company's own key, which many leave out, or give to all their postings alike."""
    stands = stated.get("identifier")
    return cast("dict[str, object]", stands).get("value") if isinstance(stands, dict) else stands


def _apart(slug: str) -> tuple[str, str]:
    """Return the host of a board, and the path of its page."""
    host, _, path = slug.partition("/")
    return host, f"/{path}"


def _public_url(slug: str) -> str:
    return f"https://{slug}"


SYSTEM: Final = System(
    name="page",
    origin="https://{}",
    override_keys=("page",),
    slug=re.compile(rf"{HOST_NAME}(?:/[A-Za-z0-9._~%/-]{{0,300}})?"),
    manners=Manners(
        pace=HostPace(per_second=1, concurrency=1), accept="text/html, application/xml", max_body_bytes=MAX_PAGE_BYTES
    ),
    slug_of=lambda _: None,  # any page may be one: it has to be asked for by name
    public_url=_public_url,
    reader=PageReader,
)
