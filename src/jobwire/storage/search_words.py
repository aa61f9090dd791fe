"""A question in words, as conditions on postings.

Each word is a set of posting ids: those whose words begin with it, those of a company whose name has such a word, and
those that have no words yet but a title, place or department that has one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, select, text, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.words import (
    MARKS,
    PLAIN,
    can_slip,
    is_unspaced,
    one_slip_apart,
    slips,
    stands_alone,
    words,
)
from jobwire.storage.follow_names import FollowNames
from jobwire.storage.tables import posting_words, postings

MAX_WORDS: Final = 20
"""Words of a question; the rest of a longer one is not looked for."""
MAX_INSTEAD: Final = 5
"""Words that are tried instead of one that is nowhere."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query's words, folded, and what to look for instead of some of them."""

    words: Sequence[str] = ()
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def conditions(self, names: FollowNames) -> list[ColumnElement[bool]]:
        """What holds of the postings that are wanted: each condition is a set of ids."""
        everywhere: list[Sequence[str]] = []
        found: list[ColumnElement[bool]] = []
        for word in self.words:
            spellings = (word, *self.instead.get(word, ()))
            if boards := names.boards_named(*spellings):
                of_company = select(postings.c.id).where(postings.c.board_id.in_(boards))
                found.append(postings.c.id.in_(union_all(of_company, *_holding(spellings)).scalar_subquery()))
            else:
                everywhere.append(spellings)
        if everywhere:
            found.append(postings.c.id.in_(union_all(*_holding(*everywhere)).scalar_subquery()))
        return found


def _holding(*words_spelled: Sequence[str]) -> list[Any]:
    query = " & ".join(_lexeme(*spellings) for spellings in words_spelled)
    return [
        select(func.jobwire_postings_with(literal(query).cast(TSQUERY)).column_valued("posting_id")),
        select(postings.c.id).where(is_unindexed(), and_(*(_visible(spellings) for spellings in words_spelled))),
    ]


def _visible(spellings: Sequence[str]) -> ColumnElement[bool]:
    """Whether what the listing says has such a word: the rules of `domain/words.py`, as far as SQL has them."""
    seen = func.lower(func.concat_ws(" ", postings.c.title, postings.c.location, postings.c.department))
    for letter, plain in {"ß": "ss", **PLAIN}.items():
        seen = func.replace(seen, letter, plain)
    folded = func.regexp_replace(func.normalize(seen, literal_column("NFKD")), MARKS, "", "g")
    return folded.regexp_match("|".join(map(_pattern, spellings)))


def _pattern(sought: str) -> str:
    """A word that begins with it, as a regular expression of PostgreSQL's."""
    if is_unspaced(sought) or not sought[0].isalnum():
        return re.escape(sought)
    end = "(?![[:alnum:]+#])" if stands_alone(sought) else ""
    return f"(?<![[:alnum:]]){re.escape(sought)}{end}"


def is_unindexed() -> ColumnElement[bool]:
    """Of postings: newer than all whose words are known. Words are taken in the order of ids."""
    newest = select(func.coalesce(func.max(posting_words.c.posting_id), 0)).scalar_subquery()
    return postings.c.id > newest


async def read_question(connection: AsyncConnection, query: str, names: FollowNames) -> Question:
    """Take a query apart, and look up what its misspelled words may mean."""
    asked = dict.fromkeys(part for one in query.split()[:MAX_WORDS] for part in words(one)[:MAX_WORDS])
    instead: dict[str, Sequence[str]] = {}
    for word in asked:
        if can_slip(word) and (spelled := await _spelled(connection, word, names)):
            instead[word] = spelled
    return Question(tuple(asked), instead)


async def _spelled(connection: AsyncConnection, word: str, names: FollowNames) -> list[str]:
    """The words of names and titles that are one slip apart from one that is nowhere, the likeliest first."""
    known = {"word": word, "beyond": word + "\U0010ffff"}
    if names.boards_named(word) or (await connection.execute(_IN_TITLES, known)).first() is not None:
        return []
    if (await connection.execute(_ANYWHERE, {"query": _lexeme(word)})).first() is not None:
        return []
    of_titles = (await connection.execute(_NEAR, {"slips": slips(word)})).scalars()
    of_names = names.words
    near = {one for one in (*of_names, *of_titles) if one_slip_apart(word, one)}
    return sorted(near, key=lambda one: (one not in of_names, one[0] != word[0], one))[:MAX_INSTEAD]


def _lexeme(*spellings: str) -> str:
    """A word that begins with any of these."""
    return "(" + " | ".join(f"'{one}'" if stands_alone(one) else f"'{one}':*" for one in spellings) + ")"


_IN_TITLES = text("SELECT FROM title_words WHERE word >= :word AND word < :beyond LIMIT 1")
_ANYWHERE = text("SELECT FROM jobwire_postings_with(CAST(:query AS tsquery)) LIMIT 1")
_NEAR = text("SELECT word FROM title_words WHERE slips && CAST(:slips AS text[])")
