"""A careers site on loopback that answers just as a test says, and clients that ask it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from jobwire.boards.http import BoardClient
from jobwire.boards.registry import SYSTEMS, BoardRegistry
from jobwire.domain.companies import BoardRef
from jobwire.ingest.ports.boards import BoardReader
from jobwire.settings import Settings

Answer = Callable[[web.Request], Awaitable[web.StreamResponse] | web.StreamResponse]


@dataclass
class Site:
    """Answers every request with `answer`, and keeps what was asked."""

    origin: str = ""
    answer: Answer = field(default=lambda _: web.Response(status=404))
    requests: list[web.Request] = field(default_factory=list[web.Request])

    @property
    def paths(self) -> list[str]:
        return [request.raw_path for request in self.requests]

    def then(self, *answers: Answer) -> None:
        """Give these answers in turn, and the last of them for ever."""
        left = list(answers)

        def next_one(request: web.Request) -> Awaitable[web.StreamResponse] | web.StreamResponse:
            answer = left.pop(0) if len(left) > 1 else left[0]
            return answer(request)

        self.answer = next_one

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        answer = self.answer(request)
        return answer if isinstance(answer, web.StreamResponse) else await answer


@asynccontextmanager
async def serve() -> AsyncIterator[Site]:
    """A site on a free loopback port."""
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", site.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield site
    finally:
        await runner.cleanup()


class Time:
    """A clock that only sleeping moves, and that keeps what was slept."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def settings_for(origin: str, **more: Any) -> Settings:
    """Settings under which all systems are asked at one origin."""
    return Settings.model_validate({"board_urls": dict.fromkeys(SYSTEMS, origin), "allow_private_hosts": True, **more})


def client(settings: Settings, time: Time | None = None, **more: Any) -> BoardClient:
    """A client whose clock is `time`, and whose jitter is always the longest."""
    time = time or Time()
    return BoardClient(settings, clock=lambda: time.now, now=lambda: 0.0, sleep=time.sleep, jitter=lambda: 1.0, **more)


@asynccontextmanager
async def reading(site: Site, board: BoardRef) -> AsyncIterator[BoardReader]:
    """A reader that asks the site, with a client of its own."""
    settings = settings_for(site.origin)
    async with client(settings) as asking:
        yield BoardRegistry(settings, asking).reader(board)


def body(data: object) -> Answer:
    """An answer with this body: bytes as they are, anything else as JSON."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return lambda _: web.Response(body=raw, content_type="application/json")


def status(code: int, **headers: str) -> Answer:
    """An answer with this status. A header's underscores become dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.Response(status=code, headers=named, text="a page that says more: secret")
