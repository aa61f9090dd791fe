"""A figure of the table: one value a peer, and what Jobwire's is meant to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

JOBWIRE: Final = "Jobwire"
NCHAN: Final = "nchan"
BROADCAST: Final = "broadcast"
POLLING: Final = "polling"
FLOOR: Final = "bare socket"
PEERS: Final = (JOBWIRE, NCHAN, BROADCAST, POLLING, FLOOR)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much; or, with `of`, at most so many times that peer's value."""

    value: float
    of: str | None = None

    def judge(self, values: Mapping[str, float]) -> str:
        """`met`, or by how much it was missed; or why nobody can say."""
        if JOBWIRE not in values:
            return "not measured"
        if self.of is not None and self.of not in values:
            return f"{self.of} is missing"
        bound = self.value * (1 if self.of is None else values[self.of])
        if values[JOBWIRE] <= bound:
            return "met"
        return f"MISSED by {values[JOBWIRE] / bound - 1:.0%}" if bound else "MISSED"

    def __str__(self) -> str:
        return f"≤ {number(self.value)}" + ("" if self.of is None else f" x {self.of}")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured. A row without limits is there to explain the others."""

    figure: str
    unit: str
    values: Mapping[str, float]
    limits: Sequence[Limit] = ()


def number(value: float) -> str:
    """Three figures for small numbers, whole large ones."""
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"
