"""Answers in other encodings than UTF-8, brought into it: what is read further on is UTF-8 only."""

import codecs
import re
from typing import Final

_KNOWN: Final = re.compile(
    r"iso8859-\d{1,2}|cp125\d|cp932|cp949|utf-16(?:-[lb]e)?|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5|koi8-[ru]"
)
"""Python's names of those that the web knows; its others include some that take time with the square of the text."""
_META: Final = re.compile(rb"<meta\b[^<>]{0,200}\bcharset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)
_HEAD_BYTES: Final = 1_024
"""A page names its encoding within these: https://html.spec.whatwg.org/multipage/semantics.html#charset"""


def utf8(body: bytes, charset: str | None) -> bytes:
    """Return the body in UTF-8: `charset` is what its header says, None where it says nothing."""
    name = _python_name(charset or "")
    return body if name is None else body.decode(name, errors="replace").encode()


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
