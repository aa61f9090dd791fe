"""What a connection does to bytes: nothing, or make them part of one gzip member (RFC 1952).

A gzip member may hold any number of independent, byte-aligned deflate blocks. So a frame is compressed once for all who
are sent it, and a connection keeps a CRC-32 and a length for its trailer, but no compressor.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from jobwire.progress.checksums import Part
from jobwire.progress.extras import Encoding

SLICE: Final = 64 * 1024
"""Bytes go out in slices of at most so many: the socket of a stalled viewer holds a slice, not a snapshot."""

_HEADER: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_LAST_BLOCK: Final = b"\x03\0"
_SMALL: Final = 96
"""So few bytes are not worth a compressor: they travel in a stored block."""
_LARGE: Final = 256 * 1024
"""More is compressed at a level that is half again as quick, and a tenth larger."""

_WINDOW_BITS: Final = 12
_WINDOW: Final = 1 << _WINDOW_BITS
_MEMORY: Final = 5
"""Small, as what they are to pack: to make such a packer takes microseconds."""


class Coding(Protocol):
    """One connection's side of an encoding."""

    def start(self, data: bytes) -> bytes:
        """The first bytes of the answer, with this as what they say."""
        ...

    def say(self, data: bytes) -> bytes:
        """A few bytes for this connection alone; at most 65535."""
        ...

    def passed(self, part: Part) -> None:
        """A frame goes by; this is what it holds."""
        ...

    def finish(self) -> bytes:
        """What is left to send at the end of the answer."""
        ...


class Plain:
    """Bytes as they are."""

    def start(self, data: bytes) -> bytes:
        """As it is."""
        return data

    def say(self, data: bytes) -> bytes:
        """As it is."""
        return data

    def passed(self, part: Part) -> None:
        """Nothing to keep."""

    def finish(self) -> bytes:
        """Nothing."""
        return b""


class Gzip:
    """The one gzip member of an answer."""

    __slots__ = ("_crc", "_length")

    def __init__(self) -> None:
        self._crc = 0
        self._length = 0

    def start(self, data: bytes) -> bytes:
        """The header, and a block."""
        return _HEADER + self.say(data)

    def say(self, data: bytes) -> bytes:
        """A stored block."""
        self._crc = zlib.crc32(data, self._crc)
        self._length += len(data)
        return _stored(data)

    def passed(self, part: Part) -> None:
        """Count it in."""
        self._crc = part.after(self._crc)
        self._length += part.length

    def finish(self) -> bytes:
        """The last block and the trailer."""
        return _LAST_BLOCK + struct.pack("<II", self._crc, self._length & 0xFFFFFFFF)


class Packer:
    """Makes blocks that lean on what was packed before: for connections that are all sent the same, and nothing else.

    That is what most of an update is: it differs from the one before in a few bytes.
    """

    def __init__(self) -> None:
        self._before = b""

    def forget(self) -> None:
        """Lean on nothing: somebody comes who was not sent it."""
        self._before = b""

    def pack(self, data: bytes) -> bytes:
        """A block, or several, up to a byte boundary."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY, zlib.Z_DEFAULT_STRATEGY, self._before)
        block = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
        self._before = (self._before + data)[-_WINDOW:]
        return min(block, _stored(data), key=len) if len(data) <= _SMALL else block


_PLAIN: Final = Plain()


def coding(encoding: Encoding) -> Coding:
    """Begin an answer."""
    return Gzip() if encoding is Encoding.GZIP else _PLAIN


@dataclass(frozen=True, slots=True)
class Inflated:
    """Large bytes as they are, kept packed: who takes them slowly pins no more than that, and a slice.

    `blocks` are raw deflate, `length` is that of what they hold.
    """

    blocks: tuple[bytes, ...]
    length: int

    def __len__(self) -> int:
        return (self.length + SLICE - 1) // SLICE

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return sum(map(len, self.blocks))

    def __iter__(self) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        blocks, rest = iter(self.blocks), b""
        for size in [SLICE] * (self.length // SLICE) + [self.length % SLICE]:
            data = b""
            while len(data) < size:
                data += inflater.decompress(rest or next(blocks, b""), size - len(data))
                rest = inflater.unconsumed_tail
            if data:
                yield data


Slices = tuple[bytes, ...] | Inflated
"""What is to be sent, a slice after the other."""


def pack(events: Sequence[bytes], encoding: Encoding) -> tuple[Slices, Part]:
    """A group's events as they travel, for all connections of this encoding; and what that holds.

    Compressed, each event ends at a byte boundary: it can be decoded as soon as it has arrived.
    """
    data = b"".join(events)
    if encoding is Encoding.IDENTITY and len(data) <= SLICE:
        return (data,) if data else (), _NOTHING
    packed = _deflated(events, len(data)) if len(data) > _SMALL else _stored(data) if data else b""
    blocks = tuple(packed[start : start + SLICE] for start in range(0, len(packed), SLICE))
    return blocks if encoding is Encoding.GZIP else Inflated(blocks, len(data)), Part(zlib.crc32(data), len(data))


_NOTHING: Final = Part(0, 0)


def _stored(data: bytes) -> bytes:
    return b"\0" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data


def _deflated(events: Sequence[bytes], size: int) -> bytes:
    """Blocks that refer to nothing before them, and are byte-aligned (`Z_SYNC_FLUSH`) after each event."""
    packer = zlib.compressobj(4 if size > _LARGE else 6, zlib.DEFLATED, -zlib.MAX_WBITS)
    blocks: list[bytes] = []
    for event in events:
        blocks.append(packer.compress(event))
        blocks.append(packer.flush(zlib.Z_SYNC_FLUSH))
    return b"".join(blocks)
