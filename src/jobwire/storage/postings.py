"""Boards and postings: facts about the world, kept once whoever asked. Order of locks: the board, postings by id."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.expiry import Doubt
from jobwire.domain.postings import FINGERPRINT_PARTS, PART_BYTES
from jobwire.domain.setbacks import Setback
from jobwire.domain.stays import Stay
from jobwire.domain.strikes import Strikes
from jobwire.ingest.own_keys import OwnKey, stamped
from jobwire.ingest.ports.boards import Opening
from jobwire.ingest.ports.postings import Extract, FreshPosting, KnownBoard, KnownPosting, News
from jobwire.ingest.tags import KnownTag
from jobwire.storage.posting_columns import EXTRACTED_COLUMNS, SET_EXTRACTED, extracted_rows

ABSENCES: Final = 40
"""So many turns of a posting's presence are kept: the last twenty absences."""


class PostingWrites:
    """The postings' part of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock_boards(self, board_ids: Collection[int]) -> Mapping[int, KnownBoard]:
        """Lock the boards' rows until the end of the unit: all that it needs, before anything else."""
        rows = await self._connection.execute(_LOCK_BOARDS, {"boards": list(board_ids)})
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
            for row in await self._connection.execute(_OF_BOARDS, {"boards": list(known)}):
                known[row.board_id][row.external_id] = _known(row)
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
        rows = await self._connection.execute(
            _ADD,
            {
                "boards": [one.board_id for one in fresh],
                "listings": [one.listing for one in fresh],
                "keys": [one.opening.change_key for one in fresh],
                **_columns([one.opening for one in fresh]),
            },
        )
        return {(row.board_id, row.external_id): row.id for row in rows}

    async def relist(self, openings: Mapping[int, Opening], back: Mapping[int, int]) -> None:
        """Rewrite the lines of known postings (by id); those in `back` (id: listing) are live again.

        What the posting's own text said is worth more than its line: it stays until that text is read again.
        """
        if openings:
            ids = sorted(openings)
            await self._connection.execute(
                _RELIST,
                {
                    "postings": ids,
                    "back": [back.get(posting_id) for posting_id in ids],
                    "keep": ABSENCES,
                    **_columns([openings[posting_id] for posting_id in ids]),
                },
            )

    async def mark_gone(self, posting_ids: Mapping[int, int], reason: str, *, is_listed: bool = False) -> None:
        """Mark postings (id: listing) gone, unless they are already; `is_listed` where their own pages said so."""
        if posting_ids:
            await self._connection.execute(_GONE, {**_by_id(posting_ids), "reason": reason, "dead": is_listed})

    async def mark_unlisted(self, posting_ids: Collection[int]) -> None:
        """Note that postings which were gone by their own pages are now off the board as well."""
        if posting_ids:
            await self._connection.execute(_UNLISTED, {"postings": list(posting_ids)})

    async def bring_back(self, posting_ids: Mapping[int, int]) -> None:
        """Postings (id: listing) that were gone by their own pages could be read again: they are live."""
        if posting_ids:
            await self._connection.execute(_BRING_BACK, {**_by_id(posting_ids), "keep": ABSENCES})

    async def note_keys(self, keys: Mapping[int, str | None]) -> None:
        """Note postings' own keys (by id) as they are listed now."""
        if keys:
            ids = sorted(keys)
            await self._connection.execute(_NOTE_KEYS, {"postings": ids, "keys": [keys[one] for one in ids]})

    async def mark_missing(self, posting_ids: Mapping[int, int]) -> None:
        """Note how many listings in a row (id: number) lack postings that still count as live."""
        if posting_ids:
            ids = sorted(posting_ids)
            await self._connection.execute(_MISSING, {"postings": ids, "misses": [posting_ids[one] for one in ids]})

    async def record_boards(self, boards: Mapping[int, KnownBoard]) -> None:
        """Make this what is known of the boards. A listing that nobody may share has no `began_at`."""
        rows = [
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
        ]
        await self._connection.execute(_RECORD_BOARDS, {"boards": msgspec.json.encode(rows).decode()})

    async def write(self, extracts: Sequence[Extract]) -> Mapping[int, News]:
        """Write what was read; answer by posting id when it last was news, without those that were compared later."""
        if not extracts:
            return {}
        written = await self._connection.execute(
            _WRITE,
            {
                "postings": [one.posting_id for one in extracts],
                "listings": [one.listing for one in extracts],
                "hashes": [one.source_hash for one in extracts],
                "keys": [one.key and stamped(one.key) for one in extracts],
                "rows": extracted_rows(one.row for one in extracts),
                "parts": list(FINGERPRINT_PARTS),
                "size": PART_BYTES,
            },
        )
        return {row.id: News(row.news_listing, row.part_listings) for row in written}

    async def mark_checked(self, posting_ids: Mapping[int, int]) -> None:
        """Note that the postings (id: listing) were compared and are unchanged."""
        if posting_ids:
            await self._connection.execute(_CHECKED, _by_id(posting_ids))

    async def mark_struck(self, strikes: Mapping[int, Strikes]) -> None:
        """Note how often postings' own pages (by id) have refused the question."""
        if strikes:
            rows = [{"id": posting_id, "strikes": one} for posting_id, one in strikes.items()]
            await self._connection.execute(_STRUCK, {"strikes": msgspec.json.encode(rows).decode()})

    async def mark_read(self, keys: Mapping[int, str]) -> None:
        """Note under which own keys (by id) texts were asked for that are unchanged."""
        if keys:
            ids = sorted(keys)
            await self._connection.execute(_READ, {"postings": ids, "keys": [stamped(keys[one]) for one in ids]})


