"""From an XML answer to its elements, with bounds: no entities, no great depth, no NULs."""

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from jobwire.domain.errors import BoardUnreadable

MAX_DEPTH: Final = 50
MAX_ELEMENTS: Final = 200_000

_REFERENCE: Final = re.compile(rb"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_NO_CHARACTER: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CHARACTERS: Final = (range(0x20, 0xD800), range(9, 11), range(13, 14), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
"""What XML may hold: https://www.w3.org/TR/xml/#charsets"""
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()


def root_of(body: bytes, tag: str, *, board: str) -> Element:
    """Return the root of an XML document. Raise `BoardUnreadable` where its name is another, or there is none."""
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(_clean(body))
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BoardUnreadable(f"{board}: {_what_is_wrong(body, error)}.") from None
    if root.tag != tag:
        raise BoardUnreadable(f"{board}: {_what_is_wrong(body, ValueError(f'the root is {root.tag[:50]}'))}.")
    return root


def _what_is_wrong(body: bytes, error: Exception) -> str:
    if b"<html" in body[:2_000].lower():
        return "the answer is a web page, not XML"
    return f"the answer is not what the system documents ({str(error)[:200] or type(error).__name__})"


def _clean(body: bytes) -> bytes:
    """Replace what no XML may hold, and no database takes: some write it all the same."""
    body = _REFERENCE.sub(_checked, _NO_CHARACTER.sub(_REPLACEMENT, body))
    try:
        body.decode()
    except UnicodeDecodeError:
        if b"encoding" not in body[:200]:
            body = body.decode(errors="replace").encode()
    return body


def _checked(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if any(code in span for span in _CHARACTERS) else _REPLACEMENT


class _Bounded(TreeBuilder):
    """Builds the tree, and gives up on one that only an attacker would send."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise ValueError("too deep or too large")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
