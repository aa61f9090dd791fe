"""Places in a list, opaque to clients."""

import base64
from typing import Any, Final, TypeVar

import msgspec

from jobwire.api.fields import MAX_ID
from jobwire.domain.errors import InvalidInput

KeyT = TypeVar("KeyT", bound=tuple[Any, ...])
_MAX_CHARS: Final = 8_000


def encode_cursor(key: tuple[Any, ...]) -> str:
    """Write the key of a page's last item as URL-safe text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, kind: type[KeyT]) -> KeyT | None:
    """Read a key back. Raise `InvalidInput` for anything that `encode_cursor` does not make."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor[:_MAX_CHARS] + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = msgspec.json.decode(raw, type=kind)
    except (ValueError, msgspec.MsgspecError):
        raise _not_a_place() from None
    if encode_cursor(key) != cursor or not all(map(_can_be_stored, key)):
        raise _not_a_place()
    return key


def _can_be_stored(part: object) -> bool:
    """Whether PostgreSQL takes it: no NUL in text, no number beyond its bigint."""
    return abs(part) <= MAX_ID if isinstance(part, int) else "\0" not in str(part)


def _not_a_place() -> InvalidInput:
    return InvalidInput("after is not a place in this list.", advice="Send the `next` of the page before.")
