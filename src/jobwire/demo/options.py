"""What kind of careers site to make up."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

System: TypeAlias = Literal["greenhouse", "lever", "ashby", "smartrecruiters"]
SYSTEMS: Final[tuple[System, ...]] = ("greenhouse", "smartrecruiters", "ashby", "lever")

MAX_COMPANIES: Final = 20_000
MAX_POSTINGS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How the site misbehaves, as real ones do. The rates are parts of all API requests, from 0 to 1.

    A struck request answers well when it is asked again; after a board has moved on, the dice fall anew.
    """

    busy: float = 0.02
    """Answers 429 with `Retry-After: 1`."""
    failing: float = 0.02
    """Answers 500."""
    missing_detail: bool = True
    """One SmartRecruiters posting stands in the list, but its own address always answers 404."""
    untitled: bool = True
    """One Greenhouse posting has no title."""

    def __post_init__(self) -> None:
        for name, rate in (("busy", self.busy), ("failing", self.failing)):
            if not 0 <= rate <= 1:
                raise ValueError(f"{name} is {rate}; a rate lies between 0 and 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The same options make the same site, down to the last byte. Unless told otherwise it is fast and well-behaved."""

    companies: int = 12
    postings: int = 600
    """At generation 0, over all companies; spread unevenly, as in life."""
    sizes: tuple[int, ...] = ()
    """How many postings each company has, where that is not left to chance: then it takes the place of `postings`."""
    systems: tuple[System, ...] = SYSTEMS
    """The careers systems that companies use, taken in turn."""
    seed: int = 1
    latency: float = 0.0
    """Mean seconds that an API request takes on top; each takes its own."""
    churn: float = 0.08
    """The part of a board that a generation touches: a third of it is new, a third changed, a third gone."""
    churn_after: float | None = None
    """A board that is listed again after so many seconds has moved on a generation; None: only when told to."""
    faults: Faults | None = None

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("companies", self.companies, 1, MAX_COMPANIES),
            ("postings", self.postings, 0, MAX_POSTINGS),
            ("latency", self.latency, 0, 60),
            ("churn", self.churn, 0, 1),
            ("churn_after", self.churn_after or 0, 0, float("inf")),
        ):
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}; it lies between {low} and {high}.")
        if self.sizes and len(self.sizes) != self.companies:
            raise ValueError(f"There are {len(self.sizes)} sizes for {self.companies} companies.")
        if not self.systems:
            raise ValueError("Companies need at least one careers system.")


SHOW: Final = DemoOptions(seed=161, latency=0.12, churn_after=20.0, faults=Faults())
"""What `jobwire demo` and `make run` show: pauses, hiccups, and a second run that finds something new.

Its seed is one whose boards have from 7 to 163 postings, 240 of all of them to be opened one by one, and whose hiccups
strike a list and seven postings.
"""
