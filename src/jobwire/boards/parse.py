"""From the bytes of an answer to typed structs. Nothing that comes out holds NUL or a lone surrogate.

Pages are decoded strictly, with each posting left raw. Postings are decoded leniently: a field of the wrong type counts
as absent, so that it costs the field and not the posting.
"""

import json
import re
from io import BytesIO
from types import UnionType
from typing import Final, TypeVar, Union, cast, get_args, get_origin

import msgspec

from jobwire.boards.charsets import check_utf8, page_text, recoded
from jobwire.domain.errors import BoardUnreadable, PostingUnreadable

Page = TypeVar("Page")
Wire = TypeVar("Wire", bound=msgspec.Struct)

_MALFORMED: Final = (ValueError, RecursionError)  # msgspec's errors, UnicodeDecodeError and json's are ValueErrors

# An escaped backslash and a valid surrogate pair are matched only to be stepped over.
_SUSPECTS: Final = re.compile(
    rb"""
    \\\\
    | \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}
    | (\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2}))
    """,
    re.VERBOSE,
)
_HAS_SUSPECTS: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


MAX_VALUES: Final = 1_000_000
"""An answer with more commas is no list of postings. Taken apart, a value of a few bytes takes a hundred."""
FEW_VALUES: Final = 50_000
VALUE_BYTES: Final = 20
"""An answer with more than a few values has so many bytes for each: without texts lines have 35, with them 100."""


def answer(body: bytes, *, board: str) -> bytes:
    """Return JSON that is fit to be decoded: clean, and not of too many values. Raise `BoardUnreadable`."""
    check_values(body.count(b","), len(body), board=board)
    return clean(body)


def check_values(count: int, size: int, *, board: str) -> None:
    """Raise `BoardUnreadable` where an answer of `size` holds more values than any list of postings."""
    most = min(MAX_VALUES, FEW_VALUES + size // VALUE_BYTES)
    if count > most:
        raise BoardUnreadable(f"{board}: the answer holds more than {most} values.")


def clean(body: bytes) -> bytes:
    """Replace NULs, lone surrogates and invalid UTF-8 in JSON by U+FFFD, and drop a byte order mark."""
    if b"\0" in body:
        body = body.replace(b"\0", "\N{REPLACEMENT CHARACTER}".encode())
    if _HAS_SUSPECTS.search(body):
        body = _without_lone_surrogates(body)
    if body.isascii():
        return body
    try:
        check_utf8(body)
    except UnicodeDecodeError:
        body = recoded(body, "utf-8")
    return body.removeprefix(b"\xef\xbb\xbf")


def _without_lone_surrogates(body: bytes) -> bytes:
    """Replace them; `sub` would keep a piece for each pair of them, of which there may be millions."""
    made = BytesIO()
    end = 0
    for match in _SUSPECTS.finditer(body):
        if match[1]:
            made.write(memoryview(body)[end : match.start()])
            made.write(rb"\ufffd")
            end = match.end()
    if end == 0:
        return body
    made.write(memoryview(body)[end:])
    return made.getvalue()


_UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")


def text(body: bytes) -> str:
    """Return the text of a web page without NULs, lone surrogates and a byte order mark."""
    return _UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", page_text(body)).removeprefix("\ufeff")


def page(body: bytes, decoder: msgspec.json.Decoder[Page], *, board: str) -> Page:
    """Decode a listing's page. Raise `BoardUnreadable`."""
    body = answer(body, board=board)
    try:
        return decoder.decode(body)
    except _MALFORMED as error:
        raise BoardUnreadable(f"{board}: {_what_is_wrong(body, error)}.") from None


def _what_is_wrong(body: bytes, error: Exception) -> str:
    if body.lstrip()[:1] == b"<":
        return "the answer is a web page, not JSON"
    if isinstance(error, RecursionError):
        return "the answer is nested too deeply"
    return f"the answer is not what the system documents ({error})"


def posting(source: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Wire], *, board: str) -> Wire:
    """Decode one posting that `clean` has seen. Raise `PostingUnreadable` where it is no JSON object at all."""
    try:
        return decoder.decode(source)
    except _MALFORMED:
        pass
    try:
        value: object = json.loads(bytes(source))
    except _MALFORMED as error:
        raise PostingUnreadable(f"{board}: a posting is not JSON ({error}).") from None
    if not isinstance(value, dict):
        raise PostingUnreadable(f"{board}: a posting is not a JSON object.")
    return _fitting(cast("dict[str, object]", value), decoder.type)


def without(decoder: msgspec.json.Decoder[Wire], names: frozenset[str]) -> msgspec.json.Decoder[Wire]:
    """Return a decoder of the same postings that passes these fields over: what it makes does not have them."""
    if not names:
        return decoder
    fields = [field for field in msgspec.structs.fields(decoder.type) if field.name not in names]
    kind = msgspec.defstruct(
        decoder.type.__name__,
        [(field.name, field.type, field.default) for field in fields],
        rename={field.name: field.encode_name for field in fields},
    )
    return msgspec.json.Decoder(cast("type[Wire]", kind))


def _fitting(value: dict[str, object], kind: type[Wire]) -> Wire:
    """Make a struct of the fields that have the right type. All fields of `kind` have defaults."""
    parts = {
        field.name: _fit(value[field.encode_name], field.type)
        for field in msgspec.structs.fields(kind)
        if field.encode_name in value
    }
    return kind(**{name: part for name, part in parts.items() if part is not msgspec.UNSET})


def _fit(value: object, kind: object) -> object:
    """Return `value` as `kind`, or what fits of it, or `UNSET`."""
    try:
        return msgspec.convert(value, kind)
    except _MALFORMED:
        pass
    options = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)
    for option in options:
        if isinstance(value, dict) and isinstance(option, type) and issubclass(option, msgspec.Struct):
            return _fitting(cast("dict[str, object]", value), option)
        if isinstance(value, list) and get_origin(option) is list:
            item_kind = get_args(option)[0]
            items = (_fit(item, item_kind) for item in cast("list[object]", value))
            return [item for item in items if item is not msgspec.UNSET]
    return msgspec.UNSET
