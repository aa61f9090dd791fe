"""How many may watch, and what is counted of it: over real HTTP."""

import re

import httpx
from stream_server import Show, connect, show

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId
from jobwire.settings import Settings
from jobwire.storage.database import Database


async def a_run(shown: Show, email: str = "me@example.com") -> RunId:
    run = await shown.book.start(await shown.book.user(email), ["a"])
    await shown.book.listed(run, "a", {"1": "One", "2": "Two"})
    return run


async def refusal(client: httpx.AsyncClient, url: str) -> int:
    """The `retry` of an answer that is nothing else."""
    answer = await client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    found = re.fullmatch(r"retry: (\d+)\n\n", answer.text)
    assert found, answer.text
    return int(found[1])


async def test_who_comes_beyond_a_persons_seats_is_told_when_to_come_back(database: Database):
    async with show(database, settings=Settings(max_viewers_per_user=2)) as shown:
        run, other = await a_run(shown), await a_run(shown, "other@example.com")
        client = shown.client(await shown.book.user())
        async with connect(client, shown.url(run)) as one, connect(client, shown.url(run)) as two:
            await one.until("all_jobs")
            await two.until("all_jobs")
            assert 5_000 <= await refusal(client, shown.url(run)) <= 15_000
            theirs = shown.client(await shown.book.user("other@example.com"))
            async with connect(theirs, shown.url(other)) as stream:
                await stream.until("all_jobs")
            assert (await client.head(shown.url(run))).status_code == 200  # takes no seat
            await shown.book.end(run)
            await one.to_the_end()
        async with connect(client, shown.url(run)) as again:
            await again.until("all_jobs", "status")


async def test_the_process_has_seats_too(database: Database):
    async with show(database, settings=Settings(max_viewers=1)) as shown:
        run, other = await a_run(shown), await a_run(shown, "other@example.com")
        async with connect(shown.client(await shown.book.user()), shown.url(run)) as stream:
            await stream.until("all_jobs")
            theirs = shown.client(await shown.book.user("other@example.com"))
            assert await refusal(theirs, shown.url(other)) >= 5_000
            assert shown.world.services.meters.full == 1


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_the_counters_of_a_stream(database: Database):
    async with show(database) as shown:
        run, me = await a_run(shown), await shown.book.user()
        async with connect(shown.client(me), shown.url(run), headers={"Accept-Encoding": "gzip"}) as stream:
            await stream.until("all_jobs")
            await shown.book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
            await stream.until("update")
            answer = await shown.client().get(f"{shown.address}/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        found = values(answer.text)
        assert found["jobwire_stream_viewers"] == 1
        assert found["jobwire_stream_channels"] == 1
        assert found["jobwire_stream_reads_total"] == 2
        assert found['jobwire_stream_frames_made_total{encoding="gzip"}'] == 2
        assert found['jobwire_stream_frames_sent_total{encoding="gzip"}'] == 2
        assert found['jobwire_stream_frames_sent_total{encoding="identity"}'] == 0
        assert found['jobwire_stream_bytes_sent_total{encoding="gzip"}'] > 100
        assert found["jobwire_stream_commit_to_send_seconds_count"] == 1
        assert found['jobwire_stream_commit_to_send_seconds_bucket{le="+Inf"}'] == 1
        buckets = [value for name, value in found.items() if "_bucket" in name]
        assert buckets == sorted(buckets)
        helps = re.findall(r"^# HELP (\w+) ", answer.text, re.MULTILINE)
        assert helps == re.findall(r"^# TYPE (\w+) ", answer.text, re.MULTILINE)
        assert shown.token(me) not in answer.text


async def test_the_counters_are_for_this_machine_unless_a_setting_says_otherwise(database: Database):
    async with show(database) as shown, show(database, settings=Settings(metrics_open=True)) as open_to_all:
        for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            headers = {header: "203.0.113.7"}
            assert (await shown.client().get(f"{shown.address}/metrics", headers=headers)).status_code == 404
            assert (await shown.client().get(f"{open_to_all.address}/metrics", headers=headers)).status_code == 200
        for host, status in (("203.0.113.7", 404), ("127.0.0.1", 200), ("::1", 200)):
            transport = httpx.ASGITransport(shown.world.app, client=(host, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                assert (await client.get("/metrics")).status_code == status
