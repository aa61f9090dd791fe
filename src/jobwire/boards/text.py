"""Text of postings: lines, addresses, and the HTML of descriptions."""

import html
import re
from typing import Final

MAX_LINE_CHARS: Final = 1_000
MAX_URL_CHARS: Final = 2_000
MAX_HTML_CHARS: Final = 1_000_000
_CONTROL: Final = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of reading: a title would show another text than it holds."""
_UNSEEN: Final = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]*"
)
"""White space, Unicode's default ignorable code points, and the blank braille cell: of these alone nothing is seen."""
_WEB_URL: Final = re.compile(r"https?://[^\s/?#<>\"'\\@]+(?:[/?#][^\s<>\"\\\0-\x1f\x7f]*)?", re.IGNORECASE)


def one_line(value: str | None, *, limit: int = MAX_LINE_CHARS) -> str:
    """Return the text in one line: no control characters, single spaces, none around it, at most `limit` characters.

    Empty where nothing of it could be seen. In a line that shows something, invisible characters stay: emoji are joined
    by them.
    """
    if not value:
        return ""
    if not (value.isascii() and value.isprintable()):  # most lines have nothing that is to be taken out
        value = _TURNING.sub("", _CONTROL.sub(" ", value))
        if _UNSEEN.fullmatch(value):
            return ""
    line = " ".join(value.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def web_url(value: str | None) -> str | None:
    """Return `value` where it is an http(s) URL that a browser can follow."""
    url = (value or "").strip()
    return url if len(url) <= MAX_URL_CHARS and _WEB_URL.fullmatch(url) else None


def description(source: str) -> str:
    """Return a description's HTML as it is kept, at most `MAX_HTML_CHARS`: `Posting` makes it safe and readable."""
    source = source.strip()
    return source if len(source) <= MAX_HTML_CHARS else source[:MAX_HTML_CHARS] + "…"


def escape(text: str) -> str:
    """Return plain text as HTML."""
    return html.escape(text, quote=False)


def paragraphs(text: str | None) -> str:
    """Return plain text as HTML, its line breaks kept."""
    return "<br>".join(escape(text or "").strip().splitlines())
