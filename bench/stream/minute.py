"""All bytes that a viewer's connections carry in a minute, when something cuts them: heads and framing included."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bench.runs import make_run
from bench.server import BenchServer
from bench.stream.jobwire import jobwire_server, settle
from bench.stream.peer import HOST, PeerMissing
from bench.stream.polling import polling_server
from bench.stream.rows import JOBWIRE, POLLING, Limit, Row
from bench.stream.sizes import Sizes
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import RunId
from jobwire.storage.ledger import Ledger
from jobwire.storage.wakeups import Announcer

A_TENTH: Final = (Limit(0.1, of=POLLING),)
ENCODING: Final = "gzip, deflate"
"""What a browser accepts over plain HTTP and all of these servers know; who compresses, does."""
BACK_S: Final = 1.0
"""How long an `EventSource` stays away after a cut."""

NextRequest = Callable[[bool], Awaitable[str]]


async def measure(server: BenchServer, sizes: Sizes, missing: set[str]) -> list[Row]:
    async with jobwire_server(server) as ours, Announcer(ours.ground.database.conninfo) as announcer:
        run = await make_run(ours.ground, 0, sizes.minute_jobs)

        async def next_request(is_first: bool) -> str:  # noqa: FBT001 - a callback of two kinds of peers
            return ours.request(run, None if is_first else await ours.version(run), ENCODING)

        async def change() -> None:
            ledger = Ledger(ours.ground.database, announcer.announce)
            for _ in range(sizes.minute_changes):
                await asyncio.sleep(sizes.minute_s / (sizes.minute_changes + 1))
                await settle(ledger, RunId(run.run_id), JobKey(*run.jobs.pop()))

        async with asyncio.TaskGroup() as group:
            group.create_task(change())
            viewers = {JOBWIRE: group.create_task(_bytes(ours.port, next_request, sizes))}
            try:
                async with polling_server(ours.database_url) as theirs:

                    async def same_request(_is_first: bool) -> str:  # noqa: FBT001 - as above
                        return theirs.request(run.run_id, ENCODING)

                    viewers[POLLING] = group.create_task(_bytes(theirs.port, same_request, sizes))
                    await asyncio.wait(viewers.values())
            except PeerMissing as reason:
                missing.add(str(reason))
    about = f"{sizes.minute_jobs} jobs, {sizes.minute_changes} changes, a cut every {sizes.cut_every_s:g} s"
    values = {name: task.result() for name, task in viewers.items()}
    return [Row(f"wire bytes in {sizes.minute_s:g} s: {about}", "B", values, A_TENTH)]


async def _bytes(port: int, next_request: NextRequest, sizes: Sizes) -> int:
    """Connect, be cut, come back with the cursor of the time of the cut, until the time is over."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + sizes.minute_s
    total, request = 0, await next_request(True)
    while (now := loop.time()) < ends_at:
        total += await _connection(port, request, until=min(ends_at, now + sizes.cut_every_s))
        request = await next_request(False)
        await asyncio.sleep(BACK_S)
    return total


async def _connection(port: int, request: str, until: float) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request.encode())
    total = 0
    try:
        async with asyncio.timeout_at(until):
            while data := await reader.read(65536):
                total += len(data)
        raise EOFError("the server has ended a stream whose run goes on")
    except TimeoutError:
        return total
    finally:
        writer.transport.abort()
