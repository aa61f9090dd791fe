"""Whatever happens, in whatever order: a client holds what the database held at the client's version.

The ledger is the real one, and says after each write what a client at that version must hold. Two servers show it.
Clients are cut at any event, stall, and are sent from one server to the other; wake-ups get lost, servers are
restarted, the set of jobs grows, several write at once, the run is aborted or comes to its end.
"""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, ClassVar, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from stream_clients import NEVER, WHOLE, BaseClient, Connection, Follower

from jobwire.client.states import Signal, State
from jobwire.domain.errors import RunEnded
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, RunStatus, UserId, Version
from jobwire.progress import channel as channels
from jobwire.progress.hub import Hub
from jobwire.storage.database import Database
from jobwire.storage.run_stream import RunStream
from jobwire.storage.tables import run_companies, run_jobs, run_logs, runs
from patience import PATIENCE_S
from stream_books import LedgerBook

COMPANIES: Final = ("a", "b", "c")
IDS: Final = ("1", "2", "3", "4")
STEPS: Final = 15_000 if "JOBWIRE_TEST_LONG" in os.environ else 600
STEPS_A_RUN: Final = 40
emails = itertools.count()

Changes = dict[JobKey, JobStatus]
Jobs = dict[tuple[str, str], tuple[str, str]]
clients = st.integers(0, 1)
servers = st.integers(0, 1)
cuts = st.sampled_from([1, 2, 3, 5, WHOLE])
keys = st.builds(JobKey, st.sampled_from(COMPANIES), st.sampled_from(IDS))
changes = st.dictionaries(
    keys,
    st.sampled_from([JobStatus.CRAWLING, JobStatus.CRAWLING, JobStatus.READY, JobStatus.ERROR]),
    min_size=1,
    max_size=2,
)
many_changes = st.dictionaries(keys, st.sampled_from([JobStatus.CRAWLING] * 4 + [JobStatus.READY]), min_size=2)
longer_cuts = st.sampled_from([2, 5, WHOLE, WHOLE, WHOLE])


def is_over(job: tuple[str, str]) -> bool:
    return JobStatus(job[1]).is_terminal


class Held(NamedTuple):
    """What the database held at a version."""

    status: RunStatus
    jobs: Jobs
    companies: dict[str, tuple[str, int, str | None]]
    log: list[int]


class Made(NamedTuple):
    """The version at which each of it was made so."""

    status: Version
    jobs: dict[tuple[str, str], Version]
    companies: dict[str, Version]
    log: dict[int, Version]

    def held(self, version: int, before: Held, now: Held) -> Held:
        """What was held at a version between two looks, where the set of jobs has not grown.

        Writers that write at once do not change the same job: each is now as it was then, or is as it was before.
        """
        return Held(
            now.status if self.status <= version else before.status,
            {key: job if self.jobs[key] <= version else before.jobs[key] for key, job in now.jobs.items()},
            {
                name: one if self.companies[name] <= version else before.companies[name]
                for name, one in now.companies.items()
            },
            [seq for seq in now.log if self.log[seq] <= version],
        )


