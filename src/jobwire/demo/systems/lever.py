"""Lever's Postings API: `/v0/postings/{site}[/{id}]`."""

from collections.abc import Mapping, Sequence
from typing import Final

from jobwire.demo.answers import Answer, json_answer
from jobwire.demo.companies import Company
from jobwire.demo.desk import Desk
from jobwire.demo.markup import BOXED, BOXED_LIST, bullets_html, html, plain
from jobwire.demo.numbers import whole
from jobwire.demo.postings import DemoPosting
from jobwire.domain.postings import EmploymentType, Salary

_COMMITMENT: Final = {
    EmploymentType.FULL_TIME: "Full-time",
    EmploymentType.PART_TIME: "Part-time",
    EmploymentType.CONTRACT: "Contract",
    EmploymentType.TEMPORARY: "Fixed term",
    EmploymentType.INTERNSHIP: "Internship",
    EmploymentType.OTHER: "Other",
}
_INTERVAL: Final = {"year": "per-year-salary", "month": "per-month-salary", "hour": "per-hour-wage"}
_NOT_FOUND: Final = json_answer({"ok": False, "error": "Document not found"}, 404)


def answer(desk: Desk, company: Company, rest: Sequence[str], query: Mapping[str, str]) -> Answer | None:
    """Answer a request below the company's site; None for an address that the API does not have."""
    match rest:
        case []:
            skip, limit = whole(query.get("skip"), 0), whole(query.get("limit"), None)
            return _page(desk, company, skip, None if limit is None else skip + limit)
        case [key]:
            found = desk.world.posting(company, key)
            return _NOT_FOUND if found is None else json_answer(posting(desk, found))
        case _:
            return None


def unknown(_rest: Sequence[str]) -> Answer:
    """Answer for a site that does not exist."""
    return _NOT_FOUND


def _page(desk: Desk, company: Company, start: int, stop: int | None) -> Answer:
    if start == 0:
        desk.begin_listing(company)
    return desk.board(
        company, (start, stop), lambda: [posting(desk, found) for found in desk.world.postings(company, start, stop)]
    )


def posting(desk: Desk, found: DemoPosting) -> dict[str, object]:
    """A posting as Lever writes it. There is no date of change."""
    url = desk.page_url(found.company, found.external_id)
    return {
        **_texts(found),
        "categories": {
            "commitment": _COMMITMENT[found.employment],
            "department": found.field.name,
            "location": found.places[0].city,
            "team": found.team,
            "allLocations": [place.city for place in found.places],
        },
        "createdAt": int(found.posted_at.timestamp() * 1000),
        "id": found.external_id,
        "text": found.title,
        "country": found.places[0].iso2,
        "workplaceType": found.workplace.value,
        "hostedUrl": url,
        "applyUrl": f"{url}/apply",
        **(_pay(found.salary) if found.salary else {}),
    }


def _texts(found: DemoPosting) -> dict[str, object]:
    body = found.write()
    opening, role = html(BOXED, body.about), html(BOXED, body.role)
    opening_plain, role_plain = plain(body.about), plain(body.role)
    return {
        "additionalPlain": plain(body.benefits, body.closing),
        "additional": html(BOXED_LIST, body.benefits, body.closing),
        "descriptionPlain": f"{opening_plain}\n\n{role_plain}",
        "description": opening + role,
        "lists": [
            {"text": section.heading, "content": bullets_html(BOXED, section)}
            for section in (body.duties, body.wants, body.pluses)
        ],
        "opening": opening,
        "openingPlain": opening_plain,
        "descriptionBody": role,
        "descriptionBodyPlain": role_plain,
    }


def _pay(salary: Salary) -> dict[str, object]:
    assert salary.interval is not None
    return {
        "salaryRange": {
            "currency": salary.currency,
            "interval": _INTERVAL[salary.interval.value],
            "min": salary.minimum,
            "max": salary.maximum,
        },
    }
