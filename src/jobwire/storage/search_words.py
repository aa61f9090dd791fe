"""A question in words, as conditions on postings.

Each word is a set of posting ids: those whose words begin with it, those of a company that is named so, and those that
have no words yet but a title, place or department that holds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, text, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.words import can_slip, one_slip_apart, slips, words
from jobwire.storage.follow_names import FollowNames
from jobwire.storage.tables import posting_words, postings

MAX_WORDS: Final = 20
"""Words of a question; the rest of a longer one is not looked for."""
MAX_INSTEAD: Final = 5
"""Words that are tried instead of one that is nowhere."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query's words, folded, each with what it is written as in the query, and what to look for instead."""

    words: Sequence[tuple[str, Sequence[str]]] = ()
    """As written, and as folded: `full-stack` is two."""
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """By folded word."""

    def conditions(self, names: FollowNames) -> list[ColumnElement[bool]]:
        """What holds of the postings that are wanted: each condition is a set of ids."""
        everywhere: list[str] = []
        found: list[ColumnElement[bool]] = []
        for written, parts in self.words:
            if boards := names.boards_named(written):
                of_company = select(postings.c.id).where(postings.c.board_id.in_(boards))
                found.append(postings.c.id.in_(union_all(of_company, *self._holding(parts)).scalar_subquery()))
            else:
                everywhere.extend(parts)
        if everywhere:
            found.append(postings.c.id.in_(union_all(*self._holding(everywhere)).scalar_subquery()))
        return found

    def _holding(self, parts: Sequence[str]) -> list[Any]:
        query = " & ".join(_lexeme(part, *self.instead.get(part, ())) for part in parts)
        return [
            select(func.jobwire_postings_with(literal(query).cast(TSQUERY)).column_valued("posting_id")),
            select(postings.c.id).where(is_unindexed(), and_(*(self._visible(part) for part in parts))),
        ]

    def _visible(self, part: str) -> ColumnElement[bool]:
        columns = (postings.c.title, postings.c.location, postings.c.department)
        spellings = (part, *self.instead.get(part, ()))
        return or_(*(one.icontains(word, autoescape=True) for one in columns for word in spellings))


def is_unindexed() -> ColumnElement[bool]:
    """Of postings: newer than all whose words are known. Words are taken in the order of ids."""
    newest = select(func.coalesce(func.max(posting_words.c.posting_id), 0)).scalar_subquery()
    return postings.c.id > newest


async def read_question(connection: AsyncConnection, query: str, names: FollowNames) -> Question:
    """Take a query apart, and look up what its misspelled words may mean."""
    written = [(one, words(one)) for one in query.split()[:MAX_WORDS]]
    asked = [(one, parts[:MAX_WORDS]) for one, parts in written if parts]
    instead: dict[str, Sequence[str]] = {}
    for one, parts in asked:
        for part in parts:
            if can_slip(part) and not names.boards_named(one) and (spelled := await _spelled(connection, part)):
                instead[part] = spelled
    return Question(asked, instead)


async def _spelled(connection: AsyncConnection, word: str) -> list[str]:
    """The words of titles that are one slip apart from one that is nowhere, the most like it first."""
    known = {"word": word, "beyond": word + "\U0010ffff"}
    if (await connection.execute(_IN_TITLES, known)).first() is not None:
        return []
    if (await connection.execute(_ANYWHERE, {"query": _lexeme(word)})).first() is not None:
        return []
    candidates = (await connection.execute(_NEAR, {"slips": slips(word)})).scalars()
    near = [one for one in candidates if one_slip_apart(word, one)]
    return sorted(near, key=lambda one: (one[0] != word[0], one))[:MAX_INSTEAD]


def _lexeme(*spellings: str) -> str:
    """A word that begins with any of these; a single letter stands for itself alone: `c`, `r`."""
    return (
        "(" + " | ".join(f"'{one}':*" if len(one) > 1 or not one.isascii() else f"'{one}'" for one in spellings) + ")"
    )


_IN_TITLES = text("SELECT FROM title_words WHERE word >= :word AND word < :beyond LIMIT 1")
_ANYWHERE = text("SELECT FROM jobwire_postings_with(CAST(:query AS tsquery)) LIMIT 1")
_NEAR = text("SELECT word FROM title_words WHERE slips && CAST(:slips AS text[])")