def _by_id(posting_ids: Mapping[int, int]) -> dict[str, list[int]]:
    ids = sorted(posting_ids)
    return {"postings": ids, "listings": [posting_ids[one] for one in ids]}


def _known(row: Row[*tuple[Any, ...]]) -> KnownPosting:
    return KnownPosting(
        posting_id=row.id,
        external_id=row.external_id,
        title=row.listed_title,
        location=row.location,
        stay=Stay(row.first_listing, row.absences, row.gone_listing),
        misses=row.misses,
        is_dead_link=row.is_dead_link,
        checked_listing=row.checked_listing,
        source_hash=row.source_hash,
        news=News(row.news_listing, row.part_listings),
        own_key=OwnKey(row.change_key, row.read_key, row.key_read_at),
        strikes=None if row.strikes is None else msgspec.convert(row.strikes, Strikes),
    )


def _columns(openings: Sequence[Opening]) -> dict[str, list[str]]:
    return {
        "ids": [one.external_id for one in openings],
        "titles": [one.title for one in openings],
        "locations": [one.location for one in openings],
        "urls": [one.url for one in openings],
    }


_LOCK_BOARDS = text("""
    SELECT id, listing, listing_began_at, last_counts, doubt, setback, tag FROM boards
    WHERE id = ANY (CAST(:boards AS bigint[])) ORDER BY id FOR NO KEY UPDATE
""")
_LOCK_POSTINGS = text("SELECT FROM postings WHERE id = ANY (CAST(:postings AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_OF_BOARDS = text("""
    SELECT board_id, id, external_id, listed_title, location, first_listing, absences, gone_listing, misses,
           is_dead_link, checked_listing, source_hash, news_listing, part_listings, change_key, read_key, key_read_at,
           strikes
    FROM postings WHERE board_id = ANY (CAST(:boards AS bigint[]))
""")
_ADD = text("""
    INSERT INTO postings (board_id, first_listing, external_id, title, location, url, change_key,
                          listed_title)
    SELECT line.*, line.title FROM unnest(CAST(:boards AS bigint[]), CAST(:listings AS int[]), CAST(:ids AS text[]),
                         CAST(:titles AS text[]), CAST(:locations AS text[]), CAST(:urls AS text[]),
                         CAST(:keys AS text[]))
         AS line (board_id, listing, external_id, title, location, url, change_key)
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
    FROM unnest(CAST(:postings AS bigint[]), CAST(:back AS int[]), CAST(:titles AS text[]),
                CAST(:locations AS text[]), CAST(:urls AS text[]), CAST(:ids AS text[]))
         AS line (id, back, title, location, url, external_id)
    WHERE p.id = line.id
""")
_GONE = text("""
    UPDATE postings p
    SET gone_listing = line.listing, gone_reason = :reason, gone_at = clock_timestamp(), is_dead_link = :dead,
        misses = 0
    FROM unnest(CAST(:postings AS bigint[]), CAST(:listings AS int[])) AS line (id, listing)
    WHERE p.id = line.id AND p.gone_listing IS NULL
""")
_MISSING = text("""
    UPDATE postings p SET misses = line.misses
    FROM unnest(CAST(:postings AS bigint[]), CAST(:misses AS int[])) AS line (id, misses)
    WHERE p.id = line.id
""")
_UNLISTED = text("UPDATE postings SET is_dead_link = false WHERE id = ANY (CAST(:postings AS bigint[]))")
_BRING_BACK = text("""
    UPDATE postings p
    SET absences = (p.absences || ARRAY[p.gone_listing, line.listing])
                   [greatest(1, cardinality(p.absences) + 3 - :keep):],
        gone_listing = NULL, gone_reason = NULL, gone_at = NULL, is_dead_link = false
    FROM unnest(CAST(:postings AS bigint[]), CAST(:listings AS int[])) AS line (id, listing)
    WHERE p.id = line.id AND p.is_dead_link AND p.gone_listing <= line.listing
""")
_RECORD_BOARDS = text("""
    UPDATE boards b
    SET listing = line.listing, listing_began_at = line.began_at, last_counts = line.counts, doubt = line.doubt,
        setback = line.setback, tag = line.tag
    FROM jsonb_to_recordset(CAST(:boards AS jsonb))
         AS line (id bigint, listing int, began_at timestamptz, counts int[], doubt jsonb, setback jsonb, tag jsonb)
    WHERE b.id = line.id
""")
_PART_DIFFERS: Final = """
    substring(p.fingerprint FROM CAST((part.place - 1) * :size AS int) + 1 FOR :size)
    <> substring(decode(f.fingerprint, 'hex') FROM CAST((part.place - 1) * :size AS int) + 1 FOR :size)
"""
# A posting is news when its fingerprint is another than before; equal ones only note that they were compared.
_WRITE = text(f"""
    WITH fresh AS (
        SELECT * FROM ROWS FROM (
            unnest(CAST(:postings AS bigint[]), CAST(:listings AS int[]), CAST(:hashes AS bytea[]),
                   CAST(:keys AS text[])),
            jsonb_to_recordset(CAST(:rows AS jsonb)) AS ({EXTRACTED_COLUMNS})
        ) AS row (id, listing, source_hash, read_key)
    ), compared AS (
        SELECT fresh.*, p.fingerprint IS DISTINCT FROM decode(fresh.fingerprint, 'hex') AS differs
        FROM fresh JOIN postings p USING (id)
    )
    UPDATE postings p
    SET {SET_EXTRACTED},
        checked_listing = f.listing,
        strikes = NULL,
        read_key = f.read_key,
        key_read_at = CASE WHEN f.read_key IS NULL THEN NULL ELSE clock_timestamp() END,
        news = CASE WHEN NOT f.differs THEN p.news WHEN p.fingerprint IS NULL THEN 'new'
                    ELSE 'changed: ' || (
                        SELECT string_agg(part.name, ', ' ORDER BY part.place)
                        FROM unnest(CAST(:parts AS text[])) WITH ORDINALITY AS part (name, place)
                        WHERE {_PART_DIFFERS}
                    ) END,
        part_listings = CASE WHEN NOT f.differs OR p.fingerprint IS NULL THEN p.part_listings
                             ELSE ARRAY(
                                 SELECT CASE WHEN {_PART_DIFFERS} THEN f.listing
                                             ELSE coalesce(p.part_listings[part.place], 0) END
                                 FROM unnest(CAST(:parts AS text[])) WITH ORDINALITY AS part (name, place)
                                 ORDER BY part.place
                             ) END,
        news_listing = CASE WHEN f.differs THEN greatest(p.news_listing, f.listing) ELSE p.news_listing END
    FROM compared f WHERE p.id = f.id AND p.checked_listing <= f.listing
    RETURNING p.id, p.news_listing, p.part_listings
""")  # noqa: S608 - constants
_NOTE_KEYS = text("""
    UPDATE postings p SET change_key = line.change_key
    FROM unnest(CAST(:postings AS bigint[]), CAST(:keys AS text[])) AS line (id, change_key)
    WHERE p.id = line.id
""")
_STRUCK = text("""
    UPDATE postings p SET strikes = line.strikes
    FROM jsonb_to_recordset(CAST(:strikes AS jsonb)) AS line (id bigint, strikes jsonb)
    WHERE p.id = line.id
""")
_READ = text("""
    UPDATE postings p SET read_key = line.read_key, key_read_at = clock_timestamp()
    FROM unnest(CAST(:postings AS bigint[]), CAST(:keys AS text[])) AS line (id, read_key)
    WHERE p.id = line.id
""")
_CHECKED = text("""
    UPDATE postings p SET checked_listing = greatest(p.checked_listing, line.listing), strikes = NULL
    FROM unnest(CAST(:postings AS bigint[]), CAST(:listings AS int[])) AS line (id, listing)
    WHERE p.id = line.id
""")
