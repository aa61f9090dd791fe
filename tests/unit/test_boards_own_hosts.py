"""What only one system does, in its own wire format: those whose companies mostly have hosts of their own."""

import json
from datetime import date

import pytest
from boards_stub import StubClient, reader_of

from jobwire.boards.directory import parse_board
from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.errors import PostingGone, PostingUnreadable
from jobwire.domain.postings import EmploymentType, Posting, Salary, SalaryInterval, Workplace
from jobwire.settings import Settings

WORKDAY = "workday:acme.wd5/Careers"
EIGHTFOLD = "eightfold:jobs.acme.com/acme.com"


def extract(board: str, job: dict[str, object]) -> Posting:
    ref = parse_board(board)
    return reader_of(ref, lambda _: b"").extract(ref.slug, json.dumps(job).encode())


# Addresses


@pytest.mark.parametrize(
    ("board", "asked", "empty"),
    [
        ("recruitee:acme", "https://acme.recruitee.com/api/offers/", {"offers": []}),
        ("recruitee:jobs.acme.com", "https://jobs.acme.com/api/offers/", {"offers": []}),
        ("teamtailor:jobs.acme.na", "https://jobs.acme.na/jobs.json", {"items": []}),
        ("workable:acme", "https://apply.workable.com/api/v1/widget/accounts/acme?details=true", {"jobs": []}),
        ("teamtailor:acme.na", "https://acme.na.teamtailor.com/jobs.json", {"items": []}),
        ("breezy:acme", "https://acme.breezy.hr/json", []),
        (WORKDAY, "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs", {"jobPostings": []}),
        (
            EIGHTFOLD,
            "https://jobs.acme.com/api/apply/v2/jobs?domain=acme.com&num=10&start=0&sort_by=timestamp",
            {"positions": []},
        ),
    ],
)
@pytest.mark.parametrize("override", [None, "http://127.0.0.1:9000"])
async def test_only_the_origin_of_an_address_can_be_replaced(
    board: str, asked: str, empty: object, override: str | None
) -> None:
    ref = parse_board(board)
    client = StubClient(lambda _: json.dumps(empty).encode())
    settings = Settings.model_validate({"board_urls": {ref.system: override} if override else {}})
    reader = BoardRegistry(settings, client).reader(ref)
    await reader.list(ref.slug)

    if override:
        asked = override + asked[asked.index("/", len("https://")) :]
        assert reader.host(ref.slug) == "127.0.0.1"
    assert client.asked == [asked]


@pytest.mark.parametrize(
    ("board", "key"),
    [
        ("recruitee:acme", "acme.recruitee.com"),
        ("recruitee:jobs.acme.com", "jobs.acme.com"),
        ("personio:acme", "acme.jobs.personio.de"),
        ("personio-com:acme", "acme.jobs.personio.com"),
        ("workable:acme", "apply.workable.com"),
        ("breezy:acme", "breezy.hr"),
        (WORKDAY, "acme.wd5.myworkdayjobs.com"),
        (EIGHTFOLD, "jobs.acme.com"),
    ],
)
def test_boards_are_paced_by_host_or_together(board: str, key: str) -> None:
    ref = parse_board(board)
    assert reader_of(ref, lambda _: b"").host(ref.slug) == key

    pace = Settings.model_validate({"host_pace": {key: {"per_second": 9, "concurrency": 7}}})
    assert BoardRegistry(pace, BoardClient(pace)).reader(ref).concurrency(ref.slug) == 7


def test_workable_gets_one_request_at_a_time() -> None:
    ref = parse_board("workable:acme")

    assert BoardRegistry(Settings(), BoardClient(Settings())).reader(ref).concurrency("acme") == 1


# Recruitee


def recruitee(**fields: object) -> Posting:
    return extract("recruitee:acme", {"id": 7, "title": "Engineer", **fields})


@pytest.mark.parametrize(
    ("fields", "workplace"),
    [
        ({"remote": True, "hybrid": True, "on_site": True}, Workplace.HYBRID),
        ({"remote": True, "on_site": True}, Workplace.REMOTE),
        ({"on_site": True, "remote": False}, Workplace.ONSITE),
        ({"remote": False, "hybrid": False, "on_site": False}, None),
        ({}, None),
    ],
)
def test_recruitee_workplace(fields: dict[str, object], workplace: Workplace | None) -> None:
    assert recruitee(**fields).workplace is workplace


