"""What only one system does, in its own wire format."""

import json

import pytest
from boards_stub import StubClient, reader_of

from jobwire.boards.directory import parse_board
from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardUnreadable, PostingGone, PostingUnreadable, UnknownBoard
from jobwire.domain.postings import EmploymentType, Posting, Salary, SalaryInterval, Workplace
from jobwire.ingest.ports.boards import Boards, Listing
from jobwire.settings import Settings


def extract(board: str, job: dict[str, object]) -> Posting:
    ref = parse_board(board)
    return reader_of(ref, lambda _: b"").extract(ref.slug, json.dumps(job).encode())


async def listed(board: str, body: object) -> Listing:
    ref = parse_board(board)
    return await reader_of(ref, lambda _: json.dumps(body).encode()).list(ref.slug)


# Addresses


@pytest.mark.parametrize(
    ("board", "asked"),
    [
        (
            "greenhouse:acme",
            "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true&pay_transparency=true",
        ),
        ("lever:acme", "https://api.lever.co/v0/postings/acme?mode=json&skip=0&limit=100"),
        ("lever-eu:acme", "https://api.eu.lever.co/v0/postings/acme?mode=json&skip=0&limit=100"),
        ("ashby:Deep Sea", "https://api.ashbyhq.com/posting-api/job-board/Deep%20Sea?includeCompensation=true"),
        ("smartrecruiters:Acme", "https://api.smartrecruiters.com/v1/companies/Acme/postings?limit=100&offset=0"),
    ],
)
@pytest.mark.parametrize("override", [None, "http://127.0.0.1:9000", "http://[::1]/ignored?x=1"])
async def test_only_the_origin_of_an_address_can_be_replaced(board: str, asked: str, override: str | None) -> None:
    ref = parse_board(board)
    client = StubClient(lambda _: b'{"jobs": [], "content": []}' if ref.system[:5] != "lever" else b"[]")
    settings = Settings.model_validate({"board_urls": {ref.system: override} if override else {}})
    reader = BoardRegistry(settings, client).reader(ref)
    await reader.list(ref.slug)

    if override:
        origin = override.removesuffix("/ignored?x=1")
        asked = origin + asked[asked.index("/", len("https://")) :]
        assert reader.host(ref.slug) in {"127.0.0.1", "::1"}
    assert client.asked == [asked]


def test_europe_follows_levers_replacement_unless_it_has_its_own() -> None:
    def host(urls: dict[str, str]) -> str:
        settings = Settings.model_validate({"board_urls": urls})
        return BoardRegistry(settings, StubClient(lambda _: b"")).reader(BoardRef("lever-eu", "acme")).host("acme")

    assert host({}) == "api.eu.lever.co"
    assert host({"lever": "http://one.example"}) == "one.example"
    assert host({"lever": "http://one.example", "lever-eu": "http://two.example"}) == "two.example"


def test_how_many_requests_a_host_gets_at_a_time() -> None:
    def concurrency(board: str, **settings: object) -> int:
        ref = parse_board(board)
        given = Settings.model_validate(settings)
        return BoardRegistry(given, BoardClient(given)).reader(ref).concurrency(ref.slug)

    assert concurrency("smartrecruiters:Acme") == 8
    assert concurrency("greenhouse:acme") == 2
    pace = {"boards-api.greenhouse.io": {"per_second": 9, "concurrency": 5}}
    assert concurrency("greenhouse:acme", host_pace=pace) == 5
    assert concurrency("greenhouse:acme", board_urls={"greenhouse": "http://127.0.0.1:1"}) > 8


@pytest.mark.parametrize(
    "board",
    [BoardRef("taleo", "acme"), BoardRef("workday", "acme"), BoardRef("greenhouse", "../x"), BoardRef("lever", "")],
)
def test_the_registry_refuses_boards_that_cannot_exist(board: BoardRef) -> None:
    boards: Boards = BoardRegistry(Settings(), StubClient(lambda _: b""))

    with pytest.raises(UnknownBoard):
        boards.reader(board)


# Greenhouse


def greenhouse(**fields: object) -> Posting:
    return extract("greenhouse:acme", {"id": 7, "title": " Engineer ", "absolute_url": None, **fields})


def test_greenhouse_without_an_address_of_its_own() -> None:
    assert greenhouse().url == "https://job-boards.greenhouse.io/acme/jobs/7"


