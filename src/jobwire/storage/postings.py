"""Boards and postings: facts about the world, kept once whoever asked. Order of locks: the board, postings by id."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.expiry import Doubt
from jobwire.domain.postings import FINGERPRINT_PARTS, PART_BYTES
from jobwire.domain.setbacks import Setback
from jobwire.domain.stays import Stay
from jobwire.domain.strikes import Strikes
from jobwire.ingest.own_keys import OwnKey, stamped
from jobwire.ingest.ports.boards import Opening
from jobwire.ingest.ports.postings import Extract, FreshPosting, KnownBoard, KnownPosting
from jobwire.ingest.tags import KnownTag
from jobwire.storage.json_rows import json_rows
from jobwire.storage.posting_columns import SET_EXTRACTED, extracted_source, extracted_values

ABSENCES: Final = 40
"""So many turns of a posting's presence are kept: the last twenty absences."""


class PostingWrites:
    """The postings' part of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read_boards(self, board_ids: Collection[int]) -> Mapping[int, KnownBoard]:
        """What is known of the boards, which somebody else may change meanwhile."""
        return await self._boards(_BOARDS, board_ids)

    async def lock_boards(self, board_ids: Collection[int]) -> Mapping[int, KnownBoard]:
        """Lock the boards' rows until the end of the unit: all that it needs, before anything else."""
        return await self._boards(_LOCK_BOARDS, board_ids)

    async def _boards(self, query: TextClause, board_ids: Collection[int]) -> Mapping[int, KnownBoard]:
        rows = await self._connection.execute(query, {"boards": list(board_ids)})
        return {
            row.id: KnownBoard(
                listing=row.listing,
                began_at=row.listing_began_at,
                last_counts=row.last_counts,
                doubt=None if row.doubt is None else msgspec.convert(row.doubt, Doubt),
                setback=None if row.setback is None else msgspec.convert(row.setback, Setback),
                tag=None if row.tag is None else msgspec.convert(row.tag, KnownTag),
            )
            for row in rows
        }

    async def of_boards(self, board_ids: Collection[int]) -> Mapping[int, Mapping[str, KnownPosting]]:
        """All postings of these boards, by external_id, gone ones too."""
        known: dict[int, dict[str, KnownPosting]] = {board_id: {} for board_id in board_ids}
        if known:
            for board_id, *columns in await self._connection.execute(_OF_BOARDS, {"boards": list(known)}):
                posting = _known(*columns)
                known[board_id][posting.external_id] = posting
        return known

    async def lock(self, posting_ids: Collection[int]) -> None:
        """Lock all known postings that the unit is going to write, by id.

        An UPDATE locks its rows in the order in which it finds them: two of them could each wait for the other.
        """
        if posting_ids:
            await self._connection.execute(_LOCK_POSTINGS, {"postings": list(posting_ids)})

    async def add(self, fresh: Sequence[FreshPosting]) -> Mapping[tuple[int, str], int]:
        """Insert postings seen for the first time; answer their ids by board and external_id."""
        if not fresh:
            return {}
        lines = json_rows(
            {
                "board_id": board_id,
                "listing": listing,
                "external_id": opening.external_id,
                "change_key": opening.change_key,
                **_line(opening),
            }
            for board_id, listing, opening in fresh
        )
        rows = await self._connection.execute(_ADD, {"lines": lines})
        return {(row.board_id, row.external_id): row.id for row in rows}

    async def relist(self, openings: Mapping[int, Opening], back: Mapping[int, int]) -> None:
        """Rewrite the lines of known postings (by id); those in `back` (id: listing) are live again.

        What the posting's own text said is worth more than its line: it stays until that text is read again.
        """
        if openings:
            lines = json_rows(
                {"id": posting_id, "back": back.get(posting_id), **_line(opening)}
                for posting_id, opening in openings.items()
            )
            await self._connection.execute(_RELIST, {"lines": lines, "keep": ABSENCES})

    async def mark_gone(self, posting_ids: Mapping[int, int], reason: str, *, is_listed: bool = False) -> None:
        """Mark postings (id: listing) gone, unless they are already; `is_listed` where their own pages said so."""
        if posting_ids:
            await self._connection.execute(
                _GONE, {"lines": _at_listings(posting_ids), "reason": reason, "dead": is_listed}
            )

    async def mark_unlisted(self, posting_ids: Collection[int]) -> None:
        """Note that postings which were gone by their own pages are now off the board as well."""
        if posting_ids:
            await self._connection.execute(_UNLISTED, {"postings": list(posting_ids)})

    async def bring_back(self, posting_ids: Mapping[int, int]) -> None:
        """Postings (id: listing) that were gone by their own pages could be read again: they are live."""
        if posting_ids:
            await self._connection.execute(_BRING_BACK, {"lines": _at_listings(posting_ids), "keep": ABSENCES})

    async def note_keys(self, keys: Mapping[int, str | None]) -> None:
        """Note postings' own keys (by id) as they are listed now."""
        if keys:
            lines = json_rows({"id": posting_id, "change_key": key} for posting_id, key in keys.items())
            await self._connection.execute(_NOTE_KEYS, {"lines": lines})

    async def mark_missing(self, posting_ids: Mapping[int, int]) -> None:
        """Note how many listings in a row (id: number) lack postings that still count as live."""
        if posting_ids:
            lines = json_rows({"id": posting_id, "misses": misses} for posting_id, misses in posting_ids.items())
            await self._connection.execute(_MISSING, {"lines": lines})

    async def record_boards(self, boards: Mapping[int, KnownBoard]) -> None:
        """Make this what is known of the boards. A listing that nobody may share has no `began_at`."""
        lines = json_rows(
            {
                "id": board_id,
                "listing": board.listing,
                "began_at": board.began_at,
                "counts": board.last_counts,
                "doubt": board.doubt,
                "setback": board.setback,
                "tag": board.tag,
            }
            for board_id, board in boards.items()
        )
        await self._connection.execute(_RECORD_BOARDS, {"lines": lines})

    async def write(self, extracts: Sequence[Extract]) -> Mapping[int, Sequence[int]]:
        """Write what was read; answer by posting id when its parts changed, without those that were compared later."""
        if not extracts:
            return {}
        heads = [
            {
                "id": one.posting_id,
                "listing": one.listing,
                "source_hash": one.source_hash.hex(),
                "read_key": one.key and stamped(one.key),
            }
            for one in extracts
        ]
        values = extracted_values([one.row for one in extracts], heads)
        written = await self._connection.execute(
            _WRITE, {**values, "parts": list(FINGERPRINT_PARTS), "part_bytes": PART_BYTES}
        )
        return {row.id: row.part_listings for row in written}

    async def mark_checked(self, posting_ids: Mapping[int, int]) -> None:
        """Note that the postings (id: listing) were compared and are unchanged."""
        if posting_ids:
            await self._connection.execute(_CHECKED, {"lines": _at_listings(posting_ids)})

    async def mark_struck(self, strikes: Mapping[int, Strikes]) -> None:
        """Note how often postings' own pages (by id) have refused the question."""
        if strikes:
            lines = json_rows({"id": posting_id, "strikes": one} for posting_id, one in strikes.items())
            await self._connection.execute(_STRUCK, {"lines": lines})

    async def mark_read(self, keys: Mapping[int, str]) -> None:
        """Note under which own keys (by id) texts were asked for that are unchanged."""
        if keys:
            lines = json_rows({"id": posting_id, "read_key": stamped(key)} for posting_id, key in keys.items())
            await self._connection.execute(_READ, {"lines": lines})


