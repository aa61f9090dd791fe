"""What is decided before the first byte: who may see which run, and in which headers it comes."""

import re
from datetime import timedelta

import httpx
import pytest
from stream_server import Show, connect, show

from jobwire.domain.errors import Unavailable
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, RunStatus
from jobwire.settings import Settings
from jobwire.storage.database import Database

LISTED = "https://app.example"


async def a_run(shown: Show, email: str = "me@example.com") -> RunId:
    run = await shown.book.start(await shown.book.user(email), ["a"])
    await shown.book.listed(run, "a", {"1": "One", "2": "Two"})
    return run


async def test_the_headers_of_a_stream(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        async with connect(client, shown.url(run)) as stream:
            headers = stream.response.headers
            assert headers["content-type"] == "text/event-stream; charset=utf-8"
            assert headers["cache-control"] == "no-store, no-transform"
            assert headers["x-accel-buffering"] == "no"
            assert headers["x-content-type-options"] == "nosniff"
            assert "transfer-encoding" not in headers  # HAProxy would hold back events
            assert headers["connection"] == "close"
            assert headers["vary"] == "Accept-Encoding"
            assert stream.response.http_version == "HTTP/1.1"
            await stream.until("all_jobs")


async def test_a_token_in_the_header_the_query_or_the_cookie(database: Database):
    async with show(database) as shown:
        run, me = await a_run(shown), await shown.book.user()
        client, token = shown.client(), shown.token(me)
        session = {"Cookie": f"jobwire_session={shown.world.services.tokens.session(me)}"}
        for options in (
            {"headers": {"Authorization": f"Bearer {token}"}},
            {"params": {"token": token}},
            {"headers": session},
            {"headers": {"Authorization": f"Bearer {token}"}, "params": {"token": "bad"}},
            {"headers": session, "params": {"token": token}},
        ):
            async with connect(client, shown.url(run), **options) as stream:
                await stream.until("all_jobs")


async def test_who_is_not_signed_in_is_told_so_before_anything_else(database: Database):
    async with show(database) as shown:
        run, me = await a_run(shown), await shown.book.user()
        client, token = shown.client(), shown.token(me)
        old = shown.world.services.tokens.access(me, timedelta(seconds=-1))
        session = shown.world.services.tokens.session(me)
        for options in (
            {},
            {"params": {"token": "bad"}},
            {"params": {"token": ""}},
            {"params": {"token": old}},
            {"params": {"token": session}},
            {"headers": {"Authorization": "Basic x"}, "params": {"token": token}},
            {"headers": {"Cookie": f"jobwire_session={token}"}},
        ):
            for path in (run, run + 1, "x"):
                answer = await client.get(shown.url(path), **options)
                assert answer.status_code == 401
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["www-authenticate"] == 'Bearer realm="jobwire"'
                assert answer.json()["status"] == 401


def without_date(answer: httpx.Response) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in answer.headers.items() if name != "date")


async def test_unknown_foreign_and_malformed_ids_are_one_and_the_same_404(database: Database):
    async with show(database) as shown:
        foreign = await a_run(shown, "other@example.com")
        client = shown.client(await shown.book.user())
        elsewhere = await client.get(f"{shown.address}/api/ingestion/status/{foreign}")
        assert elsewhere.status_code == 404
        for path in (foreign, foreign + 1, 0, -1, "x", "1.0", "1x", "%D9%A3", 2**63, "9" * 400, "%20", "1%0A"):
            answer = await client.get(shown.url(path))
            assert (answer.status_code, answer.content) == (404, elsewhere.content), path
            assert without_date(answer) == without_date(elsewhere)
        assert shown.hub.channels == 0


