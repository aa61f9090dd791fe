"""A site like TikTok's that counts no further than 10,000 postings (500 here), over real HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from boards_server import Site, reading

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import HostBusy
from jobwire.ingest.ports.boards import BoardReader, Listing

CAP = 500
API = "/api/v1/public/supplier"


@dataclass
class Search:
    """Postings by key, each with a category and a city, None for none. `filters` is the answer to what there is."""

    jobs: dict[str, tuple[str | None, str | None]]
    filters: int = 200
    heeds: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        assert (request.method, request.headers["website-path"]) == ("POST", "tiktok")
        question = json.loads(await request.read())
        if request.path == f"{API}/config/job/filters":
            headers = {"Retry-After": "60"} if self.filters == 429 else {}
            return web.json_response(self._filters(), status=self.filters, headers=headers)
        assert request.path == f"{API}/search/job/posts"
        self.asked.append(question)
        found = [key for key, values in self.jobs.items() if not self.heeds or self._fits(values, question)]
        start = question["offset"]
        assert start < CAP
        page = [{"id": key, "title": "Engineer"} for key in found[start : start + question["limit"]]]
        return web.json_response({"code": 0, "data": {"job_post_list": page, "count": min(len(found), CAP)}})

    def _fits(self, values: tuple[str | None, str | None], question: dict[str, Any]) -> bool:
        asked = (question["job_category_id_list"], question["location_code_list"])
        return all(not wanted or value in wanted for value, wanted in zip(values, asked, strict=True))

    def _filters(self) -> object:
        categories, cities = ({one[at]: None for one in self.jobs.values() if one[at]} for at in (0, 1))
        nested = [{"id": "x", "en_name": "Inner"}]
        return {
            "code": 0,
            "data": {
                "job_type_list": [{"id": one, "en_name": one, "children": nested} for one in categories],
                "city_list": [{"code": one, "en_name": one} for one in cities],
                "recruitment_type_list": None,
            },
        }


@pytest.fixture(autouse=True)
def cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwire.boards.tiktok._CAP", CAP)


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[BoardReader]:
    async with reading(site, BoardRef("tiktok", "tiktok")) as made:
        yield made


async def read(site: Site, reader: BoardReader, search: Search) -> tuple[Listing, list[str]]:
    site.answer = search
    listing = await reader.list("tiktok")
    return listing, sorted(one.external_id for one in listing.openings)


def spread(count: int, categories: int, cities: int) -> dict[str, tuple[str | None, str | None]]:
    """So many postings, evenly over categories and cities."""
    return {str(n): (f"c{n % categories}", f"CT_{n // categories % cities}") for n in range(count)}


async def test_below_the_cap_nothing_is_divided(site: Site, reader: BoardReader) -> None:
    search = Search(spread(499, 3, 2), filters=500)
    listing, found = await read(site, reader, search)

    assert found == sorted(search.jobs)
    assert listing.complete
    assert len(search.asked) == 5


async def test_at_the_cap_the_categories_divide(site: Site, reader: BoardReader) -> None:
    search = Search(spread(1_200, 3, 2))
    listing, found = await read(site, reader, search)

    assert found == sorted(search.jobs)
    assert (listing.complete, listing.notes) == (True, [])
    assert not any(question["location_code_list"] for question in search.asked)


async def test_a_category_at_the_cap_is_divided_by_cities(site: Site, reader: BoardReader) -> None:
    search = Search(spread(1_600, 2, 4))
    listing, found = await read(site, reader, search)

    assert found == sorted(search.jobs)
    assert (listing.complete, listing.notes) == (True, [])


async def test_a_part_that_nothing_divides_is_not_complete(site: Site, reader: BoardReader) -> None:
    listing, found = await read(site, reader, Search(spread(1_600, 2, 1)))

    assert len(found) == 2 * CAP
    assert not listing.complete
    assert "counts no further than 500" in listing.notes[0]


@pytest.mark.parametrize("search", [Search(spread(900, 3, 2), filters=500), Search(spread(900, 3, 2), heeds=False)])
async def test_without_filters_that_divide_the_listing_is_partial(
    site: Site, reader: BoardReader, search: Search
) -> None:
    listing, found = await read(site, reader, search)

    assert len(found) == CAP
    assert not listing.complete
    assert "counts no further than 500" in " ".join(listing.notes)
    assert len(search.asked) <= 2 + CAP // 100


async def test_postings_of_no_category_are_missed_and_said(site: Site, reader: BoardReader) -> None:
    jobs = {"new": (None, "CT_0"), **spread(900, 3, 2)}
    listing, found = await read(site, reader, Search(jobs))

    assert found == sorted(jobs)
    assert not listing.complete
    assert listing.notes == ["Some postings are in none of the parts into which the board was divided."]


async def test_parts_that_come_to_less_than_the_whole_are_not_complete(site: Site, reader: BoardReader) -> None:
    jobs = {**spread(450, 3, 2), **{f"x{n}": (None, None) for n in range(100)}}
    listing, found = await read(site, reader, Search(jobs))

    assert len(found) == 450
    assert not listing.complete
    assert listing.notes == ["The board says that it has 500 postings, and lists 450."]


async def test_a_site_that_wants_patience_gets_it(site: Site, reader: BoardReader) -> None:
    with pytest.raises(HostBusy):
        await read(site, reader, Search(spread(900, 3, 2), filters=429))
