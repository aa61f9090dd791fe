"""Where a list that was made for people goes on: rel=next, and other pages of the same path."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from selectolax.lexbor import LexborHTMLParser

from jobwire.boards.links import joined, path_on
from jobwire.boards.markup import MAX_TAGS

_PAGE: Final = frozenset(
    {"page", "p", "pg", "paged", "pagenum", "page_num", "page_number", "pagenumber", "offset", "start", "from", "skip"}
)
"""Parameters by which pages of a list are told apart."""
_BELOW: Final = re.compile(r"/(?:page|p|seite)/\d{1,6}/?")


def next_pages(page: str, host: str, start: str, path: str) -> Sequence[str | None]:
    """Return the paths of the pages on which a list goes on; None stands for one that cannot be asked for.

    `start` is the path of the list's first page, `path` that of this one.
    """
    if page.count("<") > MAX_TAGS:
        return []
    found: dict[str | None, None] = {}
    for node in LexborHTMLParser(page).css("a[href], link[href]"):
        rel = (node.attributes.get("rel") or "").lower().split()
        href = (node.attributes.get("href") or "").strip()
        to = path_on(host, joined(f"https://{host}{path}", href) or "")
        if "next" in rel:
            if href and not href.startswith(("#", "javascript:")):
                found[to] = None
        elif node.tag == "a" and to is not None and is_page_of(start, to):
            found[to] = None
    return list(found)


def is_page_of(start: str, path: str) -> bool:
    """Whether a path is that of another page of the list that begins at `start`: `?page=2`, `/page/2`."""
    place, _, query = path.partition("?")
    if place.rstrip("/") != start.rstrip("/"):
        return place.startswith(start.rstrip("/")) and _BELOW.fullmatch(place[len(start.rstrip("/")) :]) is not None
    return any(name.lower() in _PAGE and value.isdecimal() for name, value in parse_qsl(query))
