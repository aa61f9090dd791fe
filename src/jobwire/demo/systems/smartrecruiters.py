"""SmartRecruiters' Posting API: `/v1/companies/{id}/postings[/{postingId}]`. Only the latter has the text."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from jobwire.demo.answers import Answer, json_answer
from jobwire.demo.bodies import Section
from jobwire.demo.companies import Company
from jobwire.demo.desk import Desk
from jobwire.demo.markup import NESTED, html, inner_html
from jobwire.demo.numbers import whole
from jobwire.demo.places import Place
from jobwire.demo.postings import DemoPosting, made_up_uuid
from jobwire.domain.postings import EmploymentType, Workplace

PAGE: Final = 100
"""No page is longer, whatever was asked for."""
_EMPLOYMENT: Final = {
    EmploymentType.FULL_TIME: ("permanent", "Full-time"),
    EmploymentType.PART_TIME: ("part-time", "Part-time"),
    EmploymentType.CONTRACT: ("contract", "Contract"),
    EmploymentType.TEMPORARY: ("temporary", "Temporary"),
    EmploymentType.INTERNSHIP: ("intern", "Intern"),
    EmploymentType.OTHER: ("other", "Other"),
}
_EXPERIENCE: Final = {
    "": ("associate", "Associate"),
    "Junior": ("entry_level", "Entry Level"),
    "Senior": ("mid_senior_level", "Mid-Senior Level"),
    "Staff": ("mid_senior_level", "Mid-Senior Level"),
    "Lead": ("director", "Director"),
}
_NOT_FOUND: Final = json_answer({"message": "Posting not found", "errors": []}, 404)


def answer(desk: Desk, company: Company, rest: Sequence[str], query: Mapping[str, str]) -> Answer | None:
    """Answer a request below the company; None for an address that the API does not have."""
    match rest:
        case ["postings"]:
            offset, limit = whole(query.get("offset"), 0), min(whole(query.get("limit"), PAGE), PAGE)
            return _page(desk, company, offset, limit)
        case ["postings", key]:
            found = desk.world.posting(company, key)
            if found is None or not desk.world.opens(company, found):
                return _NOT_FOUND
            return json_answer(detail(desk, found))
        case _:
            return None


def unknown(rest: Sequence[str]) -> Answer:
    """Answer for a company that does not exist: it has no postings."""
    no_postings = {"offset": 0, "limit": PAGE, "totalFound": 0, "content": ()}
    return json_answer(no_postings) if len(rest) == 1 else _NOT_FOUND


def _page(desk: Desk, company: Company, offset: int, limit: int) -> Answer:
    if offset == 0:
        desk.begin_listing(company)
    return desk.board(company, (offset, limit), lambda: _list(desk, company, offset, limit))


def _list(desk: Desk, company: Company, offset: int, limit: int) -> object:
    content = [summary(desk, found) for found in desk.world.postings(company, offset, offset + limit)]
    total = len(desk.world.roster(company).entries)
    return {"offset": offset, "limit": limit, "totalFound": total, "content": content}


def summary(desk: Desk, found: DemoPosting) -> dict[str, object]:
    """A posting as the list writes it: no text, no address of a page, no date of change."""
    company = found.company
    ref = f"{desk.origin}/v1/companies/{company.slug.lower()}/postings/{found.external_id}"
    return {**_facts(found), "department": {"id": str(_department(found)), "label": found.field.name}, "ref": ref}


def detail(desk: Desk, found: DemoPosting) -> dict[str, object]:
    """A posting as its own address writes it."""
    page = f"{desk.page_url(found.company, found.external_id)}-{_words(found.title)}"
    facts = _facts(found)
    body = found.write()
    return {
        **facts,
        # A number here, and a text in the list: so it is.
        "department": {"id": _department(found), "label": found.field.name},
        "jobId": made_up_uuid(f"{found.external_id}/job"),
        "postingUrl": page,
        "applyUrl": f"{page}?oga=true",
        "referralUrl": f"{desk.origin}/external-referrals/company/{found.company.slug}/publication/{facts['uuid']}",
        "jobAd": {
            "sections": {
                "companyDescription": _section("Company Description", inner_html(NESTED, body.about)),
                "jobDescription": _section("Job Description", _merged(body.role, body.duties)),
                "qualifications": _section("Qualifications", _merged(body.wants, body.pluses)),
                "additionalInformation": _section("Additional Information", html(NESTED, body.benefits, body.closing)),
            }
        },
        "active": True,
    }


def _facts(found: DemoPosting) -> dict[str, object]:
    company, common = found.company, found.common
    return {
        "id": found.external_id,
        "name": found.title,
        "uuid": made_up_uuid(found.external_id),
        "jobAdId": made_up_uuid(f"{found.external_id}/ad"),
        "defaultJobAd": True,
        "refNumber": f"REF{found.serial + 100}{'FTWX'[found.serial % 4]}",
        "company": {"identifier": company.slug, "name": company.name},
        "releasedDate": _time(found.posted_at),
        "location": _location(found.places[0], found.workplace),
        "industry": _labelled(company.trade.label),
        "function": _labelled(found.field.function),
        "typeOfEmployment": _pair(_EMPLOYMENT[found.employment]),
        "experienceLevel": _pair(_EXPERIENCE[found.level]),
        "visibility": "PUBLIC",
        "language": {"code": common.language, "label": common.label, "labelNative": common.native},
    }


def _location(place: Place, workplace: Workplace) -> dict[str, object]:
    # Without a region, real answers lack the position too, and hold an empty segment.
    exact = {"region": place.region} if place.region else {}
    position = {"latitude": str(place.latitude), "longitude": str(place.longitude)} if place.region else {}
    return {
        "city": place.city,
        **exact,
        "country": place.iso2.lower(),
        "remote": workplace is Workplace.REMOTE,
        "hybrid": workplace is Workplace.HYBRID,
        **position,
        "fullLocation": f"{place.city}, {place.region}, {place.country}",
    }


def _department(found: DemoPosting) -> int:
    return 2_700_000 + found.company.index * 100 + len(found.field.name)


def _labelled(label: str) -> dict[str, str]:
    return {"id": _words(label).replace("-", "_"), "label": label}


def _pair(pair: tuple[str, str]) -> dict[str, str]:
    return {"id": pair[0], "label": pair[1]}


def _section(title: str, text: str) -> dict[str, str]:
    return {"title": title, "text": text}


def _merged(first: Section, second: Section) -> str:
    return inner_html(NESTED, first) + html(NESTED, second)


def _words(text: str) -> str:
    """As addresses hold it: small letters and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
