import json
from datetime import date

import pytest
from boards_samples import BOARDS, DETAIL, sample
from boards_stub import reader_of

from jobwire.boards.directory import parse_board
from jobwire.domain.postings import EmploymentType, Posting, Workplace
from jobwire.ingest.ports.boards import Listing


async def read(name: str) -> tuple[Listing, dict[str, Posting]]:
    """The listing of a sample, and its postings by external_id."""
    board = parse_board(BOARDS[name])
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
    return data if isinstance(data, list) else data.get("jobs") or data["content"]


@pytest.mark.parametrize("name", BOARDS)
async def test_every_posting_is_listed(name: str) -> None:
    listing, _ = await read(name)

    assert [opening.external_id for opening in listing.openings] == [str(job["id"]) for job in jobs_in(name)]
    assert not listing.unreadable
    assert all(opening.url.startswith("https://") and opening.location for opening in listing.openings)


@pytest.mark.parametrize("name", [name for name in BOARDS if "smartrecruiters" not in name])
async def test_every_posting_with_a_text_is_extracted(name: str) -> None:
    listing, postings = await read(name)

    assert list(postings) == [opening.external_id for opening in listing.openings]
    for opening, posting in zip(listing.openings, postings.values(), strict=True):
        assert (posting.title, posting.location, posting.url) == (opening.title, opening.location, opening.url)
        assert len(posting.description_text) > 500
        assert posting.description_html.startswith("<")
        assert "<script" not in posting.description_html
        assert "&lt;p" not in posting.description_html
        assert "<" not in posting.description_text
        assert posting.posted_on is not None
        assert posting.department


async def test_greenhouse() -> None:
    listing, postings = await read("greenhouse/catawiki_content_true_2025-10-26.json")
    posting = postings["6954117"]

    assert listing.complete
    assert posting.title == "Android Developer"
    assert posting.url == "https://job-boards.greenhouse.io/catawiki/jobs/6954117"
    assert posting.locations == ("Lisbon, Portugal",)
    assert posting.department == "Engineering"
    assert posting.posted_on == date(2025, 6, 5)
    assert posting.employment_type is None
    assert "- Being open to change and feedback" in posting.description_text.splitlines()
    assert "Formula 1 Car, a Woolly Mammoth" in posting.description_text
    assert sum(one.employment_type is EmploymentType.FULL_TIME for one in postings.values()) == 39
    assert all(one.title == one.title.strip() for one in postings.values())


async def test_a_greenhouse_board_that_announces_more_is_not_complete() -> None:
    listing, _ = await read("greenhouse/stripe_content_2jobs.json")

    assert not listing.complete
    assert listing.notes == ["The board says that it has 524 postings, and lists 2."]


async def test_lever() -> None:
    _, postings = await read("lever/palantir_2jobs.json")
    posting = postings["fe2a8c69-49b7-405f-816c-a6c6f894399a"]

    assert posting.title == "Administrative Business Partner - Security"
    assert posting.locations == ("New York, NY",)
    assert posting.workplace is Workplace.HYBRID
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.department == "Administrative"
    assert posting.posted_on == date(2026, 3, 3)
    lines = posting.description_text.splitlines()
    order = ["A World-Changing Company", "The Role", "Core Responsibilities", "What We Value", "What We Require"]
    assert [line for line in lines if line in order] == order
    assert lines.index("What We Require") < next(n for n, line in enumerate(lines) if "$60,000 - $97,000" in line)
    assert sum(line.startswith("- ") for line in lines) > 10


async def test_lever_contractors() -> None:
    _, postings = await read("lever/idealist_2jobs.json")

    assert {posting.employment_type for posting in postings.values()} == {EmploymentType.CONTRACT}
    assert {posting.remote for posting in postings.values()} == {True}


async def test_ashby() -> None:
    _, postings = await read("ashby/linear_2jobs.json")
    posting = postings["d3bc1ced-3ce4-4086-a050-555055dbb1ff"]

    assert posting.title == "Senior / Staff Fullstack Engineer"
    assert posting.locations == ("Europe",)
    assert posting.workplace is Workplace.REMOTE
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.department == "Product"
    assert posting.posted_on == date(2021, 4, 27)
    assert posting.salary is None
    assert "style=" not in posting.description_html


async def test_smartrecruiters_list() -> None:
    listing, _ = await read("smartrecruiters/hirevue_list.json")

    assert [opening.location for opening in listing.openings] == [
        "Sandy, UT, United States",
        "Warsaw, Poland",
        "Warsaw, Masovian Voivodeship, Poland",
    ]
    assert listing.openings[0].url == "https://jobs.smartrecruiters.com/HireVue/744000138728139"
    assert not listing.complete  # it says that there are five


async def test_smartrecruiters_detail() -> None:
    board = parse_board("smartrecruiters:HireVue")
    body = sample(DETAIL)
    reader = reader_of(board, lambda _: body)
    posting = reader.extract(board.slug, await reader.fetch(board.slug, "744000138728139"))

    assert posting.external_id == "744000138728139"
    assert posting.title == "Data Science Intern | Fully Remote US"
    assert posting.url == (
        "https://jobs.smartrecruiters.com/HireVue/744000138728139-data-science-intern-fully-remote-us"
    )
    assert posting.locations == ("Sandy, UT, United States",)
    assert posting.workplace is Workplace.REMOTE
    assert posting.employment_type is EmploymentType.INTERNSHIP
    assert posting.department == "Data Science"
    assert posting.posted_on == date(2026, 7, 20)
    headings = ["Company Description", "Job Description", "Qualifications", "Additional Information"]
    assert [line for line in posting.description_text.splitlines() if line in headings] == headings
