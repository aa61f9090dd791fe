"""Clients that others wrote, or would write."""

import httpx
from httpx_sse import aconnect_sse
from stream_server import show

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus
from jobwire.storage.database import Database
from patience import PATIENCE_S
from stream_wire import Watcher

HOSTILE = "x\n\nevent: status\ndata: finished\nid: 9\r\n\u2028\u2029\x85<script>\ufffd😀"


async def test_httpx_sse_reads_it_event_by_event(database: Database):
    async with show(database) as shown:
        me = await shown.book.user()
        run = await shown.book.start(me, ["a"])
        await shown.book.listed(run, "a", {"1": HOSTILE, "2": "Two"})
        watcher = Watcher()
        async with (
            httpx.AsyncClient(timeout=PATIENCE_S) as client,
            aconnect_sse(client, "GET", shown.url(run), params={"token": shown.token(me)}) as source,
        ):
            async for event in source.aiter_sse():
                watcher.view.apply(event.event, event.data, event.id)
                if event.event == "all_jobs" and watcher.jobs["a", "1"][1] == "pending":
                    assert watcher.jobs == await shown.stored(run)
                    await shown.book.set(run, {JobKey("a", "1"): JobStatus.READY})
                if event.event == "update":
                    await shown.book.set(run, {JobKey("a", "2"): JobStatus.SKIPPED})
        assert watcher.jobs == await shown.stored(run)
        assert watcher.view.status == "finished"
        assert watcher.jobs["a", "1"] == (HOSTILE, "ready")


async def test_three_handlers_are_enough(database: Database):
    """Close on a terminal status, replace on all_jobs, patch on update: no cursor, no id, nothing else."""
    async with show(database, max_connection_s=0.2) as shown:
        me = await shown.book.user()
        run = await shown.book.start(me, ["a"])
        await shown.book.listed(run, "a", {"1": "One", "2": "Two"})
        jobs: dict[tuple[str, str], tuple[str, str]] = {}
        is_open, rounds = True, 0
        while is_open:
            rounds += 1
            if rounds in {2, 4}:
                await shown.book.set(run, {JobKey("a", str(rounds // 2)): JobStatus.READY})
            async with (
                httpx.AsyncClient(timeout=PATIENCE_S) as client,
                aconnect_sse(client, "GET", shown.url(run), params={"token": shown.token(me)}) as source,
            ):
                async for event in source.aiter_sse():
                    data = event.json() if event.event in {"all_jobs", "update"} else {}
                    if event.event == "status":
                        is_open = event.data not in {"finished", "error", "aborted"}
                    elif event.event == "all_jobs":
                        jobs = {
                            (company, job["external_id"]): (job["title"], job["status"])
                            for company, listed in data.items()
                            for job in listed
                        }
                    else:
                        for company, statuses in data.items():
                            for key, status in statuses.items():
                                jobs[company, key] = (jobs[company, key][0], status)
        assert rounds > 2
        assert jobs == await shown.stored(run)
