"""CRC-32 put together from parts is that of the whole, as zlib has it."""

import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.progress.checksums import _SHORT, Part


def crc_of(parts: list[bytes]) -> int:
    crc = 0
    for part in parts:
        crc = Part(zlib.crc32(part), len(part)).after(crc)
    return crc


@given(st.lists(st.binary(max_size=300)))
def test_any_parts(parts: list[bytes]):
    assert crc_of(parts) == zlib.crc32(b"".join(parts))


@pytest.mark.parametrize("length", [0, 1, _SHORT - 1, _SHORT, _SHORT + 1, 65_536, 1_000_003])
def test_any_length(length: int):
    data = bytes(index * 7 % 251 for index in range(length))
    assert crc_of([b"before", data, b"after"]) == zlib.crc32(b"before" + data + b"after")


@given(st.lists(st.integers(0, 3 * _SHORT), min_size=1, max_size=6), st.binary(min_size=1, max_size=9))
def test_cuts_of_one_stream(cuts: list[int], seed: bytes):
    data = seed * (max(cuts) // len(seed) + 1)
    places = [0, *sorted(cuts), len(data)]
    assert crc_of([data[start:end] for start, end in pairwise(places)]) == zlib.crc32(data)
