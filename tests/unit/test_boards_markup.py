"""What is found in web pages, and that no page takes for ever. (A pattern that backtracks would hang here.)"""

import json

import pytest

from jobwire.boards.job_posting import first_posting, locations_of, salary_of, text_of, workplace_of
from jobwire.boards.markup import MAX_BLOCKS, MAX_TAGS, blocks, job_postings
from jobwire.domain.postings import Salary, SalaryInterval, Workplace

JOB = {"@type": "JobPosting", "title": "Engineer"}
OPEN = '<script type="application/ld+json">'


@pytest.mark.parametrize(
    "page",
    [
        f"{OPEN}{json.dumps(JOB)}</script>",
        f"<SCRIPT nonce='x' type = application/ld+json id=x>\n{json.dumps(JOB)}\n</SCRIPT>".replace(
            "SCRIPT>", "script>"
        ),
        f"{OPEN}<!-- {json.dumps(JOB)} --></script>",
        f"{OPEN}//<![CDATA[\n{json.dumps(JOB)}\n//]]></script>",
        f"{OPEN}/*<![CDATA[*/{json.dumps(JOB)}/*]]>*/</script>",
        f"{OPEN}{{broken</script>{OPEN}{json.dumps([5, {'@type': 'Organization'}, JOB])}</script>",
        f"{OPEN}{json.dumps({'@graph': [5, JOB]})}</script>",
    ],
)
def test_a_job_posting_is_found(page: str) -> None:
    assert job_postings(f"<html>{page}<script>x()</script></html>") == [JOB]


def test_several_and_typed_twice() -> None:
    two = [{**JOB, "@type": ["Thing", "JobPosting"]}, JOB]

    assert job_postings(f"{OPEN}{json.dumps(two)}</script>{OPEN}{json.dumps(JOB)}</script>") == [*two, JOB]


@pytest.mark.parametrize(
    "page",
    [
        "",
        f'{OPEN}{{"@type": "JobPosting"',
        f"{OPEN}{'[' * 500_000}</script>",
        OPEN * 100_000,
        OPEN + "<!-- " + " " * 1_000_000 + "x</script>",
        "<script " + "type=application/ld+json " * 100_000,
        "<script type=" + " " * 1_000_000,
    ],
)
def test_an_odd_page_holds_none(page: str) -> None:
    assert job_postings(page) == []


def test_text_that_no_database_takes_is_replaced() -> None:
    page = f'{OPEN}{{"@type": "JobPosting", "title": "A\\u0000B\\ud800C"}}</script>'

    assert job_postings(page)[0]["title"] == "A\ufffdB\ufffdC"


def test_blocks_are_taken_once_and_whole() -> None:
    page = '<div class="a-x"><p>1</p><i class="a-y">2</i></div><p>no</p><div class="a-z">3</div>'

    assert blocks(page, '[class*="a-"]') == '<p>1</p><i class="a-y">2</i>\n3'
    assert blocks(page, ".none") == ""
    assert blocks("<b>" * (MAX_TAGS + 1), "b") == ""


def posting(**fields: object) -> str:
    return f"{OPEN}{json.dumps({**JOB, **fields})}</script>"


