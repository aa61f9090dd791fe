"""The terminal's stream client against a real server that cuts, restarts, refuses and lies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from jobwire.cli.client import Client, server_url
from jobwire.cli.progress_client import ProgressClient, Signal
from jobwire.domain.errors import InvalidInput, NotFound, NotSignedIn, RunActive, Unavailable
from jobwire.domain.progress import JobKey, RunView
from jobwire.domain.runs import JobStatus, RunStatus

HEAD = ": jobwire\nretry: 20\n\n"
SNAPSHOT = (
    "event: status\ndata: ingesting\n\n"
    'event: all_jobs\ndata: {"acme": [{"external_id": "1", "title": "A", "status": "pending"},'
    ' {"external_id": "2", "title": "B", "status": "pending"}]}\nid: 3.17\n\n'
)
FIRST = 'event: update\ndata: {"acme": {"1": "ready"}}\nid: 4.18\n\n'
END = 'event: update\ndata: {"acme": {"2": "skipped"}}\n\nevent: status\ndata: finished\nid: 6.20\n\n'

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Stage:
    """A server whose connections are answered one after the other, and the client that looks at it."""

    url: str
    answers: list[Answer]
    cursors: list[str | None] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    view: RunView = field(default_factory=RunView)
    now: float = 0.0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.cursors.append(request.headers.get("Last-Event-ID"))
        self.authorizations.append(request.headers.get("Authorization"))
        self.queries.append(request.query_string)
        return await self.answers.pop(0)(request)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def follow(self, **options: float) -> None:
        async with Client(self.url, "token-of-the-test") as client, asyncio.timeout(10):
            await ProgressClient(
                client,
                17,
                self.view,
                self.signals.append,
                sleep=self.pause,
                uniform=lambda _low, high: high,
                clock=lambda: self.now,
                **options,
            ).follow()


@asynccontextmanager
async def stage(*answers: Answer, status: str = "ingesting") -> AsyncIterator[Stage]:
    shown = Stage("", list(answers))
    app = web.Application()
    app.router.add_get("/api/ingestion/progress/17", shown.answer)
    run = {
        "run_id": 17,
        "status": status,
        "counts": {},
        "total_jobs": 0,
        "created_at": "2026-11-25T03:00:00Z",
        "started_at": None,
        "finished_at": None,
        "error_message": None,
    }

    async def stand(_request: web.Request) -> web.Response:
        return web.json_response(run)

    app.router.add_get("/api/ingestion/status/17", stand)
    runner = web.AppRunner(app, shutdown_timeout=0)
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


def stream(*pieces: str, cut: bool = False, silent: asyncio.Event | None = None) -> Answer:
    """A stream of these pieces, then a clean end; or a cut; or silence until the event."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece.encode())
        if silent is not None:
            await silent.wait()
        if cut:
            assert request.transport is not None
            request.transport.abort()
        return response

    return answer


def status(code: int) -> Answer:
    return lambda _request: _now(web.Response(status=code))


def statuses(view: RunView) -> list[JobStatus]:
    return [view.jobs[JobKey("acme", key)].status for key in ("1", "2")]


async def test_a_run_is_followed_to_its_end_with_the_token_in_the_header_alone() -> None:
    async with stage(stream(HEAD + SNAPSHOT, FIRST, END)) as shown:
        await shown.follow()
    assert shown.view.status is RunStatus.FINISHED
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]
    assert shown.authorizations == ["Bearer token-of-the-test"]
    assert shown.queries == [""]
    assert shown.pauses == []


