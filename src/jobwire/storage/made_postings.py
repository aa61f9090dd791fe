"""Postings to be made again of their sources. It fits `ingest.extracting.MadePostings`."""

from collections.abc import AsyncIterator, Collection, Sequence

import msgspec
from sqlalchemy import text

from jobwire.domain.companies import BoardRef
from jobwire.ingest.extracting import Made, MadeAgain
from jobwire.storage.database import Database


class MadePostings:
    """Reads and writes them, in transactions of their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def boards(self) -> Sequence[BoardRef]:
        """All boards that have some."""
        async with self._database.begin() as connection:
            return [BoardRef(row.system, row.slug) for row in await connection.execute(_BOARDS)]

    async def live(self, board: BoardRef) -> Collection[str]:
        """The keys of a board's postings that are not gone."""
        async with self._database.begin() as connection:
            rows = await connection.execute(_LIVE, {"system": board.system, "slug": board.slug})
            return {row.external_id for row in rows}

    async def of_board(self, board: BoardRef, size: int) -> AsyncIterator[Sequence[Made]]:
        """A board's, so many at a time."""
        after = 0
        while True:
            async with self._database.begin() as connection:
                rows = await connection.execute(
                    _MADE, {"system": board.system, "slug": board.slug, "after": after, "most": size}
                )
                made = [Made(**row) for row in rows.mappings()]
            if not made:
                return
            yield made
            after = made[-1].posting_id

    async def write(self, again: Sequence[MadeAgain]) -> None:
        """Write them, except those that were made of another source meanwhile. They are no news to anybody."""
        if not again:
            return
        rows = msgspec.json.encode([_row(one) for one in again]).decode()
        async with self._database.begin() as connection:
            await connection.execute(_LOCK, {"postings": [one.made.posting_id for one in again]})
            await connection.execute(_WRITE, {"rows": rows})


def _row(again: MadeAgain) -> dict[str, object]:
    posting = again.posting
    return {
        "id": again.made.posting_id,
        "old": again.made.source_hash.hex(),
        "title": posting.title,
        "location": posting.location,
        "url": posting.url,
        "locations": posting.locations,
        "workplace": posting.workplace,
        "employment_type": posting.employment_type,
        "department": posting.department,
        "posted_on": posting.posted_on,
        "closes_on": posting.closes_on,
        "country": posting.country,
        "language": posting.language,
        "salary": posting.salary,
        "description": posting.description,
        "requirements": posting.requirements,
        "source_hash": again.source_hash.hex(),
        "fingerprint": again.fingerprint.hex(),
    }


_BOARDS = text("SELECT system, slug FROM boards ORDER BY id")
_LIVE = text("""
    SELECT external_id FROM postings
    WHERE board_id = (SELECT id FROM boards WHERE system = :system AND slug = :slug) AND gone_listing IS NULL
""")
_MADE = text("""
    SELECT id AS posting_id, external_id, source_hash, fingerprint FROM postings
    WHERE board_id = (SELECT id FROM boards WHERE system = :system AND slug = :slug)
      AND id > :after AND source_hash IS NOT NULL AND fingerprint IS NOT NULL
    ORDER BY id LIMIT :most
""")
_LOCK = text("SELECT FROM postings WHERE id = ANY (CAST(:postings AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_WRITE = text("""
    UPDATE postings p
    SET title = f.title, location = f.location, url = f.url, locations = f.locations, workplace = f.workplace,
        employment_type = f.employment_type, department = f.department, posted_on = f.posted_on,
        closes_on = f.closes_on, country = f.country, language = f.language, salary = f.salary,
        requirements = f.requirements,
        description = f.description, source_hash = decode(f.source_hash, 'hex'),
        fingerprint = decode(f.fingerprint, 'hex')
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS f (id bigint, old text, title text, location text, url text, locations text[], workplace text,
               employment_type text, department text, posted_on date, closes_on date, country text,
                language text, salary jsonb, description text, requirements text,
               source_hash text, fingerprint text)
    WHERE p.id = f.id AND p.source_hash = decode(f.old, 'hex')
""")
