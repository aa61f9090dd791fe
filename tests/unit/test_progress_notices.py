"""Beats and notices of a planned close: when they come, and what they say."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, UserId, Version
from jobwire.progress.extras import BASE, Encoding, Extra, Wish
from jobwire.progress.hub import Hub
from jobwire.progress.viewer import End, Patience, Viewer
from stream_books import FakeBook
from stream_wire import SseParser, Watcher

NEVER = 3_600.0
NOW_MS = 1_800_000_000_123


class Line:
    """A connection in memory."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.client = Watcher()
        self.parser = SseParser()
        self.grown = asyncio.Condition()

    async def send(self, data: bytes) -> None:
        self.sent.append(data)
        self.client.take(self.parser.feed(data))
        async with self.grown:
            self.grown.notify_all()

    async def end(self, patience_s: float) -> None:
        pass

    def drop(self) -> None:
        raise AssertionError("nobody is slow here")

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self.grown:
            await self.grown.wait_for(condition)

    def told(self, name: str) -> list[dict[str, object]]:
        return [json.loads(event.data) for event in self.client.events if event.name == name]


class Stage:
    def __init__(self, book: FakeBook, user: UserId, run: RunId, hub: Hub) -> None:
        self.book, self.user, self.run, self.hub = book, user, run, hub

    async def set(self, status: JobStatus, *ids: str) -> None:
        await self.book.set(self.run, {JobKey("a", key): status for key in ids})
        self.hub.wake(self.run, Version(self.book.runs[self.run].version))

    @asynccontextmanager
    async def viewer(
        self,
        extras: Extra,
        *,
        cursor: int | None = None,
        life_s: float = NEVER,
        token_s: float = NEVER,
        beat_s: float = NEVER,
    ) -> AsyncIterator[tuple[Line, asyncio.Task[End]]]:
        line, now = Line(), asyncio.get_running_loop().time()
        async with self.hub.channel(self.run, self.user) as channel:
            viewer = Viewer(
                channel,
                None if cursor is None else Version(cursor),
                line,
                ends_at=now + life_s,
                expires_at=now + token_s,
                random=Random(1),
                patience=Patience(beat_s=beat_s),
                wish=Wish(extras),
                clock=lambda: NOW_MS / 1000,
            )
            task = asyncio.create_task(viewer.run())
            try:
                yield line, task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    book = FakeBook()
    user = await book.user()
    run = await book.start(user, ["a"])
    await book.listed(run, "a", {"1": "One", "2": "Two"})
    async with Hub(book, sweep_s=NEVER) as hub:
        yield Stage(book, user, run, hub)


async def ended(task: asyncio.Task[End]) -> End:
    async with asyncio.timeout(5):
        return await task


async def test_the_first_beat_comes_right_after_the_first_group(stage: Stage):
    async with stage.viewer(Extra.BEAT) as (line, _):
        await line.until(lambda: line.client.names == ["status", "all_jobs", "beat"])
    (beat,) = line.told("beat")
    assert (beat["at"], beat["version"], beat["jobs"]) == (NOW_MS, 2, 2)
    assert line.client.events[-1].id is None
    assert not line.client.view.is_astray


async def test_the_first_beat_comes_at_once_where_nothing_is_owed(stage: Stage):
    async with stage.viewer(Extra.BEAT, cursor=2) as (line, _):
        await line.until(lambda: line.client.names == ["beat"])
    assert line.told("beat")[0]["jobs"] == 2


async def test_beats_come_again_and_again_and_tell_what_the_client_holds(stage: Stage):
    async with stage.viewer(Extra.BEAT, beat_s=0.02) as (line, _):
        await line.until(lambda: len(line.told("beat")) == 3)
        await stage.set(JobStatus.READY, "1")
        await line.until(lambda: "update" in line.client.names)
        await line.until(lambda: line.client.names[-1] == "beat")
        assert line.client.view.beat is not None
        assert line.client.view.beat.version == 3
        assert not line.client.view.is_astray


async def test_who_did_not_ask_gets_no_beat_and_no_notice(stage: Stage):
    async with stage.viewer(BASE, life_s=0.05, beat_s=0.01) as (line, task):
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "all_jobs"]


async def test_the_last_beat_comes_right_before_the_end(stage: Stage):
    async with stage.viewer(Extra.BEAT) as (line, task):
        await line.until(lambda: line.client.names[-1:] == ["beat"])
        await stage.set(JobStatus.READY, "1", "2")
        assert await ended(task) is End.DONE
    assert line.client.names[-3:] == ["update", "beat", "status"]
    assert not line.client.view.is_astray


async def test_a_planned_close_is_told_a_third_of_a_short_life_before(stage: Stage):
    async with stage.viewer(Extra.ROTATE, life_s=0.3) as (line, task):
        assert await ended(task) is End.DONE
    (notice,) = line.told("rotate")
    assert notice["reason"] == "lifetime"
    assert isinstance(notice["in_ms"], int)
    assert 0 <= notice["in_ms"] <= 100
    assert line.client.names == ["status", "all_jobs", "rotate"]
    assert line.sent[-1] == b"retry: 20\n\n"


async def test_a_planned_close_of_a_long_life_is_told_two_seconds_before(stage: Stage):
    """The viewer is not waited for: where it would say so is asked of it."""
    async with stage.hub.channel(stage.run, stage.user) as channel:
        now = asyncio.get_running_loop().time()
        options = {"random": Random(1), "patience": Patience(), "wish": Wish(Extra.ROTATE)}
        viewer = Viewer(channel, None, Line(), ends_at=now + 900, expires_at=now + NEVER, **options)
        assert viewer._warns_at == pytest.approx(now + 898, abs=0.5)


async def test_what_happens_after_the_notice_is_sent_still(stage: Stage):
    async with stage.viewer(Extra.ROTATE, life_s=1.2) as (line, task):
        await line.until(lambda: "rotate" in line.client.names)
        await stage.set(JobStatus.CRAWLING, "1")
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "all_jobs", "rotate", "update"]


async def test_a_token_that_ends_first_is_the_reason(stage: Stage):
    async with stage.viewer(Extra.ROTATE, token_s=0.3) as (line, _):
        await line.until(lambda: "rotate" in line.client.names)
    assert line.told("rotate")[0]["reason"] == "token"


async def test_at_shutdown_there_is_nowhere_to_go_yet(stage: Stage):
    async with stage.viewer(Extra.ROTATE) as (line, task):
        await line.until(lambda: "all_jobs" in line.client.names)
        stage.hub.close()
        assert await ended(task) is End.DONE
    assert line.told("rotate") == [{"in_ms": 0, "reason": "shutdown"}]
    assert line.parser.retry is not None
    assert 20 <= line.parser.retry <= 2_000


async def test_what_is_sent_is_counted(stage: Stage):
    meters = stage.hub.meters
    async with stage.viewer(BASE) as (line, _), stage.viewer(BASE) as (other, _):
        for one in (line, other):
            await one.until(lambda one=one: "all_jobs" in one.client.names)
        assert sum(meters.commit_to_send.counts) == 0  # to begin is no news
        await stage.set(JobStatus.CRAWLING, "1")
        for one in (line, other):
            await one.until(lambda one=one: "update" in one.client.names)
    traffic = meters.of(Encoding.IDENTITY)
    assert (traffic.made, traffic.sent) == (2, 4)
    assert traffic.bytes == sum(map(len, line.sent)) + sum(map(len, other.sent))
    assert meters.of(Encoding.GZIP).sent == 0
    assert sum(meters.commit_to_send.counts) == 2
    assert (meters.reads, meters.channels) == (2, 1)
