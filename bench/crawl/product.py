"""Jobwire: a first run and two of the next day, each watched to its end by a viewer of the stream."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import psutil

from bench.careers import Careers
from bench.child import child
from bench.cpu import CpuClock
from bench.crawl.contest import CONCURRENCY
from bench.serve import Served, ServeTask
from bench.server import forget_tags
from bench.viewing import client, watching

UNPACED = {"127.0.0.1": {"per_second": 100_000, "concurrency": CONCURRENCY}}
ITEMS_AT_ONCE = 500


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `events` are those that the viewer was shown while it went on; `cpu_s` is by process."""

    postings: int
    seconds: float
    events: int
    cpu_s: dict[str, float]


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """All runs. `next` reads every board again, `marked` is told by their ETags that they are unchanged.

    `peaks_mb` is the most memory that each process held, by name.
    """

    first: Day
    next: Day
    marked: Day
    peaks_mb: dict[str, float]


async def days_of(database_url: str, careers: Careers) -> Days:
    settings = {
        "database_url": database_url,
        "port": 0,
        "board_urls": careers.board_urls,
        "allow_private_hosts": True,
        "host_pace": UNPACED,
    }
    async with child("bench.serve", ServeTask(settings=settings, worker=True)) as process:
        served = await process.hear(Served)
        assert served.worker_pid is not None
        async with client(served.url) as session:
            session.headers["Authorization"] = f"Bearer {served.token}"
            await _follow(session, careers)
            # The first answer of a worker that has just been started takes seconds: that is not what is measured.
            await _ask(session, "POST", "dry-run", {"companies": [careers.companies[0].rpartition("=")[0]]})
            (extractor,) = psutil.Process(served.worker_pid).children()
            pids = {"server": process.pid, "worker": served.worker_pid, "extractor": extractor.pid}
            first = await _run(session, served.token, "ready", pids)
            await asyncio.to_thread(forget_tags, database_url)
            second = await _run(session, served.token, "skipped", pids)
            marked = await _run(session, served.token, "skipped", pids)
        peaks = {name: _peak_mb(pid) for name, pid in pids.items()}
    return Days(first=first, next=second, marked=marked, peaks_mb=peaks)


async def _follow(session: aiohttp.ClientSession, careers: Careers) -> None:
    items = [{"op": "upsert", "source": spec} for spec in careers.companies]
    for start in range(0, len(items), ITEMS_AT_ONCE):
        answer = await _ask(session, "POST", "settings", items[start : start + ITEMS_AT_ONCE])
        assert all(item["success"] for item in answer), answer


async def _run(session: aiohttp.ClientSession, token: str, expected: str, pids: Mapping[str, int]) -> Day:
    """Run all companies, whose jobs must all end as `expected`: from `start` to the last event that a viewer sees."""
    clock = CpuClock(pids)
    began = time.monotonic()
    run_id = (await _ask(session, "POST", "start", {}))["run_id"]
    status, events = "", 0
    async with watching(session, run_id, token, extras="added,companies,log,beat") as stream:
        async for event, _ in stream.events():
            status = event.data if event.name == "status" else status
            events += 1
    seconds, used = time.monotonic() - began, clock.read()
    counts = (await _ask(session, "GET", f"status/{run_id}"))["counts"]
    assert status == "finished", status
    assert {name for name, jobs in counts.items() if jobs} == {expected}, counts
    return Day(postings=counts[expected], seconds=seconds, events=events, cpu_s=dict(used))


async def _ask(session: aiohttp.ClientSession, method: str, what: str, body: Any = None) -> Any:
    async with session.request(
        method, f"/api/ingestion/{what}", json=body, headers={"Accept-Encoding": "identity"}
    ) as response:
        assert response.ok, await response.text()
        return await response.json()


def _peak_mb(pid: int) -> float:
    """The most memory that a living process has held; what it holds now where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), None)
    return psutil.Process(pid).memory_info().rss / 2**20 if peak is None else peak
