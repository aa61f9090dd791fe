"""Runs over systems with hosts of their own: the second one finds nothing new, whatever moves by itself."""

from collections.abc import AsyncIterator
from types import ModuleType

import pytest
from aiohttp import web
from boards_server import Site, settings_for
from boards_shapes import SHAPES, Shape
from ingest_world import World, make_world

from jobwire.boards import listings, room
from jobwire.boards.http import BoardClient
from jobwire.boards.listings import FLAKY
from jobwire.boards.registry import BoardRegistry
from jobwire.storage.database import Database

FAST = {"127.0.0.1": {"per_second": 10_000, "concurrency": 16}}
FLAKY_SYSTEMS = {"google", "page"}
NEW = [shape for shape in SHAPES if shape.system not in {"greenhouse", "lever", "lever-eu", "ashby", "smartrecruiters"}]


@pytest.fixture
async def world(database: Database, site: Site) -> AsyncIterator[World]:
    settings = settings_for(site.origin, host_pace=FAST)
    async with BoardClient(settings, jitter=lambda: 0.0) as client:
        yield make_world(database, BoardRegistry(settings, client))


@pytest.mark.parametrize("shape", NEW, ids=lambda shape: shape.system)
async def test_a_second_run_finds_nothing_new_and_a_third_what_changed(world: World, site: Site, shape: Shape) -> None:
    moving = {"workday": "postedOn", "amazon": "updated_time"}.get(shape.system)
    jobs = [shape.job(str(n), f"Engineer {n}") for n in range(25)]
    site.answer = shape.site(jobs)
    user = await world.user()
    await world.follow(user, f"acme={shape.board}")
    assert await world.counts(await world.run(user)) == {"ready": 25}

    if moving:
        for job in jobs:
            job[moving] = "3 days ago"
    asked = len(site.requests)
    second = await world.run(user)
    assert await world.counts(second) == {"skipped": 25}
    assert len(site.requests) > asked

    jobs[3] = shape.job("3", "Engineer 3", "<p>Another text</p>")
    del jobs[7]
    third = await world.run(user)
    states = await world.jobs(third)
    assert len(states) == 24 + (shape.system not in FLAKY_SYSTEMS)
    for _ in range(FLAKY - 1 if shape.system in FLAKY_SYSTEMS else 0):
        states |= {key: state for key, state in (await world.jobs(await world.run(user))).items() if state != "skipped"}
    assert {key: state for key, state in states.items() if state != "skipped"} == {"3": "ready", "7": "expired"}


async def test_a_company_that_a_system_does_not_know_expires_nothing(world: World, site: Site) -> None:
    shape = next(shape for shape in NEW if shape.system == "breezy")
    site.answer = shape.site([shape.job("1", "Engineer"), shape.job("2", "Cook")])
    user = await world.user()
    await world.follow(user, f"acme={shape.board}")
    await world.run(user)

    site.answer = lambda _: web.Response(status=302, headers={"Location": "https://breezy.hr/"})
    run_id = await world.run(user)
    state, reason = (await world.companies(run_id))["acme"]
    assert state == "error"
    assert "leads to breezy.hr" in str(reason)
    assert not await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL")


LONG = 250
"""So many postings of Lever's take three requests."""


@pytest.mark.parametrize(
    ("module", "bound", "value", "state", "said"),
    [
        (room, "MAX_TAKEN_BYTES", 20_000, "error", "the listing takes more than 0 MB"),
        (room, "MAX_HELD_BYTES", 300_000, "error", "the listing holds more than 0 MB"),
        (room, "MAX_REQUESTS", 2, "error", "the listing takes more than 2 requests"),
        (listings, "MAX_LINES", LONG - 50, "done", f"Only the first {LONG - 50} lines of the listing were read"),
    ],
)
async def test_a_listing_that_is_out_of_bounds_says_nothing_of_what_is_gone(
    world: World,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    bound: str,
    value: int,
    state: str,
    said: str,
) -> None:
    """A fifth of the postings is beyond the bound: too few for any guard to speak."""
    shape = next(shape for shape in SHAPES if shape.system == "lever")
    site.answer = shape.site([shape.job(str(n), f"Engineer {n}") for n in range(LONG)])
    user = await world.user()
    await world.follow(user, f"acme={shape.board}")
    await world.run(user)
    with monkeypatch.context() as bounds:
        bounds.setattr(module, bound, value)
        run_id = await world.run(user)

    status, reason = (await world.companies(run_id))["acme"]
    assert status == state
    assert any(said in line and (state == "done" or line == reason) for line in await world.logs(run_id))
    assert "expired" not in (await world.jobs(run_id)).values()
    assert not await world.rows("SELECT 1 FROM postings WHERE gone_listing IS NOT NULL")
    if state == "done":
        assert any("are not called expired: the listing was not complete" in line for line in await world.logs(run_id))
    assert await world.counts(await world.run(user)) == {"skipped": LONG}
