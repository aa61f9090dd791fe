"""What the real answers state in fields of their own, and what is understood of it: golden cases, whole."""

import json
from datetime import date
from typing import Any

import pytest
from boards_samples import BOARDS, DETAIL, MORE_BOARDS, MORE_DETAILS, sample
from boards_stub import reader_of

from jobwire.boards.directory import parse_board
from jobwire.boards.markup import job_postings
from jobwire.domain.postings import EmploymentType, Posting, Salary, SalaryInterval, Workplace

REMOTE, HYBRID, ONSITE = Workplace.REMOTE, Workplace.HYBRID, Workplace.ONSITE
FULL_TIME = EmploymentType.FULL_TIME
NOTHING: dict[str, Any] = dict.fromkeys(
    ("workplace", "employment_type", "department", "posted_on", "closes_on", "country", "language", "salary", "job_key")
)
LATAM = {
    "workplace": REMOTE,
    "employment_type": FULL_TIME,
    "department": "Pipeline",
    "posted_on": date(2025, 1, 15),
    "country": "PA",
}
LISTED: dict[str, dict[str, dict[str, Any]]] = {
    "greenhouse/stripe_content_2jobs.json": {
        "7954688": {
            "department": "1654 Account Executives (AI)",
            "posted_on": date(2026, 6, 2),
            "language": "en",
            "job_key": "3453698",
        },
        "8029128": {
            "department": "1643 Product Sales - Billing",
            "posted_on": date(2026, 7, 16),
            "language": "en",
            "job_key": "3480684",
        },
    },
    "lever/idealist_2jobs.json": {
        key: {
            "workplace": REMOTE,
            "employment_type": EmploymentType.CONTRACT,
            "department": "Services Team",
            "posted_on": posted_on,
            "country": "US",
            "requirements": "<h3>Your Background Includes",
        }
        for key, posted_on in (
            ("a24ec4e5-5caa-473d-abd4-b71f09a8167b", date(2025, 11, 27)),
            ("5d54d69b-e940-452e-b892-1170aa60f095", date(2023, 1, 29)),
        )
    },
    "lever/palantir_2jobs.json": {
        key: {
            "workplace": HYBRID,
            "employment_type": FULL_TIME,
            "department": "Administrative",
            "posted_on": posted_on,
            "country": "US",
            "requirements": "<h3>What We Require</h3>",
        }
        for key, posted_on in (
            ("0bbfd4f4-41ff-4ec6-b73f-5200efd5d4d3", date(2026, 5, 12)),
            ("fe2a8c69-49b7-405f-816c-a6c6f894399a", date(2026, 3, 3)),
        )
    },
    "ashby/linear_2jobs.json": {
        key: {
            "workplace": REMOTE,
            "employment_type": FULL_TIME,
            "department": "Product",
            "posted_on": posted_on,
            "country": country,
        }
        for key, posted_on, country in (
            ("d3bc1ced-3ce4-4086-a050-555055dbb1ff", date(2021, 4, 27), None),  # in the European Union
            ("cd5ae036-0223-427a-b038-ba16ef9dcb32", date(2021, 8, 18), "US"),
        )
    },
    "ashby/lcarlini_3jobs.json": {
        "09bb501c-e72d-4c9e-8df3-212ac53e69d9": LATAM,
        "3af5b1b2-d873-4809-95a7-663784c9315e": LATAM,
        "df72bf39-0baf-4a6e-b1a5-c4e4a3599124": LATAM,
    },
    "recruitee/careerkit_2offers.json": {
        key: {
            "workplace": HYBRID,
            "employment_type": FULL_TIME,
            "department": department,
            "posted_on": posted_on,
            "country": "DE",
            "language": "en",
            "salary": Salary(minimum=low, maximum=high, currency="EUR", interval=SalaryInterval.YEAR),
            "requirements": "<p><strong>What we expect from you",
        }
        for key, department, posted_on, low, high in (
            ("2700825", "Finance", date(2026, 8, 5), 60_000, 75_000),
            ("2697184", "Sales", date(2026, 7, 31), 75_000, 90_000),
        )
    },
    "workable/crewai_widget_details.json": {
        key: {
            "workplace": workplace,
            "employment_type": FULL_TIME,
            "department": department,
            "posted_on": posted_on,
            "country": country,
        }
        for key, workplace, department, posted_on, country in (
            ("3862836931", REMOTE, "Support", date(2026, 6, 30), "BR"),
            ("96051E9EDE", REMOTE, "Support", date(2026, 4, 9), "US"),
            ("0AB5665160", None, "Engineering", date(2026, 6, 26), "US"),
            ("B778F12851", REMOTE, "Support", date(2026, 6, 26), "US"),
        )
    },
    "teamtailor/teamtailor_jsonfeed.json": {
        "20fafb7d-f013-4061-b6de-2894b3e0838b": {"posted_on": date(2026, 2, 4), "country": "ES"},
        "a52c9a45-1132-44c9-9696-76974817ae6e": {"posted_on": date(2026, 1, 18), "country": "SE"},
    },
    "amazon/search_json_trimmed_2jobs.json": {
        key: {
            "employment_type": FULL_TIME,
            "department": "Software Development",
            "posted_on": posted_on,
            "country": "CA",
            "requirements": "<h3>Basic Qualifications</h3>",
        }
        for key, posted_on in (("3059609", date(2026, 7, 14)), ("3059610", None))
    },
}
FETCHED: dict[str, tuple[str, str, dict[str, Any]]] = {
    DETAIL: (
        BOARDS["smartrecruiters/hirevue_list.json"],
        "744000138728139",
        {
            "workplace": REMOTE,
            "employment_type": EmploymentType.INTERNSHIP,
            "department": "Data Science",
            "posted_on": date(2026, 7, 20),
            "country": "US",
            "language": "en",
            "requirements": "<p><strong>Required</strong></p><ul>",
        },
    ),
    "workday/workday_detail.json": (
        MORE_BOARDS["workday/workday_list.json"],
        "JR-0105486",
        {"workplace": ONSITE, "employment_type": FULL_TIME, "posted_on": date(2026, 7, 25), "country": "US"},
    ),
    "netflix/netflix_v2_detail_trimmed.json": (
        MORE_BOARDS["netflix/netflix_v2_list_trimmed.json"],
        "790317917022",
        {"workplace": ONSITE, "department": "Engineering", "posted_on": date(2026, 8, 26), "country": "US"},
    ),
}


