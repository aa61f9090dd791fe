"""News goes to whoever is in step at once, by the channel itself; to all others, by their own task."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jobwire.domain.runs import JobStatus
from jobwire.progress import shelf
from jobwire.progress.channel import Channel
from jobwire.progress.cohort import SIZE
from jobwire.progress.extras import BASE, Encoding, Extra, Wish
from patience import PATIENCE_S
from stream_stage import Line, Stage, make_viewer, staged


class PickyLine(Line):
    """Counts what came at once; takes nothing at once while `busy`."""

    def __init__(self) -> None:
        super().__init__()
        self.put_at_once = 0
        self.busy = False

    def get_write_buffer_size(self) -> int:
        return self.busy or super().get_write_buffer_size()

    def write(self, data: bytes) -> None:
        self.put_at_once += 1
        super().write(data)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        await stage.list_jobs("1", "2", "3")
        yield stage


async def test_who_is_in_step_is_sent_news_at_once(stage: Stage):
    async with stage.hub.channel(stage.run, stage.user) as channel:
        line = PickyLine()
        task = asyncio.create_task(make_viewer(channel, line).run())
        await line.until(lambda: "all_jobs" in line.client.names)
        for number, status in enumerate((JobStatus.CRAWLING, JobStatus.READY), start=1):
            await stage.set(status, "1")
            await line.until(lambda wanted=number: line.client.names.count("update") == wanted)
        assert line.put_at_once == 2
        line.busy = True
        await stage.set(JobStatus.ERROR, "2")
        await line.until(lambda: line.client.names.count("update") == 3)
        assert line.put_at_once == 2
        assert {key[1]: status for key, (_, status) in line.client.jobs.items()} == {
            "1": "ready",
            "2": "error",
            "3": "pending",
        }
        task.cancel()


async def test_one_viewer_that_cannot_be_told_is_not_in_the_way_of_others(stage: Stage):
    class Broken(Line):
        def write(self, data: bytes) -> None:
            raise ZeroDivisionError

    async with stage.hub.channel(stage.run, stage.user) as channel:
        lines = [Broken(), Line()]
        tasks = [asyncio.create_task(make_viewer(channel, line).run()) for line in lines]
        for line in lines:
            await line.until(lambda line=line: "all_jobs" in line.client.names)
        await stage.set(JobStatus.READY, "1")
        for line in lines:
            await line.until(lambda line=line: "update" in line.client.names)
        for task in tasks:
            task.cancel()


async def test_what_is_counted_is_what_was_sent(stage: Stage):
    meters = stage.hub.meters
    async with stage.viewer() as (one, _), stage.viewer() as (other, _):
        for line in (one, other):
            await line.until(lambda line=line: "all_jobs" in line.client.names)
        traffic = meters.of(Encoding.IDENTITY)
        sent, size, seen = traffic.sent, traffic.bytes, sum(meters.commit_to_send.counts)
        await stage.set(JobStatus.READY, "1")
        for line in (one, other):
            await line.until(lambda line=line: "update" in line.client.names)
        await asyncio.sleep(0)  # the round counts when all have been told
        assert traffic.sent - sent == 2
        assert traffic.bytes - size == len(one.sent[-1]) + len(other.sent[-1])
        assert sum(meters.commit_to_send.counts) - seen == 2


async def test_a_compressed_stream_ends_with_the_right_trailer(stage: Stage):
    """Its frames are counted in, whoever sent them."""

    class Raw(PickyLine):
        async def send(self, data: bytes) -> None:
            self.sent.append(data)
            await self._tell()

        def write(self, data: bytes) -> None:
            self.sent.append(data)
            self.put_at_once += 1
            self.told = asyncio.create_task(self._tell())

    async with stage.hub.channel(stage.run, stage.user) as channel:
        line = Raw()
        viewer = make_viewer(channel, line, wish=Wish(Extra.ADDED, Encoding.GZIP))
        task = asyncio.create_task(viewer.run())
        await line.until(lambda: len(line.sent) == 2)
        await stage.set(JobStatus.READY, "1")
        await line.until(lambda: line.put_at_once == 1)
        await stage.set(JobStatus.READY, "2", "3")  # the end of the run
        await asyncio.wait_for(task, PATIENCE_S)
    unpacker = zlib.decompressobj(31)
    text = unpacker.decompress(b"".join(line.sent))
    assert unpacker.eof  # zlib has checked sum and length
    assert b'data: {"a":{"1":"ready"}}' in text


async def test_a_large_crowd_is_told_in_turns_and_whole(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    made: list[object] = []
    encode = shelf.encode

    def counting(*args: Any) -> Any:
        made.append(args)
        return encode(*args)

    async with stage.hub.channel(stage.run, stage.user) as channel:
        lines = [Line() for _ in range(SIZE + 1)]
        tasks = [asyncio.create_task(make_viewer(channel, line).run()) for line in lines]
        for line in lines:
            await line.until(lambda line=line: "all_jobs" in line.client.names)
        monkeypatch.setattr(shelf, "encode", counting)
        await stage.set(JobStatus.READY, "1")
        for line in lines:
            await line.until(lambda line=line: "update" in line.client.names)
        assert len(made) == 1
        for task in tasks:
            task.cancel()


async def test_a_viewer_that_was_told_with_others_goes_on_from_there(stage: Stage):
    """Nothing is sent twice, and nothing left out, when it leaves the cohort to say something of its own."""
    async with stage.viewer(heartbeat_s=0.05) as (one, _), stage.viewer(heartbeat_s=3_600) as (other, _):
        for line in (one, other):
            await line.until(lambda line=line: "all_jobs" in line.client.names)
        for key in ("1", "2"):
            beats = one.sent.count(b":\n\n")
            await one.until(lambda beats=beats: one.sent.count(b":\n\n") > beats)
            await stage.set(JobStatus.READY, key)
            for line in (one, other):
                await line.until(lambda line=line, key=key: line.client.jobs["a", key][1] == "ready")
        assert one.client.names == other.client.names


async def test_compressed_updates_lean_on_those_before_until_somebody_joins(stage: Stage):
    class Raw(Line):
        def write(self, data: bytes) -> None:
            self.sent.append(data)
            self.told = asyncio.create_task(self._tell())

        async def send(self, data: bytes) -> None:
            self.write(data)

    async def join(channel: Channel) -> Raw:
        line = Raw()
        tasks.append(asyncio.create_task(make_viewer(channel, line, wish=Wish(BASE, Encoding.GZIP)).run()))
        await line.until(lambda: len(line.sent) == 2)
        return line

    tasks: list[asyncio.Task[Any]] = []
    keys = [f"job-of-many-{number}" for number in range(5)]
    await stage.list_jobs(*keys)
    async with stage.hub.channel(stage.run, stage.user) as channel:
        first = await join(channel)
        for number, key in enumerate(keys[:3], start=3):
            await stage.set(JobStatus.READY, key)
            await first.until(lambda number=number: len(first.sent) == number)
        second = await join(channel)
        await stage.set(JobStatus.READY, keys[3])
        await first.until(lambda: len(first.sent) == 6)
        await second.until(lambda: len(second.sent) == 3)
        for task in tasks:
            task.cancel()
    alone, leaning, leaning_too, together = map(len, first.sent[2:])
    assert max(leaning, leaning_too) < alone / 2
    assert together > alone / 2
    assert second.sent[2] == first.sent[5]
    for line, told in ((first, keys[:4]), (second, keys[3:4])):
        text = zlib.decompressobj(31).decompress(b"".join(line.sent))
        assert all(b'{"a":{"%b":"ready"}}' % key.encode() in text for key in told)
