"""The pool: how it is reached, what it says when it cannot be, and that it comes back."""

from collections.abc import AsyncIterator
from contextlib import suppress

import psycopg
import pytest
from procrastinate import PsycopgConnector
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from jobwire.domain.errors import InvalidInput, JobwireError, Unavailable
from jobwire.storage import database as database_module
from jobwire.storage.database import Database, conninfo


class TestAddress:
    @pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
    def test_every_spelling_means_the_same(self, scheme: str) -> None:
        assert conninfo_to_dict(conninfo(f" {scheme}://ann:p%40ss@db.example:6432/wire?sslmode=require\n")) == {
            "application_name": "jobwire",
            "connect_timeout": "10",
            "dbname": "wire",
            "host": "db.example",
            "options": "-c timezone=UTC",
            "password": "p@ss",
            "port": "6432",
            "sslmode": "require",
            "user": "ann",
        }

    def test_a_socket_and_several_hosts(self) -> None:
        assert conninfo_to_dict(conninfo("postgresql:///wire?host=/var/run/pg"))["host"] == "/var/run/pg"
        assert conninfo_to_dict(conninfo("postgresql://a:1,b:2/wire"))["host"] == "a,b"

    def test_what_the_address_says_wins(self) -> None:
        found = conninfo_to_dict(
            conninfo("postgres://h/d?application_name=mine&connect_timeout=3&options=-c%20timezone%3DAsia/Tokyo")
        )
        assert (found["application_name"], found["connect_timeout"]) == ("mine", "3")
        assert found["options"] == "-c timezone=UTC -c timezone=Asia/Tokyo"

    @pytest.mark.parametrize(
        "url",
        ["", "h/d", "mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:x y/d?no_such=1", "postgres://[::1/hunter2"],
    )
    def test_what_is_no_address_is_refused_without_repeating_it(self, url: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            Database(url)
        assert "hunter2" not in str(refused.value)
        assert "postgresql://" in str(refused.value)


@pytest.fixture
async def one(database_url: str) -> AsyncIterator[Database]:
    """A pool of a single connection."""
    pool = Database(database_url, pool_size=1)
    yield pool
    await pool.close()


async def test_a_session_is_in_utc_and_has_a_name(database: Database) -> None:
    async with database.connect() as connection:
        shown = await connection.execute(
            text("SELECT current_setting('timezone'), current_setting('application_name')")
        )
        assert tuple(shown.one()) == ("UTC", "jobwire")


async def test_begin_commits_what_ends_well_and_nothing_else(database: Database) -> None:
    insert, count = text("INSERT INTO users (email) VALUES ('a@example.com')"), text("SELECT count(*) FROM users")
    with suppress(RuntimeError):
        async with database.begin() as connection:
            await connection.execute(insert)
            raise RuntimeError
    async with database.connect() as connection:
        await connection.execute(insert)  # not committed
    async with database.begin() as connection:
        assert await connection.scalar(count) == 0
        await connection.execute(insert)
    async with database.connect() as connection:
        assert await connection.scalar(count) == 1
    with pytest.raises(IntegrityError):  # the server's own errors pass as they are
        async with database.begin() as connection:
            await connection.execute(insert)


async def test_the_pool_recovers_after_the_server_cut_it_off(database: Database) -> None:
    async with database.connect() as first, database.connect() as second:
        await first.execute(text("SELECT 1"))
        await second.execute(text("SELECT 1"))
    with psycopg.connect(database.conninfo, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(Unavailable, match="lost"):
        async with database.connect() as connection:
            await connection.execute(text("SELECT 1"))
    async with database.connect() as first, database.connect() as second:
        assert await first.scalar(text("SELECT 1")) == await second.scalar(text("SELECT 1")) == 1


async def test_a_pool_that_is_used_up_says_so(one: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one.engine.pool, "_timeout", 0.01)
    async with one.connect():
        with pytest.raises(Unavailable, match="got free"):
            async with one.connect():
                pass


async def _reach(url: str) -> JobwireError:
    database = Database(url)
    try:
        with pytest.raises(Unavailable) as failed:
            async with database.begin():
                pass
        return failed.value
    finally:
        await database.close()


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    error = await _reach(f"postgresql://ann:hunter2@127.0.0.1:{unused_tcp_port}/wire")
    assert "cannot be reached" in error.message
    assert "JOBWIRE_DATABASE_URL" in error.next_step
    assert "hunter2" not in str(error)


async def test_a_database_that_is_not_there(database_url: str) -> None:
    error = await _reach(database_url.replace("/jobwire_test_", "/no_such_"))
    assert "does not exist" in error.message


async def test_a_server_that_is_too_old(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "OLDEST_SERVER", 990_000)
    error = await _reach(database_url)
    assert "PostgreSQL 18" in error.message
    assert "15 or newer" in error.next_step


async def test_procrastinate_takes_the_same_address(database: Database) -> None:
    connector = PsycopgConnector(conninfo=database.conninfo)
    await connector.open_async()
    try:
        row = await connector.execute_query_one_async("SELECT current_setting('timezone') AS zone")
    finally:
        await connector.close_async()
    assert row == {"zone": "UTC"}
