"""A worker's life: it works until cancelled, through every absence of the database."""

import asyncio
from typing import Final

import procrastinate
import psycopg
import psycopg_pool
from procrastinate.exceptions import ConnectorException

from jobwire.logs import Log
from jobwire.worker.queue import STALLED_AFTER_S, open_queue
from jobwire.worker.stalled import keep_rescuing
from jobwire.worker.tasks import Work, register

CONCURRENCY: Final = 16
"""Tasks at a time: each is one host's, and mostly waits for it."""
HEARTBEAT_S: Final = 3.0
POLL_S: Final = 0.25
"""So often is the queue asked: nothing tells that a host's lock is free again, and somebody may wait for it."""
GRACE_S: Final = 5.0
"""A slice ends about two seconds after it was told to; one that takes longer is done again elsewhere."""
PAUSE_S: Final = 1.0

_log = Log(__name__)


async def run_worker(conninfo: str, work: Work) -> None:
    """Work until cancelled; then end what is under way, within `GRACE_S`."""
    while True:
        try:
            await _run_once(conninfo, work)
            _log.warning("worker.stopped", reason="it ended by itself")
        except* (ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout) as group:
            _log.warning("worker.lost_database", reason=str(group.exceptions[0]))
        await asyncio.sleep(PAUSE_S)


async def _run_once(conninfo: str, work: Work) -> None:
    app = open_queue(conninfo)
    over = asyncio.Event()
    register(app, work, over.is_set)
    async with app.open_async(), asyncio.TaskGroup() as group:
        rescuing = group.create_task(keep_rescuing(app.job_manager))
        working = asyncio.create_task(_work(app))
        try:
            await asyncio.shield(working)
        finally:
            over.set()
            rescuing.cancel()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def _work(app: procrastinate.App) -> None:
    await app.run_worker_async(
        concurrency=CONCURRENCY,
        install_signal_handlers=False,
        fetch_job_polling_interval=POLL_S,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_AFTER_S,
        shutdown_graceful_timeout=GRACE_S,
        delete_jobs="successful",
    )