def _at_listings(posting_ids: Mapping[int, int]) -> str:
    return json_rows({"id": posting_id, "listing": listing} for posting_id, listing in posting_ids.items())


def _known(
    posting_id: int,
    external_id: str,
    title: str,
    location: str,
    first: int,
    absences: Sequence[int],
    gone: int | None,
    misses: int,
    is_dead_link: bool,  # noqa: FBT001 - a column
    checked: int,
    source_hash: bytes | None,
    parts: Sequence[int],
    change_key: str | None,
    read_key: str | None,
    key_read_at: datetime | None,
    strikes: object,
) -> KnownPosting:
    """Take the columns of `_OF_BOARDS`, but the first: by place, as there are many rows."""
    return KnownPosting(
        posting_id=posting_id,
        external_id=external_id,
        title=title,
        location=location,
        stay=Stay(first, absences, gone),
        misses=misses,
        is_dead_link=is_dead_link,
        checked_listing=checked,
        source_hash=source_hash,
        part_listings=parts,
        own_key=OwnKey(change_key, read_key, key_read_at),
        strikes=None if strikes is None else msgspec.convert(strikes, Strikes),
    )


def _line(opening: Opening) -> dict[str, str]:
    return {"title": opening.title, "location": opening.location, "url": opening.url}


_BOARDS = text("""
    SELECT id, listing, listing_began_at, last_counts, doubt, setback, tag FROM boards
    WHERE id = ANY (CAST(:boards AS bigint[])) ORDER BY id
""")
_LOCK_BOARDS = text(f"{_BOARDS.text} FOR NO KEY UPDATE")
_LOCK_POSTINGS = text("SELECT FROM postings WHERE id = ANY (CAST(:postings AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_OF_BOARDS = text("""
    SELECT board_id, id, external_id, listed_title, location, first_listing, absences, gone_listing, misses,
           is_dead_link, checked_listing, source_hash, part_listings, change_key, read_key, key_read_at, strikes
    FROM postings WHERE board_id = ANY (CAST(:boards AS bigint[]))
""")
_ADD = text("""
    INSERT INTO postings (board_id, first_listing, external_id, title, location, url, change_key, listed_title)
    SELECT line.*, line.title FROM json_to_recordset(CAST(:lines AS json))
        AS line (board_id bigint, listing int, external_id text, title text, location text, url text, change_key text)
    RETURNING board_id, external_id, id
""")
_RELIST = text("""
    UPDATE postings p
    SET listed_title = line.title, strikes = CASE WHEN line.back IS NULL THEN p.strikes END,
        title = CASE WHEN p.fingerprint IS NULL THEN line.title ELSE p.title END,
        location = CASE WHEN p.fingerprint IS NULL THEN line.location ELSE p.location END,
        url = CASE WHEN p.fingerprint IS NULL THEN line.url ELSE p.url END,
        gone_listing = CASE WHEN line.back IS NULL THEN p.gone_listing END,
        gone_reason = CASE WHEN line.back IS NULL THEN p.gone_reason END,
        gone_at = CASE WHEN line.back IS NULL THEN p.gone_at END,
        absences = CASE WHEN line.back IS NOT NULL
                        THEN (p.absences || ARRAY[p.gone_listing, line.back])
                             [greatest(1, cardinality(p.absences) + 3 - :keep):]
                        ELSE p.absences END
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, back int, title text, location text, url text)
    WHERE p.id = line.id
