"""Which titles a person wants: include and exclude terms, matched on the server and nowhere else.

A term is a word or phrase contained in the title (case-insensitive), `"word"` in double quotes a whole word, and
`/…/` a regular expression (RE2: linear time, so that none can hang).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

import re2

from jobwire.domain.errors import InvalidInput

MAX_TERMS: Final = 200
MAX_TERM_CHARS: Final = 500


class _Pattern(Protocol):
    def search(self, text: str, /) -> object | None: ...


@dataclass(frozen=True, slots=True)
class TitleFilters:
    """Keeps a title that holds any `include` term (or all titles, when there is none) and no `exclude` term."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    _includes: tuple[_Pattern, ...] = field(init=False, repr=False, compare=False)
    _excludes: tuple[_Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, terms in (("_includes", self.include), ("_excludes", self.exclude)):
            if len(terms) > MAX_TERMS:
                raise InvalidInput(f"A filter has {len(terms)} terms.", advice=f"At most {MAX_TERMS} are allowed.")
            object.__setattr__(self, name, tuple(compile_term(term) for term in terms))

    @classmethod
    def of(cls, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> "TitleFilters":
        """Drop blank terms and repeated ones, keep the order."""
        return cls(_tidy(include), _tidy(exclude))

    def keeps(self, title: str) -> bool:
        """Whether a person with these filters wants a posting with this title."""
        if any(pattern.search(title) for pattern in self._excludes):
            return False
        return not self._includes or any(pattern.search(title) for pattern in self._includes)


def _tidy(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stripped for term in terms if (stripped := term.strip())))


@lru_cache(maxsize=4096)
def compile_term(term: str) -> _Pattern:
    """Compile one term. Raise `InvalidInput` that names the term and says what is wrong with it."""
    if len(term) > MAX_TERM_CHARS:
        raise InvalidInput(f"A filter term has {len(term)} characters.", advice=f"At most {MAX_TERM_CHARS}.")
    if len(term) > 2 and term[0] == term[-1] == "/":  # noqa: PLR2004 - both slashes and something between them
        return _regex("(?i)" + term[1:-1], term)
    if len(term) > 2 and term[0] == term[-1] == '"':  # noqa: PLR2004 - both quotes and something between them
        return _regex(rf"(?i)(?:^|[^\pL\pN_]){re2.escape(term[1:-1])}(?:$|[^\pL\pN_])", term)
    return _Contains(term.casefold())


@dataclass(frozen=True, slots=True)
class _Contains:
    text: str

    def search(self, text: str, /) -> object | None:
        return True if self.text in text.casefold() else None


def _regex(pattern: str, term: str) -> _Pattern:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise InvalidInput(
            f"The filter term {term} is not a regular expression: {reason}.", advice="RE2 syntax is understood."
        ) from None
