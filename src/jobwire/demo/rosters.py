"""Which postings stand on a board, generation after generation."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobwire.demo.companies import Company
from jobwire.demo.dice import Dice
from jobwire.demo.postings import Entry, external_id


@dataclass(frozen=True, slots=True)
class Roster:
    """A board at one generation: its postings by external id, in the order in which it lists them."""

    generation: int
    entries: Mapping[str, Entry]
    next_serial: int
    """Of the next new posting: a number is never used twice."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a generation did to a board: external ids, none of them in two of the three."""

    new: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


def first_roster(seed: int, company: Company) -> Roster:
    """A board at generation 0."""
    entries = {external_id(seed, company, serial): Entry(serial, 0, 0, 0) for serial in range(company.size)}
    return Roster(0, entries, company.size)


def next_roster(seed: int, company: Company, roster: Roster, churn: float) -> Roster:
    """A board one generation on: of its postings a third of `churn` leave, as many change, as many come.

    The posting with serial 0 stays as it is, so that what is odd about a board remains to be seen; and at most a
    quarter of a board leaves at once, since a board that loses more looks broken rather than busy.
    """
    generation = roster.generation + 1
    dice = Dice(f"{seed}/churn/{company.slug}/{generation}")
    new, changed, gone = (dice.around(len(roster.entries) * churn / 3) for _ in range(3))
    gone = min(gone, len(roster.entries) // 4)
    touchable = [key for key, entry in roster.entries.items() if entry.serial]
    touched = dice.several(touchable, gone + changed)
    entries = dict(roster.entries)
    for key in touched[:gone]:
        del entries[key]
    for key in touched[gone:]:
        entries[key] = entries[key]._replace(revision=entries[key].revision + 1, changed=generation)
    for serial in range(roster.next_serial, roster.next_serial + new):
        entries[external_id(seed, company, serial)] = Entry(serial, 0, generation, 0)
    return Roster(generation, entries, roster.next_serial + new)


def compare(before: Roster, after: Roster) -> Changes:
    """What happened between two generations of one board."""
    old, new = before.entries.keys(), after.entries.keys()
    return Changes(
        new=frozenset(new - old),
        changed=frozenset(key for key in new & old if before.entries[key] != after.entries[key]),
        gone=frozenset(old - new),
    )
