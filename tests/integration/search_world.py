"""100,000 postings of 50 boards, with their words, and somebody who follows all of them."""

from typing import Final

from sqlalchemy import text

from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.users import Users

SIZE: Final = 100_000
BOARDS: Final = 50


async def fill(database: Database) -> UserId:
    """Make all that; answer who it is. One posting in 1,000 has a word of its own kind, `rare0` to `rare99`."""
    me = await Users(database).ensure("me@example.com")
    async with database.begin() as connection:
        await connection.execute(_BOARDS, {"boards": BOARDS})
        await connection.execute(_FOLLOWS, {"user": me})
        await connection.execute(_POSTINGS, {"size": SIZE, "boards": BOARDS})
        await connection.execute(_WORDS)
        await connection.execute(_SPELLED)
    async with database.connect() as connection:
        for table in ("boards", "follows", "postings", "posting_words", "title_words"):
            await connection.execute(text(f"ANALYZE {table}"))
        await connection.commit()
    return me


_BOARDS = text(
    "INSERT INTO boards (system, slug) SELECT 'greenhouse', 'company' || n FROM generate_series(1, :boards) n"
)
_FOLLOWS = text("INSERT INTO follows (user_id, company, board_id) SELECT :user, 'Company ' || id, id FROM boards")
_POSTINGS = text("""
    INSERT INTO postings (board_id, external_id, title, location, url, locations, workplace, employment_type,
                          posted_on, first_listing, first_seen_at, listed_title)
    SELECT line.*, line.title FROM (
    SELECT b.id, n,
           (ARRAY['Senior','Staff','Junior','Lead'])[1 + n % 4] || ' '
               || (ARRAY['Engineer','Designer','Analyst','Cook','Nurse'])[1 + n % 5] || ' rare' || n / 1000,
           'City ' || n % 200, 'https://example.com/' || n, ARRAY['City ' || n % 200],
           (ARRAY['remote','hybrid','onsite',NULL])[1 + n % 4], (ARRAY['full_time','contract',NULL])[1 + n % 3],
           date '2026-01-01' + n % 300, 1, timestamptz '2026-01-01Z' + n % 30 * interval '1 day'
    FROM generate_series(0, :size - 1) n JOIN (SELECT id, row_number() OVER () - 1 AS place FROM boards) b
         ON b.place = n % :boards
    ORDER BY n
    ) line (board_id, external_id, title)
""")
_WORDS = text("""
    INSERT INTO posting_words (posting_id, words)
    SELECT id, setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', location), 'B')
               || to_tsvector('simple', 'word' || id % 500 || ' text' || id % 977)
    FROM postings
""")
_SPELLED = text("""
    INSERT INTO title_words (word, slips)
    SELECT word, ARRAY[word] FROM unnest(ARRAY['senior', 'staff', 'junior', 'lead', 'engineer', 'designer']) word
""")
