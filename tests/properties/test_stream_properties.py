"""Whatever happens, in whatever order: a client holds what the database held at the client's version.

The ledger is the real one, and says after each write what a client at that version must hold. Clients are cut at any
event, wake-ups get lost, the hub is restarted, the set of jobs grows, the run is aborted or comes to its end.
"""

import asyncio
import itertools
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, RunStatus, UserId, Version
from jobwire.progress import channel as channels
from jobwire.progress.hub import Hub
from jobwire.progress.viewer import Patience, Viewer
from jobwire.storage.database import Database
from jobwire.storage.run_stream import RunStream
from jobwire.storage.tables import run_jobs, runs
from stream_books import LedgerBook
from stream_wire import SseParser, Watcher

COMPANIES = ("a", "b")
IDS = ("1", "2", "3", "4")
NEVER = 3_600.0
emails = itertools.count()

Jobs = dict[tuple[str, str], tuple[str, str]]


class Client:
    """A watcher and its connection, which is cut after so many events."""

    def __init__(self) -> None:
        self.watcher = Watcher()
        self.viewer: Viewer | None = None
        self.task: asyncio.Task[None] | None = None
        self.is_whole = True
        """Whether the last event was the last of its group."""
        self._parser = SseParser()
        self._left = 0

    @property
    def is_connected(self) -> bool:
        return self.task is not None and not self.task.done()

    async def watch(self, hub: Hub, user: UserId, run: RunId, cut_after: int) -> None:
        self._parser, self._left = SseParser(), cut_after
        now = asyncio.get_running_loop().time()
        async with hub.channel(run, user) as channel:
            cursor = await channel.cursor(self.watcher.last_event_id)
            if channel.has_ended(cursor):
                assert self.watcher.has_ended
                return
            assert not self.watcher.has_ended
            self.viewer = Viewer(
                channel,
                cursor,
                self,
                ends_at=now + NEVER,
                expires_at=now + NEVER,
                random=Random(1),
                patience=Patience(),
            )
            await self.viewer.run()

    async def send(self, data: bytes) -> None:
        for event in self._parser.feed(data):
            if self._left:
                self._left -= 1
                self.watcher.take([event])
                self.is_whole = event.id is not None
        if not self._left and self.viewer:
            self.viewer.lose()

    async def end(self, patience_s: float) -> None:
        pass

    def drop(self) -> None:
        raise AssertionError("nobody is slow here")


