"""What passes between a client and the server, written down as `docs/reference/protocol.md` shows it.

> GET /api/ingestion/progress/17     what the client sends
< 204 No Content                     how the server answers, where that is not a stream
# the worker begins                  what happens meanwhile
event: status                        all else: what comes
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlencode

import httpx

from jobwire.domain.runs import RunId
from patience import PATIENCE_S

RUN: Final = 17
"""Every run has this number in the document."""
LONGEST: Final = 200
"""What is longer on one line is shortened in its middle."""


class Timeline:
    """The lines so far, and the client that makes them."""

    def __init__(self, client: httpx.AsyncClient, url: str, run: RunId) -> None:
        self.lines: list[str] = []
        self._client = client
        self._url = url
        self._run = run

    def note(self, what: str) -> None:
        """Something happens."""
        self.lines.append(f"# {what}")

    async def ask(self, cursor: str = "", **query: str) -> None:
        """Ask for what is no stream."""
        self._say(cursor, query)
        answer = await self._client.get(self._url, params=query, headers=_headers(cursor))
        self.lines.append(f"< {answer.status_code} {answer.reason_phrase}")
        if answer.content:
            self.lines += ["", answer.text]

    @asynccontextmanager
    async def stream(self, cursor: str = "", **query: str) -> AsyncIterator["Conversation"]:
        """Open the stream."""
        self._say(cursor, query)
        async with self._client.stream("GET", self._url, params=query, headers=_headers(cursor)) as response:
            assert response.status_code == httpx.codes.OK
            yield Conversation(response, self.lines)

    def _say(self, cursor: str, query: dict[str, str]) -> None:
        asked = urlencode(query, safe=",")
        self.lines.append(f"> GET /api/ingestion/progress/{RUN}{asked and '?'}{asked}")
        self.lines += [f"> Last-Event-ID: {cursor}"] if cursor else []

    @property
    def text(self) -> str:
        """As it is in the document."""
        return "\n".join(map(_shortened, self.lines)).rstrip("\n") + "\n"


class Conversation:
    """One answer, written down as far as the test has waited for it."""

    def __init__(self, response: httpx.Response, lines: list[str]) -> None:
        self._chunks = response.aiter_raw()
        self._lines = lines
        self._rest = ""
        self.cursor = ""

    async def until(self, *ends: str) -> None:
        """Take what comes up to a block that holds the first of these; then the same with the next."""
        async with asyncio.timeout(PATIENCE_S):
            for end in ends:
                while end not in await self._block():
                    pass

    async def to_the_end(self) -> None:
        """Take all that comes, and write down that the connection ends."""
        async with asyncio.timeout(PATIENCE_S):
            while await self._block():
                pass
        self._lines.append("# the connection ends")

    async def _block(self) -> str:
        while "\n\n" not in self._rest:
            try:
                self._rest += (await anext(self._chunks)).decode()
            except StopAsyncIteration:
                assert not self._rest, "ended in the middle"
                return ""
        block, _, self._rest = self._rest.partition("\n\n")
        self._lines += [*block.split("\n"), ""]
        if found := re.search(r"^id: (.+)$", block, re.MULTILINE):
            self.cursor = found[1]
        return block


def _headers(cursor: str) -> dict[str, str]:
    return {"Accept-Encoding": "identity", **({"Last-Event-ID": cursor} if cursor else {})}


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:60]}…{line[-40:]}"


def comparable(text: str) -> str:
    """Without what differs each time (when, for how long, how soon to come back), and what order means nothing in."""
    for pattern, word in _VARIES:
        text = pattern.sub(word, text)
    return _DATA.sub(_ordered, text)


def _soon(found: re.Match[str]) -> str:
    return "retry: up to 2 s" if 20 < int(found[1]) <= 2_000 else found[0]


def _ordered(found: re.Match[str]) -> str:
    said = json.loads(found[1])
    for jobs in said.values() if isinstance(said, dict) else ():
        if isinstance(jobs, list):
            jobs.sort(key=lambda job: job["external_id"])
    return json.dumps(said, sort_keys=True)


_DATA: Final = re.compile(r"(?<=^data: )([{\[][^…\n]+)$", re.MULTILINE)
_VARIES: Final[list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]] = [
    (re.compile(r"^: jobwire\nretry: [123]\d\d\d$", re.MULTILINE), ": jobwire, retry: 1 to 3 s"),
    (re.compile(r"^retry: (\d+)$", re.MULTILINE), _soon),
    (re.compile(r"\b\d{13}\b"), "0"),
    (re.compile(r'"in_ms":[1-9]\d*'), '"in_ms":1'),
    (re.compile(r'"seq":\d+'), '"seq":1'),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "when"),
]
