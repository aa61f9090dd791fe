"""How a host wants to be asked, as its answers have shown."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """So many times slower than usual (1 and more), and not at all for the next `pause_s` seconds."""

    slowness: float = 1.0
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """A host wants to be left alone for the next `seconds`, `until` then by the database's clock."""

    host: str
    seconds: float
    until: datetime
