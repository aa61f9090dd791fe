"""Files that are gzip themselves, whatever they travelled in: large sites pack their sitemaps."""

import zlib
from typing import Final

from jobwire.boards.http import MAX_PAGE_BYTES
from jobwire.domain.errors import BoardUnreadable

_GZIP: Final = b"\x1f\x8b"


def unpacked(body: bytes, board: str) -> bytes:
    """Unpack what is a gzip file itself, whatever it travelled in. Raise `BoardUnreadable`."""
    if not body.startswith(_GZIP):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(body, MAX_PAGE_BYTES)
    except zlib.error:
        raise BoardUnreadable(f"{board}: a packed file cannot be unpacked.") from None
    if not unpacking.eof:
        raise BoardUnreadable(f"{board}: a packed file is cut off, or holds more than {MAX_PAGE_BYTES} bytes.")
    return plain
