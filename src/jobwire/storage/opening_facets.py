"""How many postings each value of a facet would leave."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import Row, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncResult

from jobwire.domain.aside import aside, each_aside
from jobwire.domain.openings import Facet, FacetCount, OpeningFacets, OpeningFilter, Presence
from jobwire.domain.runs import UserId
from jobwire.storage.follow_names import FollowNames
from jobwire.storage.marks import marked
from jobwire.storage.opening_conditions import asked, first_seen_on, places
from jobwire.storage.search_words import Question, is_unindexed
from jobwire.storage.tables import postings

MOST_VALUES: Final = 100
"""Values of a facet that are listed, those that are chosen aside."""
_AT_ONCE: Final = 1000
"""Rows named and counted before others get the event loop: a few milliseconds."""
_ListedAs = Callable[[int, str | None], tuple[str, ...]]


@dataclass(slots=True)
class _Kind:
    """One facet while it is counted. `leaves` says whether a row stays with what is chosen of this kind."""

    values: Callable[[Row[Any], Sequence[str]], Collection[str | None]]
    chosen: Collection[str | None]
    leaves: Callable[[Collection[str | None]], bool]
    counts: Counter[str | None] = field(default_factory=Counter[str | None])

    def as_facet(self) -> Facet:
        listed = dict(self.counts.most_common(MOST_VALUES)) | {one: self.counts[one] for one in self.chosen}
        return [FacetCount(value, count) for value, count in sorted(listed.items(), key=_most_frequent_first)]


async def read_facets(
    connection: AsyncConnection, user: UserId, wanted: OpeningFilter, names: FollowNames, question: Question
) -> OpeningFacets:
    """Count what is wanted: rows that are alike but for their titles come together, with the titles of filtered boards.

    A title decides nothing but under which names a posting is listed: it is matched once, and those that are listed
    alike are counted together.
    """
    kinds = _kinds(wanted)
    listed_as = cache(names.all_for_title)
    total = 0
    async for row, by_names in _by_names(
        user, await connection.stream(_alike(user, wanted, names, question)), listed_as
    ):
        total += sum(count for companies, count in by_names.items() if _count(row, companies, count, kinds))
    fresh = select(func.count()).where(is_unindexed(), postings.c.board_id.in_(names.of_board))
    by_day = kinds["first_seen"].counts
    return OpeningFacets(
        total=total,
        unindexed=(await connection.execute(fresh)).scalar_one(),
        instead=question.instead,
        companies=kinds["companies"].as_facet(),
        locations=kinds["locations"].as_facet(),
        workplaces=kinds["workplaces"].as_facet(),
        employment_types=kinds["employment_types"].as_facet(),
        presences=kinds["presences"].as_facet(),
        first_seen=[FacetCount(one, by_day[one]) for one in sorted(filter(None, by_day), reverse=True)[:MOST_VALUES]],
    )


async def _by_names(
    user: UserId, rows: AsyncResult[Any], listed_as: _ListedAs
) -> AsyncIterator[tuple[Row[Any], Counter[tuple[str, ...]]]]:
    """Each row with how many of its postings are listed under which names."""
    async for batch in rows.partitions(_AT_ONCE):
        # However many titles a row has, a turn has but a few; then all are known, and only counted
        titles = [(row.board_id, title) for row in batch for title in row.titles or ()]
        await each_aside(user, lambda one: listed_as(*one), titles)
        for one in await aside(user, partial(_named, batch, listed_as)):
            yield one


def _named(rows: Sequence[Row[Any]], listed_as: _ListedAs) -> list[tuple[Row[Any], Counter[tuple[str, ...]]]]:
    return [(row, _names_of(row, listed_as)) for row in rows]


def _names_of(row: Row[Any], listed_as: _ListedAs) -> Counter[tuple[str, ...]]:
    if row.titles is None:
        return Counter({listed_as(row.board_id, None): row.alike})
    return Counter(listed_as(row.board_id, title) for title in row.titles)


def _count(row: Row[Any], companies: Sequence[str], alike: int, kinds: dict[str, _Kind]) -> bool:
    """Count so many alike for each facet that they would be left by; answer whether they are wanted."""
    if not companies:
        return False
    values = {name: kind.values(row, companies) for name, kind in kinds.items()}
    against = [name for name, kind in kinds.items() if not kind.leaves(values[name])]
    for name in against if len(against) == 1 else () if against else kinds:
        for value in values[name]:
            kinds[name].counts[value] += alike
    return not against


def _kinds(wanted: OpeningFilter) -> dict[str, _Kind]:
    def any_of(
        chosen: Collection[str | None], values: Callable[[Row[Any], Sequence[str]], Collection[str | None]]
    ) -> _Kind:
        return _Kind(values, chosen, lambda held: not chosen or any(one in chosen for one in held))

    def since(day: date | None) -> Callable[[Collection[str | None]], bool]:
        return lambda held: day is None or all(one is not None and one >= day.isoformat() for one in held)

    presences = () if wanted.presence is Presence.ALL else (wanted.presence.value,)
    return {
        "companies": any_of(wanted.companies, lambda _, companies: companies),
        "locations": any_of(wanted.locations, lambda row, _: {one for one in row.places if one}),
        "workplaces": any_of(wanted.workplaces, lambda row, _: (row.workplace,)),
        "employment_types": any_of(wanted.employment_types, lambda row, _: (row.employment_type,)),
        "presences": any_of(presences, lambda row, _: (Presence.LIVE.value if row.live else Presence.GONE.value,)),
        "first_seen": _Kind(lambda row, _: (row.first_seen.isoformat(),), (), since(wanted.seen_since)),
    }


def _alike(user: UserId, wanted: OpeningFilter, names: FollowNames, question: Question) -> Any:
    columns = (
        postings.c.board_id,
        postings.c.listed_title,
        postings.c.workplace,
        postings.c.employment_type,
        postings.c.gone_listing.is_(None).label("live"),
        first_seen_on().label("first_seen"),
        places().label("places"),
    )
    rows = select(*columns).where(*asked(wanted, names, question), *marked(wanted, user)).subquery()
    alike = [column for column in rows.c if column.name != "listed_title"]
    titles = case((rows.c.board_id.in_(names.unfiltered), None), else_=func.array_agg(rows.c.listed_title)).label(
        "titles"
    )
    return select(*alike, titles, func.count().label("alike")).group_by(*alike)


def _most_frequent_first(counted: tuple[str | None, int]) -> tuple[int, bool, str]:
    value, count = counted
    return -count, value is None, value or ""
