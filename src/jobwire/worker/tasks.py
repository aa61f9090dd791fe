"""The tasks, from the side of those who do them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

import procrastinate

from jobwire.domain.errors import Unavailable
from jobwire.domain.runs import RunId
from jobwire.ingest.slices import SliceEnd
from jobwire.logs import Log
from jobwire.worker.queue import LOOK, PREVIEW, SLICE, Queue

DEATHS: Final = 3
"""A slice that has killed so many workers, or failed in so many ways, is not tried again: its jobs end in `error`."""
GIVEN_UP: Final = (
    f"Not read: {DEATHS} attempts to work on this host broke off unexpectedly. "
    "Look into Jobwire's own log for the reason, and start a new run."
)
DATABASE_PAUSE_S: Final = 1.0
KEEP_FAILED_HOURS: Final = 24 * 7
HOURLY: Final = "17 * * * *"

_log = Log(__name__)


class Slices(Protocol):
    """Works on slices."""

    async def work(self, run_id: RunId, host: str, is_over: Callable[[], bool]) -> SliceEnd:
        """Work until somebody else waits for the host, or until soon after `is_over`."""
        ...

    async def give_up(self, run_id: RunId, host: str, reason: str) -> None:
        """Settle everything that is open of a run at a host as `error`."""
        ...


class Answerer(Protocol):
    """Answers orders that a person waits for."""

    async def work(self, order: int) -> None:
        """Answer one."""
        ...


class Pacing(Protocol):
    """Hands on how hosts want to be asked."""

    def at(self, host: str) -> AbstractAsyncContextManager[None]:
        """Ask a host, within, as it was last found to want it."""
        ...


class Housekeeping(Protocol):
    """Deletes what has had its time."""

    async def clean(self) -> int:
        """Do it; answer how many runs went."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a worker can do."""

    pacing: Pacing
    slices: Slices
    previewer: Answerer
    looker: Answerer
    housekeeping: Housekeeping


def register(app: procrastinate.App, work: Work, is_over: Callable[[], bool] = lambda: False) -> None:
    """Teach the queue's tasks to a worker, which ends soon once `is_over`."""
    queue = Queue(app)

    # Retried for ever: after the third time there is nothing left to do but to give up, and that must not fail.
    @app.task(name=SLICE, pass_context=True, retry=procrastinate.RetryStrategy(linear_wait=1))
    async def do_slice(context: procrastinate.JobContext, *, run_id: int, host: str) -> None:
        run = RunId(run_id)
        if context.job.attempts >= DEATHS:
            _log.error("slice.given_up", run_id=run_id, host=host)
            await work.slices.give_up(run, host, GIVEN_UP)
            return
        end = await _patiently(work, run, host, is_over)
        if end.more:
            await queue.defer_again(run, host, end.wait_s)

    @app.task(name=PREVIEW, pass_context=True)
    async def do_preview(context: procrastinate.JobContext, *, order: int) -> None:
        async with work.pacing.at(_host(context)):
            await work.previewer.work(order)

    @app.task(name=LOOK, pass_context=True)
    async def do_look(context: procrastinate.JobContext, *, order: int) -> None:
        async with work.pacing.at(_host(context)):
            await work.looker.work(order)

    @app.periodic(cron=HOURLY)
    @app.task(name="jobwire.clean", queueing_lock="clean")
    async def clean(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate passes it
        gone = await work.housekeeping.clean()
        await app.job_manager.delete_old_jobs(nb_hours=KEEP_FAILED_HOURS, include_failed=True)
        _log.info("clean.done", runs=gone)

    _ = do_slice, do_preview, do_look, clean


def _host(context: procrastinate.JobContext) -> str:
    """The host that a task is at: its lock."""
    assert context.job.lock is not None, "the queue locks every task's host"
    return context.job.lock


async def _patiently(work: Work, run_id: RunId, host: str, is_over: Callable[[], bool]) -> SliceEnd:
    """Work on a slice; while the database is away, wait for it: that is no fault of the slice."""
    while True:
        try:
            async with work.pacing.at(host):
                return await work.slices.work(run_id, host, is_over)
        except* Unavailable as group:
            _log.warning("slice.waits_for_database", run_id=run_id, reason=str(group.exceptions[0]))
        await asyncio.sleep(DATABASE_PAUSE_S)
