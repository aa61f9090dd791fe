"""What a benchmark found, and whether it is good enough."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Wanted = Literal["at most", "at least"]


@dataclass(frozen=True, slots=True)
class Target:
    """How good a figure is meant to be."""

    wanted: Wanted
    value: float

    def is_met_by(self, value: float) -> bool:
        return value <= self.value if self.wanted == "at most" else value >= self.value


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. A figure without a target is there to explain the others."""

    benchmark: str
    name: str
    value: float
    unit: str
    target: Target | None = None

    @property
    def is_met(self) -> bool | None:
        """None where there is no target."""
        return None if self.target is None else self.target.is_met_by(self.value)


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that so large a part of all values does not exceed (nearest rank); NaN where there is none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]
