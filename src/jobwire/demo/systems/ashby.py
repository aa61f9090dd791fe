"""Ashby's Posting API: `/posting-api/job-board/{name}`. A posting has no address of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from jobwire.demo.answers import NOT_FOUND, Answer
from jobwire.demo.companies import Company
from jobwire.demo.desk import Desk
from jobwire.demo.markup import ROOMY, html, plain
from jobwire.demo.places import Place
from jobwire.demo.postings import DemoPosting
from jobwire.domain.postings import EmploymentType, Salary, Workplace

_EMPLOYMENT: Final = {
    EmploymentType.FULL_TIME: "FullTime",
    EmploymentType.PART_TIME: "PartTime",
    EmploymentType.CONTRACT: "Contract",
    EmploymentType.TEMPORARY: "Temporary",
    EmploymentType.INTERNSHIP: "Intern",
    EmploymentType.OTHER: None,
}
_WORKPLACE: Final = {Workplace.ONSITE: "OnSite", Workplace.HYBRID: "Hybrid", Workplace.REMOTE: "Remote"}
_INTERVAL: Final = {"year": "1 YEAR", "month": "1 MONTH", "hour": "1 HOUR"}


def answer(desk: Desk, company: Company, rest: Sequence[str], query: Mapping[str, str]) -> Answer | None:
    """Answer a request for the company's board; None for an address that the API does not have."""
    if rest:
        return None
    desk.begin_listing(company)
    pay = query.get("includeCompensation") == "true"
    return desk.board(company, pay, lambda: _board(desk, company, pay=pay))


def unknown(_rest: Sequence[str]) -> Answer:
    """Answer for a board that does not exist: plain text."""
    return NOT_FOUND


def _board(desk: Desk, company: Company, *, pay: bool) -> object:
    return {"jobs": [job(desk, found, pay=pay) for found in desk.world.postings(company)], "apiVersion": "1"}


def job(desk: Desk, found: DemoPosting, *, pay: bool) -> dict[str, object]:
    """A posting as Ashby writes it; without `pay` there is no compensation, not even null."""
    main, *others = found.places
    url = desk.page_url(found.company, found.external_id)
    sections = found.write().sections
    # Many boards leave the workplace open, and "remote" includes a little office.
    stated = found.serial % 9 != 4  # noqa: PLR2004
    return {
        "id": found.external_id,
        "title": " " * (found.serial % 17 == 3) + found.title,  # noqa: PLR2004 - real ones begin with a space at times
        "department": found.field.name,
        "team": found.team,
        "employmentType": _EMPLOYMENT[found.employment],
        "location": main.city,
        "shouldDisplayCompensationOnJobPostings": found.salary is not None,
        "secondaryLocations": [{"location": place.city, "address": _address(place)} for place in others],
        "publishedAt": _time(found.posted_at),
        "isListed": True,
        "isRemote": found.workplace is not Workplace.ONSITE if stated else None,
        "workplaceType": _WORKPLACE[found.workplace] if stated else None,
        "address": _address(main),
        "jobUrl": url,
        "applyUrl": f"{url}/application",
        "descriptionHtml": html(ROOMY, *sections),
        "descriptionPlain": plain(*sections),
        **({"compensation": _compensation(found.salary)} if pay else {}),
    }


def _address(place: Place) -> dict[str, object]:
    region = {"addressRegion": place.region} if place.region else {}
    return {"postalAddress": {"addressLocality": place.city, **region, "addressCountry": place.country}}


def _compensation(salary: Salary | None) -> dict[str, object]:
    if salary is None or salary.interval is None:
        return _NO_COMPENSATION
    summary = f"{salary.minimum:,.0f} - {salary.maximum:,.0f} {salary.currency}"
    component = {
        "summary": summary,
        "compensationType": "Salary",
        "interval": _INTERVAL[salary.interval.value],
        "currencyCode": salary.currency,
        "minValue": salary.minimum,
        "maxValue": salary.maximum,
    }
    return {
        "compensationTierSummary": f"{summary} • Offers Equity",
        "scrapeableCompensationSalarySummary": summary,
        "compensationTiers": [{"title": None, "tierSummary": summary, "components": [component, _EQUITY]}],
        "summaryComponents": [component, _EQUITY],
    }


_NO_COMPENSATION: Final[dict[str, object]] = {
    "compensationTierSummary": None,
    "scrapeableCompensationSalarySummary": None,
    "compensationTiers": [],
    "summaryComponents": [],
}
_EQUITY: Final = {
    "summary": "Offers Equity",
    "compensationType": "EquityPercentage",
    "interval": "NONE",
    "currencyCode": None,
    "minValue": None,
    "maxValue": None,
}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
