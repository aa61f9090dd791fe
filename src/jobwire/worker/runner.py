"""A worker's life: it works until cancelled, through every absence of the database."""

import asyncio
from typing import Final

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
POLL_S: Final = 1.0
"""So often is the queue asked for what a lost notification would have told."""
GRACE_S: Final = 5.0
"""A slice takes about two seconds; one that takes longer is done again elsewhere."""
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
    register(app, work)
    async with app.open_async(), asyncio.TaskGroup() as group:
        rescuing = group.create_task(keep_rescuing(app.job_manager))
        try:
            await app.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_S,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_AFTER_S,
                shutdown_graceful_timeout=GRACE_S,
                delete_jobs="successful",
            )
        finally:
            rescuing.cancel()
