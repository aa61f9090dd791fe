"""Wake-ups: "run 17 is at 42", over LISTEN/NOTIFY. Only hints: a sweep of the ledger finds what a lost one told."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

import psycopg

from jobwire.domain.runs import RunId, Version
from jobwire.logs import Log

_log = Log(__name__)

CHANNEL: Final = "jobwire_runs"
_RETRY_S: Final = 0.5


class Announcer:
    """Tells of committed changes, coalesced, on a connection of its own.

    NOTIFY inside the writing transaction would serialise all commits of the database, hence after the commit; and with
    `synchronous_commit = off`, since a hint need not be durable. While the database is away the newest version of each
    run waits here: never more than one for each active run.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._waiting: dict[RunId, Version] = {}
        self._filled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(_keep_going(self._run, "announcer"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await _end(self._task)

    def announce(self, run_id: RunId, version: Version) -> None:
        """Tell that a run is at a version. Never blocks."""
        self._waiting[run_id] = max(version, self._waiting.get(run_id, version))
        self._filled.set()

    async def _run(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute("SET synchronous_commit = off")
            if self._waiting:  # what a lost connection took along
                self._filled.set()
            while True:
                await self._filled.wait()
                self._filled.clear()
                told = dict(self._waiting)
                payloads = [f"{run_id} {version}" for run_id, version in told.items()]
                await connection.execute(
                    "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) payload", (CHANNEL, payloads)
                )
                for run_id, version in told.items():
                    if self._waiting.get(run_id) == version:
                        del self._waiting[run_id]


class Wakeups:
    """Listens for wake-ups and hands each to `on_wakeup`. A lost connection is opened again."""

    def __init__(self, conninfo: str, on_wakeup: Callable[[RunId, Version], None]) -> None:
        self._conninfo = conninfo
        self._on_wakeup = on_wakeup
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(_keep_going(self._run, "wakeups"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await _end(self._task)

    async def _run(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for notification in connection.notifies():
                if wakeup := parse_payload(notification.payload):
                    self._on_wakeup(*wakeup)


def parse_payload(payload: str) -> tuple[RunId, Version] | None:
    """Read "17 42"; None for anything else (the channel is open to every user of the database)."""
    run_id, _, version = payload.partition(" ")
    if run_id.isascii() and run_id.isdigit() and version.isascii() and version.isdigit():
        return RunId(int(run_id)), Version(int(version))
    return None


async def _keep_going(run: Callable[[], Awaitable[None]], name: str) -> None:
    while True:
        try:
            await run()
        except psycopg.Error as error:
            _log.warning("wakeups.lost", part=name, reason=str(error))
        except Exception as error:  # noqa: BLE001 - hints only: the sweep finds what they would have told
            _log.error("wakeups.failed", error=error, part=name)
        await asyncio.sleep(_RETRY_S)


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
