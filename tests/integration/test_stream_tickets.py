"""A ticket opens one run's stream, as often as wanted, and nothing else."""

from datetime import UTC, datetime, timedelta

from stream_server import Show, connect, show

from jobwire.domain.runs import RunId
from jobwire.storage.database import Database


async def a_run(shown: Show, email: str = "me@example.com") -> RunId:
    run = await shown.book.start(await shown.book.user(email), ["a"])
    await shown.book.listed(run, "a", {"1": "One"})
    return run


async def ticket(shown: Show, run: RunId, email: str = "me@example.com") -> dict[str, str]:
    answer = await shown.client(await shown.book.user(email)).post(f"{shown.url(run)}/ticket")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_ticket_opens_its_runs_stream_many_times(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        got = await ticket(shown, run)
        expires_at = datetime.fromisoformat(got["expires_at"])
        assert expires_at == datetime.fromtimestamp(int(shown.world.now[0]), UTC) + timedelta(minutes=15)
        for options in ({"params": {"token": got["token"]}}, {"headers": {"Authorization": f"Bearer {got['token']}"}}):
            for _ in range(2):
                async with connect(shown.client(), shown.url(run), **options) as stream:
                    await stream.until("all_jobs")


async def test_a_ticket_opens_nothing_else(database: Database):
    async with show(database) as shown:
        run = await a_run(shown)
        await shown.book.end(run)
        other = await a_run(shown)
        token = (await ticket(shown, run))["token"]
        client = shown.client()
        for path in ("status/{}", "progress/{}/ticket", "abort/{}", "runs/{}/jobs", "logs/{}"):
            method = "POST" if path.startswith(("progress", "abort")) else "GET"
            for options in ({"params": {"token": token}}, {"headers": {"Authorization": f"Bearer {token}"}}):
                url = f"{shown.address}/api/ingestion/{path.format(run)}"
                assert (await client.request(method, url, **options)).status_code == 401
        session = {"Cookie": f"jobwire_session={token}"}
        assert (await client.get(shown.url(run), headers=session)).status_code == 401
        for elsewhere in (other, 4711):
            assert (await client.get(shown.url(elsewhere), params={"token": token})).status_code == 401


async def test_a_foreign_run_has_no_ticket(database: Database):
    async with show(database) as shown:
        foreign = await a_run(shown, "other@example.com")
        client = shown.client(await shown.book.user())
        elsewhere = await client.get(f"{shown.address}/api/ingestion/status/{foreign}")
        for path in (foreign, foreign + 1, "x", 0, 2**63):
            answer = await client.post(f"{shown.url(path)}/ticket")
            assert (answer.status_code, answer.content) == (404, elsewhere.content)
        assert (await shown.client().post(f"{shown.url(foreign)}/ticket")).status_code == 401


async def test_the_owner_of_the_run_is_checked_still(database: Database):
    """Whoever signed the ticket: a user that does not own the run gets 404."""
    async with show(database) as shown:
        foreign, me = await a_run(shown, "other@example.com"), await shown.book.user()
        later = datetime.fromtimestamp(shown.world.now[0], UTC) + timedelta(hours=1)
        forged = shown.world.services.tokens.ticket(me, foreign, later)
        assert (await shown.client().get(shown.url(foreign), params={"token": forged})).status_code == 404


async def test_a_ticket_ends_with_its_time_and_with_what_it_was_got_with(database: Database):
    async with show(database) as shown:
        run, me = await a_run(shown), await shown.book.user()
        short = shown.world.services.tokens.access(me, timedelta(seconds=60))
        answer = await shown.client().post(f"{shown.url(run)}/ticket", params={"token": short})
        assert datetime.fromisoformat(answer.json()["expires_at"]).timestamp() <= shown.world.now[0] + 60
        shown.world.now[0] += 61
        client = shown.client()
        assert (await client.get(shown.url(run), params={"token": answer.json()["token"]})).status_code == 401


async def test_a_page_gets_a_ticket_with_its_cookie_from_its_own_origin_alone(database: Database):
    async with show(database) as shown:
        run, me = await a_run(shown), await shown.book.user()
        session = {"Cookie": f"jobwire_session={shown.world.services.tokens.session(me)}"}
        url = f"{shown.url(run)}/ticket"
        assert (await shown.client().post(url, headers={**session, "Origin": shown.address})).status_code == 200
        assert (
            await shown.client().post(url, headers={**session, "Origin": "https://evil.example"})
        ).status_code == 403
