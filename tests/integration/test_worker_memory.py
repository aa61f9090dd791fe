"""A worker keeps its memory while many hosts at once send as much as they can: endless, huge, tiny and deep answers."""

import asyncio
import json
import os
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import psutil
import pytest
from aiohttp import web
from boards_server import Site, serve, settings_for

from jobwire.bootstrap.foundation import local_user
from jobwire.bootstrap.serving import serving
from jobwire.domain.runs import RunStatus
from patience import PATIENCE_S

IS_LONG: Final = "JOBWIRE_TEST_LONG" in os.environ
MEGABYTE: Final = 1024 * 1024
MAX_MB: Final = 600
TEXT: Final = "Work on great things. " * 600
"""Of a usual posting's size."""
HUGE: Final = 60 * MEGABYTE

Pieces = Iterator[bytes]


def line(key: str, text: str = TEXT) -> bytes:
    """A posting in the terms of all systems, roughly: id, title and text."""
    names = {"id": key, "name": "Engineer", "title": "Engineer", "text": "Engineer", "shortcode": key, "id_icims": key}
    texts = {"content": text, "description": text, "descriptionHtml": text}
    return json.dumps({**names, **texts}).encode()


def endless_lines() -> Pieces:
    """A whole board in one answer that never ends."""
    yield b'{"meta":{},"jobs":['
    number = 0
    while True:
        yield line(str(number)) + b","
        number += 1


