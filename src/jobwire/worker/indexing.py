"""Postings become searchable when the worker has time for it."""

import asyncio
import time
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

_log = Log(__name__)


class Index(Protocol):
    """What makes postings searchable."""

    async def step(self) -> int:
        """Do one batch; answer how many postings it had, 0 when there is nothing to do."""
        ...

    async def yields(self) -> bool:
        """Whether something more urgent is going on."""
        ...


async def keep_indexing(index: Index) -> None:
    """Keep the index up to date until cancelled, whatever happens: no run may suffer from it."""
    while True:
        try:
            rest = await _work(index)
        except Unavailable as error:
            _log.info("index.waits_for_database", reason=str(error))
            rest = IDLE_S
        except Exception as error:  # noqa: BLE001 - a posting that cannot be taken must not stop those after it
            _log.error("index.failed", error=error)
            rest = _AFTER_FAILURE_S
        await asyncio.sleep(rest)


async def _work(index: Index) -> float:
    """Do one batch; answer how long to rest, in seconds."""
    began = time.monotonic()
    done = await index.step()
    took = time.monotonic() - began
    if done == 0:
        return max(IDLE_S, _REST_AFTER_LOOKING * took)
    return _REST_IN_RUNS * took if await index.yields() else 0.0
