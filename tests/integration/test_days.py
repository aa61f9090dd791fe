"""Weeks of boards that live on and have bad days: each posting is told new, changed, unchanged, gone or back, exactly.

Real HTTP, the real connectors and a real database. What must be said follows from `days.py`, which shares nothing with
the program. A failure names its seed: the same seed makes the same days.
"""

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from boards_server import Site, settings_for
from boards_shapes import SHAPES, Google, Shape
from days import Board, Post, Reader, Told, Weather
from ingest_world import World, make_world

from jobwire.boards.answers import Answer, Target
from jobwire.boards.http import BoardClient, Manners, timeout
from jobwire.boards.registry import BoardRegistry
from jobwire.boards.room import Load
from jobwire.storage.database import Database

IS_LONG = "JOBWIRE_TEST_LONG" in os.environ
SEEDS = range(40 if IS_LONG else 2)
DAYS = 30 if IS_LONG else 12
FAST = {"127.0.0.1": {"per_second": 10_000, "concurrency": 16}}
SOON_S = 0.1
"""So long is an answer waited for that never comes; all others have the usual time."""
QUESTION = "Has the board really become so small?"
MISSED = re.compile(r"([0-9]+) known postings are missing.* not called expired")


class PlacedGoogle(Google):
    def _row(self, job: Any) -> Any:
        return [*super()._row(job)[:9], [[job["place"]]], *super()._row(job)[10:]]


OF = {shape.system: shape for shape in SHAPES}
SYSTEMS: dict[str, Shape] = {
    "greenhouse": OF["greenhouse"],
    "lever": OF["lever"],
    "smartrecruiters": OF["smartrecruiters"],
    "google": PlacedGoogle("google", slug="google", limit=20, has_total=True),
}
PREFIXES = {"/v1/boards": "greenhouse", "/v0/": "lever", "/v1/companies": "smartrecruiters", "/about/": "google"}
PATIENCE = {"google": 4}
"""Systems whose lists are made for people."""


def wire(shape: Shape, key: str, post: Post) -> dict[str, Any]:
    """A posting as its system writes it."""
    place = {
        "greenhouse": {"location": {"name": post.place}},
        "lever": {"categories": {"location": post.place}},
        "smartrecruiters": {"location": {"fullLocation": post.place}},
        "google": {"place": post.place},
    }
    return {**shape.job(key, post.title, f"<p>{post.text}</p>"), **place[shape.system]}


async def answer(shape: Shape, board: Board, request: web.Request) -> web.StreamResponse:
    """What a board answers on such a day."""
    shown = [wire(shape, key, post) for key, post in board.shown().items()]
    if board.weather is Weather.UNSURE:
        shown.append({**wire(shape, "", Post("Engineer", "Berlin", "text")), shape.id: None})
    if not shape.is_listing(request):
        key = request.path.rsplit("/", 1)[-1]
        if key in board.failing:
            return web.Response(status=500)
        return web.Response(status=404) if key in board.dead else shape.answer(shown, request)
    if board.weather.is_heard:
        return shape.answer(shown, request)
    good = shape.answer([wire(shape, key, post) for key, post in board.posts.items()], request)
    assert isinstance(good, web.Response)
    whole = good.body
    assert isinstance(whole, bytes)
    return await bad_answer(board.weather, whole, good.content_type, request)


async def bad_answer(weather: Weather, whole: bytes, kind: str, request: web.Request) -> web.StreamResponse:
    """What a board makes of a good answer on a bad day."""
    match weather:
        case Weather.FAILING:
            return web.Response(status=500)
        case Weather.SILENT:
            await asyncio.sleep(3600)
            raise AssertionError("somebody has waited")
        case Weather.HTML:
            return web.Response(text="<!doctype html><html><p>Welcome</p></html>", content_type="text/html")
        case Weather.CUT:
            return web.Response(body=whole[: len(whole) // 2], content_type=kind)
        case Weather.BROKEN_OFF:
            return await broken_off(request, whole)
        case _:
            return web.json_response({"jobs": "none"})


async def broken_off(request: web.Request, whole: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(whole))})
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    assert request.transport is not None
    request.transport.close()
    return response


