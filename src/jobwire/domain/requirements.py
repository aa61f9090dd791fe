"""What a posting asks of applicants, by the headings of its text.

Where a board sends one text, its headings are looked for when somebody reads it, like the rest of a description: a run
does not wait for that, and what is learned of headings holds for all that is stored.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jobwire.domain.description import safe_html, words

MAX_HEADING_CHARS: Final = 100
"""A longer text is a sentence, even in bold."""

_NAMES: Final = re.compile(
    r"""
    \b (?: requirements? | requires? | qualifications? | qualified | must[ -]haves? | skills | background
        | your\ (?: profile | experience | skillset ) | who\ you\ are | about\ you
        | what\ you (?: 'll | \ will )?\ (?: bring | need )
        | what\ we(?:'re|\ are)?\ look(?:ing)?\ for | you\ (?: have | bring )
        | what\ we\ expect(?:\ from\ you)?
        | das\ bring(?: st\ du | en\ sie )\ mit | was\ (?: du\ mitbringst | sie\ mitbringen )
        | (?: dein | ihr )\ profil | anforderungen | qualifikation(?:en)? | voraussetzungen
        | (?: votre | ton )\ profil | profil\ recherché | requisitos | tu\ perfil | jouw\ profiel
    ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BOLD: Final = 7
"""The level of a paragraph that is all bold: below all headings proper."""
_HEADING: Final = re.compile(r"<h([1-6])>(.{0,500}?)</h\1>|<(p|div)>((?:(?!<(?:p|div)>).){0,500}?)</\3>", re.DOTALL)
_STRONG: Final = re.compile(r"<(strong|b)>.*?</\1>", re.DOTALL)
_NOTHING: Final = re.compile(r"(?:\s|&nbsp;|:|</?(?:em|i|u|br)>)*")


def names_requirements(heading: str | None) -> bool:
    """Whether a part of a text, by its heading, says what is asked of applicants."""
    return _NAMES.search(" ".join((heading or "").split()).replace("\u2019", "'")) is not None


def requirements_in(safe: str) -> str:
    """Return the parts of what `safe_html` made whose headings say so; empty where there are none.

    A part ends at the next heading of its own kind, or of a higher one.
    """
    parts: list[str] = []
    end = 0
    headings = list(_headings(safe))
    for place, heading in enumerate(headings):
        if heading.start < end or not names_requirements(heading.text):
            continue
        later = (one.start for one in headings[place + 1 :] if one.level <= heading.level)
        end = next(later, len(safe))
        if _text(safe[heading.end : end]):
            parts.append(safe[heading.start : end])
    # Parts of a text may begin within an element, or end there
    return safe_html("\n".join(parts))


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading from `start` to `end`; the lower its `level`, the more is below it."""

    start: int
    end: int
    level: int
    text: str


def _headings(safe: str) -> Iterator[_Heading]:
    for match in _HEADING.finditer(safe):
        level, inner, _, paragraph = match.groups()
        if paragraph is not None and not _NOTHING.fullmatch(_STRONG.sub("", paragraph)):
            continue
        text = _text(inner or paragraph or "")
        if 0 < len(text) <= MAX_HEADING_CHARS:
            yield _Heading(match.start(), match.end(), int(level or _BOLD), text)


def _text(safe: str) -> str:
    return " ".join(html.unescape(words(safe)).split())
