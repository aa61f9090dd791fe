"""Runs from start to finish through the real server, the real queue and a real worker process."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from aiohttp import web
from boards_server import serve
from ledger_world import eventually
from live_world import Live, is_alive, live, pace, settings_for
from sqlalchemy import insert, select

from jobwire.api.tokens import Audience
from jobwire.bootstrap.foundation import foundation, local_user
from jobwire.bootstrap.serving import serving
from jobwire.demo.options import DemoOptions
from jobwire.demo.server import DemoSite
from jobwire.domain.errors import Unavailable
from jobwire.domain.runs import JobStatus, RunStatus
from jobwire.storage.database import Database, conninfo
from jobwire.storage.tables import runs
from jobwire.storage.users import Users

ALL_INLINE = DemoOptions(companies=4, postings=60)


async def test_a_run_and_the_next_one_over_the_same_boards(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path) as product:
        await product.follow_all()
        first = await product.start()
        view = await product.to_the_end(first)
        assert view.status is RunStatus.FINISHED
        assert len(view.jobs) == 60
        assert {job.status for job in view.jobs.values()} == {JobStatus.READY}
        assert (await product.client.get("/api/ingestion/current-run")).json() == {"run_id": None}
        second = await product.start()
        view = await product.to_the_end(second)
        assert {job.status for job in view.jobs.values()} == {JobStatus.SKIPPED}
        product.site.world.advance()
        third = await product.to_the_end(await product.start())
        assert {job.status for job in third.jobs.values()} == {JobStatus.READY, JobStatus.SKIPPED, JobStatus.EXPIRED}
        status = await product.status(first)
        assert status["counts"] == {"ready": 60}
        assert status["status"] == "finished"
        jobs = (await product.client.get("/api/jobs?limit=500")).json()["jobs"]
        assert {job["company_name"] for job in jobs} == set(view.companies)
        details = {job["id"]: (await product.client.get(f"/api/jobs/{job['id']}")).json() for job in jobs}
        pairs = {(one, other["id"]) for one, detail in details.items() for other in detail["also"]}
        assert pairs == {(other, one) for one, other in pairs}
        assert pairs


async def test_what_has_had_its_time_goes_though_the_worker_starts_at_another_minute(
    database_url: str, database: Database, tmp_path: Path
):
    user = await Users(database).ensure("a@example.com")
    ended = datetime.now(UTC) - timedelta(days=91)
    async with database.begin() as connection:
        await connection.execute(insert(runs).values(user_id=user, status=RunStatus.FINISHED, finished_at=ended))

    async def is_gone() -> bool:
        async with database.connect() as connection:
            return (await connection.execute(select(runs.c.id))).first() is None

    async with live(database_url, tmp_path):
        await eventually(is_gone)


async def test_a_second_run_at_once_is_refused_with_the_first_ones_id(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path, worker=False) as product:
        await product.follow_all()
        run = await product.start()
        answer = await product.client.post("/api/ingestion/start", json={})
        assert answer.status_code == 409
        assert answer.json()["run_id"] == run


async def test_an_abort_freezes_the_run_and_ends_every_stream(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path, host_pace=pace(20)) as product:
        await product.follow_all()
        run = await product.start()
        async for view in product.watch(run):
            if view.status is RunStatus.INITIALIZING:
                answer = await product.client.post(f"/api/ingestion/abort/{run}")
                assert answer.json()["success"] is True
                break
        view = await product.to_the_end(run)
        assert view.status is RunStatus.ABORTED
        again = await product.client.post(f"/api/ingestion/abort/{run}")
        assert again.status_code == 409
        assert (await product.client.get("/api/ingestion/current-run")).json() == {"run_id": None}


async def test_a_worker_killed_in_mid_run_loses_nothing_and_settles_nothing_twice(database_url: str, tmp_path: Path):
    """`kill -9` while details are fetched: the server starts another worker, which goes on where the ledger says."""
    options = DemoOptions(companies=4, postings=120)
    async with live(database_url, tmp_path, options, host_pace=pace(15)) as product:
        await product.follow_all()
        child = product.server.worker
        assert child is not None
        run = await product.start()
        killed = None
        settled: dict[object, int] = {}
        before: dict[object, JobStatus] = {}
        async for view in product.watch(run):
            for key, job in view.jobs.items():
                if job.status.is_terminal and before.get(key) is not job.status:
                    settled[key] = settled.get(key, 0) + 1
                before[key] = job.status
            if killed is None and view.status is RunStatus.INGESTING:
                killed = child.pid
                assert killed is not None
                os.kill(killed, signal.SIGKILL)
        assert killed is not None
        assert child.pid != killed
        view = product.views[run]
        assert view.status is RunStatus.FINISHED
        assert len(view.jobs) == 120
        assert set(settled.values()) == {1}, "every job settles once, and only once"
        assert {job.status for job in view.jobs.values()} == {JobStatus.READY}


async def test_the_worker_goes_with_its_server(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path) as product:
        child = product.server.worker
        assert child is not None
        pid = child.pid
        assert pid is not None
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_a_restart_of_the_database_in_mid_run_costs_no_posting(database_url: str, tmp_path: Path):
    """All backends of this database end at once, as in a restart: server, worker and stream come back by themselves."""
    async with live(database_url, tmp_path, DemoOptions(companies=4, postings=120), host_pace=pace(15)) as product:
        await product.follow_all()
        run = await product.start()
        cut = False
        async for view in product.watch(run):
            if not cut and view.status is RunStatus.INGESTING:
                cut = True
                async with await psycopg.AsyncConnection.connect(conninfo(database_url), autocommit=True) as connection:
                    await connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
        assert cut
        view = product.views[run]
        assert view.status is RunStatus.FINISHED
        assert {job.status for job in view.jobs.values()} == {JobStatus.READY}


async def test_a_preview_saves_nothing_and_names_each_company_by_itself(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path) as product:
        await product.follow_all()
        gone = {"op": "upsert", "company_name": "Nobody", "source": "greenhouse:nobody-at-all"}
        await product.client.post("/api/ingestion/settings", json=[gone])
        answer = (await product.client.post("/api/ingestion/dry-run", json={})).json()
        assert answer["Nobody"]["status"] == "error"
        assert "greenhouse:nobody-at-all" in answer["Nobody"]["error_message"]
        good = [one for name, one in answer.items() if name != "Nobody"]
        assert sum(one["total_count"] for one in good) == 60
        assert all(one["filtered_count"] == len(one["included_jobs"]) for one in good)
        async with product.server.foundation.database.connect() as connection:
            for table in ("postings", "runs", "orders"):
                count = await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")
                assert count.scalar_one() == 0, table


async def test_a_preview_without_a_worker_says_so(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jobwire.ingest.waiting.NO_WORKER_S", 0.2)
    async with live(database_url, tmp_path, worker=False) as product:
        await product.follow_all()
        name = product.site.companies[0].partition("=")[0]
        answer = (await product.client.post("/api/ingestion/dry-run", json={"companies": [name]})).json()
        assert answer[name]["status"] == "error"
        assert "jobwire worker" in answer[name]["error_message"]


async def test_a_page_is_looked_at_by_the_worker_and_nothing_is_saved(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path) as product:
        body = {"address": "https://careers.example.com/nothing-here"}
        answer = (await product.client.post("/api/ingestion/look", json=body)).json()
        assert answer["sightings"] == []
        assert "status 404" in answer["error_message"]
        answer = await product.client.post("/api/ingestion/look", json={"address": "http://127.0.0.1/"})
        assert answer.status_code == 422
        assert "no address of a public page" in answer.json()["detail"]
        async with product.server.foundation.database.connect() as connection:
            assert (await connection.exec_driver_sql("SELECT count(*) FROM orders")).scalar_one() == 0


async def test_a_pasted_page_at_the_companys_own_host_leads_to_a_run_of_its_board(database_url: str, tmp_path: Path):
    page = '<link href="https://careers.recruiteecdn.com/x.css"><div data-component="PublicApp"></div>'
    offers = [{"id": 7, "title": "Cook", "status": "published", "description": "<p>Cook</p>"}]

    def answer(request: web.Request) -> web.Response:
        if request.path == "/api/offers/" and request.headers["Host"] == "careers.example.com":
            return web.json_response({"offers": offers})
        if request.path == "/o/some-job":
            return web.Response(text=page, content_type="text/html")
        return web.Response(status=404)

    async with serve() as careers:
        careers.answer = answer
        urls = {"page": careers.origin, "recruitee": careers.origin}
        async with live(database_url, tmp_path, board_urls=urls) as product:
            body = {"address": "https://careers.example.com/o/some-job"}
            (sighting,) = (await product.client.post("/api/ingestion/look", json=body)).json()["sightings"]
            assert sighting["source"] == "recruitee:careers.example.com"
            follow = [{"op": "upsert", "source": sighting["source"]}]
            (followed,) = (await product.client.post("/api/ingestion/settings", json=follow)).json()
            assert followed["success"], followed
            view = await product.to_the_end(await product.start())
            assert [(job.title, job.status) for job in view.jobs.values()] == [("Cook", JobStatus.READY)]
            (job,) = (await product.client.get("/api/jobs")).json()["jobs"]
            assert job["url"] == "https://careers.example.com/o/7"
            assert job["company_name"] == followed["company_name"]


async def test_two_servers_on_one_database_show_the_same_run(database_url: str, tmp_path: Path):
    """The one without a worker shows what the other one's worker does, and both take each other's tokens."""
    async with live(database_url, tmp_path, host_pace=pace(40)) as product:
        other_settings = settings_for(database_url, product.site, tmp_path / "other")
        async with serving(other_settings, worker=False) as other:
            await product.follow_all()
            run = await product.start()
            here = asyncio.create_task(product.to_the_end(run))
            headers = {"Authorization": f"Bearer {product.token}"}
            async with httpx.AsyncClient(base_url=other.url, headers=headers, timeout=60) as client:
                there = Live(other, product.site, product.token, client)
                view = await there.to_the_end(run)
            assert view.digest() == (await here).digest()
            assert view.status is RunStatus.FINISHED


async def test_a_taken_port_is_said_plainly(database_url: str, tmp_path: Path):
    async with live(database_url, tmp_path, worker=False) as product:
        port = int(product.server.url.rpartition(":")[2])
        settings = settings_for(database_url, product.site, tmp_path).model_copy(update={"port": port})
        with pytest.raises(Unavailable, match=rf"Port {port} .* PORT="):
            async with serving(settings, worker=False):
                pass


async def test_the_same_user_and_secret_at_every_start(database_url: str, tmp_path: Path):
    async with DemoSite(ALL_INLINE) as site:
        settings = settings_for(database_url, site, tmp_path)
        async with foundation(settings) as one:
            user = await local_user(one)
            token = one.tokens.access(user)
        async with foundation(settings) as two:
            assert await local_user(two) == user
            assert two.tokens.read(token, Audience.ACCESS).user_id == user