@pytest.mark.parametrize(
    ("location", "offices", "locations", "workplace"),
    [
        ("Hybrid", [{"name": "HQ", "location": "Berlin, Germany"}], ("Berlin, Germany",), Workplace.HYBRID),
        ("Remote", [{"name": "Berlin"}], ("Berlin",), Workplace.REMOTE),
        ("Remote", [], ("Remote",), Workplace.REMOTE),
        ("Remote - US", [{"name": "US", "location": None}], ("Remote - US",), Workplace.REMOTE),
        ("Berlin; Paris, France", [{"name": "x", "location": "France"}], ("Berlin", "Paris, France"), None),
        ("Berlin", [{"name": "x", "location": "Munich, Germany"}], ("Berlin", "Munich, Germany"), None),
        ("", [{"name": "Berlin"}], ("Berlin",), None),
        (None, None, (), None),
    ],
)
def test_greenhouse_places(
    location: str | None, offices: object, locations: tuple[str, ...], workplace: Workplace | None
) -> None:
    posting = greenhouse(location={"name": location}, offices=offices)

    assert (posting.locations, posting.workplace) == (locations, workplace)


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ([{"name": "Employment Type", "value": "Part-time", "value_type": "single_select"}], EmploymentType.PART_TIME),
        ([{"name": "time type ", "value": ["Full time", "x"]}], EmploymentType.FULL_TIME),
        ([{"name": "Time Type", "value": None}], None),
        ([{"name": "Team", "value": "Intern"}], None),
        ([{"name": "Time Type", "value": {"min": 1}}, 5, None], None),
        (None, None),
    ],
)
def test_greenhouse_employment_type(metadata: object, kind: EmploymentType | None) -> None:
    assert greenhouse(metadata=metadata).employment_type is kind


def test_greenhouse_salary_is_in_cents_and_spans_the_ranges() -> None:
    def pay(low: int, high: int) -> dict[str, object]:
        return {"min_cents": low, "max_cents": high, "currency_type": "USD", "title": "Annual Salary:"}

    assert greenhouse(pay_input_ranges=[pay(10_000_000, 15_000_050), pay(9_000_000, 12_000_000)]).salary == Salary(
        minimum=90_000, maximum=150_000.5, currency="USD", interval=SalaryInterval.YEAR
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("&lt;p&gt;R&amp;amp;D, 5 &amp;lt; 6 &amp;nbsp;&lt;/p&gt;", "R&D, 5 < 6"),
        ("&#60;p&#62;one&#60;/p&#62;two", "one\ntwo"),
        ("<p>not escaped: 5 &lt; 6</p>", "not escaped: 5 < 6"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;ok", "ok"),
        ("", ""),
    ],
)
def test_greenhouse_content_is_unescaped_once(content: str, text: str) -> None:
    assert greenhouse(content=content).description_text == text


# Lever


def lever(**fields: object) -> Posting:
    return extract("lever-eu:acme", {"id": "a-1", "text": "Engineer", **fields})


def test_lever_salary_and_places() -> None:
    posting = lever(
        salaryRange={"currency": "USD", "interval": "per-year-salary", "min": 60_000, "max": 97_000},
        categories={"location": "Paris", "allLocations": ["London", "Paris"], "team": "Core"},
        workplaceType="on-site",
    )

    assert posting.salary == Salary(minimum=60_000, maximum=97_000, currency="USD", interval=SalaryInterval.YEAR)
    assert posting.locations == ("Paris", "London")
    assert posting.workplace is Workplace.ONSITE
    assert posting.department == "Core"
    assert posting.url == "https://jobs.eu.lever.co/acme/a-1"


def test_lever_falls_back_to_plain_text() -> None:
    posting = lever(descriptionPlain="One\ntwo < 3", lists=[{"text": "R&D", "content": "<li>x"}], additional=None)

    assert posting.description_text == "One\ntwo < 3\nR&D\n- x"


async def test_lever_answers_with_an_array() -> None:
    with pytest.raises(BoardUnreadable, match="lever:acme"):
        await listed("lever:acme", {"ok": False, "error": "Document not found"})


# Ashby


def ashby(**fields: object) -> Posting:
    return extract("ashby:Deep Sea", {"id": "a-1", "title": " Engineer", **fields})


@pytest.mark.parametrize(
    ("fields", "workplace"),
    [
        ({"isRemote": True, "workplaceType": "Hybrid"}, Workplace.HYBRID),
        ({"isRemote": True, "workplaceType": "OnSite"}, Workplace.ONSITE),
        ({"isRemote": True, "workplaceType": None}, Workplace.REMOTE),
        ({"isRemote": False}, None),
        ({}, None),
    ],
)
def test_ashby_workplace(fields: dict[str, object], workplace: Workplace | None) -> None:
    assert ashby(**fields).workplace is workplace


def test_ashby_salary_is_the_whole_span() -> None:
    def part(kind: str, low: float | None, high: float | None, **more: object) -> dict[str, object]:
        usual = {
            "compensationType": kind,
            "interval": "1 YEAR",
            "currencyCode": "USD",
            "minValue": low,
            "maxValue": high,
        }
        return {**usual, **more}

    compensation = {
        "compensationTiers": [{"components": [part("Salary", 1, 2)]}],
        "summaryComponents": [
            part("EquityPercentage", 0.1, 0.2, interval="NONE", currencyCode=None),
            part("Salary", 150_000, 200_000),
            part("Salary", 0, 220_000),
            part("Bonus", 5, 6),
        ],
    }

    assert ashby(compensation=compensation).salary == Salary(
        minimum=150_000, maximum=220_000, currency="USD", interval=SalaryInterval.YEAR
    )
    assert ashby(compensation={"summaryComponents": [part("Salary", 0, None)]}).salary is None
    tiers = [{"components": [part("Salary", low, low + 1), part("Bonus", 1, 9)]} for low in (70, 50, 60)]
    assert ashby(compensation={"compensationTiers": [*tiers, {}, 5], "summaryComponents": []}).salary == Salary(
        minimum=50, maximum=71, currency="USD", interval=SalaryInterval.YEAR
    )