def test_recruitee_salary_dates_and_fallbacks() -> None:
    posting = recruitee(
        slug="the-engineer",
        location="Berlin, Berlin, Germany",
        salary={"min": "4000", "max": "5,500.50", "period": "month", "currency": "EUR"},
        employment_type_code="parttime_permanent",
        published_at=None,
        created_at="2026-08-05 23:59:37 UTC",
        description="<p>one</p>",
        requirements="<p>two</p>",
    )

    assert posting.salary == Salary(minimum=4_000, maximum=5_500.5, currency="EUR", interval=SalaryInterval.MONTH)
    assert posting.url == "https://acme.recruitee.com/o/the-engineer"
    assert posting.locations == ("Berlin, Germany",)
    assert posting.employment_type is EmploymentType.PART_TIME
    assert posting.posted_on == date(2026, 8, 5)
    assert posting.description_text == "one\ntwo"
    assert recruitee(locations=[{"name": "Anywhere"}, {"city": "Oslo"}]).locations == ("Anywhere", "Oslo")
    assert recruitee(salary={"min": "competitive", "max": None}).salary is None


async def test_recruitee_lists_what_is_published() -> None:
    offers = [{"id": 1, "title": "Shown", "status": "published"}, {"id": 2, "title": "Draft", "status": "draft"}]
    reader = reader_of(parse_board("recruitee:acme"), lambda _: json.dumps({"offers": offers}).encode())

    assert [one.title for one in (await reader.list("acme")).openings] == ["Shown"]


# Workable


def test_workable_places() -> None:
    def places(**fields: object) -> tuple[str, ...]:
        return extract("workable:acme", {"shortcode": "A1", "title": "Engineer", **fields}).locations

    shown = {"city": "Oslo", "region": "", "country": "Norway", "hidden": False}
    hidden = {"city": "Bergen", "country": "Norway", "hidden": True}
    assert places(locations=[shown, hidden], city="x") == ("Oslo, Norway",)
    assert places(locations=[hidden], city="", state="Viken", country="Norway") == ("Viken, Norway",)
    assert places() == ()


def test_workable_without_an_address_of_its_own() -> None:
    posting = extract("workable:acme", {"shortcode": "A1", "title": "Engineer", "department": ""})

    assert posting.url == "https://apply.workable.com/acme/j/A1"
    assert posting.department is None


def test_workable_kinds_of_work() -> None:
    posting = extract(
        "workable:acme",
        {
            "shortcode": "A1",
            "title": "Clerk",
            "employment_type": "Full-time",
            "experience": "Internship",
            "function": "HR",
        },
    )

    assert posting.employment_type is EmploymentType.INTERNSHIP
    assert posting.department == "HR"


# Teamtailor


def test_teamtailor_reads_its_job_posting() -> None:
    said = {
        "@type": "JobPosting",
        "description": "<p>Text</p>",
        "employmentType": ["FULL_TIME", "CONTRACTOR"],
        "jobLocationType": "TELECOMMUTE",
        "applicantLocationRequirements": {"@type": "Country", "name": "Norway"},
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "SEK",
            "value": {"@type": "QuantitativeValue", "minValue": 30_000, "maxValue": "40000", "unitText": "MONTH"},
        },
    }
    posting = extract("teamtailor:acme", {"id": "a-1", "title": "Engineer", "_jobposting": said, "content_html": "x"})

    assert posting.locations == ("Norway",)
    assert posting.workplace is Workplace.REMOTE
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.salary == Salary(minimum=30_000, maximum=40_000, currency="SEK", interval=SalaryInterval.MONTH)
    assert posting.description_text == "Text"


async def test_teamtailor_lists_no_open_applications() -> None:
    titles = ["Åpen søknad", "Open application - Oslo", "Spontanansökan", "Open Application Security Engineer"]
    feed = {"items": [{"id": str(n), "title": title} for n, title in enumerate(titles)]}
    reader = reader_of(parse_board("teamtailor:acme"), lambda _: json.dumps(feed).encode())
    listing = await reader.list("acme")

    assert [one.title for one in listing.openings] == ["Open Application Security Engineer"]
    assert listing.complete


async def test_teamtailor_follows_the_feed_on_its_own_host_only() -> None:
    pages: dict[str, object] = {
        "/jobs.json": {"items": [{"id": "1", "title": "A"}], "next_url": "https://evil.example/jobs.json?page=2"},
        "/jobs.rss": "no RSS",
        "/jobs.json?page=2": {"items": [{"id": "2", "title": "B"}], "next_url": None},
    }
    origin = "https://acme.teamtailor.com"
    client = StubClient(lambda url: json.dumps(pages[url.removeprefix(origin)]).encode())
    listing = await BoardRegistry(Settings(), client).reader(parse_board("teamtailor:acme")).list("acme")

    assert client.asked == [origin + path for path in pages]
    assert [one.external_id for one in listing.openings] == ["1", "2"]
    assert listing.complete


