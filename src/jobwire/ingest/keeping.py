"""Sources that were made into postings are handed to a store, in passing: no run waits for it, or fails by it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final, Protocol, Self

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import Unavailable
from jobwire.domain.postings import Posting
from jobwire.ingest.ports import BoardReader, Boards, Listing
from jobwire.ingest.tags import Tag
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


class KeptBoards:
    """All careers systems; the sources of what is extracted go to a keeper. It fits `Boards`."""

    def __init__(self, boards: Boards, keeper: Keeper) -> None:
        self._boards = boards
        self._keeper = keeper

    def reader(self, board: BoardRef) -> BoardReader:
        """Return the reader for a board. Raise `UnknownBoard`."""
        return _KeptReader(self._boards.reader(board), self._keeper)


class _KeptReader:
    def __init__(self, reader: BoardReader, keeper: Keeper) -> None:
        self._reader = reader
        self._keeper = keeper

    @property
    def system(self) -> str:
        return self._reader.system

    @property
    def has_text(self) -> bool:
        return self._reader.has_text

    def host(self, slug: str) -> str:
        return self._reader.host(slug)

    def concurrency(self, slug: str) -> int:
        return self._reader.concurrency(slug)

    async def list(self, slug: str) -> Listing:
        return await self._reader.list(slug)

    async def list_unless(self, slug: str, tag: Tag) -> Listing | None:
        return await self._reader.list_unless(slug, tag)

    async def fetch(self, slug: str, external_id: str) -> bytes:
        return await self._reader.fetch(slug, external_id)

    def extract(self, slug: str, source: bytes) -> Posting:
        posting = self._reader.extract(slug, source)
        self._keeper.take(BoardRef(self._reader.system, slug), posting.external_id, source)
        return posting
