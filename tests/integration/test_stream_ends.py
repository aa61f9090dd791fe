"""How a connection ends: whoever goes, nothing is left behind and nobody else waits."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from stream_server import Show, connect, show
from uvicorn.protocols.http.flow_control import FlowControl

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, UserId
from jobwire.progress import shelf
from jobwire.progress.viewer import Patience
from jobwire.storage.database import Database
from patience import PATIENCE_S

LARGE = {str(number): "x" * 10_000 for number in range(800)}
"""A snapshot of 8 MB: more than all buffers between the server and a client that does not read."""


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """What was logged as a warning or worse."""
    with caplog.at_level(logging.INFO):
        yield lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - of objects that tell nobody
            await asyncio.sleep(0.01)


async def start(shown: Show, jobs: dict[str, str]) -> tuple[UserId, RunId]:
    me = await shown.book.user()
    run = await shown.book.start(me, ["a"])
    await shown.book.listed(run, "a", jobs)
    return me, run


def viewers(shown: Show, run: RunId) -> int:
    place = shown.hub._places.get(run)
    return len(place.channel.watchers) if place else 0


async def stall(shown: Show, me: UserId, run: RunId) -> socket.socket:
    """Ask for the stream, and read nothing of it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.setblocking(False)
    url = httpx.URL(shown.url(run))
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (url.host, url.port))
    request = f"GET {url.path}?token={shown.token(me)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    await loop.sock_sendall(client, request.encode())
    return client


async def is_stalled(shown: Show) -> None:
    await until(lambda: any(connection.flow.write_paused for connection in shown.server.server_state.connections))


async def test_a_client_that_goes_leaves_nothing(database: Database, written: Callable[[], list[str]]):
    async with show(database) as shown:
        me, run = await start(shown, {"1": "One"})
        before = asyncio.all_tasks()
        client = httpx.AsyncClient(headers={"Authorization": f"Bearer {shown.token(me)}"})
        async with connect(client, shown.url(run)) as stream:
            await stream.until("all_jobs")
            assert viewers(shown, run) == 1
        await client.aclose()
        await until(lambda: viewers(shown, run) == 0)
        await until(lambda: len(asyncio.all_tasks() - before) <= 1)  # the channel's own
        await until(lambda: not shown.server.server_state.connections)
    assert written() == []


async def test_a_client_that_takes_nothing_is_dropped_and_holds_up_nobody(
    database: Database, written: Callable[[], list[str]]
):
    async with show(database, patience=Patience(stall_s=1.5)) as shown:
        me, run = await start(shown, LARGE)
        async with connect(shown.client(me), shown.url(run)) as stream:
            await stream.until("all_jobs")
            stalled = await stall(shown, me, run)
            await is_stalled(shown)
            assert viewers(shown, run) == 2
            await shown.book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
            await stream.until_job("a", "1", "crawling")
            await until(lambda: viewers(shown, run) == 1)
            await until(lambda: len(shown.server.server_state.connections) == 1)
        stalled.close()
    assert written() == []


async def test_the_end_of_the_token_ends_the_stream(database: Database):
    async with show(database) as shown:
        me, run = await start(shown, {"1": "One"})
        issued = shown.world.now[0] = float(int(shown.world.now[0]))
        client, token = shown.client(), shown.token(me)
        shown.world.now[0] = issued + 12 * 3_600 - 0.5
        async with connect(client, shown.url(run), params={"token": token}) as stream:
            await stream.to_the_end()
        assert stream.parser.retry == 20
        assert not stream.watcher.has_ended
        shown.world.now[0] += 1
        assert (await client.get(shown.url(run), params={"token": token})).status_code == 401


async def test_the_end_of_the_token_ends_a_stalled_stream_too(database: Database):
    async with show(database) as shown:
        me, run = await start(shown, LARGE)
        now = shown.world.now[0]
        shown.world.now[0] = now - 12 * 3_600 + 2
        stalled = await stall(shown, me, run)
        shown.world.now[0] = now
        await until(lambda: viewers(shown, run) == 1)
        await until(lambda: not shown.server.server_state.connections)
        stalled.close()


async def test_a_planned_close_ends_the_connection_in_good_order(database: Database):
    async with show(database, max_connection_s=0.1) as shown:
        me, run = await start(shown, {"1": "One"})
        client = shown.client(me)
        for _ in range(3):
            async with connect(client, shown.url(run)) as stream:
                await stream.to_the_end()
                assert stream.parser.retry == 20
        await until(lambda: not shown.server.server_state.connections)


async def test_shutdown_tells_all_viewers_and_the_server_goes(database: Database, written: Callable[[], list[str]]):
    async with show(database, patience=Patience(farewell_s=0.2)) as shown:
        me, run = await start(shown, LARGE)
        stalled = await stall(shown, me, run)
        await is_stalled(shown)
        client = shown.client(me)
        async with connect(client, shown.url(run)) as one, connect(client, shown.url(run)) as two:
            await one.until("all_jobs")
            await two.until("all_jobs")
            shown.hub.close()
            shown.server.should_exit = True
            await one.to_the_end()
            await two.to_the_end()
        for stream in (one, two):
            assert 20 <= (stream.parser.retry or 0) <= 2_000
            assert not stream.watcher.has_ended
        await until(lambda: not shown.server.server_state.connections)
        stalled.close()
    assert written() == []


async def test_what_a_client_left_in_the_buffer_does_not_hold_up_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    """Below what makes uvicorn wait, it takes everything for sent, and closes when the rest has been taken: never."""
    monkeypatch.setattr(FlowControl, "pause_writing", lambda flow: None)
    async with show(database, patience=Patience(farewell_s=0.2)) as shown:
        me, run = await start(shown, LARGE)
        stalled = await stall(shown, me, run)
        await until(lambda: viewers(shown, run) == 1)
        (connection,) = shown.server.server_state.connections
        await until(lambda: connection.transport.get_write_buffer_size() > 100_000)
        shown.hub.close()
        shown.server.should_exit = True
        await until(lambda: not shown.server.server_state.connections)
        stalled.close()


async def test_an_error_in_the_middle_ends_the_connection_and_is_logged_once(
    database: Database, written: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
):
    async with show(database) as shown:
        me, run = await start(shown, {"1": "One"})
        async with connect(shown.client(me), shown.url(run)) as stream:
            await stream.until("all_jobs")

            def fail(*_: object) -> None:
                raise ZeroDivisionError

            monkeypatch.setattr(shelf, "encode", fail)
            await shown.book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
            with pytest.raises(httpx.HTTPError):
                await stream.to_the_end()
        await until(lambda: viewers(shown, run) == 0)
        await until(lambda: not shown.server.server_state.connections)
    assert written() == ["stream.broken"]


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await until(lambda: not {task for task in asyncio.all_tasks() - before if task is not asyncio.current_task()})
