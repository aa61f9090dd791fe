"""Made-up companies: names, trades, homes, and which careers system each uses."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from jobwire.demo.dice import Dice, weighted
from jobwire.demo.options import DemoOptions, System
from jobwire.demo.places import PLACES, Place
from jobwire.demo.words import Trade, register

SMALLEST: Final = 5
SPREAD: Final = 1.2
"""Sigma of the log-normal sizes: most boards are small, a few hold a quarter of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A made-up company and its board."""

    index: int
    name: str
    slug: str
    """Its board's name in its system, unique over all systems (SmartRecruiters': case-insensitive)."""
    system: System
    trade: Trade
    fields: tuple[str, ...]
    """The lines of work that it hires for, each as often as it weighs."""
    places: tuple[Place, ...]
    """Where it hires, its home first."""
    size: int
    """Postings at generation 0."""
    shows_pay: bool

    @property
    def home(self) -> Place:
        """Where it was founded."""
        return self.places[0]

    @property
    def spec(self) -> str:
        """`name=board:slug`, as Jobwire's commands take it."""
        return f"{self.name}={self.system}:{self.slug}"


class _Identity(NamedTuple):
    name: str
    trade: Trade
    home: Place


def make_companies(options: DemoOptions) -> tuple[Company, ...]:
    """Make up as many companies as the options ask for, the same for the same options."""
    dice = Dice(f"{options.seed}/companies")
    identities = chain(_featured(dice), _joined(dice))
    sizes = _sizes(options, dice)
    return tuple(
        _company(index, next(identities), options.systems[index % len(options.systems)], sizes[index], dice)
        for index in range(options.companies)
    )


def _company(index: int, identity: _Identity, system: System, size: int, dice: Dice) -> Company:
    elsewhere = [place for place in PLACES if place is not identity.home]
    return Company(
        index=index,
        name=identity.name,
        slug=_slug(identity.name, system),
        system=system,
        trade=identity.trade,
        fields=weighted(identity.trade.fields),
        places=(identity.home, *dice.several(elsewhere, dice.pick((0, 1, 2, 3, 5, 7)))),
        size=size,
        shows_pay=dice.chance(0.7),
    )


def _featured(dice: Dice) -> list[_Identity]:
    """The companies that were made up by hand, in some order."""
    trades = {trade.label: trade for trade in register().trades}
    homes = {place.city: place for place in PLACES}
    made = [_Identity(one.name, trades[one.trade], homes[one.home]) for one in register().featured]
    return dice.several(made, len(made))


def _joined(dice: Dice) -> Iterator[_Identity]:
    """Companies with names of two halves: as many as can be asked for, no name twice."""
    pairs = [first + second for first in register().first for second in register().second]
    names = dice.several(pairs, len(pairs))
    for suffix in ("", *(f" {place.city}" for place in PLACES)):
        for name in names:
            yield _Identity(name + suffix, dice.pick(register().trades), dice.pick(PLACES))


def _slug(name: str, system: System) -> str:
    """A board's name as the system writes it: `CamelCase` at SmartRecruiters, small letters elsewhere."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("東京", "Tokyo").replace("大阪", "Osaka"))
    ascii_only = "".join(char for char in plain if char.isascii() and (char.isalnum() or char == " "))
    parts = ascii_only.split()
    return (
        "".join(part[0].upper() + part[1:] for part in parts) if system == "smartrecruiters" else "".join(parts).lower()
    )


def _sizes(options: DemoOptions, dice: Dice) -> list[int]:
    """Split the postings unevenly, unless told how; they sum up to exactly what was asked for."""
    if options.sizes:
        return list(options.sizes)
    least = min(SMALLEST, options.postings // options.companies)
    weights = [dice.log_normal(SPREAD) for _ in range(options.companies)]
    rest = options.postings - least * options.companies
    shares = [rest * weight / sum(weights) for weight in weights]
    sizes = [least + int(share) for share in shares]
    by_remainder = sorted(range(options.companies), key=lambda index: shares[index] % 1, reverse=True)
    for index in by_remainder[: options.postings - sum(sizes)]:
        sizes[index] += 1
    return sizes
