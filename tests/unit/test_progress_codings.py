"""A gzip answer is one member, made of shared parts, and each event can be decoded as soon as it is there."""

import gzip
import zlib
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.progress.checksums import Part
from jobwire.progress.codings import SLICE, Gzip, Inflated, coding, pack
from jobwire.progress.extras import Encoding

TINY = b"event: status\ndata: pending\n\n"
UPDATES = [b'event: update\ndata: {"a":{"%d":"ready"}}\nid: %d\n\n' % (number, number) for number in range(50)]
LARGE = [b"event: all_jobs\ndata: %b\n\n" % (b"0123456789abcdef" * 40_000), *UPDATES]


def packed(events: Sequence[bytes], encoding: Encoding = Encoding.GZIP) -> tuple[bytes, Part]:
    slices, part = pack(events, encoding)
    return b"".join(slices), part


def decoded_byte_by_byte(pieces: Sequence[bytes]) -> list[bytes]:
    """What a client has after each piece."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    seen = []
    for piece in pieces:
        text = b"".join(decoder.decompress(piece[index : index + 1]) for index in range(len(piece)))
        seen.append(text)
    return seen


def test_each_thing_that_is_said_arrives_at_once():
    line = coding(Encoding.GZIP)
    pieces, said = [line.start(b": hello\n\n")], [b": hello\n\n"]
    for events in ([TINY], UPDATES, LARGE, UPDATES[:1]):
        data, part = packed(events)
        line.passed(part)
        pieces += [data, line.say(b":\n\n")]
        said += [b"".join(events), b":\n\n"]
    assert decoded_byte_by_byte(pieces) == said
    assert gzip.decompress(b"".join(pieces) + line.finish()) == b"".join(said)


def test_a_group_is_compressed_once_for_all_whatever_they_had_before():
    data, part = packed(UPDATES)
    for before in (b"", b"x" * 1_000, b'event: update\ndata: {"a"' * 100):
        line = Gzip()
        head = line.start(before)
        line.passed(part)
        assert gzip.decompress(head + data + line.finish()) == before + b"".join(UPDATES)


def test_every_event_of_a_group_ends_where_it_can_be_decoded():
    data, _ = packed(UPDATES)
    decoder, text, ends = zlib.decompressobj(-zlib.MAX_WBITS), b"", []
    for index in range(len(data)):
        text += decoder.decompress(data[index : index + 1])
        if data[: index + 1].endswith(b"\0\0\xff\xff"):
            ends.append(text)
    assert all(b"".join(UPDATES[:count]) in ends for count in range(1, len(UPDATES) + 1))


@pytest.mark.parametrize("size", [1, 95, 96, 97, 256 * 1024, 256 * 1024 + 1])
def test_sizes_at_which_it_is_done_otherwise(size: int):
    data, part = packed([b"x" * size])
    line = Gzip()
    head = line.start(b"")
    line.passed(part)
    assert gzip.decompress(head + data + line.finish()) == b"x" * size


def test_compression_is_worth_it():
    assert len(packed([TINY])[0]) == len(TINY) + 5
    assert len(packed(LARGE)[0]) < sum(map(len, LARGE)) / 50


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=20))
def test_without_compression_bytes_are_as_they_are(events: list[bytes]):
    line = coding(Encoding.IDENTITY)
    data, part = packed(events, Encoding.IDENTITY)
    line.passed(part)
    assert line.start(b"a") + data + line.say(b"b") + line.finish() == b"a" + b"".join(events) + b"b"


@pytest.mark.parametrize("size", [0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE, 3 * SLICE + 7])
@pytest.mark.parametrize("kind", ["dull", "random"])
def test_large_bytes_are_kept_packed_and_come_out_in_slices(size: int, kind: str):
    data = b"x" * size if kind == "dull" else Random(1).randbytes(size)
    slices, _ = pack([data], Encoding.IDENTITY)
    for _ in range(2):  # as often as anybody asks
        assert list(slices) == [data[start : start + SLICE] for start in range(0, size, SLICE)]
    assert len(slices) == len(list(slices))
    assert isinstance(slices, Inflated) == (size > SLICE)


def test_what_is_kept_of_large_bytes_is_small():
    data = b"".join(b'{"external_id":"%d","title":"Engineer","status":"ready"}' % number for number in range(10_000))
    slices, _ = pack([data], Encoding.IDENTITY)
    assert isinstance(slices, Inflated)
    assert slices.size < len(data) / 5
