"""The addresses of the servers of a data folder, kept in that folder: other terminals need not know their ports."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final

from jobwire.settings import Settings

ADDRESSES: Final = "servers"
"""A folder with a file for each server that holds its address, and a lock for as long as the server lives."""


@contextmanager
def made_known(settings: Settings, url: str) -> Generator[None]:
    """Keep the address in the data folder for as long as this lasts; of several servers, the last one is found."""
    # With a PostgreSQL of the user's own there may be no such folder, and one for this alone is not wanted.
    kept = _kept(settings.data_dir / ADDRESSES, url) if settings.data_dir.is_dir() else None
    try:
        yield
    finally:
        if kept is not None:
            file, lock = kept
            with suppress(OSError):
                file.unlink()
            lock.close()


def known_address(data_dir: Path) -> str | None:
    """Where the server of this folder that was started last listens. None where none lives."""
    return next((url for file in _newest_first(data_dir / ADDRESSES) if (url := _if_alive(file)) is not None), None)


def _kept(folder: Path, url: str) -> tuple[Path, BinaryIO] | None:
    file = folder / token_hex(8)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        lock = (folder / f".{file.name}").open("xb", buffering=0)
        lock.write(url.encode())
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel lets it go however this process ends
        (folder / f".{file.name}").rename(file)  # only now, lest somebody take it for a dead server's
        return file, lock
    return None


def _newest_first(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.glob("[!.]*"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return []


def _if_alive(file: Path) -> str | None:
    with suppress(OSError, UnicodeDecodeError), file.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return opened.read().decode() or None
        file.unlink()  # its server was killed
    return None
