"""A posting whose own page refuses the question (400, 405, 422): a mistake of ours, or its end (BOARDS §3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jobwire.domain.expiry import CONFIRM_AFTER

MOST: Final = 3
"""So often may a page refuse before the posting counts as gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strikes:
    """How often in a row a posting's page has refused, `CONFIRM_AFTER` or more apart. An answer ends the row."""

    count: int
    counted_at: datetime

    @property
    def is_out(self) -> bool:
        """Whether that is often enough."""
        return self.count >= MOST


def struck(before: Strikes | None, now: datetime) -> Strikes:
    """Count one more refusal, unless the last one was a moment ago: they are one witness."""
    if before is None:
        return Strikes(count=1, counted_at=now)
    return before if now - before.counted_at < CONFIRM_AFTER else Strikes(count=before.count + 1, counted_at=now)
