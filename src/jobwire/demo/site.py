"""The careers site as an ASGI application."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import parse_qsl

from jobwire.demo import oracle, pages
from jobwire.demo.answers import NOT_FOUND, TEXT, Answer, json_answer
from jobwire.demo.companies import Company
from jobwire.demo.desk import Desk
from jobwire.demo.dice import Dice
from jobwire.demo.options import System
from jobwire.demo.systems import ashby, greenhouse, lever, smartrecruiters
from jobwire.demo.troubles import Troubles

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_METHOD_NOT_ALLOWED: Final = Answer(405, b"Method Not Allowed", TEXT)


class _Api(Protocol):
    """What each module in `systems` offers."""

    def answer(self, desk: Desk, company: Company, rest: Sequence[str], query: Mapping[str, str]) -> Answer | None: ...

    def unknown(self, _rest: Sequence[str], /) -> Answer: ...


_APIS: Final[Mapping[System, _Api]] = {
    "greenhouse": greenhouse,
    "lever": lever,
    "ashby": ashby,
    "smartrecruiters": smartrecruiters,
}
_TAGGED: Final = frozenset({"greenhouse", "lever", "ashby"})
"""Those that send an ETag and honour `If-None-Match`."""


class _Route(NamedTuple):
    system: System
    slug: str
    rest: Sequence[str]


class Site:
    """Answers requests of `desk`'s world, over four APIs, for people, and below `/_demo` for tests."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._options = desk.world.options
        self._edition = f"{self._options} at {desk.origin}"
        self._troubles = Troubles(self._options.faults, self._options.seed)
        self._dice = Dice(f"{self._options.seed}/latency")

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        parts = [part for part in scope["path"].split("/") if part]
        route = _route(parts)
        if route is not None and self._options.latency:
            await asyncio.sleep(self._pause())
        answer = self._answer(scope, parts, route)
        await _send(send, answer, with_body=scope["method"] != "HEAD")

    def _answer(self, scope: Scope, parts: Sequence[str], route: _Route | None) -> Answer:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if parts[:1] == ["_demo"]:
            return self._control(scope["method"], parts[1:], query)
        if scope["method"] not in {"GET", "HEAD"}:
            return _METHOD_NOT_ALLOWED
        if route is None:
            return pages.answer(self._desk.world, parts)
        return self._call(scope, route, query)

    def _call(self, scope: Scope, route: _Route, query: Mapping[str, str]) -> Answer:
        """Ask one of the four APIs, and let it fail where it is to fail."""
        company = self._desk.world.company(route.system, route.slug)
        if company is None:
            return _APIS[route.system].unknown(route.rest)
        request = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        trouble = self._troubles.strike(self._desk.world.generation_of(company), request)
        if trouble is not None:
            return trouble.answer
        answer = _APIS[route.system].answer(self._desk, company, route.rest, query) or NOT_FOUND
        return self._tag(scope, company, request, answer) if route.system in _TAGGED else answer

    def _tag(self, scope: Scope, company: Company, request: str, answer: Answer) -> Answer:
        """Add an ETag, or say that nothing has changed. All of an answer follows from what the tag is made of."""
        if answer.status != 200:  # noqa: PLR2004
            return answer
        made_of = f"{self._edition}/{self._desk.world.generation_of(company)}/{request}"
        tag = b'W/"' + blake2b(made_of.encode(), digest_size=12).hexdigest().encode() + b'"'
        if tag in dict(scope["headers"]).get(b"if-none-match", b""):
            return Answer(304, b"", answer.content_type, ((b"etag", tag),))
        return Answer(200, answer.body, answer.content_type, ((b"etag", tag),))

    def _control(self, method: str, rest: Sequence[str], query: Mapping[str, str]) -> Answer:
        match method, rest:
            case "GET", []:
                return json_answer(oracle.describe(self._desk, ids=query.get("ids") == "1"))
            case "POST", ["next"]:
                return json_answer({"generation": self._desk.world.advance()})
            case _, ([] | ["next"]):
                return _METHOD_NOT_ALLOWED
            case _:
                return NOT_FOUND

    def _pause(self) -> float:
        """Half the mean to one and a half of it, in seconds."""
        return self._options.latency * (0.5 + self._dice.random())


def _route(parts: Sequence[str]) -> _Route | None:
    """Tell whose API an address belongs to, and which board it is about."""
    match parts:
        case ["v1", "boards", slug, *rest]:
            return _Route("greenhouse", slug, rest)
        case ["v1", "companies", slug, *rest]:
            return _Route("smartrecruiters", slug, rest)
        case ["v0", "postings", slug, *rest]:
            return _Route("lever", slug, rest)
        case ["posting-api", "job-board", slug, *rest]:
            return _Route("ashby", slug, rest)
        case _:
            return None


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    length = str(len(answer.body)).encode()
    headers = [(b"content-type", answer.content_type), (b"content-length", length), *answer.headers]
    if answer.status == 304:  # noqa: PLR2004 - it has no content, not even none
        headers = list(answer.headers)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