async def test_a_teamtailor_feed_that_goes_in_a_circle_ends() -> None:
    page = {"items": [{"id": "1", "title": "A"}], "next_url": "/jobs.json?page=1"}
    reader = reader_of(parse_board("teamtailor:acme"), lambda _: json.dumps(page).encode())

    assert not (await reader.list("acme")).complete


# Personio

POSITION = """<position><id>7</id><subcompany>Acme GmbH</subcompany><office>Berlin</office>
<additionalOffices><office>Munich</office><office>Berlin</office></additionalOffices>
<department>IT</department><recruitingCategory>Tech</recruitingCategory><name>Engineer &amp; more</name>
<jobDescriptions><jobDescription><name>Your tasks</name><value><![CDATA[<p>Do <b>this</b></p>]]></value>
</jobDescription><jobDescription><name/><value><![CDATA[<p>that</p>]]></value></jobDescription></jobDescriptions>
<employmentType>permanent</employmentType><schedule>full-or-part-time</schedule>
<createdAt>2026-08-05T10:00:00+02:00</createdAt></position>"""


async def test_personio_reads_its_feed() -> None:
    feed = f"<?xml version='1.0' encoding='UTF-8'?><workzag-jobs>{POSITION}</workzag-jobs>".encode()
    client = StubClient(lambda _: feed)
    reader = BoardRegistry(Settings(), client).reader(parse_board("personio:acme"))
    listing = await reader.list("acme")
    posting = reader.extract("acme", await reader.fetch("acme", "7"))

    assert client.asked == ["https://acme.jobs.personio.de/xml?language=en"]  # the text is not asked for again
    assert listing.openings[0].location == "Berlin; Munich"
    assert posting.title == "Engineer & more"
    assert posting.url == "https://acme.jobs.personio.de/job/7"
    assert posting.locations == ("Berlin", "Munich")
    assert posting.department == "IT"
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.posted_on == date(2026, 8, 5)
    assert posting.description_text == "Your tasks\nDo this\nthat"


@pytest.mark.parametrize(
    ("kind", "schedule", "employment"),
    [
        ("permanent", "part-time", EmploymentType.PART_TIME),
        ("intern", "full-time", EmploymentType.INTERNSHIP),
        ("working_student", "part-time", EmploymentType.INTERNSHIP),
        ("freelance", "full-time", EmploymentType.CONTRACT),
        ("trainee", None, EmploymentType.INTERNSHIP),
        (None, None, None),
    ],
)
def test_personio_employment_type(kind: str | None, schedule: str | None, employment: EmploymentType | None) -> None:
    job = {"id": "7", "name": "Engineer", "employmentType": kind, "schedule": schedule}

    assert extract("personio:acme", job).employment_type is employment


# BreezyHR


@pytest.mark.parametrize(
    ("text", "salary"),
    [
        ("$0.05 \u2013 $0.06 / hour", (0.05, 0.06, None, SalaryInterval.HOUR)),
        ("€60,000 - €80,000 / year", (60_000, 80_000, "EUR", SalaryInterval.YEAR)),
        ("£60 - 80k per year", (60_000, 80_000, "GBP", SalaryInterval.YEAR)),
        ("$20 / hr", None),
        ("$20+ / hour", (20, 20, None, SalaryInterval.HOUR)),
        ("competitive", None),
        ("", None),
    ],
)
def test_breezy_salary(text: str, salary: tuple[float, float, str | None, SalaryInterval] | None) -> None:
    stated = extract("breezy:acme", {"id": "a", "name": "Engineer", "salary": text}).salary

    assert (stated and (stated.minimum, stated.maximum, stated.currency, stated.interval)) == salary


async def breezy(page: str) -> Posting:
    line = [{"id": "a", "friendly_id": "a-engineer", "name": "Engineer", "salary": "$1 / year"}]
    reader = reader_of(
        parse_board("breezy:acme"), lambda url: json.dumps(line).encode() if url.endswith("/json") else page.encode()
    )
    return reader.extract("acme", await reader.fetch("acme", "a"))