async def test_other_methods(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        head = await client.head(shown.url(run))
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (await client.head(shown.url(run + 1))).status_code == 404
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = await client.request(method, shown.url(run))
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET, HEAD"
            assert answer.headers["content-type"] == "application/problem+json"


async def test_all_other_addresses_are_the_apps(database: Database):
    async with show(database) as shown:
        run, me = await a_run(shown), await shown.book.user()
        client = shown.client(me)
        assert (await client.get(f"{shown.address}/api/ingestion/status/{run}")).json()["run_id"] == run
        for path in ("", f"{run}/", f"{run}/ticket", f"{run}/../../status/x/"):
            assert (await client.get(shown.url(path))).headers["content-type"] == "application/problem+json"


async def test_a_foreign_name_is_refused_as_everywhere(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        answer = await client.get(shown.url(run), headers={"Host": "evil.example"})
        elsewhere = await client.get(f"{shown.address}/api/health", headers={"Host": "evil.example"})
        assert answer.status_code == 421
        assert answer.content == elsewhere.content
        assert without_date(answer) == without_date(elsewhere)


async def test_pages_of_listed_origins_may_watch(database: Database):
    async with show(database, settings=Settings(cors_origins=[LISTED])) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        async with connect(client, shown.url(run), headers={"Origin": LISTED}) as stream:
            assert stream.response.headers["access-control-allow-origin"] == LISTED
            assert stream.response.headers["access-control-allow-credentials"] == "true"
            assert "Origin" in stream.response.headers["vary"]
        async with connect(client, shown.url(run), headers={"Origin": "https://evil.example"}) as stream:
            assert "access-control-allow-origin" not in stream.response.headers
        refused = await client.get(shown.url(run + 1), headers={"Origin": LISTED})
        assert refused.status_code == 404
        assert refused.headers["access-control-allow-origin"] == LISTED
        preflight = await client.options(
            shown.url(run), headers={"Origin": LISTED, "Access-Control-Request-Method": "GET"}
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == LISTED


async def test_any_page_may_watch_with_a_token_where_all_are_listed(database: Database):
    async with show(database, settings=Settings(cors_origins=["*"])) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        async with connect(client, shown.url(run), headers={"Origin": LISTED}) as stream:
            assert stream.response.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in stream.response.headers


async def test_the_cursor_is_the_header_then_the_query(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        await shown.book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
        for headers, params, first in (
            ({"Last-Event-ID": "2"}, {}, "update"),
            ({}, {"last_event_id": "2"}, "update"),
            ({"Last-Event-ID": "2"}, {"last_event_id": "1"}, "update"),
            ({"Last-Event-ID": "0"}, {"last_event_id": "2"}, "status"),
            ({"Last-Event-ID": ""}, {"last_event_id": "2"}, "update"),
            ({"Last-Event-ID": "nonsense"}, {"last_event_id": "2"}, "status"),
            ({}, {"last_event_id": "99"}, "status"),
            ({}, {}, "status"),
        ):
            async with connect(client, shown.url(run), headers=headers, params=params) as stream:
                while not stream.watcher.events:
                    await stream.read()
                assert stream.watcher.names[0] == first, (headers, params)


async def test_who_has_seen_the_end_is_told_to_stop(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        await shown.book.end(run, RunStatus.ABORTED)
        async with connect(client, shown.url(run)) as stream:
            await stream.to_the_end()
        assert stream.watcher.names == ["all_jobs", "status"]
        again = await client.get(shown.url(run), headers=stream.watcher.headers)
        assert (again.status_code, again.content) == (204, b"")
        behind = await client.get(shown.url(run), headers={"Last-Event-ID": "2"})
        assert behind.status_code == 200
        assert re.findall(r"event: (\w+)", behind.text) == ["all_jobs", "status"]


async def test_a_database_that_is_away_is_no_reason_to_give_up(database: Database, monkeypatch: pytest.MonkeyPatch):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        for error in (Unavailable("away"), ZeroDivisionError()):

            async def away(*_: object, error: Exception = error) -> None:
                raise error

            monkeypatch.setattr(shown.hub._reader, "owner", away)
            answer = await client.get(shown.url(run))
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert answer.headers["connection"] == "close"
            found = re.fullmatch(r"retry: (\d+)\n\n", answer.text)
            assert found
            assert 5_000 <= int(found[1]) <= 15_000


async def test_a_process_that_is_going_is_no_reason_to_give_up(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        client = shown.client(await shown.book.user())
        shown.hub.close()
        answer = await client.get(shown.url(run))
        assert answer.status_code == 200
        assert re.fullmatch(r"retry: \d+\n\n", answer.text)
