"""What a client asks for beyond the base protocol (docs/reference/protocol.md, Extras)."""

from enum import Enum, Flag, auto
from typing import Final, NamedTuple


class Extra(Flag):
    """Extension events that a client understands."""

    ADDED = auto()
    COMPANIES = auto()
    LOG = auto()
    BEAT = auto()
    ROTATE = auto()


BASE: Final = Extra(0)
"""The base protocol."""


class Encoding(Enum):
    """How the bytes travel."""

    IDENTITY = "identity"
    GZIP = "gzip"


class Wish(NamedTuple):
    """What a client wants to be sent, and how."""

    extras: Extra = BASE
    encoding: Encoding = Encoding.IDENTITY

    @property
    def number(self) -> int:
        """Tells wishes apart as the wish itself does, and is quicker to look up."""
        return self.extras.value * len(Encoding) + (self.encoding is Encoding.GZIP)


PLAINLY: Final = Wish()
"""The base protocol, as it is."""


def parse_extras(text: str) -> Extra:
    """Read `added,log`; names that are not known are ignored."""
    found = BASE
    for name in text.split(","):
        found |= _BY_NAME.get(name.strip(), BASE)
    return found


_BY_NAME: Final = {str(extra.name).lower(): extra for extra in Extra}
