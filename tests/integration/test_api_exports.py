"""Exports hold what the list holds, and nothing that a spreadsheet would compute."""

import csv
import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from api_world import World, add_board, add_posting, api_world
from sqlalchemy import insert

from jobwire.api import job_exports
from jobwire.storage import exports
from jobwire.storage.database import Database
from jobwire.storage.tables import follows

HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\uff1d1",
    'a,"b";\nc',
    "\u202eevil \U0001f600",
    "x" * 10_000,
    "<script>alert(1)</script>",
]


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with api_world(database) as made:
        yield made


@pytest.fixture
async def client(world: World) -> httpx.AsyncClient:
    """Somebody who follows a company with a hostile name and hostile titles."""
    user, client = await world.user("me@example.com")
    board = await add_board(world.database)
    async with world.database.begin() as connection:
        await connection.execute(insert(follows).values(user_id=user, company="=Evil & Söhne", board_id=board))
    for number, title in enumerate(HOSTILE):
        await add_posting(world.database, board, str(number), title=title, location=title, department=title)
    salary = {"minimum": 1.5, "maximum": None, "currency": "EUR", "interval": "hour"}
    await add_posting(world.database, board, "paid", title="Engineer", salary=salary, workplace="remote")
    return client


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


async def test_a_csv_file(client: httpx.AsyncClient):
    answer = await client.get("/api/jobs.csv?q=engineer")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == 'attachment; filename="jobs.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbfid,company_name,title,")
    assert answer.text.endswith("\r\n")
    (row,) = rows(answer.text)
    assert tuple(row) == job_exports.COLUMNS
    assert row | {"id": ""} == {
        "id": "",
        "company_name": "'=Evil & Söhne",
        "title": "Engineer",
        "location": "Berlin",
        "workplace": "remote",
        "employment_type": "",
        "department": "",
        "posted_on": "",
        "closes_on": "",
        "country": "",
        "language": "",
        "salary_minimum": "1.5",
        "salary_maximum": "",
        "salary_currency": "EUR",
        "salary_interval": "hour",
        "url": "https://example.com/paid",
        "first_seen_at": "2026-01-02T03:04:05Z",
        "gone_at": "",
        "seen": "false",
        "starred": "false",
    }


async def test_no_cell_begins_a_formula_and_none_is_lost(client: httpx.AsyncClient):
    found = rows((await client.get("/api/jobs.csv")).text)
    assert len(found) == len(HOSTILE) + 1
    assert {row["title"].removeprefix("'") for row in found} == {*HOSTILE, "Engineer"}
    for row in found:
        for cell in row.values():
            assert not cell.strip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


async def test_a_json_file_holds_what_the_list_holds(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exports, "PAGE", 5)
    listed = (await client.get("/api/jobs?limit=500")).json()["jobs"]
    assert len(listed) == len(HOSTILE) + 1
    answer = await client.get("/api/jobs.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="jobs.json"'
    assert answer.json() == listed
    assert [int(row["id"]) for row in rows((await client.get("/api/jobs.csv")).text)] == [job["id"] for job in listed]


@pytest.mark.parametrize("query", ["q=nowhere", "workplace=onsite"])
async def test_nothing_is_a_file_too(client: httpx.AsyncClient, query: str):
    assert json.loads((await client.get(f"/api/jobs.json?{query}")).text) == []
    assert rows((await client.get(f"/api/jobs.csv?{query}")).text) == []


@pytest.mark.parametrize("ending", ["csv", "json"])
async def test_what_is_wrong_is_said_instead_of_a_file(world: World, client: httpx.AsyncClient, ending: str):
    assert (await client.get(f"/api/jobs.{ending}?run=99")).status_code == 404
    assert (await client.get(f"/api/jobs.{ending}?workplace=moon")).status_code == 422
    assert (await world.client().get(f"/api/jobs.{ending}")).status_code == 401
    _, stranger = await world.user("you@example.com")
    assert rows((await stranger.get("/api/jobs.csv")).text) == []
