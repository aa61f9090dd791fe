"""Numbers in a query string."""

from typing import TypeVar

D = TypeVar("D", int, None)


def whole(text: str | None, default: D) -> int | D:
    """The number, if it is one from 0 on; else the default."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else default
