"""When a board that could not be listed is asked again: it is left alone for longer each time (BOARDS §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FORGIVEN: Final = 1
"""So many failures in a row cost nothing: a bad moment."""
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(days=1)
_MAX_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A board's failures in a row, whoever asked. A success ends it."""

    failures: int
    reason: str
    """The last failure, in a sentence."""
    retry_at: datetime
    """Runs leave the board alone until then, unless a person names it."""

    def holds(self, now: datetime) -> bool:
        """Whether the board is left alone now."""
        return now < self.retry_at

    @property
    def until(self) -> str:
        """When it is asked again, for people."""
        return f"{self.retry_at:%Y-%m-%d %H:%M} UTC"


def failed_again(before: Setback | None, reason: str, now: datetime, random: float) -> Setback:
    """Count one more failure. `random` is from [0, 1); `now` is in UTC.

    The pause doubles each time, with jitter over its upper half: boards that fail together are not asked together.
    """
    failures = 1 if before is None else before.failures + 1
    doublings = min(failures - FORGIVEN - 1, _MAX_DOUBLINGS)
    pause = timedelta() if doublings < 0 else min(LONGEST_PAUSE, FIRST_PAUSE * 2**doublings)
    return Setback(failures=failures, reason=reason, retry_at=now + pause * (0.5 + random / 2))
