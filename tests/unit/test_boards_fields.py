"""What each system states about a posting, on made-up answers in the shapes of the samples."""

import json
from datetime import date
from typing import Any

import pytest
from boards_stub import reader_of

from jobwire.boards.directory import parse_board
from jobwire.boards.registry import SYSTEMS
from jobwire.boards.terms import language_tag
from jobwire.domain.companies import BoardRef
from jobwire.domain.postings import EmploymentType, Posting, Salary, Workplace

POSTING = {
    "@type": "JobPosting",
    "title": "Engineer",
    "description": "<p>Build</p>",
    "qualifications": "<ul><li>Go</li></ul>",
    "validThrough": "2026-12-31T23:59:00Z",
    "inLanguage": "nb_NO",
    "jobLocation": {"address": {"addressLocality": "Oslo", "addressCountry": {"name": "NO"}}},
}
CASES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "greenhouse": (
        "greenhouse:acme",
        {
            "id": 7,
            "internal_job_id": 70,
            "title": "Engineer",
            "language": "pt-br",
            "application_deadline": "2026-12-24T10:00:00-05:00",
        },
        {"language": "pt-BR", "closes_on": date(2026, 12, 24), "job_key": "70"},
    ),
    "lever": (
        "lever:acme",
        {
            "id": "7",
            "text": "Engineer",
            "country": "DE",
            "lists": [
                {"text": "Core Responsibilities", "content": "<li>Build"},
                {"text": "What We Require", "content": "<li>Go"},
            ],
        },
        {"country": "DE", "requirements": "<h3>What We Require</h3><ul><li>Go</ul>"},
    ),
    "ashby": (
        "ashby:acme",
        {"id": "7", "title": "Engineer", "address": {"postalAddress": {"addressCountry": "US"}}},
        {"country": "US"},
    ),
    "ashby, a name": (
        "ashby:acme",
        {"id": "7", "title": "Engineer", "address": {"postalAddress": {"addressCountry": "United States"}}},
        {"country": "US"},
    ),
    "smartrecruiters": (
        "smartrecruiters:acme",
        {
            "id": "7",
            "name": "Engineer",
            "location": {"country": "fr"},
            "language": {"code": "fr", "label": "French"},
            "jobAd": {
                "sections": {"jobDescription": {"text": "<p>Build</p>"}, "qualifications": {"text": "<p>Go</p>"}}
            },
        },
        {"country": "FR", "language": "fr", "requirements": "<p>Go</p>"},
    ),
    "personio": (
        "personio:acme",
        {
            "id": "7",
            "name": "Engineer",
            "office": "Munich",
            "createdAt": "2026-08-05T10:00:00+02:00",
            "schedule": "part-time",
            "jobDescriptions": [
                {"name": "Tasks", "value": "<p>Build</p>"},
                {"name": "Dein Profil", "value": "<p>Go</p>"},
            ],
        },
        {
            "posted_on": date(2026, 8, 5),
            "locations": ("Munich",),
            "employment_type": EmploymentType.PART_TIME,
            "description": "<h3>Tasks</h3><p>Build</p>\n<h3>Dein Profil</h3><p>Go</p>",
            "requirements": "<h3>Dein Profil</h3><p>Go</p>",
        },
    ),
    "workable": (
        "workable:acme",
        {
            "shortcode": "7",
            "title": "Engineer",
            "city": "Oslo",
            "country": "Norway",
            "telecommuting": True,
            "department": "R&D",
            "published_on": "2026-08-05",
            "locations": [
                {"city": "Rome", "country": "Italy", "countryCode": "IT", "hidden": True},
                {"city": "Oslo", "country": "Norway", "countryCode": "NO"},
            ],
        },
        {
            "locations": ("Oslo, Norway",),
            "workplace": Workplace.REMOTE,
            "department": "R&D",
            "posted_on": date(2026, 8, 5),
            "country": "NO",
        },
    ),
    "eightfold": (
        "eightfold:jobs.acme.com/acme.com",
        {
            "id": 7,
            "name": "Engineer",
            "location": "Los Gatos,California",
            "work_location_option": "hybrid",
            "job_description": "<p>Build</p>",
            "custom_JD": {"data_fields": {"posting_date": ["08-26-2026"]}},
        },
        {
            "locations": ("Los Gatos, California",),
            "workplace": Workplace.HYBRID,
            "posted_on": date(2026, 8, 26),
            "description": "<p>Build</p>",
        },
    ),
    "recruitee": (
        "recruitee:acme",
        {
            "id": 7,
            "title": "Engineer",
            "description": "<p>Build</p>",
            "requirements": "<p>Go</p>",
            "close_at": "2026-12-31 22:00:00 UTC",
            "locations": [{"city": "Delft", "country_code": "NL"}],
            "translations": {"en": {"title": "Engineer"}},
        },
        {"country": "NL", "language": "en", "closes_on": date(2026, 12, 31), "requirements": "<p>Go</p>"},
    ),
    "breezy": (
        "breezy:acme",
        {
            "id": "7",
            "name": "Engineer",
            "location": {"country": {"id": "US", "name": "United States"}},
            "validThrough": "2026-12-31",
        },
        {"country": "US", "closes_on": date(2026, 12, 31)},
    ),
    "workday": (
        "workday:acme.wd5/Careers",
        {
            "title": "Engineer",
            "externalPath": "/job/Oslo/Engineer_R7",
            "bulletFields": ["R7"],
            "info": {
                "jobDescription": "<p>Build</p>",
                "startDate": "2026-11-01",
                "endDate": "2026-12-31",
                "jobRequisitionLocation": {"country": {"alpha2Code": "NO"}},
            },
        },
        {"country": "NO", "closes_on": date(2026, 12, 31), "posted_on": date(2026, 11, 1)},
    ),
    "amazon": (
        "amazon",
        {
            "id_icims": "7",
            "title": "Engineer",
            "description": "Build",
            "basic_qualifications": "Go",
            "locations": ['{"normalizedLocation": "Dublin, IRL", "countryIso2a": "IE"}'],
        },
        {"country": "IE", "requirements": "<h3>Basic Qualifications</h3>Go"},
    ),
    "google": (
        "google",
        {"id": "7", "title": "Engineer", "description": "<p>Build</p>", "qualifications": "<li>Go"},
        {"requirements": "<li>Go"},
    ),
    "tiktok": (
        "tiktok",
        {"id": "7", "title": "Engineer", "description": "Build", "requirement": "Go\nRust"},
        {"requirements": "Go<br>Rust"},
    ),
    "teamtailor": (
        "teamtailor:acme",
        {"id": "7", "title": "Engineer", "_jobposting": POSTING},
        {"country": "NO", "closes_on": date(2026, 12, 31), "requirements": "<div><ul><li>Go</li></ul></div>"},
    ),
    "page, for those who work from home": (
        "page:www.acme.example/jobs",
        {
            "id": "/jobs/7",
            "title": "Engineer",
            "posting": {
                "inLanguage": {"name": "German", "alternateName": "de"},
                "applicantLocationRequirements": {"@type": "Country", "name": "Deutschland"},
            },
        },
        {"country": "DE", "language": "de"},
    ),
    "page, with bare values, and lists": (
        "page:www.acme.example/jobs",
        {
            "id": "/jobs/7",
            "title": "Engineer",
            "posting": {
                "baseSalary": "75,000",
                "salaryCurrency": "NOK",
                "jobLocation": ["Oslo, Norway", {"@type": "Place", "name": "Bergen"}],
                "jobLocationType": "TELECOMMUTE",
                "applicantLocationRequirements": "Norway",
                "employmentType": ["PART_TIME", "FULL_TIME"],
                "directApply": True,
                "validThrough": "2026-12-31",
            },
        },
        {
            "salary": Salary(minimum=75_000, maximum=75_000, currency="NOK", interval=None),
            "locations": ("Oslo, Norway", "Bergen"),
            "workplace": Workplace.REMOTE,
            "employment_type": EmploymentType.PART_TIME,
            "closes_on": date(2026, 12, 31),
        },
    ),
    "page": (
        "page:www.acme.example/jobs",
        {"id": "/jobs/7", "title": "Engineer", "posting": POSTING},
        {"country": "NO", "closes_on": date(2026, 12, 31), "requirements": "<div><ul><li>Go</li></ul></div>"},
    ),
}