async def test_a_planned_close_is_followed_at_the_cursor_after_the_time_that_the_server_asks_for() -> None:
    async with stage(stream(HEAD + SNAPSHOT, "retry: 30\n\n"), stream(HEAD + FIRST), stream(HEAD + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17", "4.18"]
    assert shown.pauses == [0.03, 0.02]
    assert Signal.LOST not in shown.signals
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]


async def test_a_cut_in_the_middle_of_a_group_starts_again_where_the_group_began() -> None:
    half = 'event: update\ndata: {"acme": {"1": "ready"}}\n\nevent: upd'
    async with stage(stream(HEAD + SNAPSHOT, half, cut=True), stream(HEAD + FIRST + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17"]
    assert [signal for signal in shown.signals if signal is not Signal.CHANGED] == [Signal.LOST, Signal.BACK]
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]


async def test_failures_are_waited_out_longer_each_time_and_told_once() -> None:
    async with stage(
        status(500), status(503), status(302), lambda _: _now(web.Response(text="hello")), stream(HEAD + SNAPSHOT + END)
    ) as shown:
        await shown.follow()
    assert shown.pauses == [1, 2, 4, 8]
    assert shown.signals.count(Signal.LOST) == shown.signals.count(Signal.BACK) == 1


async def test_a_server_that_is_gone_for_too_long_is_given_up() -> None:
    async with stage() as shown:
        pass
    with pytest.raises(Unavailable, match="does not answer"):
        await shown.follow(patience_s=60)
    assert shown.pauses[:6] == [1, 2, 4, 8, 16, 30]
    assert shown.now > 60


async def test_a_silent_connection_is_left() -> None:
    never = asyncio.Event()
    async with stage(stream(HEAD + SNAPSHOT, silent=never), stream(HEAD + END)) as shown:
        await shown.follow(silence_s=0.2)
        never.set()
    assert shown.cursors == [None, "3.17"]
    assert shown.view.status is RunStatus.FINISHED


async def test_204_at_the_end_is_the_end() -> None:
    async with stage(status(204), status="aborted") as shown:
        await shown.follow()
    assert shown.view.status is RunStatus.ABORTED


async def test_204_before_the_end_makes_the_client_ask_for_everything() -> None:
    async with stage(stream(HEAD + SNAPSHOT), status(204), stream(HEAD + SNAPSHOT + END), status="finished") as shown:
        await shown.follow()
    assert shown.cursors == [None, "3.17", None]
    assert statuses(shown.view) == [JobStatus.PENDING, JobStatus.SKIPPED]


@pytest.mark.parametrize("nonsense", ['{"acme": {"1": "flying"}}', "{", '{"acme": 1}'])
async def test_what_cannot_be_understood_makes_the_client_ask_for_everything(nonsense: str) -> None:
    bad = f"event: update\ndata: {nonsense}\nid: 4.18\n\n"
    async with stage(stream(HEAD + SNAPSHOT, bad), stream(HEAD + SNAPSHOT + FIRST + END)) as shown:
        await shown.follow()
    assert shown.cursors == [None, None]
    assert statuses(shown.view) == [JobStatus.READY, JobStatus.SKIPPED]


@pytest.mark.parametrize(("code", "error"), [(401, NotSignedIn), (404, NotFound)])
async def test_what_the_server_refuses_for_good_is_not_tried_again(code: int, error: type[Exception]) -> None:
    async with stage(status(code)) as shown:
        with pytest.raises(error):
            await shown.follow()
    assert len(shown.cursors) == 1


@asynccontextmanager
async def answering(path: str, answer: Callable[[], web.Response]) -> AsyncIterator[tuple[Client, list[web.Request]]]:
    """A client of a server that answers every request for a path in one way."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request)
        return answer()

    app = web.Application()
    app.router.add_route("*", path, handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Client(f"http://127.0.0.1:{runner.addresses[0][1]}", "token-of-the-test") as client:
            yield client, asked
    finally:
        await runner.cleanup()


def problem(code: int, **extra: object) -> web.Response:
    return web.json_response({"detail": "What happened. What to do.", **extra}, status=code)


async def test_the_token_is_not_shown_to_what_is_not_jobwire() -> None:
    async with answering("/{tail:.*}", lambda: web.Response(text="<html>another app")) as (client, asked):
        with pytest.raises(Unavailable, match="does not answer like Jobwire"):
            await client.check()
    assert [request.headers.get("Authorization") for request in asked] == [None]


@pytest.mark.parametrize(
    ("answer", "error", "match"),
    [
        (lambda: problem(409, run_id=17), RunActive, "Run 17 is still active"),
        (lambda: problem(422), InvalidInput, "What happened. What to do."),
        (lambda: problem(401), NotSignedIn, "JOBWIRE_TOKEN"),
        (lambda: problem(503), Unavailable, "What happened"),
        (lambda: web.Response(status=500, text="oops"), Unavailable, "HTTP 500"),
        (lambda: web.Response(status=302, headers={"Location": "/elsewhere"}), Unavailable, "does not answer like"),
        (lambda: web.json_response({"run_id": "x"}), Unavailable, "does not answer like"),
    ],
)
async def test_an_answer_that_is_none_is_an_error_in_words(
    answer: Callable[[], web.Response], error: type[Exception], match: str
) -> None:
    async with answering("/api/ingestion/start", answer) as (client, asked):
        with pytest.raises(error, match=match):
            await client.start(None)
    assert [request.method for request in asked] == ["POST"]


@pytest.mark.parametrize("text", ["", "127.0.0.1:8000", "ftp://host", "http://", "http://a:b@host", "http://host:x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no address"):
        server_url(text)


def test_an_address_loses_its_last_slash() -> None:
    assert server_url("http://[::1]:8000/") == "http://[::1]:8000"
