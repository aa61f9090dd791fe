"""Beats and notices of a planned close: when they come, and what they say."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jobwire.domain.runs import JobStatus
from jobwire.progress.extras import BASE, Encoding, Extra
from jobwire.progress.viewer import End
from stream_stage import FOREVER, Line, Stage, ended, make_viewer, staged

NOW_MS = 1_800_000_000_123


def told(line: Line, name: str) -> list[dict[str, object]]:
    return [json.loads(event.data) for event in line.client.events if event.name == name]


@asynccontextmanager
async def watched(
    stage: Stage, extras: Extra, *, beat_s: float = FOREVER, **options: Any
) -> AsyncIterator[tuple[Line, asyncio.Task[End]]]:
    """A viewer of a client that keeps up, with a clock that stands still."""
    async with stage.viewer(extras=extras, beat_s=beat_s, clock=lambda: NOW_MS / 1000, **options) as (line, task):
        yield line, task
    assert not line.dropped, "nobody is slow here"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        await stage.list_jobs("1", "2")
        yield stage


async def test_the_first_beat_comes_right_after_the_first_group(stage: Stage):
    async with watched(stage, Extra.BEAT) as (line, _):
        await line.until(lambda: line.client.names == ["status", "all_jobs", "beat"])
    (beat,) = told(line, "beat")
    assert (beat["at"], beat["version"], beat["jobs"]) == (NOW_MS, 2, 2)
    assert line.client.events[-1].id is None
    assert not line.client.view.is_astray


async def test_the_first_beat_comes_at_once_where_nothing_is_owed(stage: Stage):
    async with watched(stage, Extra.BEAT, cursor=2) as (line, _):
        await line.until(lambda: line.client.names == ["beat"])
    assert told(line, "beat")[0]["jobs"] == 2


async def test_beats_come_again_and_again_and_tell_what_the_client_holds(stage: Stage):
    async with watched(stage, Extra.BEAT, beat_s=0.02) as (line, _):
        await line.until(lambda: len(told(line, "beat")) == 3)
        await stage.set(JobStatus.READY, "1")
        await line.until(lambda: "update" in line.client.names)
        await line.until(lambda: line.client.names[-1] == "beat")
        assert line.client.view.beat is not None
        assert line.client.view.beat.version == 3
        assert not line.client.view.is_astray


async def test_who_did_not_ask_gets_no_beat_and_no_notice(stage: Stage):
    async with watched(stage, BASE, life_s=0.05, beat_s=0.01) as (line, task):
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "all_jobs"]


async def test_the_last_beat_comes_right_before_the_end(stage: Stage):
    async with watched(stage, Extra.BEAT) as (line, task):
        await line.until(lambda: line.client.names[-1:] == ["beat"])
        await stage.set(JobStatus.READY, "1", "2")
        assert await ended(task) is End.DONE
    assert line.client.names[-3:] == ["update", "beat", "status"]
    assert not line.client.view.is_astray


async def test_a_planned_close_is_told_a_third_of_a_short_life_before(stage: Stage):
    async with watched(stage, Extra.ROTATE, life_s=0.3) as (line, task):
        assert await ended(task) is End.DONE
    (notice,) = told(line, "rotate")
    assert notice["reason"] == "lifetime"
    assert isinstance(notice["in_ms"], int)
    assert 0 <= notice["in_ms"] <= 100
    assert line.client.names == ["status", "all_jobs", "rotate"]
    assert line.sent[-1] == b"retry: 20\n\n"


async def test_a_planned_close_of_a_long_life_is_told_two_seconds_before(stage: Stage):
    """The viewer is not waited for: where it would say so is asked of it."""
    async with stage.hub.channel(stage.run, stage.user) as channel:
        now = asyncio.get_running_loop().time()
        viewer = make_viewer(channel, Line(), life_s=900, extras=Extra.ROTATE)
        assert viewer._warns_at == pytest.approx(now + 898, abs=0.5)


async def test_what_happens_after_the_notice_is_sent_still(stage: Stage):
    async with watched(stage, Extra.ROTATE, life_s=1.2) as (line, task):
        await line.until(lambda: "rotate" in line.client.names)
        await stage.set(JobStatus.CRAWLING, "1")
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "all_jobs", "rotate", "update"]


async def test_a_token_that_ends_first_is_the_reason(stage: Stage):
    async with watched(stage, Extra.ROTATE, token_s=0.3) as (line, _):
        await line.until(lambda: "rotate" in line.client.names)
    assert told(line, "rotate")[0]["reason"] == "token"


async def test_at_shutdown_there_is_nowhere_to_go_yet(stage: Stage):
    async with watched(stage, Extra.ROTATE) as (line, task):
        await line.until(lambda: "all_jobs" in line.client.names)
        stage.hub.close()
        assert await ended(task) is End.DONE
    assert told(line, "rotate") == [{"in_ms": 0, "reason": "shutdown"}]
    assert line.parser.retry is not None
    assert 20 <= line.parser.retry <= 2_000


async def test_what_is_sent_is_counted(stage: Stage):
    meters = stage.hub.meters
    async with watched(stage, BASE) as (line, _), watched(stage, BASE) as (other, _):
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
