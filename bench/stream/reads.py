"""How often the database is read for one viewer of a run, and for many."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp

from bench.child import child
from bench.made_run import MadeRun
from bench.runs import make_run
from bench.server import BenchServer
from bench.stream.crowd import CrowdTask
from bench.stream.jobwire import JobwireServer, jobwire_server
from bench.stream.peer import HOST, PeerMissing
from bench.stream.polling import polling_server
from bench.stream.rows import JOBWIRE, POLLING, Limit, Row
from bench.stream.sizes import Sizes
from bench.stream.writer import Commit, WriterTask

THE_SAME: Final = (Limit(1.1),)
"""Changes that happen to come close together are read together: the same within a tenth."""
READS: Final = re.compile(r"^jobwire_stream_reads_total (\d+)$", re.MULTILINE)

Count = Callable[[], Awaitable[int]]


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    crowds = (1, sizes.read_viewers)
    async with jobwire_server(server) as ours:
        found = {JOBWIRE: [await _of_jobwire(ours, sizes, index, viewers) for index, viewers in enumerate(crowds)]}
        try:
            numbered = enumerate(crowds, start=len(crowds))
            found[POLLING] = [await _of_polling(ours, sizes, number, viewers) for number, viewers in numbered]
        except PeerMissing as reason:
            missing.add(str(reason))
    many = f"{sizes.read_viewers:,} viewers"
    about = f"{sizes.read_changes_per_second:g} changes/s of one run"
    return [
        Row(f"database reads a second, 1 viewer: {about}", "/s", {name: one for name, (one, _) in found.items()}),
        Row(f"database reads a second, {many}", "/s", {name: all_ for name, (_, all_) in found.items()}),
        Row(f"reads for {many} / for one", "", {name: all_ / one for name, (one, all_) in found.items()}, THE_SAME),
    ]


async def _of_jobwire(ours: JobwireServer, sizes: Sizes, number: int, viewers: int) -> float:
    run = await make_run(ours.ground, number, sizes.read_changes + 1)
    crowd = CrowdTask(host=HOST, port=ours.port, requests=[ours.request(run, await ours.version(run))], viewers=viewers)
    async with aiohttp.ClientSession() as session:

        async def count() -> int:
            async with session.get(f"http://{HOST}:{ours.port}/metrics") as response:
                found = READS.search(await response.text())
            assert found, "the server does not tell of its reads"
            return int(found[1])

        return await _reads(ours, run, sizes, crowd, count)


async def _of_polling(ours: JobwireServer, sizes: Sizes, number: int, viewers: int) -> float:
    run = await make_run(ours.ground, number, sizes.read_changes + 1)
    async with polling_server(ours.database_url) as theirs, aiohttp.ClientSession() as session:
        crowd = CrowdTask(host=HOST, port=theirs.port, requests=[theirs.request(run.run_id)], viewers=viewers)

        async def count() -> int:
            async with session.get(f"http://{HOST}:{theirs.port}/reads") as response:
                return int(await response.text())

        return await _reads(ours, run, sizes, crowd, count)


async def _reads(ours: JobwireServer, run: MadeRun, sizes: Sizes, crowd: CrowdTask, count: Count) -> float:
    """Reads a second while the run changes."""
    writing = WriterTask(
        database_url=ours.database_url,
        topics=[run.run_id],
        commits=[Commit(run.run_id, [job]) for job in run.jobs[: sizes.read_changes]],
        per_second=sizes.read_changes_per_second,
        seed=sizes.seed,
    )
    async with child("bench.stream.crowd", crowd) as viewers, child("bench.stream.writer", writing) as writer:
        await viewers.hear(str)
        await writer.hear(str)
        loop = asyncio.get_running_loop()
        began, before = loop.time(), await count()
        await writer.ask("go", list[int])
        return (await count() - before) / (loop.time() - began)
