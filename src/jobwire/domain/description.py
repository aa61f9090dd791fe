"""Descriptions: kept as their board sent them, and made safe and readable when somebody reads them.

So a better sanitiser is better for all that is stored, at once, and a run does not wait for what nobody may ever read.
"""

import html
import re
from typing import Final

import nh3

MAX_TAGS: Final = 2_000
"""More, and the HTML is taken for its text only: parsers take time and memory that grow with the square of it."""
MAX_ENTITIES: Final = 20_000
"""The same for `&`."""
MAX_CHARS: Final = 200_000
"""The same for all of it: the attributes of one tag are compared with each other."""

_CLEANER: Final = nh3.Cleaner(
    tags={
        *("a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("hr", "i", "li", "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead"),
        *("tr", "u", "ul"),
    },
    clean_content_tags={
        *("script", "style", "iframe", "noscript", "template", "svg", "math", "object", "embed", "title", "textarea"),
        *("select", "button", "canvas", "audio", "video"),
    },
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # it would lead to Jobwire itself
    link_rel="noopener noreferrer nofollow",
)
BLOCK: Final = re.compile(
    r"</?(?:p|div|br|hr|ul|ol|dl|dt|dd|h[1-6]|table|tr|pre|blockquote)(?:\s[^<>]*|/)?>", re.IGNORECASE
)
"""A tag that ends a line."""
_TAG: Final = re.compile(r"<[^<>]*>")
_SAFE_TAG: Final = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
"""A tag as `_CLEANER` writes it: it escapes `<` in text, and puts values into double quotes."""
_INVISIBLE: Final = re.compile(r"<(script|style)\b[^<>]*>(?:.*?</\1[^<>]*>|.*)", re.IGNORECASE | re.DOTALL)
_CONTROL: Final = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE_TAGS: Final = ("<script", "<style", "<SCRIPT", "<STYLE")


def safe_html(source: str) -> str:
    """Make HTML from anywhere into HTML that a page can hold: structure and links (http, https, mailto) only."""
    is_large = len(source) > MAX_CHARS or source.count("<") > MAX_TAGS or source.count("&") > MAX_ENTITIES
    # What `_bare` makes is safe as it is, and the cleaner would take its time with it.
    return _CONTROL.sub("", _bare(source) if is_large else _CLEANER.clean(source)).strip()


def words(source: str) -> str:
    """Return HTML without its markup, for comparing alone: entities stay, and nothing here is safe to show."""
    if any(tag in source for tag in _INVISIBLE_TAGS):
        source = _INVISIBLE.sub("", source)
    return _TAG.sub("", source)


def plain_text(safe: str) -> str:
    """Return the text of what `safe_html` made: one line for each paragraph and item."""
    flat = (
        safe.replace("\n", " ")
        .replace("<li></li>", "")
        .replace("<li>", "\n- ")
        .replace("</li>", "\n")
        .replace("</td>", " ")
    )
    return "\n".join(_lines(html.unescape(_SAFE_TAG.sub("", BLOCK.sub("\n", flat)))))


def _bare(source: str) -> str:
    """Return the text of HTML that is too large to parse, as one paragraph a line. Linear time."""
    broken = BLOCK.sub("\n", _INVISIBLE.sub("", source).replace("<li", "\n<li"))
    text = html.unescape(_TAG.sub("", broken))
    return "<br>".join(html.escape(line, quote=False) for line in _lines(text))


def _lines(text: str) -> list[str]:
    """Return the lines that hold text; an item's dash goes to its first one."""
    lines: list[str] = []
    dash = ""
    for raw in text.split("\n"):
        line = " ".join(raw.split()) if raw else ""
        if line == "-":
            dash = "- "
        elif line:
            lines.append(dash + line)
            dash = ""
    return lines