def check(posting: Posting, expected: dict[str, Any]) -> None:
    """See that a posting states what is expected, and nothing else."""
    begins = expected.get("requirements", "")
    assert {field: getattr(posting, field) for field in NOTHING} == {field: expected.get(field) for field in NOTHING}
    assert posting.requirements.startswith(begins)
    assert bool(posting.requirements) == bool(begins)
    assert posting.requirements in posting.description


@pytest.mark.parametrize("name", LISTED)
async def test_what_a_listing_states_is_understood(name: str) -> None:
    board, body = parse_board({**BOARDS, **MORE_BOARDS}[name]), sample(name)
    reader = reader_of(board, lambda _: body)
    listing = await reader.list(board.slug)

    assert [opening.external_id for opening in listing.openings] == list(LISTED[name])
    for opening in listing.openings:
        assert opening.source is not None
        check(reader.extract(board.slug, opening.source), LISTED[name][opening.external_id])


@pytest.mark.parametrize("name", FETCHED)
async def test_what_a_detail_states_is_understood(name: str) -> None:
    source, key, expected = FETCHED[name]
    board, detail = parse_board(source), sample(name)
    listing = sample("workday/workday_list.json") if board.system == "workday" else detail
    reader = reader_of(board, lambda url: listing if url.endswith("/jobs") else detail)

    check(reader.extract(board.slug, await reader.fetch(board.slug, key)), expected)


def test_what_a_page_states_is_understood() -> None:
    (stated,) = job_postings(sample("jsonld/meta_software_engineer.html").decode())
    board = parse_board("page:www.meta.example/jobs")
    wire = json.dumps({"id": "/jobs", "title": stated["title"], "posting": stated}).encode()

    check(
        reader_of(board, lambda _: b"").extract(board.slug, wire),
        {
            "employment_type": FULL_TIME,
            "posted_on": date(2025, 6, 10),
            "closes_on": date(2026, 6, 8),
            "country": "US",
            "requirements": "<div>Bachelor's degree in Computer Science",
        },
    )


def test_every_sample_with_texts_has_a_case() -> None:
    without = {"greenhouse/catawiki_content_true_2025-10-26.json", "breezy/breezy_board_2jobs.json"}
    lists = {name for name in {**BOARDS, **MORE_BOARDS} if "_list" in name}

    assert {*LISTED, *FETCHED} == {*BOARDS, *MORE_BOARDS, *MORE_DETAILS, DETAIL} - lists - without
