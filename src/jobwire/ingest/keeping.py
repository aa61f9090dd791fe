"""Sources that were made into postings are handed to a store, in passing: no run waits for it, or fails by it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol, Self

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import Unavailable
from jobwire.ingest.extraction import Extracted, Extractor
from jobwire.logs import Log

EVERY_S: Final = 2.0
MAX_WAITING_BYTES: Final = 48 * 1024 * 1024
"""More is not held for a store that cannot follow: it is let go, and the log says how much."""

_log = Log(__name__)


class RawStore(Protocol):
    """Where sources are kept."""

    async def keep(self, packs: Mapping[BoardRef, Mapping[str, bytes]]) -> None:
        """Keep sources, by board and external_id. Raise `Unavailable`."""
        ...


class Keeper:
    """Collects sources, on the loop's own thread, and hands them on every `EVERY_S`."""

    def __init__(self, store: RawStore) -> None:
        self._store = store
        self._waiting: defaultdict[BoardRef, dict[str, bytes]] = defaultdict(dict)
        self._bytes = 0
        self._dropped = 0

    def take(self, board: BoardRef, external_id: str, source: bytes) -> None:
        """Take a source that was made into a posting."""
        if self._bytes + len(source) > MAX_WAITING_BYTES:
            self._dropped += 1
            return
        self._waiting[board][external_id] = source
        self._bytes += len(source)

    @asynccontextmanager
    async def keeping(self) -> AsyncGenerator[Self]:
        """Hand on what was taken, as long as the context lasts, and at its end."""
        task = asyncio.create_task(self._keep_on(), name="raw pages")
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.hand_on()

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self.hand_on()

    async def hand_on(self) -> None:
        """Hand on what was taken so far. A store that fails is told of in the log."""
        packs, self._waiting = self._waiting, defaultdict(dict)
        dropped, self._dropped, self._bytes = self._dropped, 0, 0
        if dropped:
            _log.warning("raw.dropped", postings=dropped, reason="the store is slower than the boards")
        if packs:
            try:
                await self._store.keep(packs)
            except Unavailable as error:
                _log.warning("raw.not_kept", boards=len(packs), reason=error.message)


class KeptExtractor:
    """An extractor whose sources go to a keeper, where something was made of them. It fits `Extractor`."""

    def __init__(self, extractor: Extractor, keeper: Keeper) -> None:
        self._extractor = extractor
        self._keeper = keeper

    async def extract(
        self, board: BoardRef, sources: Sequence[bytes], begin: Callable[[], None]
    ) -> Sequence[Extracted | str]:
        """Have sources made into postings, and kept."""
        answer = await self._extractor.extract(board, sources, begin)
        for source, made in zip(sources, answer, strict=True):
            if isinstance(made, Extracted):
                self._keeper.take(board, made.external_id, source)
        return answer
