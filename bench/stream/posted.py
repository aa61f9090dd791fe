"""Peers that are processes of the benchmark's own: viewers `GET /`, changes are posted to `/`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from bench.child import child
from bench.stream.peer import Peer, change, request


class Listening(msgspec.Struct, frozen=True):
    port: int


@asynccontextmanager
async def posted(name: str, module: str) -> AsyncGenerator[Peer]:
    async with child(module, None) as process:
        port = (await process.hear(Listening)).port
        url = f"http://127.0.0.1:{port}/"
        async with aiohttp.ClientSession() as session:

            async def publish(number: int) -> None:
                data, cursor = change(number)
                event = f"event: update\ndata: {data}\nid: {cursor}\n\n"
                async with session.post(url, data=event.encode()) as response:
                    response.raise_for_status()

            yield Peer(
                name=name,
                pids=[process.pid],
                host="127.0.0.1",
                port=port,
                request=request("/", f"127.0.0.1:{port}"),
                publish=publish,
            )
