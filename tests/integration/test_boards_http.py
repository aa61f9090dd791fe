"""The client for careers systems, against a real server on loopback."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from boards_server import Answer, Site, Time, body, client, settings_for, status

from jobwire import __version__
from jobwire.boards.answers import Body, NotModified
from jobwire.boards.http import BoardClient, Manners, timeout
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import (
    AddressRefused,
    BoardError,
    BoardGone,
    BoardUnavailable,
    BoardUnreadable,
    HostBusy,
    PostingGone,
    PostingRefused,
)
from jobwire.settings import HostPace, Settings

POLITE = Manners(pace=HostPace(per_second=1, concurrency=1))
HASTY = Manners(pace=HostPace(per_second=1), timeout=timeout(total_s=0.2, read_s=0.2))
OK = body(b"{}")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def asking(site: Site, time: Time) -> AsyncIterator[BoardClient]:
    async with client(settings_for(site.origin), time) as opened:
        yield opened


async def get(asking: BoardClient, site: Site, path: str = "/jobs", manners: Manners = POLITE) -> bytes:
    answer = await asking.get(site.origin + path, board="greenhouse:acme", manners=manners)
    assert isinstance(answer, Body)
    return answer.content


async def test_it_says_who_asks_and_for_what(site: Site, asking: BoardClient) -> None:
    site.answer = OK
    await get(asking, site, "/a%2Fb/Deep%20Sea?x=1&y=a%20b")

    (request,) = site.requests
    assert request.raw_path == "/a%2Fb/Deep%20Sea?x=1&y=a%20b"
    assert request.headers["User-Agent"] == f"Jobwire/{__version__} (+https://github.com/jobwire/jobwire)"
    assert request.headers["Accept"] == "application/json"
    assert "Cookie" not in request.headers


async def test_cookies_are_not_kept(site: Site, asking: BoardClient) -> None:
    site.then(lambda _: web.Response(body=b"{}", headers={"Set-Cookie": "id=1"}), OK)
    named = site.origin.replace("127.0.0.1", "localhost")  # no client keeps cookies of a bare address
    for _ in range(2):
        await asking.get(named, board="lever:acme", manners=POLITE)

    assert "Cookie" not in site.requests[1].headers


# Retries


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_again_with_backoff(
    site: Site, asking: BoardClient, time: Time, code: int
) -> None:
    site.then(status(code), status(code), OK)

    assert await get(asking, site) == b"{}"
    assert time.slept == [0.5, 1]


async def test_attempts_are_bounded(site: Site, asking: BoardClient, time: Time) -> None:
    site.answer = status(502)
    with pytest.raises(
        BoardUnavailable, match=r"greenhouse:acme: 127\.0\.0\.1 answered with status 502 \(4 attempts\)"
    ):
        await get(asking, site)

    assert len(site.requests) == 4
    assert time.slept == [0.5, 1, 2]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 410, 422])
async def test_what_will_not_pass_is_not_tried_again(site: Site, asking: BoardClient, code: int) -> None:
    site.answer = status(code, Retry_After="1")
    with pytest.raises(BoardError):
        await get(asking, site)

    assert len(site.requests) == 1


async def test_a_404_means_what_the_caller_says(site: Site, asking: BoardClient) -> None:
    with pytest.raises(PostingGone, match="no such posting"):
        await asking.get(site.origin + "/7", board="lever:acme", manners=POLITE, gone=PostingGone)


@pytest.mark.parametrize("code", [400, 405, 422])
async def test_a_page_that_takes_no_question_is_told_from_a_board_that_does_not(
    site: Site, asking: BoardClient, code: int
) -> None:
    site.answer = status(code)
    with pytest.raises(PostingRefused, match=f"status {code}"):
        await asking.get(site.origin + "/7", board="lever:acme", manners=POLITE, gone=PostingGone)
    with pytest.raises(BoardUnreadable) as raised:
        await get(asking, site)
    assert type(raised.value) is BoardUnreadable


async def test_a_refused_connection_is_tried_again(asking: BoardClient, time: Time) -> None:
    with pytest.raises(BoardUnavailable, match=r"could not be reached \(4 attempts\)"):
        await asking.get("http://127.0.0.1:1/jobs", board="lever:acme", manners=POLITE)

    assert time.slept == [0.5, 1, 2]


async def test_an_answer_that_takes_too_long_is_tried_again(site: Site, asking: BoardClient) -> None:
    async def never(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    site.then(never, OK)

    assert await get(asking, site, manners=HASTY) == b"{}"


async def test_a_body_that_never_ends_takes_too_long(site: Site, asking: BoardClient) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        await asyncio.Event().wait()
        return response

    site.answer = drip
    with pytest.raises(BoardUnavailable, match="in time"):
        await get(asking, site, manners=HASTY)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
        b"hello\r\n\r\n",
    ],
)
async def test_a_broken_answer_is_unreadable(raw: bytes, time: Time) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, client(settings_for("http://127.0.0.1"), time) as asking:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(BoardUnreadable, match="greenhouse:acme"):
            await asking.get(url, board="greenhouse:acme", manners=POLITE)


async def test_a_host_without_tls_is_not_spoken_to_in_clear(site: Site, asking: BoardClient) -> None:
    with pytest.raises(BoardUnavailable, match="greenhouse:acme"):
        await asking.get(site.origin.replace("http:", "https:"), board="greenhouse:acme", manners=POLITE)

    assert site.requests == []


# Retry-After


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(("value", "wait"), [("3", 3), ("Thu, 01 Jan 1970 00:00:04 GMT", 4), ("0", 0.5)])
async def test_a_short_wait_is_waited_out(
    site: Site, asking: BoardClient, time: Time, code: int, value: str, wait: float
) -> None:
    site.then(status(code, Retry_After=value), OK)

    assert await get(asking, site) == b"{}"
    assert time.now - 1_000 == wait


async def test_a_short_wait_holds_back_the_whole_host(site: Site, asking: BoardClient, time: Time) -> None:
    asked_at: list[float] = []

    def answer(request: web.Request) -> web.Response:
        asked_at.append(time.now)
        refuse = request.path == "/first" and len(asked_at) == 1
        return web.Response(status=429, headers={"Retry-After": "3"}) if refuse else web.Response(body=b"{}")

    site.answer = answer
    first = asyncio.create_task(get(asking, site, "/first"))
    await first
    await get(asking, site, "/second")

    assert asked_at[0] == 1_000
    assert min(asked_at[1:]) >= 1_003


@pytest.mark.parametrize(("value", "wait"), [("30", 30), ("Thu, 01 Jan 1970 00:02:00 GMT", 120)])
async def test_a_long_wait_is_the_callers(site: Site, asking: BoardClient, time: Time, value: str, wait: float) -> None:
    site.then(status(429, Retry_After=value), OK)
    with pytest.raises(HostBusy) as caught:
        await get(asking, site)
    assert caught.value.retry_after == wait

    with pytest.raises(HostBusy):  # the host is not even asked before its time
        await get(asking, site, "/other")
    assert len(site.requests) == 1

    time.now += wait
    assert await get(asking, site) == b"{}"


async def test_a_wait_of_hours_is_given_up(site: Site, asking: BoardClient) -> None:
    site.answer = status(429, Retry_After="7200")
    with pytest.raises(BoardUnavailable, match="15 minutes"):
        await get(asking, site)

    assert len(site.requests) == 1


async def test_refusals_add_up_until_the_host_answers(site: Site, asking: BoardClient, time: Time) -> None:
    busy = status(429, Retry_After="600")
    site.then(busy, OK, busy, busy)
    with pytest.raises(HostBusy):
        await get(asking, site)
    time.now += 600
    await get(asking, site)
    with pytest.raises(HostBusy):
        await get(asking, site)
    time.now += 600
    with pytest.raises(BoardUnavailable, match="15 minutes"):
        await get(asking, site)


async def test_a_host_that_refuses_without_a_time_is_left_alone_for_a_while(site: Site, asking: BoardClient) -> None:
    site.answer = status(429)
    with pytest.raises(HostBusy) as caught:
        await get(asking, site)

    assert len(site.requests) == 4
    assert caught.value.retry_after == 30


# Pace


async def test_the_settings_pace_wins(site: Site, time: Time) -> None:
    site.answer = OK
    pace = {"127.0.0.1": {"per_second": 4, "concurrency": 2}}
    async with client(settings_for(site.origin, host_pace=pace), time) as asking:
        for _ in range(5):
            await get(asking, site)

    assert time.now - 1_000 == 1


async def test_ones_own_machine_is_not_held_up(site: Site, asking: BoardClient, time: Time) -> None:
    site.answer = OK
    await asyncio.gather(*(get(asking, site) for _ in range(50)))

    assert len(site.requests) == 50
    assert time.now - 1_000 < 1


async def test_no_more_requests_at_a_time_than_allowed(site: Site, time: Time) -> None:
    open_now = most = 0

    async def count(_: web.Request) -> web.Response:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0)
        open_now -= 1
        return web.Response(body=b"{}")

    site.answer = count
    pace = {"127.0.0.1": {"per_second": 10_000, "concurrency": 3}}
    async with client(settings_for(site.origin, host_pace=pace), time) as asking:
        await asyncio.gather(*(get(asking, site) for _ in range(30)))

    assert len(site.requests) == 30
    assert most <= 3


# Size


async def test_a_body_over_the_limit_is_not_read_to_the_end(site: Site, time: Time) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)
            sent += 65_536

    site.answer = endless
    async with client(settings_for(site.origin), time, max_body_bytes=1_000_000) as asking:
        with pytest.raises(BoardUnreadable, match="more than 1000000 bytes"):
            await get(asking, site)

    assert sent < 64 * 1024 * 1024


async def test_an_announced_size_over_the_limit_is_not_read_at_all(site: Site, time: Time) -> None:
    site.answer = body(b" " * 2_000)
    async with client(settings_for(site.origin), time, max_body_bytes=1_999) as asking:
        with pytest.raises(BoardUnreadable, match="more than 1999 bytes"):
            await get(asking, site)
    async with client(settings_for(site.origin), time, max_body_bytes=2_000) as asking:
        assert len(await get(asking, site)) == 2_000


async def test_a_gzip_bomb_is_not_unpacked(site: Site, time: Time) -> None:
    zeros = zlib.compressobj(1, wbits=31)
    bomb = b"".join([zeros.compress(bytes(1_000_000)) for _ in range(400)]) + zeros.flush()
    site.answer = lambda _: web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    async with client(settings_for(site.origin), time, max_body_bytes=1_000_000) as asking:
        with pytest.raises(BoardUnreadable, match="more than"):
            await get(asking, site)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


async def test_gzip_is_understood(site: Site, asking: BoardClient) -> None:
    site.answer = lambda _: web.Response(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})

    assert await get(asking, site) == b'{"a": 1}'
    assert "gzip" in site.requests[0].headers["Accept-Encoding"]


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/jobs",
        "http://localhost:{port}/jobs",
        "http://[::1]:{port}/jobs",
        "http://[::ffff:127.0.0.1]:{port}/jobs",
        "http://0.0.0.0:{port}/jobs",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/jobs",
    ],
)
async def test_private_addresses_are_refused(site: Site, time: Time, url: str) -> None:
    site.answer = OK
    async with client(Settings(), time) as asking:
        with pytest.raises(AddressRefused, match=r"greenhouse:acme: .* private address") as caught:
            await asking.get(url.format(port=site.origin.rsplit(":", 1)[-1]), board="greenhouse:acme", manners=POLITE)

    assert "JOBWIRE_ALLOW_PRIVATE_HOSTS" in str(caught.value)
    assert site.requests == []
    assert time.slept == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
async def test_no_spelling_of_a_private_address_gets_through(site: Site, time: Time, host: str) -> None:
    site.answer = OK
    port = site.origin.rsplit(":", 1)[-1]
    async with client(Settings(), time) as asking:
        with pytest.raises(BoardError):
            await asking.get(f"http://{host}:{port}/jobs", board="greenhouse:acme", manners=POLITE)

    assert site.requests == []


async def test_a_name_in_other_letters_gets_to_no_private_address(
    site: Site, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def resolve(_: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        asked.append(host)
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    site.answer = OK
    async with client(Settings(), time) as asking:
        reader = BoardRegistry(Settings(), asking).reader(BoardRef("page", "xn--mnchen-3ya.example"))
        with pytest.raises(AddressRefused, match=r"xn--mnchen-3ya\.example has a private address"):
            await reader.list("xn--mnchen-3ya.example")

    assert asked == ["xn--mnchen-3ya.example"]
    assert site.requests == []


# Redirects


def to(location: str, code: int = 302) -> Answer:
    return status(code, Location=location)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_within_the_host_is_followed(site: Site, asking: BoardClient, code: int) -> None:
    site.then(to("/v2/jobs?x=1", code), OK)

    assert await get(asking, site) == b"{}"
    assert site.paths == ["/jobs", "/v2/jobs?x=1"]


async def test_redirects_are_bounded(site: Site, asking: BoardClient) -> None:
    site.answer = to("/jobs")
    with pytest.raises(BoardUnreadable, match="redirects more than 3 times"):
        await get(asking, site)

    assert len(site.requests) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/jobs",
        "//evil.example/",
        "https://127.0.0.1/",
        "file:///etc/x",
    ],
)
async def test_a_redirect_to_elsewhere_is_refused(site: Site, asking: BoardClient, location: str) -> None:
    site.answer = to(location)
    with pytest.raises(AddressRefused, match=r"greenhouse:acme: .* redirects to") as caught:
        await get(asking, site)

    assert "another careers system" in str(caught.value)
    assert len(site.requests) == 1


async def test_a_redirect_to_nowhere_is_unreadable(site: Site, asking: BoardClient) -> None:
    site.answer = status(302)
    with pytest.raises(BoardUnreadable, match="nowhere"):
        await get(asking, site)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_what_is_sent_by_post_is_sent_again_and_follows_no_redirect(
    site: Site, asking: BoardClient, time: Time, code: int
) -> None:
    site.then(to("/elsewhere", code), OK)

    answer = await asking.get(site.origin + "/jobs", board="workday:a", manners=POLITE, posted=b'{"offset": 0}')
    assert answer == Body(b"{}")
    assert [(request.method, request.path) for request in site.requests] == [("POST", "/jobs")] * 2
    assert time.slept == [0.5]


BREEZY = {"board": "breezy:acme", "own_host": "acme.breezy.hr", "home": "breezy.hr"}


@pytest.mark.parametrize("location", ["https://breezy.hr/", "https://www.breezy.hr/?x=1", "//breezy.hr"])
async def test_a_company_that_leads_to_the_systems_own_site_is_unknown(
    site: Site, asking: BoardClient, location: str
) -> None:
    site.answer = to(location)
    for gone in (BoardGone, PostingGone):  # no posting is said to be gone where a whole board is
        with pytest.raises(BoardGone, match=r"acme\.breezy\.hr leads to"):
            await asking.get(site.origin, manners=POLITE, gone=gone, **BREEZY)


@pytest.mark.parametrize("location", ["https://evil-breezy.hr/", "https://hr/", "https://other.breezy.hr/"])
async def test_a_company_that_leads_elsewhere_is_not_followed(site: Site, asking: BoardClient, location: str) -> None:
    site.answer = to(location)
    with pytest.raises(AddressRefused):
        await asking.get(site.origin, manners=POLITE, **BREEZY)


# Boards with hosts of their own


async def test_one_server_stands_in_for_all_hosts(site: Site, asking: BoardClient) -> None:
    site.then(to("/v2/jobs"), OK)
    await asking.get(site.origin + "/jobs", board="breezy:acme", manners=POLITE, own_host="acme.breezy.hr")

    assert [request.headers["Host"] for request in site.requests] == ["acme.breezy.hr"] * 2


async def test_a_post_is_json(site: Site, asking: BoardClient) -> None:
    async def echo(request: web.Request) -> web.Response:
        assert request.headers["Content-Type"] == "application/json"
        return web.Response(body=await request.read())

    site.answer = echo

    answer = await asking.get(site.origin, board="workday:a", manners=POLITE, posted=b'{"a": 1}')
    assert answer == Body(b'{"a": 1}')


async def test_hosts_under_one_key_share_a_pace(site: Site, time: Time) -> None:
    site.answer = OK
    pace = {"breezy.hr": {"per_second": 4, "concurrency": 1}}
    async with client(settings_for(site.origin, host_pace=pace), time) as asking:
        for host in ("127.0.0.1", "localhost", "127.0.0.1"):
            url = site.origin.replace("127.0.0.1", host)
            await asking.get(url, board="breezy:acme", manners=POLITE, key="breezy.hr")

    assert time.now - 1_000 == 0.5


async def test_a_shared_key_lets_no_private_address_through(site: Site, time: Time) -> None:
    async with client(Settings(), time) as asking:
        for _ in range(2):
            with pytest.raises(AddressRefused):
                await asking.get(site.origin, board="breezy:acme", manners=POLITE, key="breezy.hr")

    assert site.requests == []


async def test_a_systems_own_refusals_pause_its_host(site: Site, asking: BoardClient, time: Time) -> None:
    manners = Manners(pace=POLITE.pace, refusals=frozenset({403}))
    site.then(status(403), status(403, Retry_After="3"), OK)

    assert await get(asking, site, manners=manners) == b"{}"
    assert time.now - 1_000 == 3.5


async def test_it_accepts_what_the_system_speaks(site: Site, asking: BoardClient) -> None:
    site.answer = OK
    await get(asking, site, manners=Manners(pace=POLITE.pace, accept="application/xml"))

    assert site.requests[0].headers["Accept"] == "application/xml"


# Manners


async def test_a_reservation_of_text_and_data_mining_is_respected(site: Site, asking: BoardClient) -> None:
    site.answer = lambda _: web.Response(body=b"{}", headers={"tdm-reservation": "1"})
    with pytest.raises(BoardError, match="reserves"):
        await get(asking, site)

    site.answer = lambda _: web.Response(body=b"{}", headers={"tdm-reservation": "0"})
    assert await get(asking, site) == b"{}"


async def ask_unless(asking: BoardClient, site: Site, etag: str | None) -> Body | NotModified:
    return await asking.get(f"{site.origin}/jobs", board="greenhouse:acme", manners=POLITE, etag=etag)


async def test_what_is_unchanged_is_not_sent_again(site: Site, asking: BoardClient) -> None:
    site.then(lambda _: web.Response(body=b"[]", headers={"ETag": 'W/"1"'}), status(304), status(304, ETag='"1"'))
    assert await ask_unless(asking, site, None) == Body(b"[]", 'W/"1"')
    assert "If-None-Match" not in site.requests[0].headers
    assert await ask_unless(asking, site, 'W/"1"') is NotModified.SAME
    assert site.requests[1].headers["If-None-Match"] == 'W/"1"'
    assert await ask_unless(asking, site, 'W/"1"') is NotModified.SAME


async def test_a_server_that_says_so_of_something_else_is_asked_for_the_whole(site: Site, asking: BoardClient) -> None:
    site.then(status(304, ETag='"2"'), body(b"[]"))
    assert await ask_unless(asking, site, '"1"') == Body(b"[]")
    assert "If-None-Match" not in site.requests[1].headers


async def test_a_server_that_says_so_unasked_is_not_believed(site: Site, asking: BoardClient) -> None:
    site.answer = status(304)
    with pytest.raises(BoardUnreadable, match="status 304"):
        await ask_unless(asking, site, None)


async def test_a_mark_is_not_shown_where_a_redirect_leads(site: Site, asking: BoardClient) -> None:
    site.then(to("/elsewhere"), body(b"[]"))
    assert await ask_unless(asking, site, '"1"') == Body(b"[]")
    assert "If-None-Match" not in site.requests[1].headers


async def test_what_is_unchanged_may_be_reserved_by_now(site: Site, asking: BoardClient) -> None:
    site.answer = status(304, tdm_reservation="1")
    with pytest.raises(BoardError, match="reserves"):
        await ask_unless(asking, site, '"1"')


@pytest.mark.parametrize("etag", ['"1', "1", '"\u00fc"', f'"{"x" * 501}"', '""'])
async def test_an_odd_mark_is_not_kept(site: Site, time: Time, etag: str) -> None:
    site.answer = lambda _: web.Response(body=b'{"jobs": []}', headers={"ETag": etag})
    settings = settings_for(site.origin)
    async with client(settings, time) as asking:
        listing = await BoardRegistry(settings, asking).reader(BoardRef("greenhouse", "acme")).list("acme")
    assert listing.tag is None


async def test_a_client_outside_its_context_is_a_mistake_of_ours(site: Site) -> None:
    with pytest.raises(RuntimeError):
        await get(BoardClient(settings_for(site.origin)), site)


@pytest.mark.parametrize("code", [400, 401, 403, 405, 408, 422, 429, 500, 502, 503, 504])
async def test_only_a_404_or_a_410_says_that_something_is_gone(site: Site, asking: BoardClient, code: int) -> None:
    site.answer = status(code)
    for gone in (PostingGone, BoardGone):
        with pytest.raises(BoardError) as raised:
            await asking.get(site.origin + "/7", board="lever:acme", manners=POLITE, gone=gone)
        assert not isinstance(raised.value, PostingGone | BoardGone)
