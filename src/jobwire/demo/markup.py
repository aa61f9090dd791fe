"""A section of a posting as HTML and as plain text, in the manner of each careers system's editor."""

from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Final

from jobwire.demo.bodies import Section


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """The tags that an editor writes; compared by identity, so that it is a quick key."""

    heading: tuple[str, str]
    paragraph: tuple[str, str]
    bullets: tuple[str, str]
    bullet: tuple[str, str]


_FRAGMENTS: Final = 8192
"""Most postings share most sentences: these many keep their markup, at well under 10 MB."""

CLASSIC: Final = Style(("<h2>", "</h2>\n"), ("<p>", "</p>\n"), ("<ul>\n", "</ul>\n"), ("<li>", "</li>\n"))
ROOMY: Final = Style(
    ("<h3>", "</h3>"),
    ('<p style="min-height:1.5em">', "</p>"),
    ('<ul style="min-height:1.5em">', "</ul>"),
    ('<li><p style="min-height:1.5em">', "</p></li>"),
)
BOXED: Final = Style(
    ('<div><strong style="font-size: 18px;">', "</strong></div>\n<div>&nbsp;</div>\n"),
    ("<div>", "</div>\n<div><br></div>\n"),
    ("\n", ""),
    ("<li>", "</li>\n"),
)
"""Its bullets stand without a list around them."""
BOXED_LIST: Final = replace(BOXED, bullets=("<ul>", "</ul>\n"))
NESTED: Final = Style(("<p><strong>", "</strong></p>"), ("<p>", "</p>"), ("<ul>", "</ul>"), ("<li><p>", "</p></li>"))


def html(style: Style, *sections: Section) -> str:
    """Sections with their headings."""
    return "".join(_wrap(style.heading, section.heading) + inner_html(style, section) for section in sections)


def inner_html(style: Style, section: Section) -> str:
    """A section without its heading."""
    paragraphs = "".join([_wrap(style.paragraph, text) for text in section.paragraphs])
    return paragraphs + (bullets_html(style, section) if section.bullets else "")


def bullets_html(style: Style, section: Section) -> str:
    """A section's bullets alone; a first word before a colon is set in bold."""
    opening, closing = style.bullets
    return opening + "".join([_bullet(style, text) for text in section.bullets]) + closing


def plain(*sections: Section) -> str:
    """Sections with their headings, as text."""
    return "\n\n".join(f"{section.heading.upper()}\n\n{inner_plain(section)}" for section in sections)


def inner_plain(section: Section) -> str:
    """A section without its heading, as text."""
    return "\n\n".join([*section.paragraphs, *([_bullet_lines(section)] if section.bullets else [])])


def _bullet_lines(section: Section) -> str:
    return "\n".join(f"  • {text}" for text in section.bullets)


@lru_cache(_FRAGMENTS)
def _bullet(style: Style, text: str) -> str:
    head, colon, rest = text.partition(": ")
    if not colon or " " in head:
        return _wrap(style.bullet, text)
    opening, closing = style.bullet
    return f"{opening}<strong>{escape(head, quote=False)}:</strong> {escape(rest, quote=False)}{closing}"


@lru_cache(_FRAGMENTS)
def _wrap(tags: tuple[str, str], text: str) -> str:
    return tags[0] + escape(text, quote=False) + tags[1]