def site_of(boards: Mapping[str, Board]) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        for prefix, system in PREFIXES.items():
            if request.path.startswith(prefix):
                return await answer(SYSTEMS[system], boards[system], request)
        return web.Response(status=404)  # robots.txt

    return handle


def weather(dice: random.Random) -> Weather:
    """Every second day is fine."""
    return Weather.FINE if dice.random() < 0.55 else dice.choice(list(Weather))


class KnowingClient(BoardClient):
    """Waits for no board that is silent today."""

    silent: Collection[str] = ()

    async def _ask(self, target: Target, manners: Manners, load: Load) -> Answer:
        if target.board in self.silent:
            manners = replace(manners, timeout=timeout(total_s=SOON_S, read_s=SOON_S))
        return await super()._ask(target, manners, load)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[KnowingClient]:
    async with KnowingClient(settings_for(site.origin, host_pace=FAST), jitter=lambda: 0.0) as client:
        yield client


@pytest.fixture
def world(database: Database, site: Site, client: KnowingClient) -> World:
    return make_world(database, BoardRegistry(settings_for(site.origin, host_pace=FAST), client))


async def next_day(world: World) -> None:
    """What was seen today was seen a day ago."""
    await world.execute("""
        UPDATE boards SET listing_began_at = listing_began_at - interval '1 day',
            doubt = doubt || jsonb_build_object('counted_at', (doubt ->> 'counted_at')::timestamptz - interval '1 day'),
            setback = setback
                || jsonb_build_object('retry_at', (setback ->> 'retry_at')::timestamptz - interval '1 day')
    """)


async def said(world: World, run: int, company: str) -> Told:
    """What a run says of a board."""
    statuses, reasons = await world.jobs(run, company), await world.reasons(run, company)
    jobs = {key: (status, shortened(status, reasons[key])) for key, status in statuses.items()}
    lines = await world.rows(
        "SELECT message FROM run_logs WHERE run_id = :run AND company = :company", run=run, company=company
    )
    missed = [int(match[1]) for line in lines if (match := MISSED.search(line.message))]
    return Told(jobs, any(QUESTION in line.message for line in lines), sum(missed))


def differences(told: Told, expected: Told) -> dict[str, Any]:
    """What was said and what should have been."""
    keys = told.jobs.keys() | expected.jobs.keys()
    return {
        key: (told.jobs.get(key), expected.jobs.get(key))
        for key in keys
        if told.jobs.get(key) != expected.jobs.get(key)
    }


def shortened(status: str, reason: str) -> str:
    return "status 500" if status == "error" and "status 500" in reason else reason


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_day_is_told_exactly(world: World, site: Site, client: KnowingClient, seed: int) -> None:
    dice = random.Random(seed)
    boards = {system: Board.of(dice.randint(8, 30), dice, has_pages=system == "smartrecruiters") for system in SYSTEMS}
    readers = {system: Reader(PATIENCE.get(system, 1)) for system in SYSTEMS}
    site.answer = site_of(boards)
    user = await world.user()
    await world.follow(user, *(f"{system}={shape.board}" for system, shape in SYSTEMS.items()))
    for day in range(DAYS):
        client.silent = {
            str(SYSTEMS[system].board) for system, board in boards.items() if board.weather is Weather.SILENT
        }
        run = await world.run(user)
        for system, board in boards.items():
            expected = readers[system].hear(board)
            told = await said(world, run, system)
            assert told == expected, f"seed {seed}, day {day}, {system}, {board.weather}: {differences(told, expected)}"
            status, reason = (await world.companies(run))[system]
            assert (status == "error") is not board.weather.is_heard
            if reason is not None:
                assert str(SYSTEMS[system].board) in reason
                assert reason in await world.logs(run)
        await next_day(world)
        for board in boards.values():
            board.live_on(dice, shrinks=dice.random() < 0.08)
            board.weather = weather(dice)
