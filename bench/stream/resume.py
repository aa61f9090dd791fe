"""Bytes that a viewer is sent to be in step again after k changes, without compression and without HTTP's own."""

from contextlib import aclosing
from typing import Final

from bench.made_run import MadeRun
from bench.runs import make_run
from bench.server import BenchServer
from bench.stream.jobwire import JOBS, JobwireServer, jobwire_server, settle
from bench.stream.peer import HOST, PeerMissing
from bench.stream.polling import polling_server
from bench.stream.rows import JOBWIRE, POLLING, Limit, Row
from bench.stream.sizes import Sizes
from bench.stream.source import session
from bench.viewing import Stream
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import RunId
from jobwire.storage.ledger import Ledger

ONCE: Final = 200
A_CHANGE: Final = 25


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    """Each row goes on with the same run: what has changed since a cursor is what has changed since the row before."""
    async with jobwire_server(server) as ours:
        run = await make_run(ours.ground, 0, JOBS)
        sent = {changes: {JOBWIRE: await _after(ours, run, changes)} for changes in sizes.resume_changes}
        try:
            async with polling_server(ours.database_url) as theirs:
                full = await _first_group(theirs.port, f"/{run.run_id}")
            for values in sent.values():
                values[POLLING] = full
        except PeerMissing as reason:
            missing.add(str(reason))
    return [
        Row(f"bytes to resume after {changes:,} changes", "B", values, [Limit(ONCE + A_CHANGE * changes)])
        for changes, values in sent.items()
    ]


async def _after(ours: JobwireServer, run: MadeRun, changes: int) -> int:
    """So many jobs change; the bytes for a viewer that has missed them."""
    cursor = await ours.version(run)
    ledger = Ledger(ours.ground.database, lambda _run, _version: None)
    jobs = [run.jobs.pop() for _ in range(changes)]
    await settle(ledger, RunId(run.run_id), *(JobKey(*job) for job in jobs))
    path = f"/api/ingestion/progress/{run.run_id}?token={run.token}&last_event_id={cursor}"
    return await _first_group(ours.port, path)


async def _first_group(port: int, path: str) -> int:
    async with session(HOST, port) as client, client.get(path, headers={"Accept-Encoding": "identity"}) as response:
        response.raise_for_status()
        stream = Stream(response)
        async with aclosing(stream.events()) as events:
            async for seen in events:
                if seen.event.name in ("update", "all_jobs"):
                    return stream.text_bytes
    raise EOFError("the stream has ended")
