"""Amazon's careers site: what moves by itself, and what its cap on results means."""

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from boards_stub import StubClient, reader_of

from jobwire.boards.directory import parse_board
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.postings import EmploymentType, Posting, Workplace
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import Settings

REF = parse_board("amazon")
CAP = 10_000


def amazon(**fields: object) -> Posting:
    return reader_of(REF, lambda _: b"").extract(
        "amazon", json.dumps({"id_icims": "7", "title": "A", **fields}).encode()
    )


def test_places_types_and_dates() -> None:
    sites = [
        json.dumps({"normalizedLocation": "Seattle, Washington, USA", "type": "ONSITE"}),
        json.dumps({"normalizedLocation": "Virtual, USA", "type": "VIRTUAL"}),
        "{not json",
        "[]",
    ]
    posting = amazon(normalized_location="Seattle, Washington, USA", locations=sites, posted_date="May  6, 2026")

    assert posting.locations == ("Seattle, Washington, USA", "Virtual, USA")
    assert posting.workplace is Workplace.REMOTE
    assert posting.posted_on == date(2026, 5, 6)
    assert amazon(locations=sites[:1]).workplace is Workplace.ONSITE
    assert amazon(is_intern=True, job_schedule_type="full-time").employment_type is EmploymentType.INTERNSHIP
    assert amazon(posted_date="soon").posted_on is None
    assert amazon(job_category="Sales", job_family="Field").department == "Sales"
    assert amazon(job_category=None, job_family="Field").department == "Field"


@pytest.mark.parametrize("path", [None, "//evil.example/x", "javascript:x", "/en/jobs/7/<b>", "@evil.example"])
def test_an_odd_path_leads_nowhere_else(path: str | None) -> None:
    url = urlsplit(amazon(job_path=path).url)

    assert (url.scheme, url.netloc) == ("https", "www.amazon.jobs")
    assert path == "//evil.example/x" or url.path == "/en/jobs/7"


async def test_what_moves_by_itself_is_no_change() -> None:
    async def source(updated: str) -> bytes | None:
        page = {"hits": 1, "jobs": [{"id_icims": "7", "title": "A", "updated_time": updated}]}
        listing = await reader_of(REF, lambda _: json.dumps(page).encode()).list("amazon")
        return listing.openings[0].source

    assert await source("3 hours") == await source("1 day")


class Search:
    """A search over postings with a country and a category each, that counts no further than the cap."""

    def __init__(self, jobs: dict[str, tuple[str, str]], *, heeds: bool = True, facets: bool = True) -> None:
        self.jobs = jobs
        self.heeds = heeds
        self.facets = facets

    def __call__(self, url: str) -> bytes:
        query = parse_qs(urlsplit(url).query)
        country, category = query.get("normalized_country_code[]"), query.get("category[]")
        found = [
            key
            for key, (theirs, kind) in self.jobs.items()
            if not self.heeds or ((not country or theirs in country) and (not category or _slug(kind) in category))
        ]
        start = int(query["offset"][0])
        assert start + 100 <= CAP
        page = [{"id_icims": key, "title": "A"} for key in found[start : start + 100]]
        return json.dumps({"hits": min(len(found), CAP), "jobs": page, "facets": self._counts(found)}).encode()

    def _counts(self, found: list[str]) -> dict[str, Any]:
        if not self.facets:
            return {}
        named: dict[str, dict[str, int]] = {"normalized_country_code_facet": {}, "category_facet": {}}
        for key in found:
            for facet, value in zip(named, self.jobs[key], strict=True):
                named[facet][value] = named[facet].get(value, 0) + 1
        return {facet: [{value: count} for value, count in counts.items()] for facet, counts in named.items()}


def _slug(category: str) -> str:
    return category.lower().replace(" ", "-")


async def listed(search: Search) -> tuple[Listing, list[str]]:
    client = StubClient(search)
    return await BoardRegistry(Settings(), client).reader(REF).list("amazon"), client.asked


def made(count: int, countries: int) -> dict[str, tuple[str, str]]:
    return {str(n): (f"C{n % countries}", f"Kind {n % 3}") for n in range(count)}


async def test_below_the_cap_nothing_is_divided() -> None:
    listing, asked = await listed(Search(made(250, 2)))

    assert len(listing.openings) == 250
    assert listing.complete
    assert len(asked) == 3


async def test_at_the_cap_countries_divide_and_then_categories() -> None:
    jobs = made(10_500, 1) | {"x1": ("C9", "Kind 0"), "x2": ("C9", "Kind 1")}
    listing, _ = await listed(Search(jobs))

    assert {one.external_id for one in listing.openings} == set(jobs)
    assert listing.complete


@pytest.mark.parametrize("search", [Search(made(10_500, 2), heeds=False), Search(made(10_500, 2), facets=False)])
async def test_a_cap_that_nothing_gets_past_is_not_complete(search: Search) -> None:
    listing, asked = await listed(search)

    assert len(listing.openings) == CAP
    assert len(asked) <= CAP // 100 + 2  # a filter that is not heeded is asked once
    assert not listing.complete