def extracted(source: str, wire: object) -> Posting:
    board = parse_board(source)
    return reader_of(board, lambda _: b"").extract(board.slug, json.dumps(wire).encode())


def test_every_system_has_a_case() -> None:
    of_another_host = {"lever-eu": "lever", "personio-com": "personio", "bytedance": "tiktok"}
    assert {of_another_host.get(system, system) for system in SYSTEMS} == {
        source.partition(":")[0] for source, _, _ in CASES.values()
    }


@pytest.mark.parametrize("name", CASES)
def test_what_a_system_states_is_understood(name: str) -> None:
    source, wire, expected = CASES[name]
    posting = extracted(source, wire)

    assert {field: getattr(posting, field) for field in expected} == expected
    if posting.requirements:
        assert posting.requirements.replace("<div>", "").replace("</div>", "") in posting.description.replace(
            "<div>", ""
        ).replace("</div>", "")


@pytest.mark.parametrize("name", CASES)
def test_what_is_odd_is_not_stated(name: str) -> None:
    source, wire, _ = CASES[name]
    for odd in ("", "Nowhere at all", 5, [], {}, None):
        changed = {
            field: odd
            if field not in {"id", "id_icims", "title", "text", "name", "shortcode", "externalPath", "bulletFields"}
            else value
            for field, value in wire.items()
        }
        posting = extracted(source, changed)
        assert (posting.closes_on, posting.country, posting.language) == (None, None, None)


