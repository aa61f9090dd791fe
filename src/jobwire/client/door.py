"""Opens connections to the stream of one run, each with a ticket for it: the access token opens no stream."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Final

import aiohttp
import msgspec

from jobwire.domain.errors import NotFound, NotSignedIn, Unavailable

CONNECT_TIMEOUT_S: Final = 5.0
TICKET_TIMEOUT_S: Final = 15.0
EXTRAS: Final = "added,companies,log,beat,rotate"
SPARE_S: Final = 60.0
"""A ticket that ends within a minute opens nothing more: the connection would end with it."""


class Door:
    """The way to one run's stream. `url` is the server's, without a slash at the end; the session stays the caller's.

    The ticket goes into the `Authorization` header, like the access token that gets it: no address holds either.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        access_token: str,
        run_id: int,
        *,
        extras: str = EXTRAS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._url = f"{url}/api/ingestion/progress/{run_id}"
        self._access_token = access_token
        self._query = {"extras": extras} if extras else {}
        self._clock = clock
        self._ticket: _Ticket | None = None

    @asynccontextmanager
    async def open(self, cursor: str, *, fresh: bool = False) -> AsyncGenerator[aiohttp.ClientResponse | None]:
        """Open the stream at `cursor` (empty: from the start); None where the run ended there (204).

        `fresh` asks for a new ticket first. Raise `NotSignedIn` and `NotFound` as the server says, `Unavailable` for
        any answer that may pass, and what aiohttp raises where there is none.
        """
        if fresh:
            self._ticket = None
        response = await self._get(cursor, is_new=self._ticket is None)
        try:
            yield None if response.status == HTTPStatus.NO_CONTENT else response
        finally:
            response.close()  # not released: nobody reads a stream to its end so that its connection may be used again

    async def _get(self, cursor: str, *, is_new: bool) -> aiohttp.ClientResponse:
        response = await self._session.get(
            self._url,
            params=self._query,
            headers={
                "Authorization": f"Bearer {await self._pass()}",
                "Accept": "text/event-stream",
                "Cache-Control": "no-store",
                **({"Last-Event-ID": cursor} if cursor else {}),
            },
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
        )
        is_stream = response.status == HTTPStatus.OK and response.content_type == "text/event-stream"
        if is_stream or response.status == HTTPStatus.NO_CONTENT:
            return response
        response.close()
        if response.status == HTTPStatus.UNAUTHORIZED and not is_new:
            self._ticket = None  # it has ended, or the server has another secret now
            return await self._get(cursor, is_new=True)
        raise _error(response.status)

    async def _pass(self) -> str:
        """A ticket that is good for a while, of which there may be one already."""
        if self._ticket is None or self._ticket.expires_at.timestamp() - self._clock() < SPARE_S:
            self._ticket = await self._new_ticket()
        return self._ticket.token

    async def _new_ticket(self) -> "_Ticket":
        async with self._session.post(
            f"{self._url}/ticket",
            headers={"Authorization": f"Bearer {self._access_token}"},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=TICKET_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S),
        ) as response:
            if response.status != HTTPStatus.OK:
                raise _error(response.status)
            try:
                return msgspec.json.decode(await response.read(), type=_Ticket)
            except msgspec.DecodeError as error:
                raise Unavailable("What answers does not answer like Jobwire.") from error


class _Ticket(msgspec.Struct, frozen=True):
    token: str
    expires_at: datetime


def _error(status: int) -> NotSignedIn | NotFound | Unavailable:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return NotSignedIn(
                "Jobwire does not take this token.",
                advice="Get one where that Jobwire runs, with `jobwire token`, and set JOBWIRE_TOKEN.",
            )
        case HTTPStatus.NOT_FOUND:
            return NotFound("There is no such run, or it is not yours.", advice="Start one with `jobwire ingest`.")
        case _:
            return Unavailable(f"Jobwire answered with HTTP {status}.")
