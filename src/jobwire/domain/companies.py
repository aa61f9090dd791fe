"""The companies that a person follows, and the boards that these publish their openings on."""

from dataclasses import dataclass
from typing import Final

from jobwire.domain.errors import InvalidInput
from jobwire.domain.filters import TitleFilters

MAX_NAME_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class BoardRef:
    """A board: one company's openings at one careers system. Written `system:slug`."""

    system: str
    slug: str

    def __str__(self) -> str:
        return f"{self.system}:{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A company that a person follows, under the name that they gave it (kept byte for byte)."""

    company: str
    board: BoardRef
    filters: TitleFilters
    enabled: bool = True


def check_company_name(name: str) -> str:
    """Return the name unchanged, or raise `InvalidInput`."""
    if not name.strip():
        raise InvalidInput("The company has no name.", advice="Write name=board:slug.")
    if len(name) > MAX_NAME_CHARS:
        raise InvalidInput(f"The name has {len(name)} characters.", advice=f"At most {MAX_NAME_CHARS} are allowed.")
    if any(char in "\0\r\n" or 0xD800 <= ord(char) <= 0xDFFF for char in name):  # noqa: PLR2004 - surrogates
        raise InvalidInput("The name holds a line break or another control character.", advice="Leave it out.")
    return name
