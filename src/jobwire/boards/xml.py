"""From an XML answer to its elements, with bounds: no entities, no end of elements, no NULs."""

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from jobwire.boards.charsets import check_utf8, recoded
from jobwire.domain.errors import BoardUnreadable

MAX_TAGS: Final = 300_000
"""More, outside of the texts, is no list of postings: it would hold everything up for seconds."""
FEW_TAGS: Final = 20_000
TAG_BYTES: Final = 20
"""An answer with more than a few tags has so many bytes for each. As elements they take ten times as much."""

_REFERENCE: Final = re.compile(rb"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_NO_CHARACTER: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CHARACTERS: Final = (range(0x20, 0xD800), range(9, 11), range(13, 14), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
"""What XML may hold: https://www.w3.org/TR/xml/#charsets"""
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()


def root_of(body: bytes, tag: str, *, board: str) -> Element:
    """Return the root of an XML document. Raise `BoardUnreadable` where its name is another, or there is none."""
    if _tags(body) > min(MAX_TAGS, FEW_TAGS + len(body) // TAG_BYTES):
        raise BoardUnreadable(f"{board}: the answer is too large.")
    parser = DefusedXMLParser()
    try:
        parser.feed(_clean(body))
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BoardUnreadable(f"{board}: {_what_is_wrong(body, error)}.") from None
    if root.tag != tag:
        raise BoardUnreadable(f"{board}: {_what_is_wrong(body, ValueError(f'the root is {root.tag[:50]}'))}.")
    return root


def _tags(body: bytes) -> int:
    """Count the tags that are not within a CDATA section, where the texts have theirs."""
    first, *others = body.split(b"<![CDATA[")
    return first.count(b"<") + sum(one.partition(b"]]>")[2].count(b"<") for one in others)


def _what_is_wrong(body: bytes, error: Exception) -> str:
    if b"<html" in body[:2_000].lower():
        return "the answer is a web page, not XML"
    return f"the answer is not what the system documents ({str(error)[:200] or type(error).__name__})"


def _clean(body: bytes) -> bytes:
    """Replace what no XML may hold, and no database takes: some write it all the same."""
    body = _REFERENCE.sub(_checked, _NO_CHARACTER.sub(_REPLACEMENT, body))
    try:
        check_utf8(body)
    except UnicodeDecodeError:
        if b"encoding" not in body[:200]:
            body = recoded(body, "utf-8")
    return body


def _checked(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if any(code in span for span in _CHARACTERS) else _REPLACEMENT
