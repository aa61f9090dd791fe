"""What an HTTP answer means: a body, another address, or an error."""

from dataclasses import dataclass, replace
from enum import Enum
from io import BytesIO
from typing import Final

import aiohttp
from yarl import URL

from jobwire.boards.charsets import utf8
from jobwire.boards.retries import retry_after
from jobwire.boards.room import Load
from jobwire.domain.errors import (
    AddressRefused,
    BoardError,
    BoardGone,
    BoardRefused,
    BoardUnavailable,
    BoardUnreadable,
    PostingGone,
    PostingRefused,
)

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked for. `board` names it in messages, `gone` is what a 404 means.

    `own_host` is the host that this board has to itself, None where all boards share one; `home` is the careers
    system's own site, to which it sends those who ask for a company that it has not. `posted` is a JSON body, None for
    a GET. `refusals` are statuses that this system gives to whoever asks too fast, besides 429. `etag` marks an answer
    that is known: it need not be sent again.
    """

    url: URL
    board: str
    gone: type[BoardGone | PostingGone]
    own_host: str | None = None
    home: str | None = None
    posted: bytes | None = None
    refusals: frozenset[int] = frozenset()
    etag: str | None = None

    @property
    def host(self) -> str:
        """The host's name, in ASCII."""
        return self.url.raw_host or ""


@dataclass(frozen=True, slots=True)
class Body:
    """A whole body, decompressed, and what it is marked with where it is (RFC 9110, 8.8.3)."""

    content: bytes
    etag: str | None = None


class NotModified(Enum):
    """What is asked for is as it was when it was marked with the target's `etag`."""

    SAME = "same"


Answer = Body | NotModified | Target
"""A body, the word that it is the known one, or where to ask instead."""


class Transient(Exception):
    """An attempt that failed in a way that another may not. `retry_after` is in seconds.

    `is_refusal` means that the host wants fewer requests, whoever sends them.
    """

    def __init__(
        self,
        target: Target,
        happened: str,
        *,
        final: type[BoardUnavailable | BoardUnreadable] = BoardUnavailable,
        retry_after: float | None = None,
        is_refusal: bool = False,
    ) -> None:
        super().__init__(happened)
        self._target = target
        self._happened = happened
        self._final = final
        self.retry_after = retry_after
        self.is_refusal = is_refusal

    def error(self, attempts: int) -> BoardError:
        """Return what the caller sees when no attempt is left."""
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        return self._final(f"{self._target.board}: {self._target.host} {self._happened} ({tries}).")


def redirect_of(response: aiohttp.ClientResponse, target: Target) -> Target | None:
    """Return where a redirect leads; None where the answer is none. Raise where it must not be followed."""
    if response.status not in REDIRECTS:
        return None
    if target.posted is not None:  # to ask there with GET would be another question
        raise Transient(target, f"redirected what was sent to it (status {response.status})")
    try:
        url = target.url.join(URL(response.headers["Location"]))
    except (KeyError, ValueError):
        raise BoardUnreadable(f"{target.board}: {target.host} redirects to nowhere.") from None
    if target.home is not None and url.raw_host in {target.home, f"www.{target.home}"}:
        raise BoardGone(f"{target.board}: {target.own_host} leads to {url.raw_host}, as for a name that nobody has.")
    if not _stays(target.url, url):
        raise AddressRefused(
            f"{target.board}: {target.host} redirects to {url.raw_host or 'another scheme'}, which is not followed.",
            advice="The company may have moved to another careers system: look at its careers page.",
            leads_to=str(url),
        )
    return replace(target, url=url, etag=None)


def not_modified(response: aiohttp.ClientResponse, target: Target) -> NotModified | Target | None:
    """Return whether the known answer still holds; None where the server sends another one.

    A server that says so of something else is asked again, for the whole.
    """
    if response.status != 304 or target.etag is None:  # noqa: PLR2004
        return None
    _check_reservation(response, target)
    said = response.headers.get("ETag")
    if said is not None and _opaque(said) != _opaque(target.etag):
        return replace(target, etag=None)
    return NotModified.SAME


def _opaque(etag: str) -> str:
    """A mark without what says how strong it is: `If-None-Match` compares weakly (RFC 9110, 13.1.2)."""
    return etag.strip().removeprefix("W/")


def _stays(old: URL, new: URL) -> bool:
    """Whether it is the same host, and no less secure."""
    upgrade = (old.scheme, old.port, new.scheme, new.port) == ("http", 80, "https", 443)
    return new.host == old.host and (upgrade or (new.scheme, new.port) == (old.scheme, old.port))


async def read(response: aiohttp.ClientResponse, target: Target, load: Load, *, max_bytes: int, now: float) -> Body:
    """Return the body of a good answer. Raise a `BoardError`, `Transient`, or `NoRoom`."""
    _check_status(response, target, now)
    _check_reservation(response, target)
    content = await _body(response, target, load, max_bytes)
    # XML says itself what it is written in, and its parser listens to that
    if not response.content_type.endswith("xml"):
        content = utf8(content, response.charset)
    return Body(content, response.headers.get("ETag"))


def _check_reservation(response: aiohttp.ClientResponse, target: Target) -> None:
    if response.headers.get("tdm-reservation") == "1":  # https://www.w3.org/community/reports/tdmrep/
        raise reserved(target.board, target.host)


def reserved(board: str, host: str) -> BoardError:
    """Return the error for pages that their owner reserves."""
    return BoardError(
        f"{board}: {host} reserves its pages from text and data mining.",
        advice="Jobwire leaves them alone. Ask the company for permission, or stop following it.",
    )


def _check_status(response: aiohttp.ClientResponse, target: Target, now: float) -> None:
    status = response.status
    if status == 200:  # noqa: PLR2004 - the one status that brings a body
        return
    said = f"answered with status {status}"
    if status in {404, 410}:
        what = "knows no such posting" if target.gone is PostingGone else "knows no such board"
        raise target.gone(f"{target.board}: {target.host} {what} (status {status}).")
    if status in target.refusals:
        raise Transient(target, said, retry_after=_wait(response, now), is_refusal=True)
    if status in {401, 403}:
        raise BoardRefused(f"{target.board}: {target.host} refuses to answer (status {status}).")
    if status in {408, 429} or status >= 500:  # noqa: PLR2004 - server errors
        wait = _wait(response, now)
        raise Transient(target, said, retry_after=wait, is_refusal=status == 429 or wait is not None)  # noqa: PLR2004
    is_posting = target.gone is PostingGone and status in {400, 405, 422}
    raise (PostingRefused if is_posting else BoardUnreadable)(f"{target.board}: {target.host} {said}.")


def _wait(response: aiohttp.ClientResponse, now: float) -> float | None:
    return retry_after(response.headers.get("Retry-After"), now=now)


async def _body(response: aiohttp.ClientResponse, target: Target, load: Load, max_bytes: int) -> bytes:
    """Read the body piece by piece (each decompressed to a bounded size), and stop where it gets too large."""
    body = BytesIO()  # it gives its bytes away without a copy
    if (response.content_length or 0) <= max_bytes:
        async for piece in response.content.iter_any():
            load.take(len(piece))
            if body.tell() + len(piece) > max_bytes:
                break
            body.write(piece)
        else:
            return body.getvalue()
    response.close()
    raise BoardUnreadable(f"{target.board}: {target.host} answered with more than {max_bytes} bytes.")