def read(**fields: object):
    found = first_posting(posting(**fields), board="x:y")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"jobLocation": {"address": {"addressLocality": "Oslo", "addressCountry": "NO"}}}, ("Oslo, NO",)),
        ({"jobLocation": {"address": "Oslo, Norway"}}, ("Oslo, Norway",)),
        ({"jobLocation": [{"name": "HQ"}, {"address": {"addressRegion": "Viken"}}]}, ("HQ", "Viken")),
        ({"jobLocation": {"address": {"addressCountry": {"name": ["USA", "USA"]}}}}, ("USA",)),
        (  # one address at all places: their names tell them apart
            {"jobLocation": [{"name": name, "address": {"addressLocality": "Oslo"}} for name in ("Oslo", "Bergen")]},
            ("Oslo", "Bergen"),
        ),
        ({"applicantLocationRequirements": [{"name": "Norway"}, {"name": "Sweden"}]}, ("Norway", "Sweden")),
        (  # those who work from home live somewhere, too: that is no place of work beside one
            {"jobLocation": {"name": "HQ"}, "applicantLocationRequirements": {"name": "Norway"}},
            ("HQ",),
        ),
        ({"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": "Norway"}, ("Norway",)),
        ({"applicantLocationRequirements": ["Norway", {"name": "Sweden"}, 5]}, ("Norway", "Sweden")),
        ({"jobLocation": "Oslo, Norway"}, ("Oslo, Norway",)),
        ({"jobLocation": ["Oslo", {"address": "Bergen"}, {"name": "HQ"}, 5]}, ("Oslo", "Bergen", "HQ")),
        ({"jobLocation": 5}, ()),
    ],
)
def test_places(fields: dict[str, object], places: tuple[str, ...]) -> None:
    assert locations_of(read(**fields)) == places


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"currency": "EUR", "value": {"minValue": 1, "maxValue": 2, "unitText": "YEAR"}}, (1, 2, SalaryInterval.YEAR)),
        ({"currency": "EUR", "value": {"value": "3", "unitText": "HOUR"}}, (3, 3, SalaryInterval.HOUR)),
        ({"currency": "EUR", "value": 4}, (4, 4, None)),
        ({"currency": "EUR", "minValue": "1", "maxValue": "2", "unitText": "MONTH"}, (1, 2, SalaryInterval.MONTH)),
        ([{"currency": "EUR", "value": 4}, {"currency": "EUR", "value": 6}], (4, 6, None)),
        ({"currency": "EUR"}, None),
        (
            {"@type": "PriceSpecification", "minPrice": 1, "maxPrice": "2", "priceCurrency": "EUR", "unitText": "DAY"},
            (1, 2, SalaryInterval.DAY),
        ),
        ({"@type": "PriceSpecification", "price": "3,000.50", "priceCurrency": "EUR"}, (3000.5, 3000.5, None)),
        ("a lot", None),
        (True, None),
        (0, None),
    ],
)
def test_salary(stated: object, expected: tuple[float, float, SalaryInterval | None] | None) -> None:
    salary = expected and Salary(minimum=expected[0], maximum=expected[1], currency="EUR", interval=expected[2])
    found = read(baseSalary=stated, salaryCurrency="SEK" if expected is None else None)

    assert salary_of(found.base_salary, found.salary_currency) == salary


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (5, (5, 5, None)),
        ("75,000", (75_000, 75_000, None)),
        ("€60k - €80k / year", (60_000, 80_000, SalaryInterval.YEAR)),
        ([5, "7"], (5, 7, None)),
        ({"value": 4}, (4, 4, None)),
        ({"price": 4}, (4, 4, None)),
    ],
)
def test_salary_beside_its_currency(stated: object, expected: tuple[float, float, SalaryInterval | None]) -> None:
    found = read(baseSalary=stated, salaryCurrency="SEK")
    salary = Salary(minimum=expected[0], maximum=expected[1], currency="SEK", interval=expected[2])

    assert salary_of(found.base_salary, found.salary_currency) == salary


def test_what_others_believe_that_a_job_is_paid_is_no_salary() -> None:
    found = read(estimatedSalary={"currency": "EUR", "value": 4}, salaryCurrency="EUR")

    assert salary_of(found.base_salary, found.salary_currency) is None


def test_text_and_workplace() -> None:
    found = read(description="<p>a</p>", responsibilities=["b", "<p>a</p>"], jobLocationType=["TELECOMMUTE"])

    assert text_of(found) == "<div><p>a</p></div>\n<div>b</div>"
    assert workplace_of(found) is Workplace.REMOTE
    assert workplace_of(read()) is None


def test_only_so_many_places_are_looked_at_however_many_a_page_has():
    html = blocks("<p class=d>x</p>" * (MAX_BLOCKS + 1), "p.d")
    assert html.count("x") == MAX_BLOCKS
