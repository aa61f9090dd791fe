"""Which titles a person wants: include and exclude terms, matched on the server and nowhere else.

A term is a word or phrase contained in the title (case-insensitive), `"word"` in double quotes a whole word, and
`/…/` a regular expression (RE2: linear time, so that none can hang).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Protocol

import re2

from jobwire.domain.errors import InvalidInput

MAX_TERMS: Final = 200
MAX_TERM_CHARS: Final = 500
MAX_EXPRESSIONS: Final = 20
"""Of the terms, so many may be regular expressions: each takes up to some milliseconds to compile."""
MAX_EXPRESSION_BYTES: Final = 256 * 1024
"""What a compiled expression may take: RE2 gives up on larger ones, early enough."""
_KEPT_EXPRESSIONS: Final = 1024

Span = tuple[int, int]
"""Where in a title a term was found: from the first character to behind the last, in Unicode code points."""


class _Pattern(Protocol):
    def find(self, title: str, /) -> Span | None: ...

    def is_in(self, title: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a title is kept, and which term decided it, where in the title.

    Without a term: there is no `include` (kept), or none of them is in the title (not kept).
    """

    kept: bool
    term: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class TitleFilters:
    """Keeps a title that holds any `include` term (or all titles, when there is none) and no `exclude` term.

    Made of terms that `of` has let through once. They are compiled at the first title: that may take a second, and so
    may a hostile expression with many titles. Whoever has streams to serve leaves both to `domain.aside`.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    _compiled: tuple[Sequence[_Pattern], Sequence[_Pattern]] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> "TitleFilters":
        """Take what a person has written: drop blank terms and repeated ones, keep the order. Raise `InvalidInput`."""
        filters = cls(_tidy(include), _tidy(exclude))
        for terms in (filters.include, filters.exclude):
            if len(terms) > MAX_TERMS:
                raise InvalidInput(f"A filter has {len(terms)} terms.", advice=f"At most {MAX_TERMS} are allowed.")
            if sum(map(_is_expression, terms)) > MAX_EXPRESSIONS:
                raise InvalidInput(
                    f"A filter has more than {MAX_EXPRESSIONS} regular expressions.",
                    advice="Join some of them: `/one|two/`.",
                )
        filters._patterns()
        return filters

    def _patterns(self) -> tuple[Sequence[_Pattern], Sequence[_Pattern]]:
        """Of `include`, and of `exclude`."""
        if self._compiled is None:
            compiled = [_compile_term(term) for term in self.include], [_compile_term(term) for term in self.exclude]
            object.__setattr__(self, "_compiled", compiled)
            return compiled
        return self._compiled

    def keeps(self, title: str) -> bool:
        """Whether a person with these filters wants a posting with this title."""
        includes, excludes = self._patterns()
        if any(pattern.is_in(title) for pattern in excludes):
            return False
        return not includes or any(pattern.is_in(title) for pattern in includes)

    def verdict(self, title: str) -> Verdict:
        """Explain `keeps`: which term decides about this title."""
        includes, excludes = self._patterns()
        for term, pattern in zip(self.exclude, excludes, strict=True):
            if (span := pattern.find(title)) is not None:
                return Verdict(kept=False, term=term, span=span)
        for term, pattern in zip(self.include, includes, strict=True):
            if (span := pattern.find(title)) is not None:
                return Verdict(kept=True, term=term, span=span)
        return Verdict(kept=not self.include)


def _tidy(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stripped for term in terms if (stripped := term.strip())))


def _is_expression(term: str) -> bool:
    return len(term) > 2 and term[0] == term[-1] == "/"  # noqa: PLR2004 - both slashes and something between them


def _compile_term(term: str) -> _Pattern:
    """Compile one term. Raise `InvalidInput` that names the term and says what is wrong with it."""
    if len(term) > MAX_TERM_CHARS:
        raise InvalidInput(f"A filter term has {len(term)} characters.", advice=f"At most {MAX_TERM_CHARS}.")
    if _is_expression(term):
        return _regex("(?i)" + term[1:-1], term)
    if len(term) > 2 and term[0] == term[-1] == '"':  # noqa: PLR2004 - both quotes and something between them
        return _regex(rf"(?i)(?:^|[^\pL\pN_])({re2.escape(term[1:-1])})(?:$|[^\pL\pN_])", term, group=1)
    return _Contains(term.casefold())


@dataclass(frozen=True, slots=True)
class _Contains:
    text: str

    def is_in(self, title: str, /) -> bool:
        return self.text in title.casefold()

    def find(self, title: str, /) -> Span | None:
        at = title.casefold().find(self.text)
        if at < 0:
            return None
        # One character may fold to several ("ß" to "ss"): count in the folded title, answer in the title's own
        origins = [index for index, char in enumerate(title) for _ in char.casefold()]
        return origins[at], origins[at + len(self.text) - 1] + 1


@dataclass(frozen=True, slots=True)
class _Expression:
    compiled: Any
    group: int
    """What of the match is the term itself."""

    def is_in(self, title: str, /) -> bool:
        return self.compiled.search(title) is not None

    def find(self, title: str, /) -> Span | None:
        match = self.compiled.search(title)
        return None if match is None else match.span(self.group)


@lru_cache(maxsize=_KEPT_EXPRESSIONS)
def _regex(pattern: str, term: str, *, group: int = 0) -> _Pattern:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_EXPRESSION_BYTES
    try:
        return _Expression(re2.compile(pattern, options), group)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise InvalidInput(
            f"The filter term {term} is not a regular expression: {reason}.", advice="RE2 syntax is understood."
        ) from None
