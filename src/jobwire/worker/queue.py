"""The queue, from the side of those who put something in: in the transaction of the rows that it is about."""

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued

from jobwire.domain.runs import RunId
from jobwire.ingest.ports.units import Unit

SLICE: Final = "jobwire.slice"
PREVIEW: Final = "jobwire.preview"
LOOK: Final = "jobwire.look"
PREVIEW_PRIORITY: Final = 10
"""A person is waiting: before all slices of the same host."""
STALLED_AFTER_S: Final = 10.0
"""A worker that has not been heard of for so long is dead. It is to be heard every 3 s."""
MISSED_S: Final = 3600.0
"""An hourly task that no worker was there for is made up for by the first one that starts, however late: the database
keeps when it was last given out. Some workers live for a run each, and are never there at its minute."""


def open_queue(conninfo: str) -> procrastinate.App:
    """Procrastinate on this database; opened by the worker alone, since the others bring their connection."""
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4)
    return procrastinate.App(connector=connector, periodic_defaults={"max_delay": MISSED_S})


class Queue:
    """Defers tasks. The lock is the host: at any time one task of a host runs, whichever worker has it.

    A task that is scheduled for later keeps the others of its host (but for previews) waiting until then: right, since
    only a host's own wish delays one.
    """

    def __init__(self, app: procrastinate.App) -> None:
        self._app = app

    async def defer_slices(self, unit: Unit, run_id: RunId, hosts: Collection[str]) -> None:
        """Queue one slice for each host, in the unit's transaction; a host that has one waiting gets no other."""
        connection = await unit.driver_connection()
        for host in hosts:
            with suppress(AlreadyEnqueued):  # the one that waits will find the unit's rows
                async with _savepoint(connection):
                    await self._slice(run_id, host, connection=connection).defer_async(run_id=run_id, host=host)

    async def defer_again(self, run_id: RunId, host: str, wait_s: float) -> None:
        """Queue the next slice, behind those of others; not before `wait_s` where the host asks for that."""
        schedule: dict[str, Any] = {"schedule_in": {"seconds": wait_s}} if wait_s > 0 else {}
        with suppress(AlreadyEnqueued):  # this task was delivered twice, and the other one was quicker
            await self._slice(run_id, host, **schedule).defer_async(run_id=run_id, host=host)

    async def defer_preview(self, connection: Any, order: int, host: str) -> None:
        """Queue a preview, before all slices of its host, in the connection's transaction."""
        await self._defer_order(PREVIEW, connection, order, host)

    async def defer_look(self, connection: Any, order: int, host: str) -> None:
        """Queue a look at a page, before all slices of its host, in the connection's transaction."""
        await self._defer_order(LOOK, connection, order, host)

    async def _defer_order(self, task: str, connection: Any, order: int, host: str) -> None:
        ready = self._app.configure_task(task, lock=host, priority=PREVIEW_PRIORITY, connection=connection)
        await ready.defer_async(order=order)

    def _slice(self, run_id: RunId, host: str, **options: Any) -> Any:
        return self._app.configure_task(SLICE, lock=host, queueing_lock=f"{run_id} {host}", **options)


@asynccontextmanager
async def _savepoint(connection: Any) -> AsyncGenerator[None]:
    """What fails within is undone alone: a clash would poison the whole transaction."""
    await connection.execute("SAVEPOINT slice")
    try:
        yield
    except BaseException:
        await connection.execute("ROLLBACK TO SAVEPOINT slice")
        raise
    finally:
        await connection.execute("RELEASE SAVEPOINT slice")
