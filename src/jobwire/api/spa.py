"""The web app's files, as `make web` has built them."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from jobwire.api.fields import MAX_ID
from jobwire.api.first_sight import FirstSight
from jobwire.api.plain_page import plain_page
from jobwire.api.problems import NOTHING_HERE, Problem
from jobwire.domain.runs import RunId

FOREVER: Final = "public, max-age=31536000, immutable"
"""For what has a hash in its name."""
ASK_FIRST: Final = "no-cache"
ONE_PERSONS: Final = "private, no-cache"
"""For a page that holds what one person may see."""
ROOT: Final = b'<div id="root">'
"""In the app's page: what is put behind it is shown until the app draws."""

_WORTH_GZIP: Final = 1024
_COMPRESSIBLE: Final = ("text/", "application/javascript", "application/json", "application/manifest", "image/svg")
_NOT_BUILT: Final = """<p>The API works. To build the page, run this in Jobwire's folder, and reload:</p>
<pre>make web</pre>"""


_OF_RUN: Final = re.compile(r"/runs/([1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class _File:
    """One file, read: `gzipped` is None where that saves nothing."""

    stamp: tuple[int, int]
    body: bytes
    gzipped: bytes | None
    media_type: str
    etag: str


class Spa:
    """An ASGI application for every path that is not the API's: a built file, or else the app itself.

    Files are kept in memory, compressed once, and read again when they change. A missing file below `/assets` is a 404:
    an old page must not take the app for one of its scripts.
    """

    def __init__(self, dist: Path | None, first_sight: FirstSight) -> None:
        self._dist = None if dist is None else dist.resolve()
        self._first_sight = first_sight
        self._kept: dict[Path, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        await self._respond(scope)(scope, receive, send)

    def _respond(self, scope: Scope) -> Response:
        path = str(scope["path"])
        if path == "/api" or path.startswith("/api/"):
            return Problem(HTTPStatus.NOT_FOUND, NOTHING_HERE).response()
        if scope["method"] not in {"GET", "HEAD"}:
            detail = "Pages are only for reading: use GET."
            return Problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers={"Allow": "GET, HEAD"}).response()
        if (file := self._find(path)) is not None:
            return _answer(file, scope, FOREVER if path.startswith("/assets/") else ASK_FIRST)
        if path.startswith("/assets/"):
            return PlainTextResponse("There is no such file.", HTTPStatus.NOT_FOUND)
        if (index := self._find("/index.html")) is not None:
            return self._page(index, scope, path)
        return plain_page("The page is not built yet", _NOT_BUILT, HTTPStatus.OK, {"Cache-Control": "no-store"})

    def _page(self, index: _File, scope: Scope, path: str) -> Response:
        run = _run_of(path)
        links = {"Link": _asked_first(run)}
        head, root, rest = index.body.partition(ROOT)
        if run is None or not root:
            return _answer(index, scope, ASK_FIRST, links)

        async def parts() -> AsyncIterator[bytes]:
            yield head + root  # The browser asks for what the head names, while the run is looked at
            yield (await self._first_sight.of(scope, run)).encode() + rest

        return StreamingResponse(parts(), headers={"Cache-Control": ONE_PERSONS, **links}, media_type=index.media_type)

    def _find(self, path: str) -> _File | None:
        if self._dist is None or "\0" in path:
            return None
        try:
            target = (self._dist / path.lstrip("/")).resolve()
            inside = target.is_relative_to(self._dist) and not any(
                part.startswith(".") for part in target.relative_to(self._dist).parts
            )
            return self._read(target) if inside and target.is_file() else None
        except OSError:
            return None

    def _read(self, target: Path) -> _File:
        status = target.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._kept.get(target)
        if kept is None or kept.stamp != stamp:
            kept = self._kept[target] = _load(target, stamp)
        return kept


def _load(target: Path, stamp: tuple[int, int]) -> _File:
    body = target.read_bytes()
    media_type = mimetypes.guess_type(target.name)[0] or "application/octet-stream"
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return _File(stamp, body, _gzip(target, body, media_type), media_type, etag)


def _gzip(target: Path, body: bytes, media_type: str) -> bytes | None:
    if len(body) < _WORTH_GZIP or not media_type.startswith((*_COMPRESSIBLE, "text/javascript")):
        return None
    ready = target.with_name(f"{target.name}.gz")
    if ready.is_file() and ready.stat().st_mtime_ns >= target.stat().st_mtime_ns:
        return ready.read_bytes()
    return gzip.compress(body, 6, mtime=0)


def _run_of(path: str) -> RunId | None:
    """The run whose page is at this path."""
    found = _OF_RUN.fullmatch(path)
    return RunId(int(found[1])) if found and int(found[1]) <= MAX_ID else None


def _asked_first(run: RunId | None) -> str:
    """The `Link` header that has a browser ask at once what a page, of this run, begins with.

    By itself it would ask when its scripts are loaded and running, which takes a phone half a second.
    """
    asked = ["/api/session", *([] if run is None else [f"/api/ingestion/status/{run}"])]
    return ", ".join(f"<{one}>; rel=preload; as=fetch; crossorigin" for one in asked)


def _answer(file: _File, scope: Scope, caching: str, more: Mapping[str, str] | None = None) -> Response:
    given = Headers(scope=scope)
    gzipped = file.gzipped if _takes_gzip(given.get("accept-encoding", "")) else None
    # Two encodings are two representations: each needs an ETag of its own
    etag = f'"{file.etag}-gz"' if gzipped is not None else f'"{file.etag}"'
    headers = {"ETag": etag, "Cache-Control": caching, "Vary": "Accept-Encoding", **(more or {})}
    if _matches(given.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if gzipped is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(file.body if gzipped is None else gzipped, headers=headers, media_type=file.media_type)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        if coding in {"gzip", "*"}:
            return not any(_is_zero(parameter) for parameter in parameters)
    return False


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().rstrip("0") in {"", "0", "0.", "."}


def _matches(given: str, etag: str) -> bool:
    return any(part.strip().removeprefix("W/") in {etag, "*"} for part in given.split(","))
