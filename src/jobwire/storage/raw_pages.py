"""What the boards sent, compressed, in a folder or an object store: extraction can be run again without the network.

A pack is an object that holds sources of one board's postings, as `{system}/{slug}/{time}-{random}.zst`: a list of
[external_id, source] in MessagePack, compressed with Zstandard. Later packs win over earlier ones.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import obstore
import zstandard
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import InvalidInput, Unavailable
from jobwire.logs import Log
from jobwire.settings import Settings

LEVEL: Final = 1
AT_ONCE: Final = 8
MAX_PACK_BYTES: Final = 512 * 1024 * 1024
_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]")
_DECODER: Final = msgspec.msgpack.Decoder(list[tuple[str, bytes]])
_DAY_S: Final = 24 * 3600

_log = Log(__name__)

Sources = Mapping[str, bytes]
"""Sources of one board's postings, by external_id."""


def open_raw_pages(settings: Settings) -> "RawPages | None":
    """Open the store that the settings name; None where nothing is to be kept. Raise `InvalidInput`."""
    place = settings.raw_pages
    if place == "off" or (place is None and settings.database_url is not None):
        return None
    try:
        if place is None or "://" not in place:
            folder = Path(place or settings.data_dir / "raw").expanduser()
            return RawPages(LocalStore(folder, mkdir=True, automatic_cleanup=True))
        return RawPages(from_url(place))
    except (BaseError, OSError, ValueError, RuntimeError) as error:
        raise InvalidInput(
            f"JOBWIRE_RAW_PAGES cannot be opened: {str(error)[:200]}",
            advice='Name a folder, a bucket as "s3://bucket/folder", or "off".',
        ) from None


class RawPages:
    """Writes and reads packs. `now` is Unix time in seconds."""

    def __init__(self, store: ObjectStore | MemoryStore, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now

    async def keep(self, packs: Mapping[BoardRef, Sources]) -> None:
        """Write a pack for each board. Raise `Unavailable`."""
        await self._keep(packs, self._now())

    async def _keep(self, packs: Mapping[BoardRef, Sources], at: float) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def write(board: BoardRef, sources: Sources) -> None:
            async with gate:
                body = await asyncio.to_thread(_packed, sources)
                path = f"{_folder(board)}{int(at * 1e9):020d}-{secrets.token_hex(4)}.zst"
                await obstore.put_async(self._store, path, body)

        try:
            await asyncio.gather(*(write(board, sources) for board, sources in packs.items()))
        except (BaseError, OSError) as error:
            raise Unavailable(f"The store of raw pages cannot be written: {str(error)[:200]}") from error

    async def read(self, board: BoardRef) -> Sources:
        """Return the newest source of each of a board's postings. Raise `Unavailable`."""
        try:
            return await self._read(sorted(await self._packs(board)))
        except (BaseError, OSError) as error:
            raise Unavailable(f"The store of raw pages cannot be read: {str(error)[:200]}") from error

    async def tidy(self, board: BoardRef, live: Collection[str], *, days: int) -> None:
        """Delete what is older than so many days, except the newest sources of postings that are live.

        Raise `Unavailable`.
        """
        try:
            await self._tidy(board, live, days)
        except (BaseError, OSError) as error:
            raise Unavailable(f"The store of raw pages cannot be tidied: {str(error)[:200]}") from error

    async def _tidy(self, board: BoardRef, live: Collection[str], days: int) -> None:
        now = self._now()
        packs = sorted(await self._packs(board))
        before = f"{_folder(board)}{int((now - days * _DAY_S) * 1e9):020d}"
        old = [path for path in packs if path < before]
        if not old:
            return
        newer = await self._read([path for path in packs if path >= before])
        kept = {key: source for key, source in (await self._read(old)).items() if key in live and key not in newer}
        if kept:
            # Behind what another worker has written since the packs were listed: that is newer
            await self._keep({board: kept}, now - _DAY_S)
        await obstore.delete_async(self._store, old)

    async def _packs(self, board: BoardRef) -> list[str]:
        folder = _folder(board).rstrip("/")
        stream = obstore.list(self._store, prefix=folder)  # pyright: ignore[reportUnknownMemberType] - of Arrow
        return [one["path"] async for chunk in stream for one in chunk]

    async def _read(self, packs: Sequence[str]) -> dict[str, bytes]:
        sources: dict[str, bytes] = {}
        for path in packs:
            answer = await obstore.get_async(self._store, path)
            body = bytes(await answer.bytes_async())
            try:
                sources |= await asyncio.to_thread(_unpacked, body)
            except (zstandard.ZstdError, ValueError) as error:
                _log.warning("raw.broken_pack", path=path, reason=str(error))
        return sources


def _folder(board: BoardRef) -> str:
    slug = _PLAIN.sub(lambda match: "".join(f"={byte:02X}" for byte in match[0].encode()), board.slug)
    return f"{board.system}/{slug}/"


def _packed(sources: Sources) -> bytes:
    return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.msgpack.encode(list(sources.items())))


def _unpacked(body: bytes) -> dict[str, bytes]:
    raw = zstandard.ZstdDecompressor().decompress(body, max_output_size=MAX_PACK_BYTES)
    return dict(_DECODER.decode(raw))
