"""The hot queries keep to their indexes, on tables that are large enough to tell."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ingest_world import World
from ledger_world import ledger_world, started
from sqlalchemy import TextClause, text

from jobwire.domain.postings import Posting
from jobwire.domain.runs import RunId
from jobwire.storage import ledger, postings, run_change, run_reads, run_stream
from jobwire.storage.database import Database
from jobwire.storage.json_rows import json_rows
from jobwire.storage.posting_columns import extracted_row, extracted_values

BOARDS, SIZE = 20, 1_000
"""So many boards with so many postings, each in a run; nearly all jobs are settled."""


@pytest.fixture
async def unknown(database: Database) -> World:
    """Nothing is known of its tables yet, as in a first run."""
    world = ledger_world(database)
    names = [f"company{number}" for number in range(BOARDS)]
    run_id = await started(world, names)
    other = await started(world, names, email="you@example.com")
    await world.execute(
        """
        INSERT INTO postings (board_id, external_id, title, listed_title, location, url, first_listing, description)
        SELECT b.id, n, 'Engineer', 'Engineer', 'Berlin', 'https://example.com/' || n, 1,
               CAST(repeat('text ', 50) AS bytea)
        FROM boards b, generate_series(1, :size) n
        """,
        size=SIZE,
    )
    await world.execute(
        """
        INSERT INTO run_jobs (run_id, company, external_id, posting_id, title, location, status, version, added_version)
        SELECT c.run_id, c.company, p.external_id, p.id, p.title, p.location,
               CASE WHEN p.id % 100 = 0 THEN 'pending' ELSE 'ready' END, 2 + p.id / 100, 2
        FROM run_companies c JOIN postings p USING (board_id)
        """
    )
    await world.execute("UPDATE run_companies SET status = 'crawling', listing = 1")
    await world.execute("UPDATE runs SET status = 'ingesting', version = 1000")
    assert other != run_id
    return world


@pytest.fixture
async def world(unknown: World) -> World:
    await analyze(unknown)
    return unknown


async def analyze(world: World) -> None:
    async with world.database.connect() as connection:
        for table in ("runs", "run_companies", "run_jobs", "postings", "boards"):
            await connection.execute(text(f"ANALYZE {table}"))
        await connection.commit()


async def plan(world: World, query: TextClause, **values: Any) -> Mapping[str, Any]:
    """How the query really ran; what it wrote is rolled back."""
    async with world.database.connect() as connection:
        statement = text(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {query.text}")
        found = (await connection.execute(statement, values)).scalar_one()
        await connection.rollback()
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def scanned_whole(plan: Mapping[str, Any]) -> set[str]:
    """The tables that were read from end to end."""
    return {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}


def indexes(plan: Mapping[str, Any]) -> set[str]:
    return {node["Index Name"] for node in nodes(plan) if "Index Name" in node}


def rows_read(plan: Mapping[str, Any], table: str) -> float:
    """How many rows of a table were looked at, those that were then thrown away too."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
        if node.get("Relation Name") == table and "Scan" in node["Node Type"]
    )


async def run_of(world: World) -> RunId:
    (row,) = await world.rows("SELECT min(id) AS run FROM runs")
    return RunId(row.run)


async def test_the_stream_reads_only_what_is_newer(world: World) -> None:
    found = await plan(world, run_stream._READ, run=await run_of(world), after=195, log_after=0, lines=1_000)
    assert "run_jobs_run_id_version_idx" in indexes(found)
    assert rows_read(found, "run_jobs") < 1_000
    assert "run_jobs" not in scanned_whole(found)


async def test_the_locations_of_some_jobs_are_found_one_by_one(world: World) -> None:
    ids = [str(number) for number in range(1, SIZE, 25)]
    wanted = {"companies": ["company7"] * len(ids), "ids": ids}
    found = await plan(world, run_reads._LOCATIONS, run=await run_of(world), **wanted)
    assert "run_jobs_pkey" in indexes(found)
    assert rows_read(found, "run_jobs") <= len(ids)


async def test_a_claim_reads_only_open_jobs(world: World) -> None:
    found = await plan(world, ledger._OPEN_JOBS, run=await run_of(world), host="host", limit=100)
    assert "run_jobs_open_idx" in indexes(found)
    assert rows_read(found, "run_jobs") < 500
    assert rows_read(found, "postings") < 500
    assert not scanned_whole(found) & {"run_jobs", "postings"}


async def test_the_end_is_looked_for_among_open_jobs_only(world: World) -> None:
    run_id = await run_of(world)
    found = await plan(world, run_change._COMPANIES_DONE, run=run_id, version=1001, companies=["company1", "company2"])
    assert "run_jobs_open_idx" in indexes(found)
    assert rows_read(found, "run_jobs") < 500
    assert "run_jobs" not in scanned_whole(found)


@pytest.mark.parametrize("query", [run_change._SETTLE, run_change._MARK_CRAWLING], ids=["settle", "crawling"])
@pytest.mark.parametrize("is_known", [True, False])
async def test_settling_touches_only_its_jobs(unknown: World, query: TextClause, *, is_known: bool) -> None:
    world = unknown
    if is_known:
        await analyze(world)
    run_id = await run_of(world)
    jobs = await world.rows("SELECT * FROM run_jobs WHERE status = 'pending' AND run_id = :run", run=run_id)
    size = 20
    found = await plan(
        world,
        query,
        run=run_id,
        version=1001,
        jobs=json_rows(
            {"company": row.company, "external_id": row.external_id, "attempt": 1, "status": "ready", "reason": "new"}
            for row in jobs[:size]
        ),
    )
    assert indexes(found) & {"run_jobs_pkey", "run_jobs_open_idx"}
    assert rows_read(found, "run_jobs") <= 3 * size
    assert not scanned_whole(found)


async def test_a_run_that_is_younger_than_the_statistics_is_not_taken_for_a_small_one(world: World) -> None:
    """Else the jobs of one of its companies are as well looked for among all of the run's."""
    young = await started(world, ["company1"], email="they@example.com")
    found = await plan(world, text("SELECT FROM run_jobs WHERE run_id = :run"), run=young)
    assert found["Plan Rows"] >= 100


async def test_a_board_is_read_without_the_others(world: World) -> None:
    found = await plan(world, postings._OF_BOARDS, boards=[1])
    assert "postings_board_id_external_id_key" in indexes(found)
    assert rows_read(found, "postings") == SIZE


async def test_postings_are_written_by_their_ids(world: World) -> None:
    ids = [1, 500, 9_000]
    made = Posting(external_id="1", title="x", url="https://example.com/1", description="Text.")
    heads = [{"id": one, "listing": 2, "source_hash": "00", "read_key": None} for one in ids]
    listed = json_rows({"id": one, "listing": 2} for one in ids)
    for query, values in (
        (postings._LOCK_POSTINGS, {"postings": ids}),
        (postings._CHECKED, {"lines": listed}),
        (postings._UNLISTED, {"postings": ids}),
        (postings._GONE, {"lines": listed, "reason": "gone", "dead": False}),
        (postings._NOTE_KEYS, {"lines": json_rows({"id": one, "change_key": None} for one in ids)}),
        (postings._READ, {"lines": json_rows({"id": one, "read_key": "2 1"} for one in ids)}),
        (postings._WRITE, {**extracted_values([extracted_row(made)] * 3, heads), "parts": ["title"], "part_bytes": 4}),
    ):
        found = await plan(world, query, **values)
        assert "postings_pkey" in indexes(found), query.text
        assert not scanned_whole(found), query.text
        assert rows_read(found, "postings") <= 2 * len(ids), query.text
