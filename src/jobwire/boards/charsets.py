"""Answers in other encodings than UTF-8, brought into it: what is read further on is UTF-8 only."""

import codecs
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

_KNOWN: Final = re.compile(
    r"iso8859-\d{1,2}|cp125\d|cp932|cp949|utf-16(?:-[lb]e)?|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5|koi8-[ru]"
)
"""Python's names of those that the web knows; its others include some that take time with the square of the text."""
_META: Final = re.compile(rb"<meta\b[^<>]{0,200}\bcharset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)
_PIECE_BYTES: Final = 1024 * 1024
_LARGE_BYTES: Final = 8 * _PIECE_BYTES
_HEAD_BYTES: Final = 1_024
"""A page names its encoding within these: https://html.spec.whatwg.org/multipage/semantics.html#charset"""


def utf8(body: bytes, charset: str | None) -> bytes:
    """Return the body in UTF-8: `charset` is what its header says, None where it says nothing."""
    name = _python_name(charset or "")
    return body if name is None else recoded(body, name)


def check_utf8(body: bytes) -> None:
    """Raise `UnicodeDecodeError` where a body is not UTF-8."""
    if len(body) <= _PIECE_BYTES:
        body.decode()
        return
    for _ in _pieces(body, "utf-8", errors="strict"):
        pass


def recoded(body: bytes, codec: str) -> bytes:
    """Return a body in UTF-8; what is wrong in it becomes U+FFFD, and is left out of a large one: it would grow."""
    made = BytesIO()
    for piece in _pieces(body, codec, errors="replace" if len(body) <= _LARGE_BYTES else "ignore"):
        made.write(piece.encode())
    return made.getvalue()


def _pieces(body: bytes, codec: str, *, errors: str) -> Iterator[str]:
    """Decode piece by piece: the whole, as text, may take four times as much memory."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for start in range(0, len(body), _PIECE_BYTES):
        end = start + _PIECE_BYTES
        yield decoder.decode(body[start:end], final=end >= len(body))


def page_text(body: bytes) -> str:
    """Return the text of a web page, which may name another encoding than UTF-8 itself."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        named = _META.search(body[:_HEAD_BYTES])
        return body.decode(_python_name(named[1].decode() if named else "") or "utf-8", errors="replace")


def _python_name(charset: str) -> str | None:
    """Return the codec of a known encoding other than UTF-8, None for all others."""
    try:
        name = codecs.lookup(_WINDOWS.get(charset.lower(), charset)).name
    except (LookupError, ValueError):
        return None
    return name if _KNOWN.fullmatch(name) else None


_WINDOWS: Final[dict[str, str]] = dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252")
"""What the web means by these: https://encoding.spec.whatwg.org/#names-and-labels"""