class Stream(RuleBasedStateMachine):
    """The world of the test, and what may happen in it."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.history: dict[int, tuple[RunStatus, Jobs]] = {}
        self.is_lossy = False
        self.unlisted = list(COMPANIES)
        self.clients = [Client(), Client()]
        self.stack = AsyncExitStack()
        self.do(self.begin())

    def do(self, what: Coroutine[Any, Any, None]) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(10):
                await what

        self.runner.run(bounded())

    async def begin(self) -> None:
        self.database = Database(self.url)
        self.book = LedgerBook(self.database, self.announce)
        self.user = await self.book.user(f"{next(emails)}@example.com")
        self.run = await self.book.start(self.user, COMPANIES)
        self.hub = await self.stack.enter_async_context(Hub(RunStream(self.database), sweep_s=NEVER))
        await self.remember()

    def announce(self, run: RunId, version: Version) -> None:
        if not self.is_lossy:
            self.hub.wake(run, version)

    async def remember(self) -> None:
        """Keep what the database holds now; and let everybody come as far as a wake-up takes them."""
        job = run_jobs.c
        async with self.database.begin() as connection:
            found = (await connection.execute(select(runs).where(runs.c.id == self.run))).one()
            rows = await connection.execute(
                select(job.company, job.external_id, job.title, job.status).where(job.run_id == self.run)
            )
            jobs = {(company, key): (title, status) for company, key, title, status in rows}
        self.status = RunStatus(found.status)
        self.history[found.version] = (self.status, jobs if self.status.is_listed else {})
        self.version = found.version
        await self.calm_down()

    async def calm_down(self) -> None:
        while any(map(self.is_busy, self.clients)):  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(0.001)

    def is_busy(self, client: Client) -> bool:
        if not client.is_connected:
            return False
        if client.viewer is None or client.viewer._is_broken or client.viewer._is_closing:
            return True
        behind = not self.is_lossy and client.viewer._channel.version < self.version
        return behind or client.viewer._is_behind

    def is_open(self) -> bool:
        return not self.status.is_terminal

    # What writers do

    @precondition(lambda self: self.is_open() and self.unlisted)
    @rule(ids=st.sets(st.sampled_from(IDS), min_size=1))
    def list_company(self, ids: set[str]) -> None:
        """The next board is listed: the set of jobs grows."""
        company = self.unlisted.pop()
        self.do(self.book.listed(self.run, company, {key: f"{company} {key}" for key in ids}))
        self.do(self.remember())

    @precondition(is_open)
    @rule(
        statuses=st.dictionaries(
            st.builds(JobKey, st.sampled_from(COMPANIES), st.sampled_from(IDS)),
            st.sampled_from([JobStatus.CRAWLING, JobStatus.CRAWLING, JobStatus.READY, JobStatus.ERROR]),
            min_size=1,
            max_size=2,
        )
    )
    def change_jobs(self, statuses: dict[JobKey, JobStatus]) -> None:
        """Jobs go forward; those that are not there, or are over already, stay as they are."""
        self.do(self.book.set(self.run, statuses))
        self.do(self.remember())

    @precondition(is_open)
    @rule()
    def log(self) -> None:
        """Something changes that no base client sees."""
        self.do(self.book.log(self.run))
        self.do(self.remember())

    @precondition(lambda self: self.is_open() and len(self.history) > 12)
    @rule(status=st.sampled_from([RunStatus.ABORTED, RunStatus.ERROR]))
    def end(self, status: RunStatus) -> None:
        """The run is ended as it stands."""
        self.do(self.book.end(self.run, status))
        self.do(self.remember())

    # What goes wrong

    @rule()
    def lose_wake_ups(self) -> None:
        """From now on no wake-up arrives."""
        self.is_lossy = True

    @rule()
    def sweep(self) -> None:
        """They arrive again, and the sweep finds what was lost."""
        self.is_lossy = False

        async def look() -> None:
            await self.hub._look([self.run])
            await self.calm_down()

        self.do(look())

    @rule()
    def restart(self) -> None:
        """The process goes, and another comes: it knows nothing, and reads anew."""

        async def again() -> None:
            self.hub.close()
            await self.calm_down()
            await self.stack.aclose()
            self.hub = await self.stack.enter_async_context(Hub(RunStream(self.database), sweep_s=NEVER))

        self.do(again())

    @rule(client=st.integers(0, 1), cut_after=st.sampled_from([1, 2, 3, 5, 1_000]))
    def connect(self, client: int, cut_after: int) -> None:
        """A client comes (back); its connection lasts for so many events."""
        self.do(self.reconnect(self.clients[client], cut_after))

    async def reconnect(self, client: Client, cut_after: int) -> None:
        if client.is_connected:
            return
        client.viewer = None
        client.task = asyncio.create_task(client.watch(self.hub, self.user, self.run, cut_after))
        await self.calm_down()
        if client.task.done():
            client.task.result()

    # What holds

    @invariant()
    def each_client_holds_what_the_database_held(self) -> None:
        """At the version that its cursor names; a group that was cut in its middle makes no promise."""
        for client in self.clients:
            if client.is_whole and client.watcher.view.cursor:
                status, jobs = self.history[int(client.watcher.view.cursor.split(".")[0])]
                assert client.watcher.view.status == status
                assert client.watcher.jobs == jobs

    @invariant()
    def who_is_connected_holds_what_the_channel_knows(self) -> None:
        """And does not lag behind, which would be no lie by its cursor."""
        for client in self.clients:
            if client.is_connected and client.viewer and not client.viewer._is_broken:
                status, jobs = self.history[client.viewer._channel.version]
                assert (client.watcher.view.status, client.watcher.jobs) == (status, jobs)

    def teardown(self) -> None:
        """In the end everybody is in step, and has seen the end exactly once."""
        try:
            self.do(self.finish())
            self.each_client_holds_what_the_database_held()
        finally:
            self.runner.run(self.close())
            self.runner.close()

    async def finish(self) -> None:
        self.is_lossy = False
        if self.is_open():
            await self.book.end(self.run)
            await self.remember()
        await self.hub._look([self.run])
        for client in self.clients:
            await self.calm_down()
            if not client.watcher.has_ended:
                await self.reconnect(client, 1_000)
            assert client.watcher.has_ended
            await self.reconnect(client, 1_000)  # 204: asserted there
            status, jobs = self.history[self.version]
            assert (client.watcher.view.status, client.watcher.jobs) == (status, jobs)
            assert client.watcher.names[-1] == "status"
            ends = [one for one in client.watcher.events if one.name == "status" and RunStatus(one.data).is_terminal]
            assert len(ends) == 1

    async def close(self) -> None:
        for client in self.clients:
            if client.task:
                client.task.cancel()
        await self.stack.aclose()
        await self.database.close()


def test_whatever_happens(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(channels, "READ_INTERVAL_S", 0.001)

    class Here(Stream):
        url = database_url

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.generate,),  # to shrink a failure would take minutes: it is shown as it was found
            suppress_health_check=list(HealthCheck),
        ),
    )
