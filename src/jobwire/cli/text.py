"""Text from elsewhere, made safe for a terminal: a posting's title must not move the cursor or colour the screen."""

import re
import unicodedata
from typing import Final

from rich.cells import cell_len, set_cell_size

_SEQUENCE: Final = re.compile(
    r"""
    (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?                       # CSI: colours, cursor, screen
    | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])               # OSC, DCS, SOS, PM, APC: titles, links, clipboard
      [^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?
    | \x1b[ -/]*[0-~]?                                      # any other escape
    """,
    re.VERBOSE,
)
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change the order in which what follows is read."""


def clean(text: str) -> str:
    """Return `text` on one line, without escape sequences, control characters and marks that turn its direction."""
    return " ".join(harmless(text).split())


def harmless(text: str) -> str:
    """Return `text` on one line as `clean` does, with its spaces as they are."""
    return "".join(_harmless(char) for char in _SEQUENCE.sub("", text))


def shortened(text: str, cells: int) -> str:
    """Cut cleaned text to at most so many terminal cells (a Japanese character takes two)."""
    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 1, 0)).rstrip() + "…"


def _harmless(char: str) -> str:
    if char in _BIDI:
        return ""
    category = unicodedata.category(char)
    if category in {"Zl", "Zp"} or char in "\t\n\r\v\f":
        return " "
    return "" if category in {"Cc", "Cs"} else char
