"""A site's sitemaps (https://www.sitemaps.org/protocol.html), and those that they name."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from jobwire.boards.links import locations_in, paths_on
from jobwire.boards.listings import Draft
from jobwire.boards.robots import Pages
from jobwire.domain.errors import BoardError, HostBusy

MAX_SITEMAPS: Final = 20


async def paths_of_sitemaps(pages: Pages, slug: str, first: Iterable[str], draft: Draft) -> Sequence[str]:
    """Return the paths that sitemaps name on the board's host, and that those name which they name.

    One that cannot be read, or is one too many, leaves the listing in doubt.
    """
    host = slug.partition("/")[0]
    robots = await pages.rules(slug)
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = deque(first)
    while waiting:
        path = waiting.popleft()
        if path in seen or not robots.allow(path):
            continue
        if len(seen) == MAX_SITEMAPS:
            draft.doubt(f"Only the first {MAX_SITEMAPS} sitemaps were read.")
            break
        seen.add(path)
        for named in paths_on(host, await _locations(pages, slug, path, draft)):
            if is_sitemap(named):
                waiting.append(named)
            else:
                found[named] = None
    return list(found)


async def _locations(pages: Pages, slug: str, path: str, draft: Draft) -> Sequence[str]:
    try:
        return locations_in(await pages.read(slug, path, draft.load)) or []
    except HostBusy:
        raise
    except BoardError as error:
        draft.doubt(f"A sitemap, {path}, could not be read: {error.message}")
        return []


def is_sitemap(path: str) -> bool:
    """Whether a path looks like a sitemap's."""
    return path.partition("?")[0].endswith((".xml", ".xml.gz"))
