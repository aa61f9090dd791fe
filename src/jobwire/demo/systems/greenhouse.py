"""Greenhouse's Job Board API: `/v1/boards/{token}[/jobs[/{id}]]`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Final

from jobwire.demo.answers import Answer, json_answer
from jobwire.demo.bodies import Body
from jobwire.demo.companies import Company
from jobwire.demo.desk import Desk
from jobwire.demo.markup import CLASSIC, html
from jobwire.demo.places import Place
from jobwire.demo.postings import SERIALS, DemoPosting
from jobwire.domain.postings import EmploymentType, Workplace

_EASTERN: Final = timezone(timedelta(hours=-4))
_EMPLOYMENT: Final = {
    EmploymentType.FULL_TIME: "Full-time",
    EmploymentType.PART_TIME: "Part-time",
    EmploymentType.CONTRACT: "Contract",
    EmploymentType.TEMPORARY: "Temporary",
    EmploymentType.INTERNSHIP: "Intern",
    EmploymentType.OTHER: None,
}
_NO_BOARD: Final = json_answer({"error": "Job board not found"}, 404)
_NO_BOARD_JOBS: Final = json_answer({"status": 404, "error": "Job not found"}, 404)
_NO_JOB: Final = json_answer({"error": "Job not found"}, 404)


def answer(desk: Desk, company: Company, rest: Sequence[str], query: Mapping[str, str]) -> Answer | None:
    """Answer a request below the company's board; None for an address that the API does not have."""
    pay = query.get("pay_transparency") == "true"
    match rest:
        case []:
            return json_answer(
                {"name": company.name, "content": f"<p>{escape(f'{company.name} {company.trade.what}.')}</p>"}
            )
        case ["jobs"]:
            desk.begin_listing(company)
            content = query.get("content") == "true"
            return desk.board(company, (content, pay), lambda: _jobs(desk, company, content=content, pay=pay))
        case ["jobs", key]:
            posting = desk.world.posting(company, key)
            return _NO_JOB if posting is None else json_answer(job(desk, posting, content=True, pay=pay))
        case _:
            return None


def unknown(rest: Sequence[str]) -> Answer:
    """Answer for a board that does not exist."""
    return _NO_BOARD_JOBS if rest else _NO_BOARD


def _jobs(desk: Desk, company: Company, *, content: bool, pay: bool) -> object:
    jobs = [job(desk, posting, content=content, pay=pay) for posting in desk.world.postings(company)]
    return {"jobs": jobs, "meta": {"total": len(jobs)}}


def job(desk: Desk, posting: DemoPosting, *, content: bool, pay: bool) -> dict[str, object]:
    """A posting as Greenhouse writes it; what was not asked for is absent, not null."""
    company = posting.company
    return {
        "absolute_url": desk.page_url(company, posting.external_id),
        "data_compliance": [_GDPR],
        # Every third job is published twice, as with one job in several cities.
        "internal_job_id": 3_000_000 + company.index * SERIALS + posting.serial - (posting.serial % 3 == 1),
        "location": {"name": _location(posting)},
        "metadata": _metadata(posting),
        "id": int(posting.external_id),
        "updated_at": _time(posting.changed_at),
        "requisition_id": f"R-{posting.serial + 100}" if company.index % 3 else "See Opening ID",
        # A tenth of real titles have white space around them.
        "title": posting.title + " " * (posting.serial % 10 == 7),  # noqa: PLR2004
        "company_name": company.name,
        "first_published": _time(posting.posted_at),
        "language": posting.common.language,
        "application_deadline": None,
        **(_content(posting) if content else {}),
        **({"pay_input_ranges": _pay(posting)} if pay else {}),
    }


_GDPR: Final = {
    "type": "gdpr",
    "requires_consent": False,
    "requires_processing_consent": False,
    "requires_retention_consent": False,
    "retention_period": None,
    "demographic_data_consent_applies": False,
}


def _content(posting: DemoPosting) -> dict[str, object]:
    department = posting.company.index * 1_000 + len(posting.field.name)
    return {
        "content": _escaped(posting.write()),
        "departments": [{"id": department, "name": posting.field.name, "child_ids": [], "parent_id": None}],
        "offices": [_office(place) for place in posting.places],
    }


def _escaped(body: Body) -> str:
    intro, *others = body.sections
    text = f'<div class="content-intro">{html(CLASSIC, intro)}</div>\n<p>&nbsp;</p>\n{html(CLASSIC, *others)}'
    return escape(text)


def _office(place: Place) -> dict[str, object]:
    number = 10_000 + int(abs(place.longitude) * 100)
    return {"id": number, "name": place.city, "location": _address(place), "child_ids": [], "parent_id": None}


def _location(posting: DemoPosting) -> str:
    cities = "; ".join(_address(place) for place in posting.places)
    return f"Remote - {posting.places[0].country}" if posting.workplace is Workplace.REMOTE else cities


def _address(place: Place) -> str:
    return f"{place.city}, {place.region if place.country == 'United States' else place.country}"


def _metadata(posting: DemoPosting) -> list[dict[str, object]] | None:
    """Every other company fills custom fields; a careers system's own field for these things does not exist."""
    if posting.company.index % 2:
        return None
    values = {"Employment Type": _EMPLOYMENT[posting.employment], "Workplace Type": posting.workplace.capitalize()}
    return [
        {"id": 1_349_263 + number, "name": name, "value": value, "value_type": "single_select"}
        for number, (name, value) in enumerate(values.items())
    ]


def _pay(posting: DemoPosting) -> list[dict[str, object]]:
    salary = posting.salary
    if salary is None or salary.minimum is None or salary.maximum is None:
        return []
    return [
        {
            "min_cents": int(salary.minimum * 100),
            "max_cents": int(salary.maximum * 100),
            "currency_type": salary.currency,
            "title": "Hourly Rate" if salary.interval == "hour" else "Annual Base Salary",
            "blurb": "",
        }
    ]


def _time(moment: datetime) -> str:
    return moment.astimezone(_EASTERN).isoformat(timespec="seconds")
