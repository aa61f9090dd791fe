"""Channels come, are shared, linger and go; what wakes them is a hint, and what fails is tried again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from jobwire.domain.errors import NotFound, Unavailable
from jobwire.domain.runs import RunId, Version
from jobwire.progress import channel as channels
from jobwire.progress.channel import Channel
from jobwire.progress.hub import Hub
from patience import PATIENCE_S
from stream_books import FakeBook

NEVER = 3_600.0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - of objects that tell nobody
            await asyncio.sleep(0.005)


class Ear:
    def __init__(self) -> None:
        self.woken = 0
        self.closed = 0

    def wake(self) -> None:
        self.woken += 1

    def dismiss(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
async def book() -> FakeBook:
    book = FakeBook()
    await book.start(await book.user(), ["a"])
    return book


@pytest.fixture
async def hub(book: FakeBook) -> AsyncIterator[Hub]:
    async with Hub(book, sweep_s=NEVER) as hub:
        yield hub


RUN = RunId(1)


async def test_viewers_of_a_run_share_a_channel_and_one_read(hub: Hub, book: FakeBook):
    me = await book.user()
    async with hub.channel(RUN, me) as one, hub.channel(RUN, me) as two:
        assert one is two
    assert (book.reads, book.owners_asked) == (1, 1)


async def test_many_who_come_at_once_cost_one_read(hub: Hub, book: FakeBook):
    me = await book.user()

    async def look() -> Channel:
        async with hub.channel(RUN, me) as channel:
            return channel

    assert len(set(await asyncio.gather(*(look() for _ in range(50))))) == 1
    assert book.reads == 1


async def test_a_foreign_run_is_as_if_it_did_not_exist(hub: Hub, book: FakeBook):
    other = await book.user("other@example.com")
    for run, user in ((RUN, other), (RunId(99), other)):
        with pytest.raises(NotFound):
            async with hub.channel(run, user):
                pass
    async with hub.channel(RUN, await book.user()):
        with pytest.raises(NotFound):
            async with hub.channel(RUN, other):
                pass
    assert hub.channels == 1


async def test_a_channel_lingers_and_then_goes(book: FakeBook):
    me = await book.user()
    async with Hub(book, linger_s=0.05, sweep_s=NEVER) as hub:
        async with hub.channel(RUN, me) as one:
            pass
        async with hub.channel(RUN, me) as two:
            assert two is one
            await asyncio.sleep(0.1)
            assert hub.channels == 1
        await until(lambda: hub.channels == 0)
        async with hub.channel(RUN, me) as three:
            assert three is not one


async def test_a_wake_up_is_read_and_told(hub: Hub, book: FakeBook):
    async with hub.channel(RUN, await book.user()) as channel:
        ear = Ear()
        channel.join(ear)
        await book.begin(RUN)
        hub.wake(RUN, Version(2))
        await until(lambda: ear.woken == 1)
        assert channel.version == 2
        hub.wake(RUN, Version(2))
        hub.wake(RunId(99), Version(2))
        await asyncio.sleep(0.05)
        assert book.reads == 2


async def test_the_sweep_finds_what_a_lost_wake_up_would_have_told(book: FakeBook):
    async with Hub(book, sweep_s=0.05) as hub, hub.channel(RUN, await book.user()) as channel:
        await book.begin(RUN)
        await until(lambda: channel.version == 2)


async def test_a_read_that_fails_is_tried_again_and_told_without_a_traceback(
    hub: Hub, book: FakeBook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(channels, "RETRY_S", 0.01)
    async with hub.channel(RUN, await book.user()) as channel:
        await book.begin(RUN)
        book.error = Unavailable("The database is away.")
        hub.wake(RUN, Version(2))
        await until(lambda: book.reads > 3)
        book.error = None
        await until(lambda: channel.version == 2)
    records = [record for record in caplog.records if record.message == "channel.read_failed"]
    assert records
    assert {(record.levelno, record.exc_info) for record in records} == {(logging.WARNING, None)}


async def test_the_sweep_survives_the_database(book: FakeBook):
    async with Hub(book, sweep_s=0.01) as hub, hub.channel(RUN, await book.user()) as channel:
        book.error = ZeroDivisionError()
        await asyncio.sleep(0.05)
        await book.begin(RUN)
        book.error = None
        await until(lambda: channel.version == 2)


async def test_a_database_that_is_away_at_first_is_told_and_forgotten(hub: Hub, book: FakeBook):
    me = await book.user()
    book.error = Unavailable("The database is away.")
    with pytest.raises(Unavailable):
        async with hub.channel(RUN, me):
            pass
    book.error = None
    async with hub.channel(RUN, me) as channel:
        assert channel.version == 1


async def test_a_run_that_is_deleted_ends_its_viewers(book: FakeBook):
    me = await book.user()
    async with Hub(book, sweep_s=0.01) as hub:
        async with hub.channel(RUN, me) as channel:
            ear = Ear()
            channel.join(ear)
            del book.runs[RUN]
            await until(lambda: ear.closed > 0)
            assert hub.channels == 0
        with pytest.raises(NotFound):
            async with hub.channel(RUN, me):
                pass
        assert hub.channels == 0


async def test_a_cursor_ahead_of_the_channel_makes_it_read(hub: Hub, book: FakeBook):
    async with hub.channel(RUN, await book.user()) as channel:
        await book.begin(RUN)
        assert await channel.cursor("2") == 2
        assert channel.version == 2
        assert await channel.cursor("3") is None
        assert await channel.cursor("1.5") is None
        assert await channel.cursor(f"1.{book.CREATED_MS}") == 1


async def test_a_read_ahead_wakes_those_who_watch(hub: Hub, book: FakeBook):
    async with hub.channel(RUN, await book.user()) as channel:
        ear = Ear()
        channel.join(ear)
        await book.begin(RUN)
        await channel.cursor("2")
        assert ear.woken == 1


async def test_only_the_last_version_of_an_ended_run_has_seen_its_end(hub: Hub, book: FakeBook):
    await book.end(RUN)
    async with hub.channel(RUN, await book.user()) as channel:
        assert channel.has_ended(Version(2))
        assert not channel.has_ended(Version(1))
        assert not channel.has_ended(None)


async def test_a_closed_hub_has_no_channels_and_leaves_no_task(book: FakeBook):
    me = await book.user()
    before = asyncio.all_tasks()
    async with Hub(book) as hub:
        async with hub.channel(RUN, me):
            pass
        hub.close()
        with pytest.raises(Unavailable):
            async with hub.channel(RUN, me):
                pass
    assert asyncio.all_tasks() == before


async def test_what_no_wake_up_told_of_is_counted_once(hub: Hub, book: FakeBook):
    async with hub.channel(RUN, await book.user()) as channel:
        await book.begin(RUN)
        await hub._look([RUN])
        await until(lambda: channel.version == 2)
        assert hub.meters.missed == 0  # its wake-up may be on its way
        await hub._look([RUN])
        await hub._look([RUN])
        assert hub.meters.missed == 1


async def test_a_wake_up_that_is_only_later_than_the_sweep_is_not_missed(hub: Hub, book: FakeBook):
    async with hub.channel(RUN, await book.user()):
        await book.begin(RUN)
        await hub._look([RUN])
        hub.wake(RUN, Version(2))
        await hub._look([RUN])
        assert hub.meters.missed == 0
