"""Postings become searchable when the worker has time for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from jobwire.domain.errors import Unavailable
from jobwire.logs import Log

IDLE_S: Final = 1.0
"""The shortest rest when there is nothing to do."""
_REST_AFTER_LOOKING: Final = 40
"""Looking takes longer the more postings there are: it costs at most 1/40 of a processor."""
_REST_IN_RUNS: Final = 9
"""While a run is active, one tenth of the time is taken at most."""
_AFTER_FAILURE_S: Final = 10.0
_BUSY: Final = 0.2
"""A worker that computes for more than this part of the time has none to give away while a run is active."""

_log = Log(__name__)


class Index(Protocol):
    """What makes postings searchable."""

    async def step(self) -> int:
        """Do one batch; answer how many postings it had, 0 when there is nothing to do."""
        ...

    async def yields(self) -> bool:
        """Whether something more urgent is going on."""
        ...


class ProcessorShare:
    """What part of a processor this process takes."""

    def __init__(self) -> None:
        self._last = time.monotonic(), time.process_time()

    def since_last(self) -> float:
        """The share since it was asked last: 0.5 is half of one processor."""
        before, self._last = self._last, (time.monotonic(), time.process_time())
        return (self._last[1] - before[1]) / max(self._last[0] - before[0], 1e-9)


async def keep_indexing(index: Index, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
    """Keep the index up to date until cancelled, whatever happens: no run may suffer from it."""
    share = ProcessorShare()
    while True:
        try:
            busy = share.since_last() > _BUSY
            rest = IDLE_S if busy and await index.yields() else await _work(index)
        except Unavailable as error:
            _log.info("index.waits_for_database", reason=str(error))
            rest = IDLE_S
        except Exception as error:  # noqa: BLE001 - a posting that cannot be taken must not stop those after it
            _log.error("index.failed", error=error)
            rest = _AFTER_FAILURE_S
        await sleep(rest)


async def _work(index: Index) -> float:
    """Do one batch; answer how long to rest, in seconds."""
    began = time.monotonic()
    done = await index.step()
    took = time.monotonic() - began
    if done == 0:
        return max(IDLE_S, _REST_AFTER_LOOKING * took)
    return _REST_IN_RUNS * took if await index.yields() else 0.0
