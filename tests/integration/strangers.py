"""Clients that others wrote: what each of them makes of a run's stream, across its connections."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import httpx
import pytest
from httpx_sse import aconnect_sse
from playwright.async_api import async_playwright

from patience import PATIENCE_S
from stream_wire import Event, SseParser

OPEN: Final = Event("open", "", None)
"""A connection was opened."""
ENDS: Final = {"finished", "error", "aborted"}
MODULES: Final = Path(__file__).parents[2] / "web" / "node_modules" / "_"

Stranger = Callable[[str], AsyncIterator[Event]]


async def npm_eventsource(url: str) -> AsyncIterator[Event]:
    """Reconnects by itself, as a browser does."""
    node = _program("node")
    if not (MODULES.parent / "eventsource").exists():
        pytest.skip("npm's eventsource is not there: run `make setup web`.")
    script = Path(__file__).with_name("eventsource_client.mjs")
    process = await asyncio.create_subprocess_exec(
        node, str(script), url, str(MODULES), stdout=asyncio.subprocess.PIPE, limit=2**24
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            said = json.loads(line)
            yield OPEN if "open" in said else Event(said["name"], said["data"], said["id"])
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


_PAGE: Final = """url => {
  const source = new EventSource(url)
  source.onopen = () => say(['open', '', ''])
  for (const name of ['status', 'all_jobs', 'update'])
    source.addEventListener(name, ({ data, lastEventId }) => {
      if (name === 'status' && ['finished', 'error', 'aborted'].includes(data)) source.close()
      say([name, data, lastEventId])
    })
}"""


async def chromium(url: str) -> AsyncIterator[Event]:
    """The browser's own, in a bare page of the server's origin."""
    program = _program("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        try:
            page, said = await browser.new_page(), asyncio.Queue[list[str]]()
            await page.route("**/bare", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
            await page.goto(str(httpx.URL(url).copy_with(path="/bare", query=None)))
            await page.expose_function("say", said.put_nowait)
            await page.evaluate(_PAGE, url)
            last = ""
            while last not in ENDS:
                name, last, cursor = await said.get()
                yield OPEN if name == "open" else Event(name, last, cursor)
        finally:
            await browser.close()


async def httpx_sse(url: str) -> AsyncIterator[Event]:
    """Takes events apart; to reconnect is left to its user."""
    cursor, last = "", ""
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        while last not in ENDS:
            headers = {"Last-Event-ID": cursor} if cursor else {}
            async with aconnect_sse(client, "GET", url, headers=headers) as source:
                yield OPEN
                async for event in source.aiter_sse():
                    if event.event == "message":  # it makes one of a `retry:` alone
                        continue
                    cursor, last = event.id, event.data
                    yield Event(event.event, event.data, event.id)


async def curl(url: str, *options: str) -> AsyncIterator[Event]:
    """Gives bytes; the rest is this test's."""
    program, cursor, last = _program("curl"), "", ""
    while last not in ENDS:
        header = ["--header", f"Last-Event-ID: {cursor}"] if cursor else []
        process = await asyncio.create_subprocess_exec(
            program, "--silent", "--no-buffer", "--fail", *options, *header, url, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        yield OPEN
        parser = SseParser()
        try:
            while data := await process.stdout.read(2**16):
                for event in parser.feed(data):
                    cursor, last = event.id or cursor, event.data
                    yield event
            assert await process.wait() == 0  # also with gzip: its trailer is right
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def curl_compressed(url: str) -> AsyncIterator[Event]:
    """The same with gzip."""
    return curl(url, "--compressed")


def _program(name: str) -> str:
    if path := shutil.which(name):
        return path
    pytest.skip(f"There is no {name} on this machine.")
