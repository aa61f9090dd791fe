"""Postings to be made again of their sources. It fits `ingest.extracting.MadePostings`."""

from collections.abc import AsyncIterator, Collection, Sequence

from sqlalchemy import text

from jobwire.domain.companies import BoardRef
from jobwire.ingest.extracting import Made, MadeAgain
from jobwire.storage.database import Database
from jobwire.storage.posting_columns import SET_EXTRACTED, extracted_row, extracted_source, extracted_values
from jobwire.storage.postings import PostingWrites


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
        ids = [one.made.posting_id for one in again]
        heads = [
            {"id": one.made.posting_id, "old": one.made.source_hash.hex(), "source_hash": one.source_hash.hex()}
            for one in again
        ]
        values = extracted_values([extracted_row(one.posting) for one in again], heads)
        async with self._database.begin() as connection:
            await PostingWrites(connection).lock(ids)
            await connection.execute(_WRITE, values)


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
_WRITE = text(f"""
    UPDATE postings p
    SET {SET_EXTRACTED}
    FROM {extracted_source("id bigint, old text")} AS f
    WHERE p.id = f.id AND p.source_hash = decode(f.old, 'hex')
""")  # noqa: S608 - constants
