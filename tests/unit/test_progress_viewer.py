"""A viewer sends what its client is owed, and comes to an end whatever the client does."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from random import Random

import pytest

from jobwire.domain.runs import JobStatus, Version
from jobwire.progress.channel import READ_INTERVAL_S
from jobwire.progress.viewer import End, lifetime_s
from stream_stage import Line, Stage, ended, make_viewer, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        yield stage


async def test_a_whole_run(stage: Stage):
    async with stage.viewer() as (line, task):
        await line.until(lambda: line.client.names == ["status"])
        await stage.list_jobs("1", "2")
        await line.until(lambda: line.client.names == ["status", "status", "all_jobs"])
        await stage.set(JobStatus.CRAWLING, "1")
        await line.until(lambda: len(line.client.names) == 4)
        await stage.set(JobStatus.READY, "1", "2")
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "status", "all_jobs", "update", "all_jobs", "status"]
    assert line.client.jobs == {("a", "1"): ("Job 1", "ready"), ("a", "2"): ("Job 2", "ready")}
    assert line.sent[0].startswith(b": jobwire\nretry: ")
    assert 1_000 <= int(line.sent[0].split()[-1]) <= 3_000
    assert line.ended_within == 60


async def test_a_client_that_is_in_step_gets_the_opening_and_then_news_alone(stage: Stage):
    await stage.list_jobs("1", "2")
    async with stage.viewer(cursor=2) as (line, _):
        await line.until(lambda: len(line.sent) == 1)
        await stage.set(JobStatus.CRAWLING, "1")
        await line.until(lambda: line.client.names == ["update"])


async def test_a_burst_is_read_few_times_and_merged(stage: Stage):
    await stage.list_jobs(*map(str, range(100)))
    async with stage.viewer() as (line, _):
        await line.until(lambda: "all_jobs" in line.client.names)
        clock = asyncio.get_running_loop().time
        before, began = stage.book.reads, clock()
        for number in range(99):
            await stage.set(JobStatus.READY, str(number))
            await asyncio.sleep(0)
        await line.until(lambda: line.client.jobs["a", "98"][1] == "ready")
        reads, most = stage.book.reads - before, 2 + (clock() - began) // READ_INTERVAL_S
    assert reads <= most
    assert line.client.names.count("update") <= reads


async def test_a_slow_client_gets_one_merged_update_and_holds_up_nobody(stage: Stage):
    await stage.list_jobs("1", "2", "3")
    async with stage.viewer() as (slow, _), stage.viewer() as (quick, _):
        await slow.until(lambda: "all_jobs" in slow.client.names)
        slow.stall()
        for key in ("1", "2"):
            for status in (JobStatus.CRAWLING, JobStatus.READY):
                await stage.set(status, key)
                await quick.until(lambda key=key, status=status: quick.client.jobs["a", key][1] == status)
        assert "update" not in slow.client.names
        slow.flowing.set()
        await slow.until(lambda: slow.client.jobs == quick.client.jobs)
    assert slow.client.names.count("update") <= 2  # the one it was at when it stalled, and one for all the rest
    assert quick.client.names.count("update") == 4


async def test_silence_is_filled_with_comments(stage: Stage):
    async with stage.viewer(heartbeat_s=0.02) as (line, _):
        await line.until(lambda: line.sent.count(b":\n\n") >= 3)
    assert line.client.names == ["status"]


async def test_a_planned_end_says_to_come_back_at_once(stage: Stage):
    async with stage.viewer(life_s=0.02) as (line, task):
        assert await ended(task) is End.DONE
    assert line.sent[-1] == b"retry: 20\n\n"
    assert line.ended_within is not None


async def test_however_short_a_connection_it_brings_the_client_on(stage: Stage):
    await stage.list_jobs("1")
    async with stage.viewer(life_s=0) as (line, task):
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "all_jobs"]
    assert line.sent[-1] == b"retry: 20\n\n"


async def test_a_planned_end_never_comes_in_the_middle_of_a_group(stage: Stage):
    await stage.book.listed(stage.run, "a", {str(number): "x" * 1_000 for number in range(500)})
    async with stage.viewer(life_s=0.02) as (line, task):
        line.stall_at = 3
        await line.until(lambda: len(line.sent) == 3)
        await asyncio.wait({task}, timeout=0.1)
        assert len(line.sent) == 3
        assert not task.done()
        line.flowing.set()
        assert await ended(task) is End.DONE
    assert line.client.names == ["status", "all_jobs"]
    assert line.sent[-1] == b"retry: 20\n\n"


async def test_the_token_ends_a_stream_in_the_middle_of_anything(stage: Stage):
    async with stage.viewer(token_s=1) as (line, task):
        await line.until(lambda: len(line.sent) == 2)
        line.stall()
        stage.hub.wake(stage.run, Version(2))
        await stage.list_jobs("1")
        assert await ended(task) is End.BROKEN
    assert line.dropped


async def test_a_client_that_takes_nothing_is_dropped(stage: Stage):
    async with stage.viewer(stall_s=0.05) as (line, task):
        await line.until(lambda: len(line.sent) == 2)
        line.stall()
        await stage.list_jobs("1")
        assert await ended(task) is End.BROKEN
    assert line.dropped
    assert line.ended_within is None


async def test_a_client_that_is_slow_but_takes_something_is_kept(stage: Stage):
    async with stage.viewer(stall_s=1.5) as (line, task):
        for number in range(3):
            await line.until(lambda number=number: len(line.sent) >= 2 + number)
            line.stall()
            await (stage.list_jobs("1", "2", "3", "4") if number == 0 else stage.set(JobStatus.READY, str(number)))
            await asyncio.wait({task}, timeout=0.6)
            line.flowing.set()
        await line.until(lambda: line.client.jobs.get(("a", "2"), ("", ""))[1] == "ready")
        assert not line.dropped


async def test_a_client_that_went_ends_the_viewer_at_once(stage: Stage):
    line = Line()
    async with stage.hub.channel(stage.run, stage.user) as channel:
        viewer = make_viewer(channel, line)
        task = asyncio.create_task(viewer.run())
        await line.until(lambda: len(line.sent) == 2)
        viewer.lose()
        assert await ended(task) is End.BROKEN
        assert not channel.watchers


async def test_shutdown_tells_all_viewers_at_once(stage: Stage):
    async with stage.viewer() as (one, first), stage.viewer() as (two, second):
        await one.until(lambda: len(one.sent) == 2)
        await two.until(lambda: len(two.sent) == 2)
        stage.hub.close()
        assert await ended(first) is await ended(second) is End.DONE
    for line in (one, two):
        assert line.parser.retry is not None
        assert 20 <= line.parser.retry <= 2_000
        assert line.ended_within == 2


async def test_shutdown_does_not_wait_for_a_client_that_takes_nothing(stage: Stage):
    async with stage.viewer(farewell_s=0.05) as (line, task):
        await line.until(lambda: len(line.sent) == 2)
        line.stall()
        await stage.list_jobs("1")
        await asyncio.sleep(0)
        stage.hub.close()
        assert await ended(task) is End.BROKEN
    assert line.dropped


async def test_a_viewer_that_comes_as_the_process_goes_is_told_too(stage: Stage):
    async with stage.hub.channel(stage.run, stage.user) as channel:
        stage.hub.close()
        line = Line()
        assert await ended(asyncio.create_task(make_viewer(channel, line).run())) is End.DONE
    assert line.parser.retry is not None
    assert line.parser.retry <= 2_000


async def test_nothing_is_left_of_a_viewer_that_is_cancelled(stage: Stage):
    async with stage.hub.channel(stage.run, stage.user) as channel:
        task = asyncio.create_task(make_viewer(channel, Line()).run())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not channel.watchers


def test_a_lifetime_is_a_random_tenth_less():
    lives = [lifetime_s(100, Random(seed)) for seed in range(200)]
    assert 90 <= min(lives) < 91
    assert 99 < max(lives) <= 100


async def test_who_takes_nothing_pins_what_its_snapshot_comes_to_when_packed(stage: Stage):
    """The state has gone on meanwhile, and nobody else needs that snapshot."""
    jobs = [str(number) for number in range(10_000)]
    await stage.list_jobs(*jobs)
    async with AsyncExitStack() as stack:
        other, _ = await stack.enter_async_context(stage.viewer())
        await other.until(lambda: bool(other.client.jobs))
        snapshot, lines, kept = sum(map(len, other.sent)), [other], list[int]()
        with traced():
            for status in (JobStatus.CRAWLING, JobStatus.READY):
                line, _ = await stack.enter_async_context(stage.viewer())
                lines.append(line)
                line.stall_at = 3
                await line.until(lambda line=line: len(line.sent) == 3)
                await stage.set(status, *jobs[1:])
                await other.until(lambda status=status: other.client.jobs["a", jobs[-1]][1] == status)
                kept.append(kept_by_the_stream() - sum(len(data) for line in lines for data in line.sent))
    assert kept[1] - kept[0] < snapshot / 2


@contextmanager
def traced() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def kept_by_the_stream() -> int:
    """Bytes of what `jobwire.progress` has made, and is still there."""
    gc.collect()
    made = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*/jobwire/progress/*")])
    return sum(trace.size for trace in made.traces)
