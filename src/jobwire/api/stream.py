"""`GET /api/ingestion/progress/{run_id}`: a run, live, as Server-Sent Events (docs/reference/protocol.md).

Plain ASGI, dispatched before FastAPI: nothing stands between a viewer and the server's `send`. Everything is decided
before the first byte; and because browsers give up for good on any status but 200, whatever may be over soon (no
database, this process going) is a 200, too, with a longer `retry` and nothing else.
"""

import asyncio
import re
import time
from http import HTTPStatus
from random import Random
from typing import Final

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwire.api.auth import Principal, authenticate_viewer, require_ticket_fits
from jobwire.api.encodings import choose_encoding
from jobwire.api.fields import MAX_ID
from jobwire.api.line import UvicornLine
from jobwire.api.middleware import SECURITY_HEADERS
from jobwire.api.origins import Origins
from jobwire.api.problems import Refused, http_problem, problem_of
from jobwire.api.tokens import Clock, Tokens
from jobwire.domain.errors import NotFound, NotSignedIn, Unavailable
from jobwire.domain.runs import RunId, Version
from jobwire.logs import Log
from jobwire.progress.channel import Channel
from jobwire.progress.events import closing
from jobwire.progress.extras import Encoding, Wish, parse_extras
from jobwire.progress.hub import Hub
from jobwire.progress.seats import Seats
from jobwire.progress.viewer import SHUTDOWN_RETRY_MS, End, Patience, Viewer, lifetime_s

PATH: Final = re.compile(r"/api/ingestion/progress/(?P<run_id>[^/]+)")
METHODS: Final = ("GET", "HEAD")
AWAY_RETRY_MS: Final = (5_000, 15_000)
"""When to come back to a server that cannot show anything now."""
STREAM_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
"""Of `SECURITY_HEADERS` only what a stream needs: never taken for a page, it has no use for a page's policy. These come
with each reconnect."""
_DROPPED_WITHIN_S: Final = 1.0
_RUN_ID: Final = re.compile(r"[0-9]{1,19}", re.ASCII)

_log = Log(__name__)


