"""The terminal's client of the HTTP interface: what it shows its token to, and what it makes of answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from jobwire.cli.client import Client, server_url
from jobwire.domain.errors import InvalidInput, NotSignedIn, RunActive, Unavailable


@asynccontextmanager
async def answering(path: str, answer: Callable[[], web.Response]) -> AsyncIterator[tuple[Client, list[web.Request]]]:
    """A client of a server that answers every request for a path in one way."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request)
        return answer()

    app = web.Application()
    app.router.add_route("*", path, handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Client(f"http://127.0.0.1:{runner.addresses[0][1]}", "token-of-the-test") as client:
            yield client, asked
    finally:
        await runner.cleanup()


def problem(code: int, **extra: object) -> web.Response:
    return web.json_response({"detail": "What happened. What to do.", **extra}, status=code)


async def test_the_token_is_not_shown_to_what_is_not_jobwire() -> None:
    async with answering("/{tail:.*}", lambda: web.Response(text="<html>another app")) as (client, asked):
        with pytest.raises(Unavailable, match="does not answer like Jobwire"):
            await client.check()
    assert [request.headers.get("Authorization") for request in asked] == [None]


@pytest.mark.parametrize(
    ("answer", "error", "match"),
    [
        (lambda: problem(409, run_id=17), RunActive, "Run 17 is still active"),
        (lambda: problem(422), InvalidInput, "What happened. What to do."),
        (lambda: problem(401), NotSignedIn, "JOBWIRE_TOKEN"),
        (lambda: problem(503), Unavailable, "What happened"),
        (lambda: web.Response(status=500, text="oops"), Unavailable, "HTTP 500"),
        (lambda: web.Response(status=302, headers={"Location": "/elsewhere"}), Unavailable, "does not answer like"),
        (lambda: web.json_response({"run_id": "x"}), Unavailable, "does not answer like"),
    ],
)
async def test_an_answer_that_is_none_is_an_error_in_words(
    answer: Callable[[], web.Response], error: type[Exception], match: str
) -> None:
    async with answering("/api/ingestion/start", answer) as (client, asked):
        with pytest.raises(error, match=match):
            await client.start(None)
    assert [request.method for request in asked] == ["POST"]


async def test_the_hosts_of_a_run_are_those_of_boards_that_no_newer_run_has_had() -> None:
    last_runs = {"acme": {"run_id": 17, "host": "api.example.com"}, "newer": {"run_id": 18, "host": "b"}, "never": None}
    common = {"source": "a:b", "is_enabled": True, "listed_at": None, "openings": None, "doubt": None, "setback": None}
    boards = [{"company_name": name, **common, "last_run": last} for name, last in last_runs.items()]
    async with answering("/api/ingestion/boards", lambda: web.json_response(boards)) as (client, _):
        assert await client.hosts(17) == {"acme": "api.example.com"}


@pytest.mark.parametrize("text", ["", "127.0.0.1:8000", "ftp://host", "http://", "http://a:b@host", "http://host:x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no address"):
        server_url(text)


def test_an_address_loses_its_last_slash() -> None:
    assert server_url("http://[::1]:8000/") == "http://[::1]:8000"
