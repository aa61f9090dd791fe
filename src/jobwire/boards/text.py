"""Text of postings: made safe to show, and readable."""

import html
import re
from typing import Final

import nh3

MAX_LINE_CHARS: Final = 1_000
MAX_URL_CHARS: Final = 2_000
MAX_HTML_CHARS: Final = 1_000_000
MAX_TAGS: Final = 2_000
"""More, and the HTML is taken for its text only: parsers take time and memory that grow with the square of it."""
MAX_ENTITIES: Final = 20_000
"""The same for `&`."""

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
_BLOCK: Final = re.compile(
    r"</?(?:p|div|br|hr|ul|ol|dl|dt|dd|h[1-6]|table|tr|pre|blockquote)(?:\s[^<>]*|/)?>", re.IGNORECASE
)
_TAG: Final = re.compile(r"<[^<>]*>")
_SAFE_TAG: Final = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
"""A tag as `_CLEANER` writes it: it escapes `<` in text, and puts values into double quotes."""
_INVISIBLE: Final = re.compile(r"<(script|style)\b[^<>]*>(?:.*?</\1[^<>]*>|.*)", re.IGNORECASE | re.DOTALL)
_CONTROL: Final = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of reading: a title would show another text than it holds."""
_WEB_URL: Final = re.compile(r"https?://[^\s/?#<>\"'\\@]+(?:[/?#][^\s<>\"\\\0-\x1f\x7f]*)?", re.IGNORECASE)


def one_line(value: str | None, *, limit: int = MAX_LINE_CHARS) -> str:
    """Return the text in one line: no control characters, single spaces, none around it, at most `limit` characters."""
    if not value:
        return ""
    line = " ".join(_TURNING.sub("", _CONTROL.sub(" ", value)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def web_url(value: str | None, *, otherwise: str) -> str:
    """Return `value` where it is an http(s) URL that a browser can follow, else the other one."""
    url = (value or "").strip()
    return url if len(url) <= MAX_URL_CHARS and _WEB_URL.fullmatch(url) else otherwise


def description(source: str) -> tuple[str, str]:
    """Make a description's HTML from anywhere into safe HTML and plain text.

    The HTML holds structure and links (http, https, mailto) only; the text has one line for each paragraph and item.
    """
    if len(source) > MAX_HTML_CHARS:
        source = source[:MAX_HTML_CHARS] + "…"
    is_large = source.count("<") > MAX_TAGS or source.count("&") > MAX_ENTITIES
    # What `_bare` makes is safe as it is, and the cleaner would take its time with it.
    safe = _CONTROL.sub("", _bare(source) if is_large else _CLEANER.clean(source)).strip()
    return safe, _plain(safe)


def _bare(source: str) -> str:
    """Return the text of HTML that is too large to parse, as one paragraph a line. Linear time."""
    broken = _BLOCK.sub("\n", _INVISIBLE.sub("", source).replace("<li", "\n<li"))
    text = html.unescape(_TAG.sub("", broken))
    return "<br>".join(html.escape(line, quote=False) for line in _lines(text))


def _plain(safe: str) -> str:
    """Return the text of HTML that `_CLEANER` made."""
    flat = (
        safe.replace("\n", " ")
        .replace("<li></li>", "")
        .replace("<li>", "\n- ")
        .replace("</li>", "\n")
        .replace("</td>", " ")
    )
    return "\n".join(_lines(html.unescape(_SAFE_TAG.sub("", _BLOCK.sub("\n", flat)))))


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


def escape(text: str) -> str:
    """Return plain text as HTML."""
    return html.escape(text, quote=False)


def paragraphs(text: str | None) -> str:
    """Return plain text as HTML, its line breaks kept."""
    return "<br>".join(escape(text or "").strip().splitlines())