class StreamFirst:
    """Sends requests for the stream to `stream`, all others to `app`: preflights, too, which its CORS layer answers."""

    def __init__(self, stream: ASGIApp, app: ASGIApp) -> None:
        self._stream = stream
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] == "http" and PATH.fullmatch(scope["path"]) and not _is_preflight(scope):
            await self._stream(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class ProgressStream:
    """The endpoint. A connection lives at most `max_connection_s`, less a random tenth, and never beyond its token."""

    def __init__(
        self,
        hub: Hub,
        tokens: Tokens,
        origins: Origins,
        *,
        max_connection_s: float,
        seats: Seats,
        random: Random,
        clock: Clock = time.time,
        patience: Patience | None = None,
    ) -> None:
        self._hub = hub
        self._tokens = tokens
        self._origins = origins
        self._max_connection_s = max_connection_s
        self._seats = seats
        self._random = random
        self._clock = clock
        self._patience = patience or Patience()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        answer = await self._serve(scope, send)
        if answer is not None:
            for name, value in SECURITY_HEADERS.items():
                answer.headers.setdefault(name, value)
            answer.headers.setdefault("Cache-Control", "no-store")
            await answer(scope, receive, send)

    async def _serve(self, scope: Scope, send: Send) -> Response | None:
        """Show the run, or answer why not."""
        try:
            self._origins.check_host(scope)
        except Refused as refused:
            return refused.problem.response()
        try:
            answer = await self._admit(scope, send)
        except Refused as refused:
            answer = refused.problem.response()
        except (NotSignedIn, NotFound) as error:
            answer = problem_of(error).response()
        except Unavailable as error:
            _log.warning("stream.unavailable", path=scope["path"], reason=str(error))
            answer = self._away()
        except Exception as error:  # noqa: BLE001 - the run goes on, and its viewers will try again
            _log.error("stream.failed", error=error, path=scope["path"])
            answer = self._away()
        if answer is not None:
            answer.raw_headers.extend(self._origins.cors_headers(scope))
        return answer

    async def _admit(self, scope: Scope, send: Send) -> Response | None:
        if scope["method"] not in METHODS:
            raise Refused(http_problem(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(METHODS)}))
        principal = authenticate_viewer(scope, self._tokens)
        run_id = _run_id(scope)
        require_ticket_fits(principal, run_id)
        if self._hub.is_closing:
            return self._away()
        async with self._hub.channel(run_id, principal.user_id) as channel:
            cursor = await channel.cursor(_cursor(scope))
            if channel.has_ended(cursor):
                return Response(status_code=HTTPStatus.NO_CONTENT)
            wish = _wish(scope)
            if scope["method"] == "HEAD":
                return Response(headers=_stream_headers(wish))
            with self._seats.take(principal.user_id):
                line = UvicornLine(send, self._headers(scope, wish))
                viewer = self._viewer(channel, cursor, line, principal, wish)
                scope["headers"].clear()  # a viewer may wait for hours: what it sent is not kept
                scope["query_string"] = b""
                await self._show(viewer, line, run_id)
        return None

    def _viewer(
        self, channel: Channel, cursor: Version | None, line: UvicornLine, principal: Principal, wish: Wish
    ) -> Viewer:
        now = asyncio.get_running_loop().time()
        return Viewer(
            channel,
            cursor,
            line,
            ends_at=now + lifetime_s(self._max_connection_s, self._random),
            expires_at=now + principal.expires_at.timestamp() - self._clock(),
            random=self._random,
            patience=self._patience,
            wish=wish,
            clock=self._clock,
        )

    async def _show(self, viewer: Viewer, line: UvicornLine, run_id: RunId) -> None:
        """Let the viewer see, until either side has had enough. Raises nothing: the answer has begun."""
        line.when_lost(viewer.lose)
        try:
            if await _run(viewer, line, run_id) is End.BROKEN:
                # Only then does uvicorn know, too, and not complain that the answer is not complete
                await line.lost(_DROPPED_WITHIN_S)
        finally:
            line.close()

    def _headers(self, scope: Scope, wish: Wish) -> list[tuple[bytes, bytes]]:
        plain = [(name.lower().encode(), value.encode()) for name, value in _stream_headers(wish).items()]
        return plain + self._origins.cors_headers(scope)

    def _away(self) -> Response:
        """Nothing can be shown now: come back later, but soon where this process is going: another will answer."""
        retry = closing(self._random.randint(*(SHUTDOWN_RETRY_MS if self._hub.is_closing else AWAY_RETRY_MS)))
        return Response(retry, headers={**STREAM_HEADERS, "Connection": "close"})


async def _run(viewer: Viewer, line: UvicornLine, run_id: RunId) -> End:
    try:
        return await viewer.run()
    except Exception as error:  # noqa: BLE001 - nothing can be answered any more, only the connection be ended
        _log.error("stream.broken", error=error, run_id=run_id)
        line.drop()
        return End.BROKEN


def _run_id(scope: Scope) -> RunId:
    """Read the path. Raise `NotFound` for what can be no run's id."""
    match = PATH.fullmatch(scope["path"])
    text = match["run_id"] if match else ""
    if not _RUN_ID.fullmatch(text) or not 1 <= int(text) <= MAX_ID:
        raise NotFound("There is no such run.")
    return RunId(int(text))


def _cursor(scope: Scope) -> str | None:
    """What a browser sends by itself, else what a page has put into the address of a new `EventSource`."""
    return Headers(scope=scope).get("last-event-id") or QueryParams(scope["query_string"]).get("last_event_id")


def _wish(scope: Scope) -> Wish:
    extras = parse_extras(QueryParams(scope["query_string"]).get("extras", ""))
    return Wish(extras, choose_encoding(", ".join(Headers(scope=scope).getlist("accept-encoding"))))


def _stream_headers(wish: Wish) -> dict[str, str]:
    if wish.encoding is Encoding.IDENTITY:
        return STREAM_HEADERS
    return {**STREAM_HEADERS, "Content-Encoding": wish.encoding.value}


def _is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return scope["method"] == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers
