"""When a request is tried again."""

import math
from email.utils import parsedate_to_datetime
from typing import Final

ATTEMPTS: Final = 4
RETRY_FOR_S: Final = 60.0
"""No attempt begins later than this after the first."""
LONGEST_BACKOFF_S: Final = 8.0


def backoff(attempt: int, *, base_s: float, random: float) -> float:
    """Return the seconds to wait after the `attempt`th failure (from 0): exponential, with full jitter.

    `random` is from [0, 1). See https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """
    return random * min(LONGEST_BACKOFF_S, base_s * 2**attempt)


def retry_after(value: str | None, *, now: float) -> float | None:
    """Read a `Retry-After` header (RFC 9110, 10.2.3): seconds from `now` (Unix time), never negative.

    None where there is none, or none that can be read.
    """
    if value is None:
        return None
    value = value.strip()
    try:
        seconds = float(value) if value[:1].isdecimal() else parsedate_to_datetime(value).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
