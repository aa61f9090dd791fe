"""A server that is measured, as the benchmark sees it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

from bench.server import BenchServer
from bench.stream.sizes import Sizes

HOST: Final = "127.0.0.1"


class PeerMissing(Exception):
    """What is not installed, and how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A running server with one topic.

    `pids` are all its processes. A viewer sends `request` to `host:port`. `publish` makes the change of this number
    (from 0 on, each once) and returns when it is made: a frame for every viewer.
    """

    name: str
    pids: Sequence[int]
    host: str
    port: int
    request: str
    publish: Callable[[int], Awaitable[None]]


StartPeer = Callable[[BenchServer, Sizes], AbstractAsyncContextManager[Peer]]
"""Raises `PeerMissing`."""


def request(path: str, host: str, encoding: str = "identity") -> str:
    """What an `EventSource` sends; for most figures without compression, since it is not zlib that is measured."""
    lines = (f"GET {path} HTTP/1.1", f"Host: {host}", "Accept: text/event-stream", f"Accept-Encoding: {encoding}")
    return "\r\n".join(lines) + "\r\n\r\n"


def change(number: int) -> tuple[str, str]:
    """Data and id of the event that Jobwire makes of a change: the others send the same."""
    return f'{{"company000":{{"{4_000_000_000 + number}":"ready"}}}}', f"{number + 2}.{1_790_000_000_000 + number}"
