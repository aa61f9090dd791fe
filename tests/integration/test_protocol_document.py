"""The timelines of `docs/reference/protocol.md` are what the server sends, line by line.

Where one fails because the protocol has changed: what is sent now stands in the failure, to be taken over.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from stream_server import Show, show
from timeline import Timeline, comparable

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, RunStatus
from jobwire.storage.database import Database

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "protocol.md"
SECTION: Final = re.compile(r"^### (.+?)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
BLOCK: Final = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ONE, TWO = JobKey("acme", "1"), JobKey("acme", "2")
OWN: Final = "added,companies,log,beat,rotate"


def shown_in_the_page() -> dict[str, str]:
    sections = SECTION.findall(PAGE.read_text("utf-8"))
    return {name: block[1] for name, text in sections if (block := BLOCK.search(text))}


class Scene:
    """A run of two companies, and somebody who watches it."""

    def __init__(self, shown: Show, run: RunId, timeline: Timeline) -> None:
        self.shown, self.run, self.timeline = shown, run, timeline

    async def list_jobs(self, titles: dict[str, str] | None = None) -> None:
        await self.shown.book.listed(self.run, "acme", titles or {"1": "Engineer", "2": "Cook"})
        await self.shown.book.listed(self.run, "other", {})

    async def set(self, status: JobStatus, *keys: JobKey) -> None:
        await self.shown.book.set(self.run, dict.fromkeys(keys, status))


@asynccontextmanager
async def scene(shown: Show, token_s: float = 3_600) -> AsyncIterator[Scene]:
    me = await shown.book.user()
    run = await shown.book.start(me, ["acme", "other"])
    token = shown.world.services.tokens.access(me, timedelta(seconds=token_s))
    client = shown.client()
    client.headers["Authorization"] = f"Bearer {token}"
    yield Scene(shown, run, Timeline(client, shown.url(run), run))


async def first_connect(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on, on.timeline.stream() as stream:
        await stream.until("pending")
        on.timeline.note("the worker begins")
        await shown.book.begin(on.run)
        await stream.until("initializing")
        on.timeline.note("all boards are listed")
        await on.list_jobs()
        await stream.until("all_jobs")
        on.timeline.note("the first posting is being read")
        await on.set(JobStatus.CRAWLING, ONE)
        await stream.until("crawling")
        return on.timeline


async def with_extras(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on:
        async with on.timeline.stream(extras=OWN) as stream:
            await stream.until("beat")
            on.timeline.note("the first board is listed, the other one is still to come")
            await shown.book.listed(on.run, "acme", {"1": "Engineer", "2": "Cook"})
            await stream.until("companies")
            on.timeline.note("so is the other one: it has no jobs")
            await shown.book.listed(on.run, "other", {})
            await stream.until("companies")
            on.timeline.note("a line is written to the run's log")
            await shown.book.log(on.run)
            await stream.until("log")
            on.timeline.note("both postings have been read, and with them the run is over")
            await on.set(JobStatus.READY, ONE, TWO)
            await stream.to_the_end()
        return on.timeline


async def reconnect(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on:
        await on.list_jobs()
        async with on.timeline.stream() as stream:
            await stream.until("all_jobs")
            on.timeline.note("the connection is cut; meanwhile both jobs change, the first one twice")
        await on.set(JobStatus.CRAWLING, ONE)
        await on.set(JobStatus.READY, ONE)
        await on.set(JobStatus.CRAWLING, TWO)
        await known(shown, on.run, version=6)
        async with on.timeline.stream(stream.cursor) as stream:
            await stream.until("update")
        return on.timeline


async def slow_viewer(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on:
        await on.list_jobs({str(number): "Engineer " * 1_000 for number in range(1_000)})
        async with on.timeline.stream() as stream:
            on.timeline.note("the client takes nothing, while the first job changes twice, the second one once")
            await on.set(JobStatus.CRAWLING, ONE)
            await on.set(JobStatus.READY, ONE)
            await on.set(JobStatus.CRAWLING, TWO)
            await known(shown, on.run, version=6)
            on.timeline.note("it goes on reading")
            await stream.until("all_jobs", "update")
        return on.timeline


async def rotation(database: Database) -> Timeline:
    async with show(database, max_connection_s=3) as shown, scene(shown) as on:
        await on.list_jobs()
        async with on.timeline.stream(extras="beat,rotate") as old:
            await old.until("beat", "rotate")
            on.timeline.note("on the next connection, opened at once")
            async with on.timeline.stream(old.cursor, extras="beat,rotate") as new:
                await new.until("beat")
                on.timeline.note("the client closes the old one; had it not, there would come")
                await old.to_the_end()
        return on.timeline


async def restart(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on:
        await on.list_jobs()
        async with on.timeline.stream(extras="beat,rotate") as stream:
            await stream.until("beat")
            on.timeline.note("SIGTERM")
            shown.hub.close()
            await stream.to_the_end()
        on.timeline.note("somebody who comes while the process ends, or comes back to it")
        async with on.timeline.stream(stream.cursor, extras="beat,rotate") as stream:
            await stream.to_the_end()
        return on.timeline


async def end(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on:
        await on.list_jobs()
        await on.set(JobStatus.READY, ONE)
        async with on.timeline.stream() as stream:
            await stream.until("all_jobs")
            on.timeline.note("the last posting has been read")
            await on.set(JobStatus.READY, TWO)
            await stream.to_the_end()
        on.timeline.note("a browser that was not closed in time comes back")
        await on.timeline.ask(stream.cursor)
        return on.timeline


async def abort(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown) as on:
        await on.list_jobs()
        async with on.timeline.stream(extras="beat") as stream:
            await stream.until("beat")
            on.timeline.note("one posting has been read; then somebody aborts the run")
            await on.set(JobStatus.READY, ONE)
            await stream.until("update")
            await shown.book.end(on.run, RunStatus.ABORTED)
            await stream.to_the_end()
        on.timeline.note(
            "who comes back from before the end without `beat`, which proves what is held, gets everything"
        )
        async with on.timeline.stream("3") as stream:
            await stream.to_the_end()
        return on.timeline


async def token_expiry(database: Database) -> Timeline:
    async with show(database) as shown, scene(shown, token_s=3) as on:
        await on.list_jobs()
        async with on.timeline.stream(extras="beat,rotate") as stream:
            await stream.until("beat", "rotate")
            on.timeline.note("the client has not got a fresh ticket in time")
            await stream.to_the_end()
        shown.world.now[0] += 3
        await on.timeline.ask(stream.cursor, extras="beat,rotate")
        return on.timeline


async def known(shown: Show, run: RunId, version: int) -> None:
    """Wait until the server has read so far."""
    await shown.hub._look([run])
    place = shown.hub._places[run]
    while place.channel.version < version:
        await place.channel.cursor(str(version))


SCENARIOS: Final[dict[str, Callable[[Database], Awaitable[Timeline]]]] = {
    "First connect": first_connect,
    "With extras": with_extras,
    "Reconnect": reconnect,
    "A viewer that reads slowly": slow_viewer,
    "Rotation": rotation,
    "Restart": restart,
    "The end": end,
    "Abort": abort,
    "The token ends": token_expiry,
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_timeline_is_what_is_sent(database: Database, name: str) -> None:
    sent = (await SCENARIOS[name](database)).text
    print(f"### {name}\n\n```text\n{sent}```")  # noqa: T201 - to be taken over, where it differs
    assert comparable(shown_in_the_page().get(name, "")) == comparable(sent)


def test_each_timeline_is_tested() -> None:
    assert set(shown_in_the_page()) == set(SCENARIOS)