""")
_GONE = text("""
    UPDATE postings p
    SET gone_listing = line.listing, gone_reason = :reason, gone_at = clock_timestamp(), is_dead_link = :dead,
        misses = 0
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, listing int)
    WHERE p.id = line.id AND p.gone_listing IS NULL
""")
_MISSING = text("""
    UPDATE postings p SET misses = line.misses
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, misses int)
    WHERE p.id = line.id
""")
_UNLISTED = text("UPDATE postings SET is_dead_link = false WHERE id = ANY (CAST(:postings AS bigint[]))")
_BRING_BACK = text("""
    UPDATE postings p
    SET absences = (p.absences || ARRAY[p.gone_listing, line.listing])
                   [greatest(1, cardinality(p.absences) + 3 - :keep):],
        gone_listing = NULL, gone_reason = NULL, gone_at = NULL, is_dead_link = false
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, listing int)
    WHERE p.id = line.id AND p.is_dead_link AND p.gone_listing <= line.listing
""")
_RECORD_BOARDS = text("""
    UPDATE boards b
    SET listing = line.listing, listing_began_at = line.began_at, last_counts = line.counts, doubt = line.doubt,
        setback = line.setback, tag = line.tag
    FROM json_to_recordset(CAST(:lines AS json))
         AS line (id bigint, listing int, began_at timestamptz, counts int[], doubt jsonb, setback jsonb, tag jsonb)
    WHERE b.id = line.id
""")
_DIFFERS: Final = "p.fingerprint IS DISTINCT FROM decode(f.fingerprint, 'hex')"
_PART_DIFFERS: Final = """
    substring(p.fingerprint FROM CAST((part.place - 1) * :part_bytes AS int) + 1 FOR :part_bytes)
    <> substring(decode(f.fingerprint, 'hex') FROM CAST((part.place - 1) * :part_bytes AS int) + 1 FOR :part_bytes)
"""
# A posting has changed when its fingerprint is another than before; equal ones only note that they were compared.
_WRITE = text(f"""
    UPDATE postings p
    SET {SET_EXTRACTED},
        checked_listing = f.listing,
        strikes = NULL,
        read_key = f.read_key,
        key_read_at = CASE WHEN f.read_key IS NULL THEN NULL ELSE clock_timestamp() END,
        changed_parts = CASE WHEN p.fingerprint IS NOT NULL AND {_DIFFERS}
                             THEN (
                                 SELECT string_agg(part.name, ', ' ORDER BY part.place)
                                 FROM unnest(CAST(:parts AS text[])) WITH ORDINALITY AS part (name, place)
                                 WHERE {_PART_DIFFERS}
                             ) ELSE p.changed_parts END,
        part_listings = CASE WHEN p.fingerprint IS NOT NULL AND {_DIFFERS}
                             THEN ARRAY(
                                 SELECT CASE WHEN {_PART_DIFFERS} THEN f.listing
                                             ELSE coalesce(p.part_listings[part.place], 0) END
                                 FROM unnest(CAST(:parts AS text[])) WITH ORDINALITY AS part (name, place)
                                 ORDER BY part.place
                             ) ELSE p.part_listings END
    FROM {extracted_source("id bigint, listing int, read_key text")} AS f
    WHERE p.id = f.id AND p.checked_listing <= f.listing
    RETURNING p.id, p.part_listings
""")  # noqa: S608 - constants
_NOTE_KEYS = text("""
    UPDATE postings p SET change_key = line.change_key
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, change_key text)
    WHERE p.id = line.id
""")
_STRUCK = text("""
    UPDATE postings p SET strikes = line.strikes
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, strikes jsonb)
    WHERE p.id = line.id
""")
_READ = text("""
    UPDATE postings p SET read_key = line.read_key, key_read_at = clock_timestamp()
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, read_key text)
    WHERE p.id = line.id
""")
_CHECKED = text("""
    UPDATE postings p SET checked_listing = greatest(p.checked_listing, line.listing), strikes = NULL
    FROM json_to_recordset(CAST(:lines AS json)) AS line (id bigint, listing int)
    WHERE p.id = line.id
""")
