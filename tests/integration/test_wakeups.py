"""Wake-ups over LISTEN and NOTIFY: newest versions only, after a lost connection too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from ingest_world import World
from ledger_world import eventually, jobs_of, ledger_world, listed, settle
from psycopg.conninfo import make_conninfo

from jobwire.domain.runs import RunId, RunStatus, Version
from jobwire.storage.database import Database
from jobwire.storage.wakeups import CHANNEL, Announcer, Wakeups, parse_payload

Heard = list[tuple[RunId, Version]]


@pytest.fixture
def world(database: Database) -> World:
    return ledger_world(database)


def named(database: Database, name: str) -> str:
    return make_conninfo(database.conninfo, application_name=name)


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[Heard]:
    heard: Heard = []
    async with Wakeups(named(world.database, "ear"), lambda run_id, version: heard.append((run_id, version))):
        await eventually(lambda: is_listening(world))
        yield heard


async def is_listening(world: World) -> bool:
    rows = await world.rows("SELECT query FROM pg_stat_activity WHERE application_name = 'ear' AND state = 'idle'")
    return any(row.query.startswith("LISTEN") for row in rows)


async def terminate(world: World, name: str) -> None:
    assert await world.rows(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = :name", name=name
    )


async def heard_of(heard: Heard, run_id: RunId, version: int) -> bool:
    return (run_id, version) in heard


async def test_the_announcer_tells_the_newest_version_of_each_run(world: World) -> None:
    async with listening(world) as heard, Announcer(world.database.conninfo) as announcer:
        for version in range(1, 101):
            announcer.announce(RunId(1), Version(version))
            announcer.announce(RunId(2), Version(200 - version))
        await eventually(lambda: heard_of(heard, RunId(1), 100))
        assert sorted(heard) == [(1, 100), (2, 199)]
        announcer.announce(RunId(1), Version(101))
        await eventually(lambda: heard_of(heard, RunId(1), 101))


async def test_the_announcer_survives_the_end_of_its_connection(world: World) -> None:
    async with listening(world) as heard, Announcer(named(world.database, "mouth")) as announcer:
        announcer.announce(RunId(1), Version(1))
        await eventually(lambda: heard_of(heard, RunId(1), 1))
        await terminate(world, "mouth")
        announcer.announce(RunId(1), Version(2))
        # nothing else is announced: what the dead connection took along is told by the next one
        await eventually(lambda: heard_of(heard, RunId(1), 2))


async def test_the_listener_survives_the_end_of_its_connection(world: World) -> None:
    async with listening(world) as heard, Announcer(world.database.conninfo) as announcer:
        await terminate(world, "ear")
        await eventually(lambda: is_listening(world))
        announcer.announce(RunId(1), Version(7))
        await eventually(lambda: heard_of(heard, RunId(1), 7))


async def test_a_listener_whose_user_fails_goes_on(world: World) -> None:
    heard: Heard = []

    def fragile(run_id: RunId, version: Version) -> None:
        heard.append((run_id, version))
        if len(heard) == 1:
            raise ZeroDivisionError

    async with (
        Wakeups(named(world.database, "ear"), fragile),
        Announcer(world.database.conninfo) as announcer,
    ):
        await eventually(lambda: is_listening(world))
        announcer.announce(RunId(1), Version(1))
        await eventually(lambda: heard_of(heard, RunId(1), 1))
        await eventually(lambda: is_listening(world))
        announcer.announce(RunId(1), Version(2))
        await eventually(lambda: heard_of(heard, RunId(1), 2))


async def test_the_database_itself_tells_changes_of_a_status(world: World) -> None:
    run_id = await listed(world, "1", "2")
    first, _ = await jobs_of(world, run_id)
    async with listening(world) as heard:
        await settle(world, run_id, first)  # no change of the run's status
        await world.runs.abort(await world.user(), run_id)
        aborted = await world.version(run_id)
        await eventually(lambda: heard_of(heard, run_id, aborted))
        assert heard == [(run_id, aborted)]


async def test_nothing_is_told_of_what_was_rolled_back(world: World) -> None:
    run_id = await listed(world, "1")

    async def fail() -> None:
        async with world.ledger.unit() as unit:
            change = await unit.change(run_id)
            await change.end(RunStatus.ABORTED)
            raise ZeroDivisionError

    async with listening(world) as heard, Announcer(world.database.conninfo) as announcer:
        with pytest.raises(ZeroDivisionError):
            await fail()
        announcer.announce(RunId(9), Version(9))
        await eventually(lambda: heard_of(heard, RunId(9), 9))
        assert heard == [(9, 9)]


async def test_strangers_on_the_channel_are_ignored(world: World) -> None:
    async with (
        listening(world) as heard,
        await psycopg.AsyncConnection.connect(world.database.conninfo, autocommit=True) as connection,
    ):
        for payload in ("", "x", "1", "1 x", "1 2 3", "-1 2", "²  1", "5 6"):
            await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
        await eventually(lambda: heard_of(heard, RunId(5), 6))
        assert heard == [(5, 6)]


def test_a_payload_is_a_run_and_a_version() -> None:
    assert parse_payload("17 42") == (17, 42)
    assert parse_payload("17") is None
    assert parse_payload("17 \uff14\uff12") is None
