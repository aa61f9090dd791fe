"""The address of the server that serves a data folder, kept in that folder: other terminals need not know its port."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from jobwire.settings import Settings

ADDRESS_FILE: Final = "server-url"


@contextmanager
def made_known(settings: Settings, url: str) -> Generator[None]:
    """Keep the address in the data folder for as long as this lasts; of two servers, the later one is found."""
    file = settings.data_dir / ADDRESS_FILE
    # With a PostgreSQL of the user's own there may be no such folder, and one for this alone is not wanted.
    with suppress(OSError):
        if settings.data_dir.is_dir():
            file.write_text(url, encoding="utf-8")
    try:
        yield
    finally:
        if known_address(settings.data_dir) == url:
            with suppress(OSError):
                file.unlink()


def known_address(data_dir: Path) -> str | None:
    """Where a server of this folder said it listens; it may have died since. None where none has said so."""
    try:
        return (data_dir / ADDRESS_FILE).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
