"""What `jobwire watch` shows: all of it from the stream, and from the API only what the stream left out."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.client import Client
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import Picture, Stage
from jobwire.cli.watch import REDRAW_S, watch
from jobwire.domain.progress import LOG_KEPT
from patience import PATIENCE_S

RUN = {
    "run_id": 17,
    "counts": {},
    "total_jobs": 0,
    "created_at": "2026-11-25T03:00:00Z",
    "started_at": None,
    "finished_at": None,
    "error_message": None,
}


def event(name: str, data: object, cursor: str = "") -> str:
    said = data if isinstance(data, str) else json.dumps(data)
    return f"event: {name}\ndata: {said}\n" + (f"id: {cursor}\n\n" if cursor else "\n")


def line(seq: int, level: str = "error") -> dict[str, Any]:
    at = "2026-11-25T03:00:00Z"
    return {"seq": seq, "at": at, "level": level, "company": "acme", "external_id": None, "message": f"line {seq}"}


LISTING = (
    event("status", "initializing")
    + event("all_jobs", {"acme": [{"external_id": "1", "title": "A", "status": "ready"}], "slow": [], "gone": []})
    + event(
        "companies",
        {
            "acme": {"status": "crawling", "jobs": 1, "reason": None},
            "slow": {"status": "listing", "jobs": 0, "reason": None},
            "gone": {"status": "error", "jobs": 0, "reason": "no such board"},
        },
    )
)
INGESTING = event("status", "ingesting") + LISTING.partition("\n\n")[2]
END = event("status", "finished", "9.100")


@dataclass
class Recorder:
    """A view that keeps what it is told; `seen` is set at the first picture with a company."""

    pictures: list[Picture] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    outcome: Outcome | None = None
    seen: asyncio.Event = field(default_factory=asyncio.Event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        pass

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture)
        if picture.companies:
            self.seen.set()

    def failure(self, line: LogLineAnswer) -> None:
        self.failures.append(line.seq)

    def note(self, text: str) -> None:
        raise AssertionError(text)

    def end(self, outcome: Outcome) -> None:
        self.outcome = outcome


async def watched(
    first: str, log: Sequence[dict[str, Any]], *, status: str = "pending", quiet_s: float = 0
) -> tuple[Recorder, list[str]]:
    """Watch a run that shows `first` and ends once that was drawn; answer the paths that were asked for, too."""
    view = Recorder()
    asked: list[str] = []

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await asyncio.sleep(quiet_s)
        await response.write(first.encode())
        await view.seen.wait()
        await response.write(END.encode())
        return response

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path.removeprefix("/api/ingestion/"))
        if "logs" in request.path:
            page = [one for one in log if one["seq"] > int(request.query["after"])]
            return web.json_response({"logs": page, "last_seq": page[-1]["seq"] if page else 0, "more": False})
        if "companies" in request.path:
            return web.json_response({"companies": [{"company_name": "acme", "changed_jobs": 1}]})
        if "boards" in request.path:
            return web.json_response([])
        if "ticket" in request.path:
            return web.json_response({"token": "ticket", "expires_at": "2126-11-25T03:00:00Z"})
        return web.json_response({**RUN, "status": "finished" if view.seen.is_set() else status})

    app = web.Application()
    app.router.add_get("/api/ingestion/progress/17", stream)
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with Client(url, "token") as client, asyncio.timeout(PATIENCE_S):
            await watch(client, 17, view)
    finally:
        await runner.cleanup()
    return view, asked


async def test_jobs_boards_and_failures_are_seen_while_boards_still_list_without_a_question() -> None:
    lines = [line(1, "info"), line(2), line(5, "warning")]
    view, asked = await watched(LISTING + event("log", lines, "5.100"), [*lines, line(6)])
    picture = next(one for one in view.pictures if one.companies)
    assert (picture.status, picture.listed, picture.done) == ("initializing", 2, 1)
    assert [(one.name, one.stage, one.reason) for one in picture.companies] == [
        ("acme", Stage.RUNNING, None),
        ("slow", Stage.RUNNING, None),
        ("gone", Stage.FAILED, "no such board"),
    ]
    assert view.failures == [2, 5, 6]
    assert view.pictures[-1].status == "finished"
    assert asked == ["status/17", "progress/17/ticket", "status/17", "runs/17/companies", "logs/17"]
    assert view.outcome
    assert (view.outcome.changed, view.outcome.changed_jobs) == ({"acme": 1}, 1)


async def test_lines_that_the_stream_left_out_are_fetched() -> None:
    log = [line(seq) for seq in range(1, LOG_KEPT + 301)]
    view, asked = await watched(LISTING + event("log", log[-LOG_KEPT:], "5.100"), log)
    assert view.failures == [one["seq"] for one in log]
    assert asked.count("logs/17") == 2


async def test_a_run_that_goes_already_is_not_drawn_before_the_stream_has_told_of_it() -> None:
    """It would be said to have no jobs, and one that has ended to be through with none."""
    view, _ = await watched(LISTING + event("log", [], "5.100"), [], status="ingesting", quiet_s=2 * REDRAW_S)
    assert view.pictures[0].total == 1


async def test_which_boards_share_a_host_is_asked_once_when_all_are_listed() -> None:
    _, asked = await watched(INGESTING + event("log", [], "5.100"), [])
    assert asked[:4] == ["status/17", "progress/17/ticket", "boards", "status/17"]
    assert asked.count("boards") == 1
