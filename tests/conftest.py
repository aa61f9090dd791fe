"""A real PostgreSQL for every test that asks for one.

One embedded server serves all pytest processes of this checkout (or `JOBWIRE_TEST_DATABASE_URL` names another). Each
session migrates a template database once; each test gets a clone of it, dropped afterwards.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from jobwire.storage import embedded
from jobwire.storage.database import Database
from jobwire.storage.migrate import migrate
from postgres_server import TestServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestServer]:
    """A server on which tests may make databases."""
    if given := os.environ.get("JOBWIRE_TEST_DATABASE_URL"):
        yield TestServer(given)
        return
    # Not durable: after a crash of the machine, delete the folder.
    with embedded.start(Path(__file__).parents[1] / ".data" / "test", durable=False) as running:
        server = TestServer(running.url)
        server.drop_abandoned()
        yield server


@pytest.fixture(scope="session")
async def template_url(postgres: TestServer) -> AsyncIterator[str]:
    """A migrated database that nobody connects to: clones are taken of it."""
    url = postgres.create()
    database = Database(url, pool_size=1)
    try:
        await migrate(database)
    finally:
        await database.close()
    yield url
    postgres.drop(url)


@pytest.fixture
def empty_database_url(postgres: TestServer) -> Iterator[str]:
    """An empty database of the test's own, without Jobwire's schema."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def database_url(postgres: TestServer, template_url: str) -> Iterator[str]:
    """A migrated, empty database of the test's own."""
    url = postgres.create(template=template_url)
    yield url
    postgres.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A pool on `database_url`."""
    pool = Database(database_url)
    yield pool
    await pool.close()
