"""Where a page or a sitemap leads to on its own host: paths, percent-encoded, with their queries."""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from jobwire.boards.hosts import ascii_name
from jobwire.boards.markup import MAX_TAGS

_LOCATION: Final = re.compile(r"<loc>\s{0,50}([^<\s]{1,2000})\s{0,50}</loc>")
_SITEMAP: Final = re.compile(
    r"\s{0,50}(?:<\?xml[^<>]{0,200}\?>\s{0,50})?(?:<!--[^<>]{0,500}-->\s{0,50})?<(?:urlset|sitemapindex)\b"
)
_PATH: Final = re.compile(r"/[!-~]{0,500}")


def locations_in(page: str) -> Sequence[str] | None:
    """Return the addresses of a sitemap (https://www.sitemaps.org/protocol.html), None where the page is none."""
    if not _SITEMAP.match(page):
        return None
    return [html.unescape(match[1]) for match in _LOCATION.finditer(page)]


def links_of(page: str, base: str) -> Sequence[str]:
    """Return the addresses of a web page's links; `base` is its own."""
    if page.count("<") > MAX_TAGS:
        return []
    made = (joined(base, node.attributes.get("href") or "") for node in LexborHTMLParser(page).css("a[href]"))
    return [address for address in made if address is not None]


def joined(base: str, href: str) -> str | None:
    """Return a link's address on the page at `base`; None where it is none."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return None


def paths_on(host: str, addresses: Iterable[str]) -> Sequence[str]:
    """Return the paths of those addresses that are on a host, each once, without fragments."""
    paths: dict[str, None] = {}
    for address in addresses:
        path = path_on(host, address)
        if path is not None:
            paths[path] = None
    return list(paths)


def path_on(host: str, address: str) -> str | None:
    """Return an address's path and query; None where it is not on the host, or not of the web."""
    try:
        parts = urlsplit(address)
        is_there = parts.scheme in {"http", "https"} and ascii_name(parts.netloc) == host
    except ValueError:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return path if is_there and _PATH.fullmatch(path) else None
