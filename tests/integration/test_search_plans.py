"""Search keeps to its index on 100,000 postings, and reads no more of them than it has to."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from search_world import SIZE, fill
from sqlalchemy import event, text
from test_ledger_plans import indexes, nodes, rows_read, scanned_whole

from jobwire.domain.openings import OpeningFilter
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.posting_reads import PostingReads

NAME = {"name": "jobwire_postings_with"}


@pytest.fixture(scope="module")
async def filled(postgres: Any, template_url: str) -> AsyncIterator[tuple[Database, UserId]]:
    url = postgres.create(template=template_url)
    database = Database(url)
    yield database, await fill(database)
    await database.close()
    postgres.drop(url)


async def plans(database: Database, question: Any) -> list[dict[str, Any]]:
    """How the statements of a question really ran that read postings."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "postings" in statement:
            asked.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await question
    event.remove(engine, "before_cursor_execute", note)
    found: list[dict[str, Any]] = []
    async with database.connect() as connection:
        for statement, parameters in asked:
            explain = f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {statement}"
            row = (await connection.exec_driver_sql(explain, parameters)).scalar_one()
            found.append(row[0]["Plan"])
    return found


async def test_a_word_is_looked_up(filled: tuple[Database, UserId]):
    database, me = filled
    reads = PostingReads(database)
    for question in (
        reads.search(me, OpeningFilter(query="rare17"), after=None, limit=100),
        reads.facets(me, OpeningFilter(query="rare17")),
    ):
        first, *_ = await plans(database, question)
        assert "jobwire_postings_with" in {node.get("Function Name") for node in nodes(first)}
        assert not scanned_whole(first) & {"postings", "posting_words"}
        assert rows_read(first, "postings") < SIZE / 50


@pytest.mark.parametrize("word", ["engineer", "city", "nowhere"])
async def test_frequent_words_are_looked_up_too(filled: tuple[Database, UserId], word: str):
    database, _ = filled
    async with database.connect() as connection:
        body = await connection.execute(text("SELECT prosrc, proconfig FROM pg_proc WHERE proname = :name"), NAME)
        query, options = body.one()
        for option in options:
            await connection.exec_driver_sql(f"SET LOCAL {option}")
        query = query.replace("wanted", f"'{word}:*'::tsquery")
        explain = f"EXPLAIN (FORMAT JSON) {query}"
        (plan,) = (await connection.exec_driver_sql(explain)).scalar_one()
    assert "posting_words_words_idx" in indexes(plan["Plan"])


async def test_what_was_seen_first_last_is_read_in_that_order(filled: tuple[Database, UserId]):
    database, me = filled
    wanted = OpeningFilter(seen_since=date(2026, 1, 2))
    first, *_ = await plans(database, PostingReads(database).newest(me, wanted, limit=500))
    assert "postings_first_seen_at_id_idx" in indexes(first)
    assert rows_read(first, "postings") <= SIZE / 50


async def test_new_postings_are_told_by_their_ids(filled: tuple[Database, UserId]):
    database, me = filled
    *_, fresh = await plans(database, PostingReads(database).facets(me, OpeningFilter()))
    assert rows_read(fresh, "postings") == 0
    assert not scanned_whole(fresh)


async def test_no_row_is_looked_at_twice(filled: tuple[Database, UserId]):
    database, me = filled
    first, *_ = await plans(database, PostingReads(database).facets(me, OpeningFilter(query="engineer")))
    assert rows_read(first, "postings") <= 1.1 * SIZE
    assert all(node["Actual Loops"] <= 2 * SIZE for node in nodes(first))
