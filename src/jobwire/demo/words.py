"""The sentences that made-up postings are put together from, read from `words/<language>/*.toml`."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import msgspec

LANGUAGES: Final = ("en", "de", "ja")
_FOLDER: Final = files("jobwire.demo") / "words"


class Headings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One house's way to head the parts of a posting."""

    about: str
    role: str
    duties: str
    wants: str
    pluses: str
    benefits: str
    closing: str


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of work. `pay` is a usual yearly salary in euros; of `function`, SmartRecruiters makes its own id."""

    name: str
    function: str
    pay: int
    teams: tuple[str, ...]
    titles: tuple[str, ...]
    role: tuple[str, ...]
    duties: tuple[str, ...]
    wants: tuple[str, ...]
    pluses: tuple[str, ...]


class Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What postings of any kind say in one language."""

    language: str
    """ISO 639-1."""
    label: str
    native: str
    about: tuple[str, ...]
    culture: tuple[str, ...]
    setting: tuple[str, ...]
    benefits: tuple[str, ...]
    closing: tuple[str, ...]
    pay: str
    intervals: dict[str, str]
    headings: tuple[Headings, ...]


class Words(msgspec.Struct, frozen=True):
    """All words of one language."""

    common: Common
    fields: dict[str, Field]
    """By the name of their file."""


class Trade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a company does: `what` completes "Acme …", `fields` are the lines of work that it hires for, by weight."""

    label: str
    what: str
    fields: dict[str, int]


class Featured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A company whose name goes with its trade (a label) and its home (a city)."""

    name: str
    trade: str
    home: str


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The companies that come first, halves of names to join for the others, and the trades."""

    featured: tuple[Featured, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    trades: tuple[Trade, ...]


@cache
def register() -> Register:
    """Read the names and trades."""
    return msgspec.toml.decode((_FOLDER / "names.toml").read_bytes(), type=Register)


@cache
def words(language: str) -> Words:
    """Read the words of one of `LANGUAGES`."""
    folder = _FOLDER / language
    # Sorted, since the order of a folder's files is the file system's own and the dice count on it.
    texts = {entry.name.removesuffix(".toml"): entry.read_bytes() for entry in sorted(folder.iterdir(), key=_name)}
    common = msgspec.toml.decode(texts.pop("common"), type=Common)
    return Words(common, {name: msgspec.toml.decode(text, type=Field) for name, text in texts.items()})


def _name(entry: Traversable) -> str:
    return entry.name
