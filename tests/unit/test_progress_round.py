"""News goes to whoever is in step at once, by the channel itself; to all others, by their own task."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jobwire.api.line import AsgiLine
from jobwire.domain.runs import JobStatus
from jobwire.progress import shelf
from jobwire.progress.channel import TURN
from jobwire.progress.extras import Encoding, Extra, Wish
from patience import PATIENCE_S
from stream_stage import Line, Stage, make_viewer, staged


class Connection:
    """As uvicorn's transport."""

    def __init__(self) -> None:
        self.held = 0
        self.written = b""

    def get_write_buffer_size(self) -> int:
        return self.held

    def write(self, data: bytes) -> None:
        self.written += data


class Cycle:
    """As uvicorn's side of a request."""

    def __init__(self) -> None:
        self.transport = Connection()
        self.disconnected = False
        self.chunked_encoding: bool | None = None
        self.expected_content_length = 0

    async def send(self, message: Any) -> None:
        self.transport.write(message.get("body", b""))


class PickyLine(Line):
    """Counts what came at once; takes nothing at once while `busy`."""

    def __init__(self) -> None:
        super().__init__()
        self.put_at_once = 0
        self.busy = False

    def put(self, data: bytes) -> bool:
        taken = not self.busy and super().put(data)
        self.put_at_once += taken
        return taken


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
        def put(self, data: bytes) -> bool:
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

        def put(self, data: bytes) -> bool:
            self.sent.append(data)
            self.put_at_once += 1
            self.told = asyncio.create_task(self._tell())
            return True

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
        lines = [Line() for _ in range(TURN + 1)]
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


async def test_a_line_writes_what_uvicorn_would():
    cycle = Cycle()
    line = AsgiLine(cycle.send, [])
    await line.send(b"x")
    assert line.put(b"y" * 20)
    assert cycle.transport.written == b"x" + b"y" * 20


@pytest.mark.parametrize("why", ["holds some", "gone", "not begun"])
async def test_a_line_that_cannot_take_it_at_once_says_so(why: str):
    cycle = Cycle()
    line = AsgiLine(cycle.send, [])
    if why != "not begun":
        await line.send(b"")
    cycle.transport.held = 1 if why == "holds some" else 0
    cycle.disconnected = why == "gone"
    assert not line.put(b"x")
    assert cycle.transport.written == b""


async def test_a_line_of_another_server_takes_nothing_at_once():
    async def send(_: Any) -> None: ...

    assert not AsgiLine(send, []).put(b"x")
