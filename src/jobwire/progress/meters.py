"""What the stream counts. Plain numbers, since they are counted for each frame of each viewer."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

from jobwire.progress.extras import Encoding

DELAYS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the histogram's buckets; a last one takes the rest."""


@dataclass(slots=True)
class Traffic:
    """Of one encoding: frames that were made and sent, and bytes that were sent, headers of HTTP left out."""

    made: int = 0
    sent: int = 0
    bytes: int = 0

    def add(self, frames: int, size: int) -> None:
        """Count frames that were sent, and the bytes of all of them."""
        self.sent += frames
        self.bytes += size


@dataclass(slots=True)
class Histogram:
    """How often which delay was seen, in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(DELAYS_S) + 1))
    total_s: float = 0.0

    def see(self, delay_s: float, times: int = 1) -> None:
        """Count it so many times."""
        self.counts[bisect_left(DELAYS_S, delay_s)] += times
        self.total_s += delay_s * times


@dataclass(slots=True)
class Meters:
    """The stream's counters, for one process since it began; `viewers` and `channels` are of now."""

    viewers: int = 0
    channels: int = 0
    reads: int = 0
    missed: int = 0
    """Changes that a sweep found and no wake-up told of."""
    full: int = 0
    """Viewers that were sent away because of a limit."""
    commit_to_send: Histogram = field(default_factory=Histogram)
    """From when a version was made (the database's clock) until a viewer in step was sent it (this machine's clock)."""
    traffic: dict[Encoding, Traffic] = field(default_factory=lambda: {encoding: Traffic() for encoding in Encoding})

    def of(self, encoding: Encoding) -> Traffic:
        """The traffic of an encoding."""
        return self.traffic[encoding]
