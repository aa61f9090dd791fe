"""CRC-32 over a stream that is put together from parts: each part is hashed once, whoever it is sent to.

Appending n bytes multiplies the CRC so far by x^(8n) in GF(2)[x] modulo the CRC's polynomial, and adds the part's own
(M. Adler, `crc32_combine` of zlib, which Python does not offer).
"""

import zlib
from typing import Final, NamedTuple

_POLYNOMIAL: Final = 0xEDB88320
_ONE: Final = 1 << 31  # x^0: the bits are reflected, as in zlib
_SHORT: Final = 4 * 1024
"""To hash so many zeros takes C less time than one multiplication takes Python."""
_ZEROS: Final = memoryview(bytes(_SHORT))


class Part:
    """A part of a stream: its length in bytes, and what it does to the CRC-32 of all that was before it."""

    __slots__ = ("_added", "_power", "_zeros", "length")

    def __init__(self, crc: int, length: int) -> None:
        self.length = length
        if length <= _SHORT:
            # Linear in what was before it, so that hashing zeros multiplies, and adds something that is taken off here
            self._zeros = _ZEROS[:length]
            self._power = 0
            self._added = crc ^ zlib.crc32(self._zeros)
        else:
            self._zeros = None
            self._power = _power_of_x(8 * length)
            self._added = crc

    def after(self, crc: int) -> int:
        """The CRC-32 of a stream whose CRC-32 was `crc`, with this part behind it."""
        shifted = _times(self._power, crc) if self._zeros is None else zlib.crc32(self._zeros, crc)
        return shifted ^ self._added


class Tally(NamedTuple):
    """The CRC-32 and the length of a stream so far."""

    crc: int = 0
    length: int = 0

    def plus(self, data: bytes) -> "Tally":
        """With these bytes behind it."""
        return Tally(zlib.crc32(data, self.crc), self.length + len(data))

    def since(self, earlier: "Tally") -> Part:
        """What came behind an earlier state of the same stream."""
        length = self.length - earlier.length
        return Part(self.crc ^ Part(0, length).after(earlier.crc), length)


def _times(one: int, other: int) -> int:
    """The product of two polynomials, modulo the CRC's."""
    product, bit = 0, _ONE
    while one:
        if one & bit:
            product ^= other
            one ^= bit
        bit >>= 1
        other = (other >> 1) ^ _POLYNOMIAL if other & 1 else other >> 1
    return product


def _power_of_x(exponent: int) -> int:
    result, square = _ONE, _ONE >> 1
    while exponent:
        if exponent & 1:
            result = _times(square, result)
        square = _times(square, square)
        exponent >>= 1
    return result
