"""The one HTTP client for careers systems: timeouts, retries, a pace for each host, no private addresses."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

import aiohttp
from yarl import URL

from jobwire import __version__
from jobwire.boards.addresses import PrivateAddress, PublicResolver, is_loopback, is_private
from jobwire.boards.answers import Answer, Body, NotModified, Target, Transient, not_modified, read, redirect_of
from jobwire.boards.pace import Host
from jobwire.boards.retries import ATTEMPTS, RETRY_FOR_S, backoff
from jobwire.boards.room import Load, NoRoom, Room
from jobwire.domain.errors import AddressRefused, BoardGone, BoardUnavailable, BoardUnreadable, PostingGone
from jobwire.domain.standing import Standing
from jobwire.settings import HostPace, Settings

USER_AGENT: Final = f"Jobwire/{__version__} (+https://github.com/jobwire/jobwire)"
MAX_BODY_BYTES: Final = 64 * 1024 * 1024
MAX_PAGE_BYTES: Final = 8 * 1024 * 1024
"""Of a web page, and of any one posting."""
MAX_REDIRECTS: Final = 3
CONNECT_TIMEOUT_S: Final = 5.0
OWN_MACHINE: Final = HostPace(per_second=5_000, concurrency=32)
PAUSE_AFTER_REFUSALS_S: Final = 30.0
"""At least this long is a host left alone that has refused all attempts."""


def timeout(*, total_s: float, read_s: float) -> aiohttp.ClientTimeout:
    """Return the limits of one attempt: for all of it, and between two pieces of the answer."""
    return aiohttp.ClientTimeout(total=total_s, sock_connect=CONNECT_TIMEOUT_S, sock_read=read_s)


USUAL_TIMEOUT: Final = timeout(total_s=20, read_s=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one careers system is asked where the settings say nothing else.

    `refusals` are statuses that it gives to whoever asks too fast, besides 429; `max_body_bytes` is how much an answer
    may hold, decompressed; `headers` are those that it wants to see.
    """

    pace: HostPace
    timeout: aiohttp.ClientTimeout = USUAL_TIMEOUT
    backoff_s: float = 0.5
    accept: str = "application/json"
    refusals: frozenset[int] = frozenset()
    max_body_bytes: int = MAX_BODY_BYTES
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class BoardClient:
    """Gets bodies. One a process: it holds every host's pace. Use it as an async context manager.

    `clock` never goes back, `now` is Unix time, `jitter` gives numbers from [0, 1).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        max_body_bytes: int = MAX_BODY_BYTES,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._max_body_bytes = max_body_bytes
        self.clock = clock
        self.now = now
        self._sleep = sleep
        self._jitter = jitter
        self.room = Room()
        self._hosts: dict[str, Host] = {}
        self._standings: dict[str, tuple[Standing, float]] = {}
        """Of hosts that nobody here has asked yet, with when they were told of."""
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = aiohttp.ThreadedResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # the hosts' paces are the limit
                ttl_dns_cache=60,
                keepalive_timeout=30,
                resolver=resolver if self._settings.allow_private_hosts else PublicResolver(resolver),
            ),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get(
        self,
        url: str,
        *,
        board: str,
        manners: Manners,
        gone: type[BoardGone | PostingGone] = BoardGone,
        key: str | None = None,
        own_host: str | None = None,
        home: str | None = None,
        posted: bytes | None = None,
        etag: str | None = None,
        load: Load | None = None,
    ) -> Body | NotModified:
        """Get what `url` (already percent-encoded) answers with, decompressed.

        `NotModified` where that still is what was marked with `etag`.
        `board` names what is asked for in messages; `gone` is what a 404 means; `key` is the throttle key where it is
        not the host; `own_host` is the host that the board has to itself: the one asked for, even if another stands in;
        `home` is the careers system's own site, which is where it sends those who ask for a company that it has not;
        `posted` is JSON to be sent by POST; `load` counts what is read, where the answer is a part of something.
        Raise a `BoardError`.
        """
        target = Target(
            url=URL(url, encoded=True),
            board=board,
            gone=gone,
            own_host=own_host,
            home=home,
            posted=posted,
            refusals=manners.refusals,
            etag=etag,
        )
        self._check_address(target)
        host = self._host(key or target.host, manners)
        load = load or Load(self.room, board)
        begun = load.requests
        began = self.clock()
        for attempt in range(ATTEMPTS):
            try:
                return await self._read(target, host, manners, load, begun)
            except Transient as failure:
                last = attempt == ATTEMPTS - 1 or self.clock() - began > RETRY_FOR_S
                await self._wait_after(failure, attempt, host, manners, last=last)
                if last:
                    host.check(board, begun, is_last=True)
                    raise failure.error(attempt + 1) from failure
        raise AssertionError("the last attempt returns or raises")

    def pace(self, key: str, manners: Manners) -> HostPace:
        """Return how fast a host is asked: as the settings say, else politely, and one's own machine freely."""
        return self._settings.host_pace.get(key, OWN_MACHINE if is_loopback(key) else manners.pace)

    def slow_down(self, key: str, manners: Manners, delay_s: float) -> None:
        """Leave at least so many seconds between two requests to a host from now on."""
        self._host(key, manners).slow_down(delay_s)

    def standing(self, key: str) -> Standing:
        """Return how a host wants to be asked now."""
        if (host := self._hosts.get(key)) is not None:
            return host.standing
        standing, told_at = self._standings.get(key, (Standing(), 0.0))
        return replace(standing, pause_s=max(0.0, standing.pause_s - (self.clock() - told_at)))

    def resume(self, key: str, standing: Standing) -> None:
        """Ask a host as another process has found that it wants to be asked, until its answers show otherwise."""
        if (host := self._hosts.get(key)) is not None:
            host.resume(standing)
        else:
            self._standings[key] = standing, self.clock()

    def _check_address(self, target: Target) -> None:
        if is_private(target.host) and not self._settings.allow_private_hosts:
            raise AddressRefused(f"{target.board}: {target.host} is a private address.")

    def _host(self, key: str, manners: Manners) -> Host:
        host = self._hosts.get(key)
        if host is None:
            host = Host(key, self.pace(key, manners), clock=self.clock, sleep=self._sleep)
            host.resume(self.standing(key))
            self._standings.pop(key, None)
            self._hosts[key] = host
        return host

    async def _wait_after(self, failure: Transient, attempt: int, host: Host, manners: Manners, *, last: bool) -> None:
        pause = max(failure.retry_after or 0.0, backoff(attempt, base_s=manners.backoff_s, random=self._jitter()))
        if failure.is_refusal:  # the pause is everybody's, and kept by the next `enter`
            host.refuse(max(pause, PAUSE_AFTER_REFUSALS_S) if last else pause)
        elif not last:
            await self._sleep(pause)

    async def _read(self, target: Target, host: Host, manners: Manners, load: Load, begun: int) -> Body | NotModified:
        while True:
            try:
                return await self._follow(target, host, manners, load, begun)
            except NoRoom:  # what it has sent so far is let go: nobody waits with it in hand
                await load.wait()

    async def _follow(self, target: Target, host: Host, manners: Manners, load: Load, begun: int) -> Body | NotModified:
        for _ in range(MAX_REDIRECTS + 1):
            await host.enter(target.board, begun)
            try:
                answer = await self._ask(target, manners, load)
            finally:
                host.leave()
            host.answer()
            if not isinstance(answer, Target):
                return answer
            target = answer
        raise BoardUnreadable(f"{target.board}: {host.name} redirects more than {MAX_REDIRECTS} times.")

    async def _ask(self, target: Target, manners: Manners, load: Load) -> Answer:
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        load.begin_answer()
        most = MAX_PAGE_BYTES if target.gone is PostingGone else manners.max_body_bytes
        max_bytes = min(self._max_body_bytes, most)
        try:
            async with self._session.request(
                "GET" if target.posted is None else "POST",
                target.url,
                data=target.posted,
                headers=_headers(target, manners),
                allow_redirects=False,
                timeout=manners.timeout,
            ) as response:
                return (
                    not_modified(response, target)
                    or redirect_of(response, target)
                    or await read(response, target, load, max_bytes=max_bytes, now=self.now())
                )
        except PrivateAddress:
            raise AddressRefused(f"{target.board}: {target.host} has a private address.") from None
        except aiohttp.ClientPayloadError as error:
            raise Transient(target, "broke off its answer", final=BoardUnreadable) from error
        except aiohttp.ClientSSLError as error:
            raise BoardUnavailable(f"{target.board}: no secure connection to {target.host}.") from error
        except TimeoutError as error:
            raise Transient(target, "did not answer in time") from error
        except (aiohttp.ClientResponseError, aiohttp.InvalidURL) as error:
            raise BoardUnreadable(f"{target.board}: {target.host} did not answer in HTTP.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Transient(target, "could not be reached") from error


def _headers(target: Target, manners: Manners) -> dict[str, str]:
    headers = {"Accept": manners.accept, **manners.headers}
    if target.etag is not None:
        headers["If-None-Match"] = target.etag
    if target.posted is not None:
        headers["Content-Type"] = "application/json"
    if target.own_host is not None and target.own_host != target.host:
        headers["Host"] = target.own_host  # so that one server can stand in for all boards
    return headers