def test_ashby_places_and_address() -> None:
    address = {"postalAddress": {"addressLocality": "Oslo", "addressCountry": "Norway"}}

    assert ashby(location="Oslo", secondaryLocations=[{"location": "Bergen"}]).locations == ("Oslo", "Bergen")
    assert ashby(address=address).locations == ("Oslo, Norway",)
    others = [{"address": {"addressLocality": "Bergen", "addressCountry": "Norway"}}, {"address": address}, {}]
    assert ashby(location="HQ", secondaryLocations=others).locations == ("HQ", "Bergen, Norway", "Oslo, Norway")
    assert ashby(location=" ", address={"addressCountry": "Norway"}).locations == ("Norway",)
    assert ashby(address={"addressCountry": "Norway"}).country == "NO"
    assert ashby().url == "https://jobs.ashbyhq.com/Deep%20Sea/a-1"


async def test_ashby_skips_what_is_not_listed() -> None:
    jobs = [
        {"id": "1", "title": "Shown", "isListed": True},
        {"id": "2", "title": "Hidden", "isListed": False},
        {"id": "3", "title": "Not said"},
    ]
    listing = await listed("ashby:acme", {"jobs": jobs, "apiVersion": "1"})

    assert [opening.title for opening in listing.openings] == ["Shown", "Not said"]
    assert listing.complete


# SmartRecruiters


def smart(**fields: object) -> Posting:
    return extract("smartrecruiters:Acme", {"id": "7", "name": "Engineer", **fields})


@pytest.mark.parametrize(
    ("location", "locations", "workplace"),
    [
        ({"fullLocation": "LILLEBONNE, , France", "remote": False, "hybrid": False}, ("LILLEBONNE, France",), "onsite"),
        ({"city": "Warsaw", "country": "pl", "hybrid": True, "remote": False}, ("Warsaw, PL",), "hybrid"),
        ({"fullLocation": " , ", "city": "Oslo", "remote": True}, ("Oslo",), "remote"),
        ({}, (), None),
        (None, (), None),
    ],
)
def test_smartrecruiters_places(location: object, locations: tuple[str, ...], workplace: str | None) -> None:
    posting = smart(location=location)

    assert (posting.locations, posting.workplace) == (locations, workplace)


def test_smartrecruiters_sections_are_joined_in_order() -> None:
    sections = {
        "qualifications": {"title": "Who <you> are", "text": "<p>q</p>"},
        "jobDescription": {"title": None, "text": "<p>j</p>"},
        "additionalInformation": {"title": "More", "text": ""},
        "videos": {"title": "Videos", "urls": []},
        "companyDescription": "odd",
    }

    assert smart(jobAd={"sections": sections}).description_text == "j\nWho <you> are\nq"
    assert smart(typeOfEmployment={"id": "permanent", "label": "Vollzeit"}).employment_type is EmploymentType.FULL_TIME
    assert smart().url == "https://jobs.smartrecruiters.com/Acme/7"


def test_smartrecruiters_kinds_of_work() -> None:
    intern = {"experienceLevel": {"id": "internship", "label": "Internship"}}
    sales = {"id": "sales", "label": "Sales"}

    assert smart(typeOfEmployment={"id": "part-time"}, **intern).employment_type is EmploymentType.INTERNSHIP
    assert smart(experienceLevel={"id": "executive"}).employment_type is None
    assert smart(department={"id": 1, "label": "Field"}, function=sales).department == "Field"
    assert smart(department={}, function=sales).department == "Sales"
    assert smart(function={"id": "other", "label": "Other"}).department is None


async def test_smartrecruiters_without_postings_may_be_an_unknown_company() -> None:
    listing = await listed("smartrecruiters:Acme", {"offset": 0, "limit": 100, "totalFound": 0, "content": []})

    assert listing.complete
    assert not listing.openings
    assert "does not know" in listing.notes[0]


async def test_smartrecruiters_posting_that_is_no_longer_active_is_gone() -> None:
    ref = BoardRef("smartrecruiters", "Acme")
    reader = reader_of(ref, lambda _: b'{"id": "7", "name": "Engineer", "active": false}')

    with pytest.raises(PostingGone, match="posting 7"):
        await reader.fetch("Acme", "7")


async def test_smartrecruiters_detail_that_is_no_posting() -> None:
    ref = BoardRef("smartrecruiters", "Acme")
    for body in (b"<html>", b"[]", b"{"):
        reader = reader_of(ref, lambda _, body=body: body)
        with pytest.raises((BoardUnreadable, PostingUnreadable), match="smartrecruiters:Acme"):
            await reader.fetch("Acme", "7")
