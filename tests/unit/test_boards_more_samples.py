"""The real answers of systems that came later: most of their companies have hosts of their own."""

import json
from datetime import date

import pytest
from boards_samples import MORE_BOARDS, sample
from boards_stub import reader_of

from jobwire.boards.directory import parse_board
from jobwire.domain.postings import EmploymentType, Posting, Salary, SalaryInterval, Workplace
from jobwire.ingest.ports.boards import Listing

KEYS = {"workable": "shortcode", "amazon": "id_icims"}
WITH_TEXT = [
    name for name in MORE_BOARDS if name.partition("/")[0] in {"recruitee", "workable", "teamtailor", "amazon"}
]


async def read(name: str) -> tuple[Listing, dict[str, Posting]]:
    """The listing of a sample, and its postings by external_id."""
    board = parse_board(MORE_BOARDS[name])
    body = sample(name)
    reader = reader_of(board, lambda _: body)
    listing = await reader.list(board.slug)
    return listing, {
        opening.external_id: reader.extract(board.slug, opening.source)
        for opening in listing.openings
        if opening.source is not None
    }


def jobs_in(name: str) -> list[dict[str, object]]:
    data = json.loads(sample(name))
    return data if isinstance(data, list) else next(value for value in data.values() if isinstance(value, list))


@pytest.mark.parametrize("name", MORE_BOARDS)
async def test_every_posting_is_listed(name: str) -> None:
    listing, _ = await read(name)
    system = MORE_BOARDS[name].partition(":")[0]
    key = (
        (lambda job: job["bulletFields"][0]) if system == "workday" else (lambda job: str(job[KEYS.get(system, "id")]))
    )

    assert [opening.external_id for opening in listing.openings] == [key(job) for job in jobs_in(name)]
    assert not listing.unreadable
    assert all(opening.url.startswith("https://") and opening.location for opening in listing.openings)


@pytest.mark.parametrize("name", WITH_TEXT)
async def test_every_posting_with_a_text_is_extracted(name: str) -> None:
    listing, postings = await read(name)

    assert listing.complete
    for opening, posting in zip(listing.openings, postings.values(), strict=True):
        assert (posting.title, posting.location, posting.url) == (opening.title, opening.location, opening.url)
        assert posting.posted_on is not None or "amazon" in name
        assert "<p" not in posting.description_text
        assert "teamtailor" in name or len(posting.description_text) > 50


async def test_recruitee() -> None:
    _, postings = await read("recruitee/careerkit_2offers.json")
    posting = postings["2700825"]

    assert posting.title == "(Senior) Financial Accountant (f/m/d) - Berlin/Brandenburg Region, Germany"
    assert posting.url == "https://jobs.acme.com/o/senior-financial-accountant-fmd-berlinbrandenburg-region-germany"
    assert posting.locations == ("Berlin, Germany",)
    assert posting.workplace is Workplace.HYBRID
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.department == "Finance"
    assert posting.posted_on == date(2026, 8, 5)
    assert posting.salary == Salary(minimum=60_000, maximum=75_000, currency="EUR", interval=SalaryInterval.YEAR)
    lines = posting.description_text.splitlines()
    assert lines.index("How you will make an impact") < lines.index("What we expect from you")


async def test_workable() -> None:
    _, postings = await read("workable/crewai_widget_details.json")
    posting = postings["0AB5665160"]

    assert posting.title == "Full-Stack Engineer, Agent Management Platform"
    assert posting.url == "https://apply.workable.com/j/0AB5665160"
    assert posting.locations == ("San Francisco, California, United States",)
    assert posting.workplace is None
    assert postings["3862836931"].workplace is Workplace.REMOTE
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.department == "Engineering"
    assert posting.posted_on == date(2026, 6, 26)
    assert posting.description_text.startswith("About CrewAI\nCrewAI is the leading framework")


async def test_teamtailor() -> None:
    _, postings = await read("teamtailor/teamtailor_jsonfeed.json")
    posting = postings["a52c9a45-1132-44c9-9696-76974817ae6e"]

    assert posting.title == "Mid-Market Account Executive - Copenhagen"
    assert posting.url == "https://career.teamtailor.com/jobs/7069633-mid-market-account-executive-copenhagen"
    assert posting.locations == ("Stockholm, Sweden, SE", "København, Europe, DK")
    assert posting.posted_on == date(2026, 1, 18)


