"""The words that postings are found by: taken from them afterwards, in batches, by one worker at a time.

A run never waits for this: its transactions write `postings` alone, and whatever has no words yet, or other ones by
now, is found by comparing fingerprints.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, text

from jobwire.domain.description import plain_text, safe_html
from jobwire.domain.words import can_slip, slips, words
from jobwire.storage.database import Database
from jobwire.storage.packed_text import unpacked

BATCH: Final = 200
"""Postings in one transaction: about 0.1 s of work."""
MOST_STALE: Final = 20_000
"""Postings noted by one look, which reads all of them."""
_MAX_WORDS: Final = 3_000
"""Different ones of a posting's text; PostgreSQL takes at most 1 MB of them."""
_LOCK: Final = 0x6A6F6277
"""The advisory lock of whoever takes words, any number that nothing else uses."""


class SearchIndex:
    """Keeps `posting_words` up with `postings`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stale: list[int] = []
        self._known: set[str] = set()

    async def step(self) -> int:
        """Take the words of one batch of postings; answer of how many. 0: there is nothing to do."""
        if not self._stale:
            self._stale = await self._look()
        batch, self._stale = self._stale[:BATCH], self._stale[BATCH:]
        return await self._take(batch) if batch else 0

    async def yields(self) -> bool:
        """Whether something more urgent is going on: a run."""
        async with self._database.connect() as connection:
            return bool((await connection.execute(_RUN_ACTIVE)).scalar_one())

    async def _look(self) -> list[int]:
        async with self._database.connect() as connection:
            return list((await connection.execute(_STALE, {"most": MOST_STALE})).scalars())

    async def _take(self, posting_ids: Sequence[int]) -> int:
        async with self._database.begin() as connection:
            if not (await connection.execute(_TRY_LOCK, {"lock": _LOCK})).scalar_one():
                self._stale.clear()  # another worker is at it
                return 0
            rows = (await connection.execute(_TEXTS, {"postings": posting_ids})).all()
            taken = await asyncio.to_thread(_take_words, rows)
            await connection.execute(_WRITE, taken.columns)
            if fresh := taken.title_words - self._known:
                ordered = sorted(fresh)
                spelled = {"words": ordered, "slips": [" ".join(slips(word)) for word in ordered]}
                await connection.execute(_SPELL, spelled)
        self._known |= taken.title_words
        return len(rows)


@dataclass(frozen=True, slots=True)
class _Taken:
    columns: dict[str, list[Any]]
    title_words: set[str]


def _take_words(rows: Iterable[Row[Any]]) -> _Taken:
    columns: dict[str, list[Any]] = {"postings": [], "fingerprints": [], "words": []}
    title_words: set[str] = set()
    for row in rows:
        title, place = words(row.title), words(f"{row.location} {row.department or ''}")
        title_words.update(word for word in (*title, *place) if can_slip(word))
        columns["postings"].append(row.id)
        columns["fingerprints"].append(row.fingerprint)
        columns["words"].append(_vector(title, place, words(_text(row))))
    return _Taken(columns, title_words)


def _text(row: Row[Any]) -> str:
    """What a reader reads."""
    return "" if row.description is None else plain_text(safe_html(unpacked(row.description)))


def _vector(title: Sequence[str], place: Sequence[str], body: Sequence[str]) -> str:
    """Write a tsvector in which each word has the weight of the best place that it stands in."""
    text = list(dict.fromkeys(body))[:_MAX_WORDS]
    weights = dict.fromkeys(text, "D") | dict.fromkeys(place, "B") | dict.fromkeys(title, "A")
    return " ".join(f"'{word}':1{weight}" for word, weight in weights.items())


_STALE = text("""
    SELECT p.id FROM postings p LEFT JOIN posting_words w ON w.posting_id = p.id
    WHERE w.posting_id IS NULL OR w.fingerprint IS DISTINCT FROM p.fingerprint
    ORDER BY w.posting_id IS NULL DESC, p.id LIMIT :most
""")
_RUN_ACTIVE = text("SELECT EXISTS (SELECT FROM runs WHERE status IN ('pending', 'initializing', 'ingesting'))")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
_TEXTS = text("""
    SELECT id, title, location, department, description, fingerprint
    FROM postings WHERE id = ANY (CAST(:postings AS bigint[])) ORDER BY id
""")
_WRITE = text("""
    INSERT INTO posting_words (posting_id, fingerprint, words)
    SELECT line.id, line.fingerprint, CAST(line.words AS tsvector)
    FROM unnest(CAST(:postings AS bigint[]), CAST(:fingerprints AS bytea[]), CAST(:words AS text[]))
         AS line (id, fingerprint, words)
    ON CONFLICT (posting_id) DO UPDATE SET fingerprint = excluded.fingerprint, words = excluded.words
""")
_SPELL = text("""
    INSERT INTO title_words (word, slips)
    SELECT line.word, string_to_array(line.slips, ' ')
    FROM unnest(CAST(:words AS text[]), CAST(:slips AS text[])) AS line (word, slips)
    ON CONFLICT (word) DO NOTHING
""")
