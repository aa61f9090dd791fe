"""How fast a run goes, and how long it will take: from what was done at several times. Times in seconds.

The page goes by the same rules (`web/src/features/progress/pace.ts`), and the tests of both have the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

WINDOW_S: Final = 10.0
"""Short: boards differ, and what the first ones took says little of the next."""
EVERY_S: Final = 1.0
"""A sample is taken so often."""
_LEAST_S: Final = 2.5
_EARLY_S: Final = 5.0
_EARLY_PART: Final = 0.03
"""Before so much is done, nothing is said of the time that is left."""
_SLOWEST: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How much of one company is done, and how much there is. Companies with the same `host` share its pace.

    `begun_at` is when it was first seen at work, and `begun_done` how much was done then.
    """

    host: str
    done: int
    total: int
    begun_at: float
    begun_done: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What of a run was done at one time, and of each company that was at work then."""

    at: float
    done: int
    companies: Mapping[str, Part]


@dataclass(slots=True)
class Pace:
    """Looks at a run about once a second. `rate` is jobs a second, `left_s` what is left of the run; None: unknown."""

    rate: float | None = None
    left_s: float | None = None
    _samples: list[Sample] = field(default_factory=list[Sample])

    def look(self, at: float, done: int, companies: Mapping[str, tuple[str, int, int]]) -> bool:
        """Take a sample, if it is time for one: the run's `done` jobs, and host, done and total of each at work."""
        last = self._samples[-1] if self._samples else Sample(at - EVERY_S, done, {})
        if at - last.at < EVERY_S:
            return False
        parts = {name: _part(at, last.companies.get(name), *company) for name, company in companies.items()}
        recent = (sample for sample in self._samples if sample.at >= at - WINDOW_S)
        self._samples = [*recent, Sample(at, done, parts)]
        return True

    def say(self, total: int | None, elapsed_s: float) -> None:
        """Go by the samples that there are. `total` is None while more jobs may come."""
        self.rate = rate_of(self._samples)
        self.left_s = None if total is None else seconds_left(self._samples, total, elapsed_s)


def rate_of(samples: Sequence[Sample]) -> float | None:
    """Return jobs per second from the first sample to the last; None before there is anything to go by."""
    if not samples or samples[-1].at - samples[0].at < _LEAST_S:
        return None
    return _per_second(samples[-1].done - samples[0].done, samples[-1].at - samples[0].at)


def seconds_left(samples: Sequence[Sample], total: int, elapsed_s: float) -> float | None:
    """Say how long the rest takes.

    A run ends with its slowest host: while the quick ones are being done, the run's own rate promises too much. A host
    that has refused is asked slower for a while, and then faster again: what it has done since it began says more then
    than its last seconds do.
    """
    rate = rate_of(samples)
    if rate is None or rate < _SLOWEST or elapsed_s < _EARLY_S:
        return None
    last = samples[-1]
    if total == 0 or last.done >= total or last.done / total < _EARLY_PART:
        return None
    hosts: dict[str, dict[str, Part]] = {}
    for name, part in last.companies.items():
        hosts.setdefault(part.host, {})[name] = part
    return max(
        (
            sum(part.total - part.done for part in parts.values()) / own
            for parts in hosts.values()
            if (own := max(_rate_since_begun(last.at, parts), _rate_of_late(samples, parts))) > 0
        ),
        default=None,
    )


def roughly(seconds: float) -> str:
    """Write a time that does not pretend to be exact, and does not twitch: "40 s", "3 min", "1 h 20 min"."""
    if (fives := ceil(seconds / 5) * 5) < 60:  # noqa: PLR2004
        return f"{fives} s"
    if (minutes := ceil(seconds / 60)) < 60:  # noqa: PLR2004
        return f"{minutes} min"
    hours, minutes = divmod(ceil(minutes / 5) * 5, 60)
    return f"{hours} h {minutes:02} min"


def _part(at: float, before: Part | None, host: str, done: int, total: int) -> Part:
    begun_at, begun_done = (at, done) if before is None else (before.begun_at, before.begun_done)
    return Part(host=host, done=done, total=total, begun_at=begun_at, begun_done=begun_done)


def _rate_since_begun(at: float, parts: Mapping[str, Part]) -> float:
    """Jobs per second of these companies since the first of them began; 0 while that is too short a time to say."""
    lasted = at - min(part.begun_at for part in parts.values())
    done = sum(part.done - part.begun_done for part in parts.values())
    return 0.0 if lasted < _LEAST_S else _per_second(done, lasted)


def _rate_of_late(samples: Sequence[Sample], parts: Mapping[str, Part]) -> float:
    """The same over the samples that there are."""
    first = next(sample for sample in samples if not parts.keys().isdisjoint(sample.companies))
    lasted = samples[-1].at - first.at
    then = {name: first.companies[name].done for name in parts if name in first.companies}
    done = sum(part.done - then.get(name, part.begun_done) for name, part in parts.items())
    return 0.0 if lasted < _LEAST_S else _per_second(done, lasted)


def _per_second(done: int, seconds: float) -> float:
    """A retry takes back what was done: that is no negative speed."""
    return max(done / seconds, 0.0)