def huge_board(size: int = HUGE, text: str = TEXT) -> Pieces:
    """A whole board that is just within what one answer may hold."""
    one = line("0", text)
    yield b'{"jobs":['
    for number in range(size // len(one)):
        yield line(str(number), text) + b","
    yield one + b"]}"


def tiny_lines() -> Pieces:
    """As many lines as fit into what every board may have."""
    yield b'{"jobs":['
    for number in range(90_000):
        yield b'{"id":%d,"title":"Engineer of all things"}   ,' % number
    yield line("0") + b"]}"


def numbers() -> Pieces:
    yield b'{"jobs":['
    for _ in range(HUGE // MEGABYTE):
        yield b"1," * (MEGABYTE // 2)
    yield b"1]}"


def deep() -> Pieces:
    yield b'{"meta":' + b"[" * (20 * MEGABYTE)


def bomb() -> Pieces:
    """Zeros of which a thousand travel as one."""
    packed = zlib.compressobj(wbits=31)
    for _ in range(2_000):
        if piece := packed.compress(bytes(MEGABYTE)):
            yield piece


def bad_text() -> Pieces:
    """A board in no encoding, whose replacement takes three times as much."""
    yield b'{"jobs":[{"id":1,"title":"Engineer","content":"'
    for _ in range(HUGE // MEGABYTE):
        yield b"\xff" * MEGABYTE
    yield b'"}]}'


def emoji() -> Pieces:
    return huge_board(text="\N{GRINNING FACE}" * 3_000)


def positions() -> Pieces:
    yield b"<workzag-jobs>"
    for _ in range(40):
        yield b"<position/>" * (MEGABYTE // 11)
    yield b"</workzag-jobs>"


def page_of(text: str, *, around: bytes = b"%b") -> Callable[[web.Request], Pieces]:
    """A page of a hundred large postings, new ones each time, and there is always another."""
    asked = 0

    def answer(_: web.Request) -> Pieces:
        nonlocal asked
        asked += 1
        lines = (line(f"{asked}-{number}", text) for number in range(100))
        yield around % (b"[" + b",".join(lines) + b"]")

    return answer


def always(pieces: Callable[[], Pieces]) -> Callable[[web.Request], Pieces]:
    return lambda _: pieces()


ANSWERS: Final[Mapping[str, tuple[str, Callable[[web.Request], Pieces]]]] = {
    "endless": ("greenhouse", always(endless_lines)),
    "tiny": ("greenhouse", always(tiny_lines)),
    "pages": ("lever", page_of(TEXT * 5)),
    "deep": ("greenhouse", always(deep)),
    "huge": ("greenhouse", always(huge_board)),
    "huge-too": ("ashby", always(huge_board)),
    "endless-too": ("workable", always(endless_lines)),
    "numbers": ("greenhouse", always(numbers)),
    "bomb": ("greenhouse", always(bomb)),
    "bad-text": ("greenhouse", always(bad_text)),
    "emoji": ("ashby", always(emoji)),
    "positions": ("personio", always(positions)),
    "pages-too": ("lever", page_of(TEXT * 5)),
    "more-pages": ("lever", page_of(TEXT * 5)),
    "amazon": ("amazon", page_of(TEXT * 5, around=b'{"hits":9000,"jobs":%b}')),
    "tiny-too": ("ashby", always(tiny_lines)),
}
SHOWN: Final = list(ANSWERS.items())[: None if IS_LONG else 4]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve() as opened:
        opened.answer = hostile
        yield opened


async def hostile(request: web.Request) -> web.StreamResponse:
    """Answer as the board's name says, for as long as anybody listens."""
    if request.path == "/robots.txt":
        return web.Response(status=404)
    asked = request.path + request.headers["Host"]
    board = next((name for name in sorted(ANSWERS, key=len, reverse=True) if name in asked), "amazon")
    _, answer = ANSWERS[board]
    response = web.StreamResponse(headers={"Content-Encoding": "gzip"} if board == "bomb" else {})
    await response.prepare(request)
    with suppress(ConnectionError):  # it has heard enough
        for piece in answer(request):
            await response.write(piece)
            await asyncio.sleep(0)
        await response.write_eof()
    return response


async def test_a_worker_keeps_its_memory_whatever_hosts_send(database_url: str, tmp_path: Path, site: Site) -> None:
    settings = settings_for(site.origin, database_url=database_url, data_dir=tmp_path, port=0)
    async with serving(settings, worker=True) as server:
        assert server.worker is not None
        assert server.worker.pid is not None
        token = server.foundation.tokens.access(await local_user(server.foundation))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=PATIENCE_S) as client:
            items = [
                {"op": "upsert", "source": f"{name}={system}:{_slug(system, name)}"} for name, (system, _) in SHOWN
            ]
            saved = await client.post("/api/ingestion/settings", json=items)
            assert all(item["success"] for item in saved.json()), saved.text
            run = (await client.post("/api/ingestion/start", json={})).json()["run_id"]
            peaks = await _peaks(client, run, psutil.Process(server.worker.pid))
            companies = (await client.get(f"/api/ingestion/runs/{run}/companies")).json()["companies"]

    reasons = {one["company_name"]: one["reason"] or "" for one in companies if one["status"] == "error"}
    assert max(peaks.values()) < MAX_MB, peaks
    assert reasons["endless"].startswith("greenhouse:endless: 127.0.0.1 answered with more than 67108864 bytes.")
    assert reasons["pages"].startswith("lever:pages: the listing holds more than 160 MB.")
    assert reasons.keys() == {name for name, _ in SHOWN} - {"huge", "huge-too", "emoji", "bad-text"}


def _slug(system: str, name: str) -> str:
    return "amazon" if system == "amazon" else name


async def _peaks(client: httpx.AsyncClient, run: int, worker: psutil.Process) -> Mapping[int, float]:
    """The most memory of the worker and its children in MB, by process, until the run has ended."""
    peaks: dict[int, float] = {}
    async with asyncio.timeout(5 * PATIENCE_S if IS_LONG else PATIENCE_S):
        while True:
            for process in [worker, *worker.children()]:
                peaks[process.pid] = max(peaks.get(process.pid, 0), process.memory_info().rss / MEGABYTE)
            status = (await client.get(f"/api/ingestion/status/{run}")).json()["status"]
            if RunStatus(status).is_terminal:
                return peaks
            await asyncio.sleep(0.02)