class Stream(RuleBasedStateMachine):
    """The world of the test, and what may happen in it."""

    url: str
    happened: ClassVar[Counter[str]]
    """How many runs there were, steps, and versions that passed while several wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.step = "run"
        self.history: dict[int, Held] = {}
        self.version = Version(0)
        self.deaf: set[int] = set()
        self.unlisted = list(COMPANIES)
        self.clients = [BaseClient(), BaseClient()]
        self.next_server, self.next_cut = 0, WHOLE
        self.follower = Follower(self.open_next)
        self.hubs: list[Hub] = []
        self.stacks = [AsyncExitStack(), AsyncExitStack()]
        self.do(self.begin())

    def do(self, what: Coroutine[Any, Any, None]) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(PATIENCE_S):
                await what

        self.runner.run(bounded())

    async def begin(self) -> None:
        self.database = Database(self.url)
        self.book = LedgerBook(self.database, self.announce)
        self.user = await self.book.user(f"{next(emails)}@example.com")
        self.run = await self.book.start(self.user, COMPANIES)
        self.hubs = [await self.serve(stack) for stack in self.stacks]
        await self.remember()

    async def serve(self, stack: AsyncExitStack) -> Hub:
        return await stack.enter_async_context(Hub(RunStream(self.database), sweep_s=NEVER))

    def announce(self, run: RunId, version: Version) -> None:
        for number, hub in enumerate(self.hubs):
            if number not in self.deaf:
                hub.wake(run, version)

    def open_next(self) -> tuple[Hub, UserId, RunId, int]:
        """Where the follower's next connection leads."""
        return self.hubs[self.next_server], self.user, self.run, self.next_cut

    async def remember(self) -> None:
        """Keep what the database holds now; and let everybody come as far as a wake-up takes them."""
        before = self.version
        self.version, held, made = await self.look()
        for between in range(before + 1, self.version) if before else ():
            self.history[between] = made.held(between, self.history[before], held)
            self.happened["version between two"] += 1
        self.status = held.status
        self.history[self.version] = held
        await self.calm_down()

    async def look(self) -> tuple[Version, Held, Made]:
        job, company, line = run_jobs.c, run_companies.c, run_logs.c
        async with self.database.begin() as connection:
            found = (await connection.execute(select(runs).where(runs.c.id == self.run))).one()
            rows = (await connection.execute(select(run_jobs).where(job.run_id == self.run))).all()
            boards = (await connection.execute(select(run_companies).where(company.run_id == self.run))).all()
            lines = select(line.seq, line.version).where(line.run_id == self.run, line.version.is_not(None))
            log = [(seq, version) for seq, version in await connection.execute(lines.order_by(line.seq))]
        jobs = {(row.company, row.external_id): (row.title, row.status) for row in rows}
        sizes = Counter(name for name, _ in jobs)
        companies = {row.company: (row.status, sizes[row.company], row.reason) for row in boards}
        made = Made(
            found.status_version,
            {(row.company, row.external_id): row.version for row in rows},
            {row.company: row.version for row in boards},
            dict(log),
        )
        return found.version, Held(RunStatus(found.status), jobs, companies, [seq for seq, _ in log]), made

    def everybody(self) -> list[Connection]:
        return [one for client in (*self.clients, self.follower) for one in client.connections]

    async def calm_down(self) -> None:
        while any(map(self.is_busy, self.everybody())):  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(0.001)
        for client in self.clients:
            if client.task and client.task.done():
                client.task.result()

    def is_busy(self, connection: Connection) -> bool:
        if connection.viewer is None:
            return True
        heard = [hub for number, hub in enumerate(self.hubs) if number not in self.deaf]
        shows = any(connection.viewer._channel is place.channel for hub in heard for place in hub._places.values())
        return connection.is_busy(self.version if shows else Version(0))

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
    @rule(statuses=changes)
    def change_jobs(self, statuses: Changes) -> None:
        """Jobs go forward; those that are not there, or are over already, stay as they are."""
        self.do(self.book.set(self.run, statuses))
        self.do(self.remember())

    @precondition(is_open)
    @rule(one=many_changes, other=many_changes)
    def change_jobs_at_once(self, one: Changes, other: Changes) -> None:
        """Three writers, of which one may end the run before the others have had their say."""
        others = {key: status for key, status in other.items() if key not in one}

        async def write() -> None:
            writing = self.book.set(self.run, one), self.book.set(self.run, others), self.book.log(self.run)
            for failed in filter(None, await asyncio.gather(*writing, return_exceptions=True)):
                assert isinstance(failed, RunEnded), failed

        self.do(write())
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

    @rule(server=servers)
    def lose_wake_ups(self, server: int) -> None:
        """From now on no wake-up arrives there."""
        self.deaf.add(server)

    @rule(server=servers)
    def sweep(self, server: int) -> None:
        """They arrive again, and the sweep finds what was lost."""
        self.do(self.listen_again(server))

    async def listen_again(self, server: int) -> None:
        self.deaf.discard(server)
        await self.hubs[server]._look([self.run])
        await self.calm_down()

    @rule(server=servers)
    def restart(self, server: int) -> None:
        """The process goes, and another comes: it knows nothing, and reads anew."""

        async def again() -> None:
            self.hubs[server].close()
            await self.calm_down()
            await self.stacks[server].aclose()
            self.hubs[server] = await self.serve(self.stacks[server])

        self.do(again())

    @rule(client=clients, server=servers, cut_after=cuts)
    def connect(self, client: int, server: int, cut_after: int) -> None:
        """A client comes (back); its connection lasts for so many events."""
        self.do(self.reconnect(self.clients[client], server, cut_after))

    async def reconnect(self, client: BaseClient, server: int, cut_after: int = WHOLE) -> None:
        if not client.connections:
            client.connect(self.hubs[server], self.user, self.run, cut_after)
            await self.calm_down()

    @rule(server=servers, cut_after=longer_cuts)
    def follow(self, server: int, cut_after: int) -> None:
        """The follower comes (back)."""
        self.do(self.go_on(server, cut_after))

    async def go_on(self, server: int, cut_after: int = WHOLE) -> None:
        self.next_server, self.next_cut = server, cut_after
        self.follower.connect()
        await self.calm_down()

    @rule(server=servers, cut_after=longer_cuts)
    def rotate(self, server: int, cut_after: int) -> None:
        """The follower's connection is to end: it makes the next one, to any server, before it breaks this one."""
        self.do(self.turn(server, cut_after))

    async def turn(self, server: int, cut_after: int, *, is_slow: bool = False) -> None:
        self.next_server, self.next_cut = server, cut_after
        self.follower.rotate(is_slow=is_slow)
        await self.calm_down()

    @precondition(is_open)
    @rule(server=servers, cut_after=longer_cuts, which=st.integers(0, 11))
    def rotate_to_one_that_is_behind(self, server: int, cut_after: int, which: int) -> None:
        """The next connection is slow, and its server has not heard of what changes meanwhile."""

        async def turn() -> None:
            await self.turn(server, cut_after, is_slow=True)
            self.deaf.add(server)
            open_ones = [JobKey(*key) for key, job in self.history[self.version].jobs.items() if not is_over(job)]
            if open_ones:
                await self.book.set(self.run, {open_ones[which % len(open_ones)]: JobStatus.READY})
                await self.remember()

        self.do(turn())
        self.flow()

    @rule(which=st.integers(0, 3))
    def stall(self, which: int) -> None:
        """A connection takes nothing more, for now."""
        for connection in self.everybody()[which : which + 1]:
            connection.stall()

    @rule()
    def flow(self) -> None:
        """All take what there is: whoever was stalled gets what it missed in one."""

        async def take() -> None:
            for connection in self.everybody():
                connection.flow()
            await self.calm_down()

        self.do(take())

    @rule()
    def beat(self) -> None:
        """The servers say what must be held."""

        async def say() -> None:
            for connection in self.follower.connections:
                connection.beat()
            await self.calm_down()

        self.do(say())

    # What holds

    @invariant()
    def count(self) -> None:
        """After each step, and before the first one."""
        self.happened[self.step] += 1
        self.step = "step"

    @invariant()
    def each_client_holds_what_the_database_held(self) -> None:
        """At the version that its cursor names; a group that was cut in its middle makes no promise."""
        for client in self.clients:
            if client.is_whole and client.watcher.view.cursor:
                held = self.history[int(client.watcher.view.cursor.split(".")[0])]
                assert client.watcher.view.status == held.status
                assert client.watcher.jobs == (held.jobs if held.status.is_listed else {})

    @invariant()
    def each_client_has_held_what_the_database_held(self) -> None:
        """At each version that it has come through."""
        for client in (*self.clients, self.follower):
            while client.seen:
                version, status, jobs = client.seen.pop()
                held = self.history[version]
                assert status == held.status
                assert jobs == (held.jobs if held.status.is_listed or client is self.follower else {})

    @invariant()
    def the_follower_holds_what_the_database_held(self) -> None:
        """At each moment: it takes groups as a whole. It holds all, from the first listing on."""
        view = self.follower.view
        if view.cursor:
            held = self.history[int(view.cursor.split(".")[0])]
            assert view.status == held.status
            assert {tuple(key): (job.title, str(job.status)) for key, job in view.jobs.items()} == held.jobs
            standings = {name: (str(one.status), one.jobs, one.reason) for name, one in view.standings.items()}
            assert standings == held.companies
            assert [line.seq for line in view.log] == held.log

    @invariant()
    def the_follower_never_goes_back_and_never_strays(self) -> None:
        """Whatever server it comes to: each digest agrees."""
        assert self.follower.versions == sorted(self.follower.versions)
        assert Signal.ASTRAY not in self.follower.signals
        assert self.follower.state is not State.REFUSED

    @invariant()
    def who_is_connected_holds_what_the_channel_knows(self) -> None:
        """And does not lag behind, which would be no lie by its cursor."""
        for client in self.clients:
            for connection in client.connections:
                viewer = connection.viewer
                if viewer and connection.is_flowing and not viewer._is_broken:
                    held = self.history[viewer._channel.version]
                    assert client.watcher.view.status == held.status
                    assert client.watcher.jobs == (held.jobs if held.status.is_listed else {})

    def teardown(self) -> None:
        """In the end everybody is in step, and has seen the end exactly once."""
        try:
            self.do(self.finish())
            self.each_client_holds_what_the_database_held()
            self.the_follower_holds_what_the_database_held()
            self.the_follower_never_goes_back_and_never_strays()
        finally:
            self.runner.run(self.close())
            self.runner.close()

    async def finish(self) -> None:
        for connection in self.everybody():
            connection.flow()
        if self.is_open():
            await self.book.end(self.run)
            await self.remember()
        for server in range(2):
            await self.listen_again(server)
        held = self.history[self.version]
        await self.go_on(0)
        await self.go_on(1)  # a connection that was to be cut may have been the one before
        assert self.follower.state is State.ENDED
        assert int(self.follower.view.cursor.split(".")[0]) == self.version
        for client in self.clients:
            if not client.watcher.has_ended:
                await self.reconnect(client, 0)
            assert client.watcher.has_ended
            await self.reconnect(client, 1)  # 204: asserted there
            assert (client.watcher.view.status, client.watcher.jobs) == (held.status, held.jobs)
            assert client.watcher.names[-1] == "status"
            ends = [one for one in client.watcher.events if one.name == "status" and RunStatus(one.data).is_terminal]
            assert len(ends) == 1

    async def close(self) -> None:
        for client in self.clients:
            if client.task:
                client.task.cancel()
        await self.follower.leave()
        for stack in self.stacks:
            await stack.aclose()
        await self.database.close()


def test_whatever_happens(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(channels, "READ_INTERVAL_S", 0.001)

    class Here(Stream):
        url = database_url
        happened: ClassVar[Counter[str]] = Counter[str]()

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=STEPS // STEPS_A_RUN,
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            phases=(Phase.generate,),  # to shrink a failure would take minutes: it is shown as it was found
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(Here.happened))  # noqa: T201 - for who asks with -s
    assert Here.happened["step"] >= STEPS * 2 / 3  # an example may be shorter than it is asked to be
    assert Here.happened["version between two"] > 0