async def test_breezy() -> None:
    board = parse_board("breezy:breezy")
    lines = sample("breezy/breezy_board_2jobs.json")
    page = b'<html><div class="description"><p>Do <b>this</b>.</p></div></html>'
    reader = reader_of(board, lambda url: lines if url.endswith("/json") else page)
    posting = reader.extract(board.slug, await reader.fetch(board.slug, "98323abf2296"))

    assert posting.title == "Employee #12"
    assert posting.url == "https://breezy.breezy.hr/p/98323abf2296-employee-12"
    assert posting.locations == ("Chaos, Florida, United States",)
    assert posting.workplace is None
    assert posting.employment_type is EmploymentType.OTHER
    assert posting.department == "Does Not Matter"
    assert posting.posted_on == date(2024, 2, 15)
    assert posting.salary == Salary(minimum=0.05, maximum=0.06, currency=None, interval=SalaryInterval.HOUR)
    assert posting.description_text == "Do this."


async def test_workday() -> None:
    board = parse_board("workday:workday.wd5/Workday")
    lines, detail = sample("workday/workday_list.json"), sample("workday/workday_detail.json")
    reader = reader_of(board, lambda url: lines if url.endswith("/jobs") else detail)
    listing = await reader.list(board.slug)
    source = await reader.fetch(board.slug, "JR-0105486")
    posting = reader.extract(board.slug, source)

    assert not listing.complete  # it says that there are 347
    assert listing.openings[1].location == "USA.VA.Reston"
    assert posting.title == "Sr. Site Reliability Engineer (US Federal)"
    assert posting.url == json.loads(detail)["jobPostingInfo"]["externalUrl"]
    assert posting.locations == ("USA.VA.Reston",)
    assert posting.workplace is Workplace.ONSITE
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.posted_on == date(2026, 7, 25)
    assert posting.description_text.startswith("Your work days are brighter here.\n")
    assert b"Posted Yesterday" not in source


async def test_netflix() -> None:
    board = parse_board("netflix")
    body = sample("netflix/netflix_v2_detail_trimmed.json")
    reader = reader_of(board, lambda _: body)
    posting = reader.extract(board.slug, await reader.fetch(board.slug, "790317917022"))

    assert posting.title.startswith("Machine Learning/AI Infrastructure Engineering Intern")
    assert posting.url == "https://explore.jobs.netflix.net/careers/job/790317917022"
    assert posting.locations == ("Los Gatos, California, United States of America",)
    assert posting.workplace is Workplace.ONSITE
    assert posting.department == "Engineering"
    assert posting.posted_on == date(2026, 8, 26)
    assert "experience with systems languages (Go, C++, or Rust)" in posting.description_text


async def test_netflix_list() -> None:
    listing, _ = await read("netflix/netflix_v2_list_trimmed.json")

    assert listing.complete
    assert listing.openings[0].location == "Los Gatos, California, United States of America"
    assert listing.openings[0].url == "https://explore.jobs.netflix.net/careers/job/790315673635"


async def test_amazon() -> None:
    _, postings = await read("amazon/search_json_trimmed_2jobs.json")
    posting = postings["3059609"]

    assert posting.title == "Software Development Engineer, Amazon Fulfillment Technologies"
    assert posting.url.startswith("https://www.amazon.jobs/en/jobs/3059609/software-development-engineer-amazon")
    assert posting.locations == ("Toronto, Ontario, CAN",)
    assert postings["3059610"].locations == ("Vancouver, BC, CAN",)
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.department == "Software Development"
    assert posting.posted_on == date(2026, 7, 14)
    assert "Our team owns & operates large-scale" in posting.description_text
    assert posting.description_text.splitlines()[-2] == "Basic Qualifications"


async def test_google() -> None:
    board = parse_board("google")
    body = sample("google/af_initdatacallback_trimmed.html")
    reader = reader_of(board, lambda _: body)
    listing = await reader.list(board.slug)
    source = await reader.fetch(board.slug, listing.openings[0].external_id)
    posting = reader.extract(board.slug, source)

    assert [one.external_id for one in listing.openings] == ["142342334078427846", "94207914037650118"]
    assert [one.external_id for one in listing.unreadable] == ["999"]  # the sample's odd one
    assert posting.title == "Software Developer III, Google Cloud"
    assert posting.url == (
        "https://www.google.com/about/careers/applications/jobs/results/"
        "142342334078427846-software-developer-iii-google-cloud"
    )
    assert posting.locations == ("Toronto, ON, Canada", "Waterloo, ON, Canada")
    lines = posting.description_text.splitlines()
    assert lines[0].startswith("Google Cloud's software engineers develop")
    assert lines[1:3] == ["Minimum qualifications:", "- Bachelor's degree or equivalent practical experience."]
    assert lines[-1] == "- Write product or system development code."
