"""What is wanted of a web page: the JobPostings that it holds for search engines, and a block of its text."""

import json
import re
from collections.abc import Iterator
from typing import Final, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jobwire.boards.parse import clean

MAX_TAGS: Final = 20_000
"""A page with more is not parsed: parsers take time and memory that grow with the square of it."""
MAX_BLOCKS: Final = 50
"""More places than any posting has; each is looked for among the ancestors of the others."""

_JSON_LD: Final = re.compile(
    r"""<script\b[^<>]{0,500}\btype\s{0,9}=\s{0,9}["']?application/ld\+json\b[^<>]{0,500}>""", re.IGNORECASE
)
_WRAPPING: Final = re.compile(
    r"^(?:<!--|(?://|/\*)?\s{0,9}<!\[CDATA\[\s{0,9}(?:\*/)?)|(?:(?://|/\*)?\s{0,9}\]\]>(?:\*/)?|-->)$"
)


def job_postings(page: str) -> list[dict[str, object]]:
    """Return the schema.org JobPostings of a page, as they are."""
    return [node for script in _scripts(page) for node in _nodes(_loaded(script)) if _is_posting(node)]


def _scripts(page: str) -> Iterator[str]:
    """Return the scripts of JSON-LD. Each part of the page is looked at once, however odd it is."""
    end = 0
    while (start := _JSON_LD.search(page, end)) is not None:
        end = page.find("</script", start.end())
        if end < 0:
            return
        yield page[start.end() : end]


def _loaded(text: str) -> object:
    """Return a script's JSON; None where it is none. Line breaks within strings are let pass: many write them."""
    try:
        return json.loads(clean(_WRAPPING.sub("", text.strip()).encode()), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(data: object) -> Iterator[dict[str, object]]:
    """Return the objects of a script: itself, those of its array, and those of its `@graph`."""
    items = cast("list[object]", data) if isinstance(data, list) else [data]
    for item in items:
        if isinstance(item, dict):
            node = cast("dict[str, object]", item)
            yield node
            graph = node.get("@graph")
            if isinstance(graph, list):
                yield from (
                    cast("dict[str, object]", one) for one in cast("list[object]", graph) if isinstance(one, dict)
                )


def _is_posting(node: dict[str, object]) -> bool:
    kind = node.get("@type")
    return kind == "JobPosting" or (isinstance(kind, list) and "JobPosting" in kind)


def blocks(page: str, selector: str) -> str:
    """Return the HTML within the elements that a CSS selector finds, each once; empty where there are none."""
    if page.count("<") > MAX_TAGS:
        return ""
    taken: set[int] = set()
    parts: list[str] = []
    # In the order of the page, so that outer ones come first
    for node in LexborHTMLParser(page).css(selector)[:MAX_BLOCKS]:
        if not taken.intersection(_ancestors(node)):
            taken.add(node.mem_id)
            parts.append(node.inner_html or "")
    return "\n".join(parts)


def _ancestors(node: LexborNode) -> Iterator[int]:
    above = node.parent
    while above is not None:
        yield above.mem_id
        above = above.parent
