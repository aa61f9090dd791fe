"""`postmaster.pid`, in which a server tells of itself. It may be stale, torn or empty: a hint, never a fact."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LINES: Final = 8


@dataclass(frozen=True)
class PidFile:
    """What a whole file says."""

    pid: int
    socket_dir: Path
    status: str
    """`starting`, `ready`, `stopping` or `standby`."""


def path(data: Path) -> Path:
    """Where it is for the cluster in `data`."""
    return data / "postmaster.pid"


def read(data: Path) -> PidFile | None:
    """What it says; None when it is missing or not whole (the status is the last thing that a server writes)."""
    with suppress(OSError, ValueError):
        lines = path(data).read_text(encoding="utf-8").splitlines()
        if len(lines) >= _LINES:
            return PidFile(pid=int(lines[0]), socket_dir=Path(lines[4]), status=lines[7].strip())
    return None
