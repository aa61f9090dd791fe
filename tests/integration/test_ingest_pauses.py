"""A host that wants to be left alone: the run says so, loses nothing, and comes to an end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web
from boards_server import Site, Time, client, serve, settings_for
from ingest_world import World, make_world
from ledger_world import eventually

from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.bootstrap.working import working
from jobwire.domain.runs import RunId, UserId
from jobwire.domain.standing import Standing
from jobwire.ingest.extraction import Extraction
from jobwire.ingest.pacing import Pacing
from jobwire.ingest.pauses import MOST_CUT_SHORT, TOLD_FROM_S, Pauses
from jobwire.ingest.ports.runs import Claim
from jobwire.ingest.settling import Settler
from jobwire.ingest.slices import Slices
from jobwire.storage.database import Database
from jobwire.storage.ledger import Ledger, Unit
from jobwire.storage.paces import HostPaces
from jobwire.storage.posting_columns import extracted_row
from jobwire.worker.queue import Queue, open_queue

HOST: Final = "127.0.0.1"
PAGE: Final = 100


@dataclass
class Quota:
    """A Lever board of so many pages, at a host that gives so many answers in so many seconds."""

    time: Time
    pages: int
    answers: int
    seconds: float
    began: float = 0.0
    given: int = 0

    def __call__(self, request: web.Request) -> web.Response:
        now = self.time.now
        if now - self.began >= self.seconds:
            self.began, self.given = now, 0
        self.given += 1
        if self.given > self.answers:
            left = self.began + self.seconds - now
            return web.Response(status=429, headers={"Retry-After": str(int(left) + 1)})
        skip = int(request.query["skip"])
        count = PAGE if skip < self.pages * PAGE else 0
        return web.json_response([{"id": str(skip + line), "text": "Engineer"} for line in range(count)])


class Timed(Ledger):
    """A ledger that has the boards' clock: what is said in a run's log is a time of that one."""

    def __init__(self, database: Database, time: Time) -> None:
        super().__init__(database, lambda _run_id, _version: None)
        self._time = time
        self._began = datetime.now(UTC) - timedelta(seconds=time.now)

    async def claim(self, run_id: RunId, host: str) -> Claim:
        return replace(await super().claim(run_id, host), at=self._began + timedelta(seconds=self._time.now))


@dataclass
class Lever:
    """A run at a Lever board, over real HTTP, by a clock that only waiting moves."""

    world: World
    site: Site
    time: Time
    client: BoardClient
    boards: BoardRegistry

    def work_by(self, ledger: Ledger) -> None:
        """Work on slices with this ledger from now on."""
        extractor = Extraction(self.boards, extracted_row)
        self.world.slices = Slices(ledger, self.boards, extractor, lambda: self.time.now, lambda: 0.0)

    async def start(self) -> RunId:
        user = await self.world.user()
        await self.world.follow(user, "acme=lever:acme")
        return await self.world.start(user)

    async def work(self) -> bool:
        """One slice, and the wait that it wants; whether there is more to do."""
        end = await self.world.work()
        self.time.now += end.wait_s
        return end.more

    async def company(self, run_id: RunId) -> tuple[str, str | None]:
        (row,) = await self.world.rows("SELECT status, reason FROM run_companies WHERE run_id = :run", run=run_id)
        return row.status, row.reason

    async def warnings(self, run_id: RunId) -> list[str]:
        rows = await self.world.rows(
            "SELECT message FROM run_logs WHERE run_id = :run AND level = 'warning' ORDER BY seq", run=run_id
        )
        return [row.message for row in rows]


@asynccontextmanager
async def lever(
    database: Database, answer: Callable[[Time], Callable[[web.Request], web.Response]], time: Time | None = None
) -> AsyncIterator[Lever]:
    time = time or Time()
    async with serve() as site:
        site.answer = answer(time)
        settings = settings_for(site.origin, host_pace={HOST: {"per_second": 2, "concurrency": 2}})
        async with client(settings, time) as process:
            boards = BoardRegistry(settings, process)
            at = Lever(make_world(database, boards), site, time, process, boards)
            at.work_by(Timed(database, time))
            yield at


async def test_a_long_listing_goes_on_where_its_host_made_it_wait(database: Database) -> None:
    pages = 190
    async with lever(database, lambda time: Quota(time, pages, answers=100, seconds=60)) as at:
        run_id = await at.start()
        while await at.work():
            assert len(at.site.requests) < 2 * pages, "the listing never ends"

        assert await at.world.status(run_id) == "finished"
        assert len(await at.world.jobs(run_id)) == pages * PAGE
        # One after the last page that is full, and few that were refused.
        assert pages < len(at.site.requests) < pages + 20


async def test_a_listing_that_has_to_begin_again_and_again_fails_with_its_reason(database: Database) -> None:
    async with lever(database, lambda time: Quota(time, 190, answers=20, seconds=800)) as at:
        run_id = await at.start()
        while await at.work():
            assert len(at.site.requests) < 1_000, "the listing never ends"

        status, reason = await at.company(run_id)
        assert (status, await at.world.status(run_id)) == ("error", "error")
        assert reason is not None
        assert f"begin again {MOST_CUT_SHORT} times" in reason
        assert HOST in reason


async def test_a_pause_is_told_with_its_time_and_taken_back(database: Database) -> None:
    def answer(time: Time) -> Callable[[web.Request], web.Response]:
        return Quota(time, pages=1, answers=0, seconds=60)

    async with lever(database, answer) as at:
        run_id = await at.start()
        assert await at.work()
        (line,) = await at.warnings(run_id)
        assert f"{HOST} asks to be left alone for 6" in line
        assert " UTC" in line
        status, reason = await at.company(run_id)
        assert status == "listing"
        assert reason is not None
        assert reason.startswith(f"{HOST} asks to be left alone until ")

        at.site.answer = Quota(at.time, pages=1, answers=10, seconds=60)
        while await at.work():
            pass
        assert await at.company(run_id) == ("done", None)
        assert len(await at.warnings(run_id)) == 1


async def test_a_run_that_comes_to_a_host_in_its_pause_is_told_as_well(database: Database) -> None:
    async with lever(database, lambda time: Quota(time, pages=1, answers=0, seconds=60)) as at:
        first = await at.start()
        await at.world.work()
        other = await at.world.user("other@example.com")
        await at.world.follow(other, "acme=lever:acme")
        second = await at.world.start(other)
        asked = len(at.site.requests)
        at.world.tasks.queue.reverse()
        await at.world.work()

        assert len(at.site.requests) == asked
        assert len(await at.warnings(second)) == len(await at.warnings(first)) == 1
        assert (await at.company(second))[1] is not None


async def test_a_run_that_starts_in_a_pause_is_told_before_its_tasks_have_their_turn(database: Database) -> None:
    async with lever(database, lambda time: Quota(time, pages=1, answers=10, seconds=60)) as at:
        await HostPaces(database).note(HOST, Standing(pause_s=60))
        run_id = await at.start()
        (line,) = await at.warnings(run_id)
        assert line.startswith(f"{HOST} asks to be left alone for 60 s: everything there goes on at ")
        status, reason = await at.company(run_id)
        assert (status, await at.world.status(run_id)) == ("waiting", "pending")
        assert reason is not None
        assert reason.startswith(f"{HOST} asks to be left alone until ")

        at.client.resume(HOST, Standing(pause_s=60))
        assert await at.work()
        assert len(await at.warnings(run_id)) == 1, "the slice knows that it was told"
        while await at.work():
            pass
        assert await at.company(run_id) == ("done", None)
        assert len(await at.warnings(run_id)) == 1


async def test_short_pauses_and_those_of_others_hosts_are_not_told(database: Database) -> None:
    async with lever(database, lambda time: Quota(time, pages=1, answers=10, seconds=60)) as at:
        await HostPaces(database).note(HOST, Standing(pause_s=TOLD_FROM_S))
        await HostPaces(database).note("elsewhere.example", Standing(pause_s=60))
        run_id = await at.start()
        assert (await at.warnings(run_id), await at.company(run_id)) == ([], ("waiting", None))
        assert await at.world.version(run_id) == 1


async def test_a_retry_in_a_pause_is_told_of_it(database: Database) -> None:
    async with lever(database, lambda time: lambda _: web.Response(status=404)) as at:
        run_id = await at.start()
        while await at.work():
            pass
        await HostPaces(database).note(HOST, Standing(pause_s=60))
        (row,) = await at.world.rows("SELECT user_id FROM runs")
        again = (await at.world.retry(UserId(row.user_id), run_id)).run_id
        assert len(await at.warnings(again)) == 1
        status, reason = await at.company(again)
        assert status == "waiting"
        assert reason is not None


class SlowToSay(Timed):
    """A ledger that says that a pause is told not before the slice comes to its end."""

    def __init__(self, database: Database, time: Time, is_ending: asyncio.Event) -> None:
        super().__init__(database, time)
        self._is_ending = is_ending

    @asynccontextmanager
    async def unit(self) -> AsyncGenerator[Unit]:
        async with super().unit() as unit:
            yield unit
        task = asyncio.current_task()
        assert task is not None
        if task.get_coro().__name__ == Pauses.watch.__name__:
            await self._is_ending.wait()


async def test_a_run_is_told_once_of_a_pause_that_is_being_told_as_its_slice_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_ending = asyncio.Event()
    close = Settler.close

    def say_and_close(settler: Settler) -> None:
        is_ending.set()
        close(settler)

    monkeypatch.setattr(Settler, "close", say_and_close)
    async with lever(database, lambda time: Quota(time, pages=1, answers=0, seconds=60)) as at:
        run_id = await at.start()
        at.client.resume(HOST, Standing(pause_s=60))
        at.work_by(SlowToSay(database, at.time, is_ending))
        assert await at.work()

        assert at.site.requests == []
        assert len(await at.warnings(run_id)) == 1
        status, reason = await at.company(run_id)
        assert status == "listing"
        assert reason is not None


async def test_a_slice_that_takes_a_run_up_in_a_pause_that_it_was_told_of_does_not_tell_it_again(
    database: Database,
) -> None:
    async with lever(database, lambda time: Quota(time, pages=1, answers=0, seconds=60)) as at:
        run_id = await at.start()
        await at.world.work()
        told = await at.company(run_id)
        at.time.now += 10
        await at.world.work()

        assert len(await at.warnings(run_id)) == 1
        assert await at.company(run_id) == told


async def test_a_pause_is_news_again_where_it_lasts_longer_than_was_told(database: Database) -> None:
    async with lever(database, lambda time: Quota(time, pages=1, answers=0, seconds=60)) as at:
        run_id = await at.start()
        ledger = Timed(database, at.time)
        claim = await ledger.claim(run_id, HOST)
        pauses = Pauses(ledger, at.boards, claim, HOST, lambda: claim.at + timedelta(seconds=at.time.now - began))
        began, told = at.time.now, list[int]()
        for pause_s in (TOLD_FROM_S, 60, 60 + TOLD_FROM_S, 60 + 2 * TOLD_FROM_S, 60):
            at.client.resume(HOST, Standing(pause_s=pause_s))
            await pauses.tell()
            told.append(len(await at.warnings(run_id)))

        assert told == [0, 1, 1, 2, 2]


class Standstill(Time):
    """A clock of a worker that is killed while it waits: none of its waits comes to an end."""

    async def sleep(self, seconds: float) -> None:
        if seconds > 5:
            await asyncio.Event().wait()
        await super().sleep(seconds)


async def test_who_takes_over_from_a_killed_worker_knows_of_the_pause_that_it_was_in(database: Database) -> None:
    standings, killed_at, time = HostPaces(database), Standstill(), Time()

    async def has_told() -> bool:
        standing, _ = await standings.of(HOST)
        return standing.pause_s > 0 and bool(await at.warnings(run_id))

    async with lever(database, lambda _: Quota(killed_at, pages=3, answers=2, seconds=60), killed_at) as at:
        run_id = await at.start()

        async def work() -> None:
            async with Pacing(at.client, standings).at(HOST):
                await at.world.work()

        killed = asyncio.create_task(work())
        try:
            await eventually(has_told)
            told, asked = await at.company(run_id), len(at.site.requests)
            settings = settings_for(at.site.origin)
            async with client(settings, time) as process:
                world = make_world(database, BoardRegistry(settings, process))
                async with Pacing(process, standings).at(HOST):
                    end = await world.slices.work(run_id, HOST)
        finally:
            killed.cancel()
            await asyncio.gather(killed, return_exceptions=True)

        assert asked == len(at.site.requests) == 3
        assert end.wait_s > 0
        for status, reason in (told, await at.company(run_id)):
            assert status == "listing"
            assert reason is not None
            assert reason.startswith(f"{HOST} asks to be left alone until ")


async def test_workers_leave_a_host_alone_together_until_its_time(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Two real workers, two people: what one was told by the host, both keep to."""
    pause_s, times = 6.0, list[float]()

    def answer(request: web.Request) -> web.Response:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 1:
            return web.Response(status=429, headers={"Retry-After": str(int(pause_s))})
        return web.json_response([{"id": "1", "text": "Engineer"}])

    async with serve() as site, AsyncExitStack() as stack:
        site.answer = answer
        settings = settings_for(site.origin, database_url=database_url, data_dir=tmp_path)
        process = await stack.enter_async_context(client(settings))
        world = make_world(database, BoardRegistry(settings, process), tasks=Queue(open_queue(database.conninfo)))
        runs = list[RunId]()
        for name in ("me", "other"):
            user = await world.user(f"{name}@example.com")
            await world.follow(user, f"lever:{name}-one", f"lever:{name}-two")
            runs.append(await world.start(user))

        async def is_finished(run_id: RunId) -> bool:
            return await world.status(run_id) == "finished"

        workers = [asyncio.create_task(working(settings)) for _ in range(2)]
        try:
            for run_id in runs:
                await eventually(lambda run_id=run_id: is_finished(run_id))
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    assert len(times) == 5
    assert min(times[1:]) - times[0] >= pause_s