@pytest.mark.parametrize(
    ("source", "wire", "code"),
    [
        ("workable:acme", {"shortcode": "7", "country": "Norway"}, "NO"),
        ("workable:acme", {"shortcode": "7", "locations": [{"country": "Italia"}], "country": "Norway"}, "IT"),
        ("breezy:acme", {"name": "A", "location": {"country": {"id": "US1", "name": "USA"}}}, "US"),
        ("recruitee:acme", {"locations": [{"city": "Delft", "country": "Nederland"}]}, "NL"),
        ("eightfold:jobs.acme.com/acme.com", {"name": "A", "location": "Brno,South Moravia,Czech Republic"}, "CZ"),
        ("eightfold:jobs.acme.com/acme.com", {"name": "A", "location": "Atlanta,Georgia"}, None),
        ("tiktok", {"city_info": {"en_name": "Austin", "parent": {"parent": {"en_name": "United States"}}}}, "US"),
        ("tiktok", {"city_info": {"en_name": "Georgia"}}, None),
        ("amazon", {"id_icims": "7", "country_code": "GBR"}, "GB"),
        ("teamtailor:acme", {"country": "Norge"}, "NO"),
        ("workday:acme.wd5/Careers", {"bulletFields": ["R7"], "info": {"country": {"descriptor": "Irland"}}}, "IE"),
        ("page:www.acme.example/jobs", {"posting": {"applicantLocationRequirements": {"name": "GA"}}}, None),
    ],
)
def test_countries_are_understood_where_a_system_states_them(source: str, wire: dict[str, object], code: str) -> None:
    assert extracted(source, {"id": 7, "title": "Engineer", **wire}).country == code


def test_what_is_asked_of_applicants_may_stand_in_several_places() -> None:
    stated = {
        "description": "<p>Build</p>",
        "qualifications": "Go",
        "skills": ["Go", "Rust"],
        "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 36},
        "educationRequirements": [
            {"@type": "EducationalOccupationalCredential", "credentialCategory": "bachelor degree"},
            "or the like",
        ],
    }
    posting = extracted("page:www.acme.example/jobs", {"id": "/jobs/7", "title": "Engineer", "posting": stated})
    parts = ["Go", "Rust", "bachelor degree", "or the like"]

    assert posting.requirements == "\n".join(f"<div>{part}</div>" for part in parts)
    assert posting.description == f"<div><p>Build</p></div>\n{posting.requirements}"


@pytest.mark.parametrize(
    "translations",
    [
        {},
        {"en": {}, "nl": {}},
        {"en": {"title": "Engineer"}, "nl": {"title": "Engineer"}},
        {"english": {"title": "Engineer"}},
        {"en": {"title": "Engineer"}, "nl": 5},
        ["en"],
    ],
)
def test_a_text_in_nobody_knows_which_language_has_none(translations: object) -> None:
    assert extracted("recruitee:acme", {"id": 7, "title": "Engineer", "translations": translations}).language is None


@pytest.mark.parametrize("others", [{"title": "Ingenieur"}, {"description": "<p>Bouw</p>"}, {"requirements": None}])
@pytest.mark.parametrize("order", [1, -1])
def test_a_text_in_several_languages_is_in_that_of_the_offer(others: dict[str, object], order: int) -> None:
    text = {"title": "Ingenieur:in", "description": "<p>Bau</p>", "requirements": "<p>Go</p>"}
    translations = {"de": text, "nl": {**text, **others}, "en": {"title": "Engineer", "description": "<p>Build</p>"}}
    offer = {"id": 7, **text, "translations": dict(list(translations.items())[::order])}
    posting = extracted("recruitee:acme", offer)

    assert posting.language == "de"
    assert (posting.title, posting.requirements) == ("Ingenieur:in", "<p>Go</p>")
    assert posting.description == "<p>Bau</p>\n<p>Go</p>"


def test_a_salary_in_plain_words_is_a_part_of_the_text() -> None:
    wire = {"id": "7", "text": "Engineer", "salaryDescriptionPlain": "Pay: 5 < 6"}
    assert "Pay: 5 &lt; 6" in extracted("lever:acme", wire).description


def test_who_may_live_in_a_state_may_live_in_no_country_of_that_name() -> None:
    areas = [{"@type": "State", "name": "Georgia"}, {"@type": ["Country"], "name": ["Kanada", "CA"]}]
    wire = {"id": "/jobs/7", "title": "Engineer", "posting": {"applicantLocationRequirements": areas}}
    assert extracted("page:www.acme.example/jobs", wire).country == "CA"


@pytest.mark.parametrize(
    ("stated", "tag"),
    [("en", "en"), ("EN-gb", "en-GB"), ("pt_BR", "pt-BR"), ("english", None), ("", None), (None, None)],
)
def test_language_tag(stated: str | None, tag: str | None) -> None:
    assert language_tag(stated) == tag


async def test_only_eightfolds_listing_states_a_key_that_moves_with_each_change() -> None:
    """Which others have none that can be trusted: docs/decisions/0016."""
    position = {"id": 1, "name": "Engineer", "t_update": 1776988800, "t_create": 1}
    page = json.dumps({"positions": [position, {**position, "id": 2, "t_update": None}], "count": 2}).encode()
    listing = await reader_of(BoardRef("eightfold", "jobs.acme.example/acme.example"), lambda _: page).list(
        "jobs.acme.example/acme.example"
    )
    assert [opening.change_key for opening in listing.openings] == ["1776988800", None]
