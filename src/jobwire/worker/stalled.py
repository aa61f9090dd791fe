"""Tasks of dead workers go on elsewhere. Nothing in Procrastinate does so by itself."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from jobwire.logs import Log
from jobwire.worker.queue import STALLED_AFTER_S

LOOK_EVERY_S: Final = 5.0

_log = Log(__name__)


async def keep_rescuing(manager: JobManager) -> None:
    """Rescue at once and every five seconds, until cancelled. Raise where the queue cannot be asked."""
    while True:
        await rescue(manager)
        await asyncio.sleep(LOOK_EVERY_S)


async def rescue(manager: JobManager) -> int:
    """Give the tasks of dead workers back to the queue; answer how many."""
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
    for job in stalled:
        try:
            await manager.retry_job(job, retry_at=datetime.now(UTC))
        except UniqueViolation:
            # It had deferred its successor already: that one goes on.
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        except ConnectorException as error:
            _log.info("worker.rescued_elsewhere", task=job.id, reason=str(error))
            continue
        _log.warning("worker.rescued", task=job.id, name=job.task_name, attempts=job.attempts)
    return len(list(stalled))
