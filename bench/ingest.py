"""Postings a second: whole runs of the product, from `start` to the terminal status on the stream."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import aiohttp

from bench.careers import Careers, CareersTask
from bench.child import child
from bench.cpu import POSTGRES, CpuClock
from bench.figures import Figure, Target
from bench.plan import Plan
from bench.serve import Served, ServeTask
from bench.server import BenchServer, forget_tags
from bench.viewing import client, watching

NAME: Final = "ingest"
FIRST: Final = Target("at least", 1_500)
UNPACED: Final = {"127.0.0.1": {"per_second": 100_000, "concurrency": 64}}


async def measure(server: BenchServer, plan: Plan) -> list[Figure]:
    """A careers site, a server and its worker, each a process of its own."""
    task = CareersTask(companies=plan.companies, postings=plan.postings, seed=plan.seed)
    async with server.database() as database_url, child("bench.careers", task) as site:
        careers = await site.hear(Careers)
        settings = {
            "database_url": database_url,
            "port": 0,
            "board_urls": careers.board_urls,
            "allow_private_hosts": True,
            "host_pace": UNPACED,
        }
        async with child("bench.serve", ServeTask(settings=settings, worker=True)) as served:
            where = await served.hear(Served)
            assert where.worker_pid is not None
            pids = {"worker": where.worker_pid, "server": served.pid, "careers site": site.pid}
            if server.pid is not None:
                pids[POSTGRES] = server.pid
            return await _runs(where, pids, careers, plan, partial(forget_tags, database_url))


async def _runs(
    served: Served, pids: Mapping[str, int], careers: Careers, plan: Plan, forget: Callable[[], None]
) -> list[Figure]:
    async with client(served.url) as session:
        session.headers["Authorization"] = f"Bearer {served.token}"
        await _follow(session, careers)
        # As the app does, and so that the site has its boards encoded before anything is measured
        await _post(session, "dry-run", {})
        clock = CpuClock(pids, families=[POSTGRES, "worker"])
        first_s = await _run(session, served.token, {"ready": plan.postings})
        used = clock.read()
        await asyncio.to_thread(forget)
        second_s = await _run(session, served.token, {"skipped": plan.postings})
        third_s = await _run(session, served.token, {"skipped": plan.postings})
    return [
        Figure(NAME, "first run, all new", plan.postings / first_s, "postings/s", FIRST),
        Figure(NAME, "first run", first_s, "s"),
        *(Figure(NAME, f"first run, CPU: {name}", seconds, "s") for name, seconds in used.items()),
        Figure(NAME, "second run, all read and unchanged", plan.postings / second_s, "postings/s"),
        Figure(NAME, "second run", second_s, "s"),
        Figure(NAME, "third run, unchanged by ETags where there are any", plan.postings / third_s, "postings/s"),
        Figure(NAME, "third run", third_s, "s"),
    ]


async def _follow(session: aiohttp.ClientSession, careers: Careers) -> None:
    items = [{"op": "upsert", "source": spec} for spec in careers.companies]
    answer = await _post(session, "settings", items)
    assert all(item["success"] for item in answer), answer


async def _run(session: aiohttp.ClientSession, token: str, expected: dict[str, int]) -> float:
    """Run all companies; answer the seconds from `start` to the terminal status as a viewer sees it."""
    began = time.monotonic_ns()
    run_id = (await _post(session, "start", {}))["run_id"]
    statuses: list[tuple[str, int]] = []
    async with watching(session, run_id, token) as stream:
        async for event, at_ns in stream.events():
            if event.name == "status":
                statuses.append((event.data, at_ns))
    status, ended = statuses[-1]
    counts = (await _get(session, f"status/{run_id}"))["counts"]
    assert status == "finished", statuses
    assert {name: jobs for name, jobs in counts.items() if jobs} == expected, counts
    return (ended - began) / 1e9


async def _post(session: aiohttp.ClientSession, what: str, body: Any) -> Any:
    headers = {"Accept-Encoding": "identity"}
    async with session.post(f"/api/ingestion/{what}", json=body, headers=headers) as response:
        assert response.ok, await response.text()
        return await response.json()


async def _get(session: aiohttp.ClientSession, what: str) -> Any:
    async with session.get(f"/api/ingestion/{what}", headers={"Accept-Encoding": "identity"}) as response:
        assert response.ok, await response.text()
        return await response.json()
