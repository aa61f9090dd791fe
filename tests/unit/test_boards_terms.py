from datetime import date

import pytest

from jobwire.boards.terms import date_of, date_of_ms, employment_type, interval, places, salary, span, workplace
from jobwire.domain.postings import EmploymentType, Salary, SalaryInterval, Workplace


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("FullTime", EmploymentType.FULL_TIME),
        ("Full-time", EmploymentType.FULL_TIME),
        ("Full Time", EmploymentType.FULL_TIME),
        ("permanent", EmploymentType.FULL_TIME),
        ("Part-time", EmploymentType.PART_TIME),
        ("PartTime", EmploymentType.PART_TIME),
        ("Intern", EmploymentType.INTERNSHIP),
        ("Internship (12 weeks)", EmploymentType.INTERNSHIP),
        ("International", EmploymentType.OTHER),
        ("Contract", EmploymentType.CONTRACT),
        ("Full-time Contractor", EmploymentType.CONTRACT),
        ("Fixed-term, full-time", EmploymentType.TEMPORARY),
        ("Temporary", EmploymentType.TEMPORARY),
        ("Bénévole", EmploymentType.OTHER),
        ("", None),
        (None, None),
    ],
)
def test_employment_type(label: str | None, kind: EmploymentType | None) -> None:
    assert employment_type(label) is kind


def test_the_first_known_label_counts() -> None:
    assert employment_type("Vollzeit", "permanent") is EmploymentType.FULL_TIME


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Remote - US", Workplace.REMOTE),
        ("Hybrid or Remote", Workplace.HYBRID),
        ("OnSite", Workplace.ONSITE),
        ("on-site", Workplace.ONSITE),
        ("onsite", Workplace.ONSITE),
        ("unspecified", None),
        ("Berlin (not remote)", None),
        ("Remoteville", None),
        (None, None),
    ],
)
def test_workplace(text: str | None, kind: Workplace | None) -> None:
    assert workplace(text) is kind


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("per-year-salary", SalaryInterval.YEAR),
        ("per-hour-wage", SalaryInterval.HOUR),
        ("1-month", SalaryInterval.MONTH),
        ("1 YEAR", SalaryInterval.YEAR),
        ("1 HOUR", SalaryInterval.HOUR),
        ("2 WEEK", None),
        ("NONE", None),
        (None, None),
    ],
)
def test_interval(text: str | None, per: SalaryInterval | None) -> None:
    assert interval(text) is per


def test_salary_keeps_what_makes_sense() -> None:
    def of(low: float | None, high: float | None, currency: str | None = "eur") -> Salary | None:
        return salary(low, high, currency=currency, per=None)

    assert of(0, 0) is None
    assert of(float("nan"), float("inf")) is None
    assert of(0, 50_000) == Salary(minimum=None, maximum=50_000, currency="EUR", interval=None)
    assert of(9, 5) == Salary(minimum=5, maximum=9, currency="EUR", interval=None)
    assert of(5, None, "euros") == Salary(minimum=5, maximum=None, currency=None, interval=None)


def test_a_span_covers_all_zones_of_the_first_currency() -> None:
    def zone(low: float, high: float | None, currency: str) -> Salary | None:
        return salary(low, high, currency=currency, per=SalaryInterval.YEAR)

    assert span([None, zone(100, 150, "USD"), zone(80, 170, "USD"), zone(1, 2, "CAD")]) == zone(80, 170, "USD")
    assert span([]) is None


def test_places_are_tidy_and_each_once() -> None:
    assert places([" Berlin ", None, "", "Paris,  France", "Berlin"]) == ("Berlin", "Paris, France")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-06-05T05:06:01-04:00", date(2025, 6, 5)),
        ("2026-07-20T20:54:18.136Z", date(2026, 7, 20)),
        ("2025-01-15T10:36:04.937+00:00", date(2025, 1, 15)),
        ("soon", None),
        ("99999-01-01", None),
        (None, None),
    ],
)
def test_date_of(text: str | None, day: date | None) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize(
    ("ms", "day"), [(1_772_551_058_051, date(2026, 3, 3)), (1e300, None), (-1e18, None), (None, None)]
)
def test_date_of_ms(ms: float | None, day: date | None) -> None:
    assert date_of_ms(ms) == day