async def test_breezy_prefers_the_pages_job_posting() -> None:
    data = {
        "@graph": [
            {"@type": "Organization", "name": "Acme"},
            {
                "@type": ["JobPosting"],
                "description": "<p>From the\ndata</p>",
                "baseSalary": {"currency": "USD", "value": {"value": 9, "unitText": "HOUR"}},
            },
        ]
    }
    script = json.dumps(data).replace("\\n", "\n")  # a line break within a string, as many write it
    posting = await breezy(
        f'<script type="application/ld+json"><!-- {script} --></script><p class="description">no</p>'
    )

    assert posting.description_text == "From the data"
    assert posting.salary == Salary(minimum=9, maximum=9, currency="USD", interval=SalaryInterval.HOUR)


async def test_breezy_falls_back_to_the_page() -> None:
    page = '<div class="description"><p>one</p><div class="description">two</div></div><div class="description">3</div>'
    posting = await breezy(f'<script type="application/ld+json">{{broken</script>{page}')

    assert posting.description_text == "one\ntwo\n3"
    assert posting.salary == Salary(minimum=1, maximum=1, currency=None, interval=SalaryInterval.YEAR)


@pytest.mark.parametrize("page", ["", "<html><p>Careers at Acme</p></html>", "<div>" * 30_000])
async def test_a_breezy_page_without_a_description_is_no_posting(page: str) -> None:
    with pytest.raises(PostingUnreadable, match="breezy:acme: the page of posting a has no description"):
        await breezy(page)


# Workday


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ({"bulletFields": ["JR-1"], "externalPath": "/job/Berlin/Engineer_JR-1"}, "JR-1"),
        ({"bulletFields": ["JR-1"], "externalPath": "/job/Berlin/Engineer_JR-1-2"}, "JR-1"),
        ({"bulletFields": ["Berlin", "R1"], "externalPath": "/job/Berlin/Engineer_R1"}, "R1"),
        ({"bulletFields": [], "externalPath": "/job/Berlin/Engineer_R1"}, "R1"),
        ({"bulletFields": ["R1"], "externalPath": None}, "R1"),
    ],
)
def test_workday_is_keyed_by_requisition(line: dict[str, object], key: str) -> None:
    assert extract(WORKDAY, {"title": "Engineer", **line}).external_id == key


async def test_workday_posting_that_is_no_longer_posted_is_gone() -> None:
    line = {"jobPostings": [{"title": "Engineer", "bulletFields": ["R1"], "externalPath": "/job/x_R1"}], "total": 1}
    detail = {"jobPostingInfo": {"jobDescription": "<p>x</p>", "posted": False}}
    ref = parse_board(WORKDAY)
    reader = reader_of(ref, lambda url: json.dumps(line if url.endswith("/jobs") else detail).encode())

    with pytest.raises(PostingGone, match="R1"):
        await reader.fetch(ref.slug, "R1")


def test_workday_places_and_types() -> None:
    info = {"location": "Berlin", "additionalLocations": ["Paris"], "timeType": "Part time", "remoteType": "Hybrid"}
    posting = extract(
        WORKDAY,
        {"title": "Engineer", "bulletFields": ["R1"], "locationsText": "2 Locations", "info": info, "remoteType": "x"},
    )

    assert posting.locations == ("Berlin", "Paris")
    assert posting.employment_type is EmploymentType.PART_TIME
    assert posting.workplace is Workplace.HYBRID
    assert posting.url == "https://acme.wd5.myworkdayjobs.com/Careers/job/R1"


# Eightfold


def test_eightfold_positions() -> None:
    posting = extract(
        EIGHTFOLD,
        {
            "id": 7,
            "name": "Engineer",
            "locations": ["Los Gatos,California,United States", "Remote,,United States"],
            "work_location_option": "remote",
            "t_create": 1_776_988_800,
            "custom_JD": {"data_fields": {"posting_date": ["31-31-2026"], "team": ["Core"], "work_type": ["Onsite"]}},
        },
    )

    assert posting.url == "https://jobs.acme.com/careers/job/7"
    assert posting.locations == ("Los Gatos, California, United States", "Remote, United States")
    assert posting.workplace is Workplace.REMOTE
    assert posting.department == "Core"
    assert posting.posted_on == date(2026, 4, 24)


async def test_eightfold_lists_no_private_positions() -> None:
    page = {"positions": [{"id": 1, "name": "A"}, {"id": 2, "name": "B", "isPrivate": True}], "count": 2}
    ref = parse_board(EIGHTFOLD)
    listing = await reader_of(ref, lambda _: json.dumps(page).encode()).list(ref.slug)

    assert [one.external_id for one in listing.openings] == ["1"]
    assert listing.complete
