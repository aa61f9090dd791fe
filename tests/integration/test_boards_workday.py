"""A Workday site that counts no further than 2,000, as many do, over real HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from boards_server import Site, reading

from jobwire.domain.companies import BoardRef
from jobwire.ingest.ports.boards import BoardReader

CAP = 2_000
SLUG = "acme.wd5/Careers"


@dataclass
class Tenant:
    """Postings by key, each with its values of facets. Answers as CXS does: 20 a page, a total on the first one."""

    jobs: dict[str, dict[str, list[str]]] = field(default_factory=dict[str, dict[str, list[str]]])
    shown: tuple[str, ...] = ("jobFamilyGroup", "timeType", "locations")
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        question = json.loads(await request.read())
        self.asked.append(question)
        found = [key for key, values in self.jobs.items() if self._fits(values, question["appliedFacets"])]
        total, start = min(len(found), CAP), question["offset"]
        page = found[:CAP][start % CAP :][:20] if len(found) > CAP else found[start:][:20]
        return web.json_response(
            {
                "total": 0 if start else total,
                "jobPostings": [
                    {"title": "Engineer", "externalPath": f"/job/x/E_{key}", "bulletFields": [key]} for key in page
                ],
                "facets": [] if start else self._facets(found),
            }
        )

    def _fits(self, values: dict[str, list[str]], applied: dict[str, list[str]]) -> bool:
        return all(set(ids) & set(values.get(name, [])) for name, ids in applied.items())

    def _facets(self, found: list[str]) -> list[object]:
        facets: list[object] = ["odd", {"facetParameter": "odd", "values": 5}]
        for name in self.shown:
            counts: dict[str, int] = {}
            for key in found:
                for value in self.jobs[key].get(name, []):
                    counts[value] = counts.get(value, 0) + 1
            values = [{"id": value, "descriptor": value, "count": count} for value, count in counts.items()]
            facet = {"facetParameter": name, "descriptor": name, "values": values}
            is_grouped = name == "locations"
            facets.append({"facetParameter": "locationMainGroup", "values": [facet]} if is_grouped else facet)
        return facets


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[BoardReader]:
    async with reading(site, BoardRef("workday", SLUG)) as made:
        yield made


def tenant(site: Site, count: int, **facets: int) -> Tenant:
    """A tenant whose postings are spread evenly over so many values of each facet."""
    made = Tenant({f"R{n}": {name: [f"{name}{n % of}"] for name, of in facets.items()} for n in range(count)})
    site.answer = made
    return made


async def keys(reader: BoardReader) -> tuple[list[str], bool, list[str]]:
    listing = await reader.list(SLUG)
    return [one.external_id for one in listing.openings], listing.complete, list(listing.notes)


async def test_a_total_at_the_cap_is_split_by_a_facet(site: Site, reader: BoardReader) -> None:
    acme = tenant(site, 2_100, jobFamilyGroup=3, timeType=2)
    found, complete, notes = await keys(reader)

    assert sorted(found) == sorted(acme.jobs)
    assert complete
    assert notes == []
    assert all(len(question["appliedFacets"]) <= 1 for question in acme.asked)
    assert len(acme.asked) == 1 + 3 * 35


async def test_a_part_at_the_cap_is_split_again(site: Site, reader: BoardReader) -> None:
    acme = tenant(site, 4_200, jobFamilyGroup=2, timeType=3)
    found, complete, _ = await keys(reader)

    assert sorted(found) == sorted(acme.jobs)
    assert complete


async def test_postings_in_several_parts_are_kept_once(site: Site, reader: BoardReader) -> None:
    acme = tenant(site, 2_100, locations=3)
    for n in range(0, 2_100, 7):
        acme.jobs[f"R{n}"]["locations"] = ["locations0", "locations1", "locations2"]
    found, complete, notes = await keys(reader)

    assert sorted(found) == sorted(acme.jobs)
    assert complete
    assert notes == []


async def test_postings_that_the_dividing_facet_lacks_are_missed_and_said(site: Site, reader: BoardReader) -> None:
    acme = tenant(site, 2_100, jobFamilyGroup=3, timeType=2)
    for n in range(10):
        del acme.jobs[f"R{n}"]["jobFamilyGroup"]
    found, complete, notes = await keys(reader)

    assert len(found) == 2_090
    assert not complete
    assert notes == ["The board says that it has 2100 postings, and lists 2090."]


async def test_a_cap_that_nothing_divides_is_not_complete(site: Site, reader: BoardReader) -> None:
    tenant(site, 2_100, jobFamilyGroup=1)
    found, complete, notes = await keys(reader)

    assert len(found) == CAP
    assert not complete
    assert any("counts no further than 2000" in note for note in notes)


@pytest.mark.parametrize("count", [1_999, 2_001])
async def test_a_total_that_is_not_the_cap_is_true(
    site: Site, reader: BoardReader, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if count > CAP:  # another tenant, which counts and pages on
        monkeypatch.setitem(globals(), "CAP", 10_000)
    acme = tenant(site, count, jobFamilyGroup=3)
    found, complete, _ = await keys(reader)

    assert sorted(found) == sorted(acme.jobs)
    assert complete
    assert all(question["appliedFacets"] == {} for question in acme.asked)
