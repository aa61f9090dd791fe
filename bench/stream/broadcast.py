"""Run as a process: sse-starlette as its users write it, with an in-memory broadcast: a queue for each viewer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.parent import Parent, work_for_parent
from bench.server import BenchServer
from bench.stream.peer import Peer, PeerMissing
from bench.stream.posted import Listening, posted
from bench.stream.rows import BROADCAST
from bench.stream.sizes import Sizes
from jobwire.httpd import HttpServer

HOW: Final = "sse-starlette is not installed: `make bench-stream` does that, or pip install -r bench/requirements.lock"


@asynccontextmanager
async def broadcast(_server: BenchServer, _sizes: Sizes) -> AsyncGenerator[Peer]:
    if find_spec("sse_starlette") is None:
        raise PeerMissing(HOW)
    async with posted(BROADCAST, "bench.stream.broadcast") as peer:
        yield peer


class Topic:
    """Viewers, each with a queue."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes]] = set()

    async def events(self) -> AsyncGenerator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)

    def publish(self, event: bytes) -> None:
        for queue in self._queues:
            queue.put_nowait(event)


def app() -> Starlette:
    from sse_starlette import EventSourceResponse  # noqa: PLC0415 - it may not be installed

    topic = Topic()

    async def watch(_request: Request) -> Response:
        return EventSourceResponse(topic.events())

    async def publish(request: Request) -> Response:
        topic.publish(await request.body())
        return Response(status_code=204)

    return Starlette(routes=[Route("/", watch, methods=["GET"]), Route("/", publish, methods=["POST"])])


async def serve(parent: Parent) -> None:
    await parent.hear(None)
    async with HttpServer(app(), host="127.0.0.1", port=0) as server:
        parent.tell(Listening(int(server.url.rpartition(":")[2])))
        await parent.gone()


if __name__ == "__main__":
    work_for_parent(serve)
