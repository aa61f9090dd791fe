"""The client of the stream against a real server that cuts, restarts, rotates, refuses and lies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from jobwire.client.door import EXTRAS, Door
from jobwire.client.progress import ProgressClient
from jobwire.client.states import Patience, Signal
from jobwire.domain.errors import JobwireError, NotFound, NotSignedIn, Unavailable
from jobwire.domain.progress import JobKey, RunView
from jobwire.domain.runs import JobStatus, RunStatus
from patience import PATIENCE_S

HEAD = ": jobwire\nretry: 20\n\n"
SNAPSHOT = (
    "event: status\ndata: ingesting\n\n"
    'event: all_jobs\ndata: {"acme": [{"external_id": "1", "title": "A", "status": "pending"},'
    ' {"external_id": "2", "title": "B", "status": "pending"}]}\nid: 3.17\n\n'
)
FIRST = 'event: update\ndata: {"acme": {"1": "ready"}}\nid: 4.18\n\n'
END = 'event: update\ndata: {"acme": {"2": "skipped"}}\n\nevent: status\ndata: finished\nid: 6.20\n\n'
QUICK = Patience(shortest_pause_s=0.001, longest_pause_s=0.01)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rotate(reason: str) -> str:
    return f'event: rotate\ndata: {{"in_ms": 2000, "reason": "{reason}"}}\n\n'


@dataclass
class Stage:
    """A server whose connections are answered one after the other, and the client that looks at it."""

    url: str
    answers: list[Answer]
    ticket_statuses: list[int]
    ticket_life: timedelta
    tickets: list[str] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)
    shown: list[str | None] = field(default_factory=list)
    """What opened each connection."""
    asked: list[str] = field(default_factory=list)
    """The addresses of all requests."""
    signals: list[Signal] = field(default_factory=list)
    view: RunView = field(default_factory=RunView)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(str(request.rel_url))
        self.cursors.append(request.headers.get("Last-Event-ID"))
        self.shown.append(request.headers.get("Authorization"))
        return await self.answers.pop(0)(request)

    async def issue(self, request: web.Request) -> web.Response:
        self.asked.append(str(request.rel_url))
        assert request.headers["Authorization"] == "Bearer token-of-the-test"
        if self.ticket_statuses:
            return web.Response(status=self.ticket_statuses.pop(0))
        self.tickets.append(f"ticket-{len(self.tickets) + 1}")
        expires_at = datetime.now(UTC) + self.ticket_life
        return web.json_response({"token": self.tickets[-1], "expires_at": expires_at.isoformat()})

    async def follow(self, patience: Patience = QUICK) -> None:
        async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE_S):
            door = Door(session, self.url, "token-of-the-test", 17)
            await ProgressClient(door, self.view, self.signals.append, patience=patience).follow()

    @property
    def news(self) -> list[Signal]:
        return [signal for signal in self.signals if signal is not Signal.CHANGED]


@asynccontextmanager
async def stage(
    *answers: Answer, tickets: tuple[int, ...] = (), life: timedelta = timedelta(minutes=15)
) -> AsyncIterator[Stage]:
    """`tickets` are statuses with which tickets are denied at first."""
    shown = Stage("", list(answers), list(tickets), life)
    app = web.Application()
    app.router.add_get("/api/ingestion/progress/17", shown.answer)
    app.router.add_post("/api/ingestion/progress/17/ticket", shown.issue)
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    shown.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield shown
    finally:
        await runner.cleanup()


async def _now(response: web.Response) -> web.Response:
    return response


def stream(
    *pieces: str,
    cut: bool = False,
    silent: asyncio.Event | None = None,
    gone: asyncio.Event | None = None,
    waits_for: asyncio.Event | None = None,
    then: str = "",
) -> Answer:
    """A stream of these pieces, then a clean end; or a cut; or silence until the event; or one more piece after it.

    `gone` is set when the client has left.
    """

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece.encode())
        try:
            if silent is not None:
                await silent.wait()
        finally:
            if gone is not None:
                gone.set()
        if waits_for is not None:
            await waits_for.wait()
            await response.write(then.encode())
        if cut:
            assert request.transport is not None
            request.transport.abort()
        return response

    return answer


def status(code: int) -> Answer:
    return lambda _request: _now(web.Response(status=code))


def statuses(view: RunView) -> list[JobStatus]:
    return [view.jobs[JobKey("acme", key)].status for key in ("1", "2")]


async def test_a_run_is_followed_to_its_end_with_a_ticket_and_no_token_in_any_address() -> None:
    async with stage(stream(HEAD + SNAPSHOT, FIRST, END)) as shown:
        await shown.follow()
    assert shown.view.status is RunStatus.FINISHED
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]
    assert shown.shown == ["Bearer ticket-1"]
    here = "/api/ingestion/progress/17"
    assert shown.asked == [f"{here}/ticket", f"{here}?extras={EXTRAS}"]


async def test_a_planned_close_is_followed_at_the_cursor_and_told_to_nobody() -> None:
    async with stage(stream(HEAD + SNAPSHOT, "retry: 30\n\n"), stream(HEAD + FIRST), stream(HEAD + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17", "4.18"]
    assert shown.news == []
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]
    assert shown.tickets == ["ticket-1"]


async def test_a_cut_in_the_middle_of_a_group_starts_again_where_the_group_began() -> None:
    half = 'event: update\ndata: {"acme": {"1": "ready"}}\n\nevent: upd'
    async with stage(stream(HEAD + SNAPSHOT, half, cut=True), stream(HEAD + FIRST + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17"]
    assert shown.news == [Signal.LOST, Signal.BACK]
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]


async def test_a_rotation_opens_the_next_connection_before_the_old_one_is_closed() -> None:
    """The old one goes on for ever: only to hear from the next can end it."""
    gone = asyncio.Event()
    old = stream(HEAD + SNAPSHOT, rotate("lifetime"), silent=asyncio.Event(), gone=gone)
    async with stage(old, stream(HEAD + FIRST, waits_for=gone, then=END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17"]
    assert shown.news == []
    assert shown.tickets == ["ticket-1"]
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]


async def test_a_rotation_for_the_token_brings_a_fresh_ticket() -> None:
    old = stream(HEAD + SNAPSHOT, rotate("token"), silent=asyncio.Event())
    async with stage(old, stream(HEAD + FIRST + END)) as shown:
        await shown.follow()
    assert shown.shown == ["Bearer ticket-1", "Bearer ticket-2"]


async def test_a_ticket_that_is_about_to_end_is_not_used_again() -> None:
    async with stage(stream(HEAD + SNAPSHOT), stream(HEAD + FIRST + END), life=timedelta(seconds=50)) as shown:
        await shown.follow()
    assert shown.shown == ["Bearer ticket-1", "Bearer ticket-2"]


async def test_a_ticket_that_is_not_taken_any_more_is_replaced_once() -> None:
    async with stage(stream(HEAD + SNAPSHOT), status(401), stream(HEAD + FIRST + END)) as shown:
        await shown.follow()
    assert shown.shown == ["Bearer ticket-1", "Bearer ticket-1", "Bearer ticket-2"]
    assert shown.cursors == [None, "3.17", "3.17"]
    assert shown.news == []


async def test_failures_are_waited_out_and_told_once() -> None:
    answers = [status(500), status(503), status(302), lambda _: _now(web.Response(text="hello"))]
    async with stage(*answers, stream(HEAD + SNAPSHOT + END), tickets=(500, 302)) as shown:
        await shown.follow()
    assert shown.cursors == [None] * 5
    assert shown.news == [Signal.LOST, Signal.BACK]


async def test_a_server_that_is_gone_for_too_long_is_given_up() -> None:
    async with stage() as shown:
        pass
    with pytest.raises(Unavailable, match="not answered for too long"):
        await shown.follow(Patience(shortest_pause_s=0.001, longest_pause_s=0.01, gone_s=0.1))


async def test_a_silent_connection_is_left() -> None:
    async with stage(stream(HEAD + SNAPSHOT, silent=asyncio.Event()), stream(HEAD + END)) as shown:
        await shown.follow(Patience(silence_s=0.2, shortest_pause_s=0.001))
    assert shown.cursors == [None, "3.17"]
    assert shown.view.status is RunStatus.FINISHED


async def test_204_before_the_end_makes_the_client_ask_for_everything() -> None:
    async with stage(stream(HEAD + SNAPSHOT), status(204), stream(HEAD + SNAPSHOT + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17", None]
    assert statuses(shown.view) == [JobStatus.PENDING, JobStatus.SKIPPED]


NONSENSE = ['{"acme": {"1": "flying"}}', "{", '{"acme": 1}']


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_what_cannot_be_understood_makes_the_client_ask_for_everything(nonsense: str) -> None:
    bad = f"event: update\ndata: {nonsense}\nid: 4.18\n\n"
    async with stage(stream(HEAD + SNAPSHOT, bad), stream(HEAD + SNAPSHOT + FIRST + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, None]
    assert shown.news == [Signal.ASTRAY]
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]


async def test_a_server_that_cannot_be_understood_twice_is_left() -> None:
    bad = "event: update\ndata: {\nid: 4.18\n\n"
    async with stage(stream(HEAD + SNAPSHOT, bad), stream(HEAD + SNAPSHOT, bad)) as shown:
        with pytest.raises(Unavailable, match="cannot be understood"):
            await shown.follow()


@pytest.mark.parametrize(
    ("answers", "tickets", "error"),
    [
        ((status(401),), (), NotSignedIn),
        ((status(404),), (), NotFound),
        ((), (401,), NotSignedIn),
        ((), (404,), NotFound),
        ((stream(HEAD + SNAPSHOT), status(401), status(401)), (), NotSignedIn),
    ],
)
async def test_what_the_server_refuses_for_good_is_not_tried_again(
    answers: tuple[Answer, ...], tickets: tuple[int, ...], error: type[JobwireError]
) -> None:
    async with stage(*answers, tickets=tickets) as shown:
        with pytest.raises(error):
            await shown.follow()
    assert len(shown.cursors) == len(answers)
