"""Workday's facets: values that divide a listing into parts, each with the number of its postings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import msgspec

_SINGLE: Final = ("jobFamilyGroup", "timeType", "workerSubType")
"""Facets of which a posting has one value at most."""
_DIVIDING: Final = ("jobFamilyGroup", "timeType", "locations", "workerSubType")
"""Facets to divide by, the best first."""


class _WireValue(msgspec.Struct, rename="camel"):
    """`values[]`: a value, or a facet within a group."""

    id: str | None = None
    count: int | None = None
    facet_parameter: str | None = None
    values: object = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: `counts` are the numbers of postings by the value's id."""

    parameter: str
    counts: Mapping[str, int]


def facets_of(wire: object) -> Sequence[Facet]:
    """Return all facets of a page, those within groups too. What is odd is left out."""
    return list(_facets(wire, depth=0))


def _facets(wire: object, *, depth: int) -> Iterable[Facet]:
    if depth > 2:  # noqa: PLR2004 - groups do not nest
        return
    for facet in _values(wire):
        values = _values(facet.values)
        counts: dict[str, int] = {one.id: one.count or 0 for one in values if one.id and one.values is None}
        if facet.facet_parameter and counts:
            yield Facet(facet.facet_parameter, counts)
        yield from _facets(facet.values, depth=depth + 1)


def _values(wire: object) -> list[_WireValue]:
    found: list[_WireValue] = []
    for one in cast("list[object]", wire) if isinstance(wire, list) else []:
        try:
            found.append(msgspec.convert(one, _WireValue))
        except msgspec.ValidationError:
            continue
    return found


def splitting(facets: Sequence[Facet], applied: Mapping[str, str]) -> Facet | None:
    """Return the facet to divide by where `applied` are in use; None where none is left."""
    usable = {one.parameter: one for one in facets if one.parameter not in applied and len(one.counts) > 1}
    return next((usable[name] for name in _DIVIDING if name in usable), None)


def covered(facets: Sequence[Facet]) -> int | None:
    """Return how many postings there are at least: a posting may lack one facet's value, and counts for another."""
    return max((sum(one.counts.values()) for one in facets if one.parameter in _SINGLE), default=None)
