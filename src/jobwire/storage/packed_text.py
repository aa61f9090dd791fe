"""Long texts are kept compressed with Zstandard: a third of the bytes to send, to log and to keep.

PostgreSQL would compress them as well, five times slower, after all of their bytes have been sent to it.
"""

import threading
from typing import Final

import zstandard
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

LEVEL: Final = 1


class _Compressors(threading.local):
    """One for each thread, kept: making one costs more than what it compresses of a posting."""

    def __init__(self) -> None:
        self.one = zstandard.ZstdCompressor(level=LEVEL)


_COMPRESSORS: Final = _Compressors()


def packed(text: str) -> bytes:
    """Compress a text."""
    return _COMPRESSORS.one.compress(text.encode())


def unpacked(stored: bytes) -> str:
    """Return the text that `packed` was given."""
    return zstandard.decompress(stored).decode()


class PackedText(TypeDecorator[str]):
    """A column of texts that are stored `packed`. SQL written by hand sees the bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Return what is stored."""
        return None if value is None else packed(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what was given."""
        return None if value is None else unpacked(value)
