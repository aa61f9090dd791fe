"""schema.org's JobPosting, as careers pages hold it for search engines.

https://schema.org/JobPosting, https://developers.google.com/search/docs/appearance/structured-data/job-posting
"""

from typing import Final, TypeVar

import msgspec

from jobwire.boards import parse
from jobwire.boards.markup import job_postings
from jobwire.boards.salaries import salary_in_words
from jobwire.boards.terms import (
    country_code,
    employment_type,
    interval,
    language_tag,
    number,
    place,
    places,
    salary,
    span,
    workplace,
)
from jobwire.domain.postings import EmploymentType, Salary, Workplace


class Language(msgspec.Struct, rename="camel"):
    """`inLanguage`."""

    alternate_name: str | None = None


class Area(msgspec.Struct):
    """A country, state or city; some write its name several times."""

    type: str | list[str] | None = msgspec.field(default=None, name="@type")
    name: str | list[str] | None = None


class PostalAddress(msgspec.Struct, rename="camel"):
    """`address`."""

    address_locality: str | None = None
    address_region: str | None = None
    address_country: Area | str | None = None


class Place(msgspec.Struct):
    """`jobLocation`."""

    name: str | None = None
    address: PostalAddress | str | None = None


class Quantity(msgspec.Struct, rename="camel"):
    """`baseSalary.value`."""

    value: float | str | None = None
    min_value: float | str | None = None
    max_value: float | str | None = None
    unit_text: str | None = None


class Amount(msgspec.Struct, rename="camel"):
    """`baseSalary`; some leave `value` out and put its fields here, some name them as a PriceSpecification does."""

    currency: str | None = None
    price_currency: str | None = None
    value: Quantity | float | str | None = None
    price: float | str | None = None
    min_value: float | str | None = None
    min_price: float | str | None = None
    max_value: float | str | None = None
    max_price: float | str | None = None
    unit_text: str | None = None


Pay = Amount | float | str


class Credential(msgspec.Struct, rename="camel"):
    """`educationRequirements`, in one of a few words ("bachelor degree"), or `experienceRequirements`, in months."""

    credential_category: str | None = None
    description: str | None = None


class JobPosting(msgspec.Struct, rename="camel"):
    """A JobPosting. All its fields may be missing, and most may be one or several.

    `estimatedSalary` is left out: "often computed by outside organizations", it does not say whether it is here.
    """

    title: str | None = None
    description: str | None = None
    responsibilities: str | list[str] | None = None
    qualifications: str | list[str] | None = None
    skills: str | list[str] | None = None
    experience_requirements: list[Credential | str] | Credential | str | None = None
    education_requirements: list[Credential | str] | Credential | str | None = None
    date_posted: str | None = None
    valid_through: str | None = None
    job_location: list[Place | str] | Place | str | None = None
    job_location_type: str | list[str] | None = None
    applicant_location_requirements: list[Area | str] | Area | str | None = None
    employment_type: str | list[str] | None = None
    base_salary: list[Pay] | Pay | None = None
    salary_currency: str | None = None
    url: str | None = None
    in_language: Language | str | None = None


_DECODER: Final = msgspec.json.Decoder(JobPosting)


def first_posting(page: str, *, board: str) -> JobPosting | None:
    """Return the first JobPosting of a web page, None where it holds none."""
    found = next(iter(job_postings(page)), None)
    return None if found is None else parse.posting(msgspec.json.encode(found), _DECODER, board=board)


Item = TypeVar("Item", str, Area | str, Place | str, Pay, Credential | str)


def several(value: list[Item] | Item | None) -> list[Item]:
    """Return what may be one or several as several."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def locations_of(job: JobPosting) -> tuple[str, ...]:
    """Return where the work is done, or where people may live who do it from home."""
    sites = several(job.job_location)
    addresses = [_address(one) for one in sites]
    names = [one.name if isinstance(one, Place) else one for one in sites]
    if len(set(addresses)) == 1 and len(set(names)) > 1:  # some repeat one address at every place
        addresses = [name or "" for name in names]
    stated = places(address or name for address, name in zip(addresses, names, strict=True))
    return stated or places(_name(area) for area in several(job.applicant_location_requirements))


def _address(site: Place | str) -> str:
    address = site.address if isinstance(site, Place) else site
    if not isinstance(address, PostalAddress):
        return address or ""
    return place(address.address_locality, address.address_region, _name(address.address_country))


def _name(area: Area | str | None) -> str | None:
    name = area.name if isinstance(area, Area) else area
    return next(iter(name), None) if isinstance(name, list) else name


def country_of(job: JobPosting) -> str | None:
    """Return the country's code of the first place that states one, or where those may live who work from home.

    These may have to live in a state: "Georgia" is one, too.
    """
    addresses = (one.address for one in several(job.job_location) if isinstance(one, Place))
    named = [_name(one.address_country) for one in addresses if isinstance(one, PostalAddress)]
    areas = (one for one in several(job.applicant_location_requirements) if isinstance(one, Area))
    return country_code(*named, *(_name(area) for area in areas if "Country" in several(area.type)))


def language_of(job: JobPosting) -> str | None:
    """Return the language of the text, where the page states it."""
    stated = job.in_language
    return language_tag(stated.alternate_name if isinstance(stated, Language) else stated)


def requirements_of(job: JobPosting) -> str:
    """Return the HTML of what is set apart as asked of applicants."""
    return "\n".join(f"<div>{part}</div>" for part in _requirements(job))


def _requirements(job: JobPosting) -> list[str]:
    """Return what is stated of qualifications, skills, experience and education, each text once."""
    needs = [*several(job.experience_requirements), *several(job.education_requirements)]
    told = (one if isinstance(one, str) else one.description or one.credential_category for one in needs)
    parts = [*several(job.qualifications), *several(job.skills), *told]
    return list(dict.fromkeys(part for part in parts if part))


def workplace_of(job: JobPosting) -> Workplace | None:
    """Return `REMOTE` for telecommuters; JobPosting has no word for the other work models."""
    kinds = several(job.job_location_type)
    if "TELECOMMUTE" in (kind.upper() for kind in kinds):
        return Workplace.REMOTE
    return workplace(" ".join(kinds))


def employment_type_of(job: JobPosting) -> EmploymentType | None:
    """Return the first employment type that is known."""
    return employment_type(*several(job.employment_type))


def salary_of(stated: list[Pay] | Pay | None, currency: str | None) -> Salary | None:
    """Return the salary that `baseSalary` states, over all its ranges; `salaryCurrency` is that of bare numbers."""
    return span(_salary(one, currency) for one in several(stated))


def _salary(pay: Pay, currency: str | None) -> Salary | None:
    if isinstance(pay, str) and (said := salary_in_words(pay, currency)):
        return said
    amount = pay if isinstance(pay, Amount) else Amount(value=pay)
    inner = amount.value if isinstance(amount.value, Quantity) else Quantity(value=amount.value)
    exact = number(inner.value or amount.price)
    low = number(inner.min_value or amount.min_value or amount.min_price)
    high = number(inner.max_value or amount.max_value or amount.max_price)
    if low is None and high is None:
        low = high = exact
    per = interval(inner.unit_text or amount.unit_text)
    return salary(low, high, currency=amount.currency or amount.price_currency or currency, per=per)


def text_of(job: JobPosting) -> str:
    """Return the HTML of the text: the description, and what some pages keep apart from it."""
    parts = [job.description or "", *several(job.responsibilities), *_requirements(job)]
    stated = list(dict.fromkeys(part for part in parts if part))
    return stated[0] if len(stated) == 1 else "\n".join(f"<div>{part}</div>" for part in stated)
