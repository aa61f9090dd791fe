"""The systems' many words for one thing, brought into the domain's terms."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from jobwire.boards.countries import country
from jobwire.boards.text import one_line
from jobwire.domain.postings import EmploymentType, Salary, SalaryInterval, Workplace

MAX_PLACES: Final = 100
MAX_PLACE_CHARS: Final = 200
MAX_AMOUNT: Final = 1e12

_EMPLOYMENT: Final = (  # the first that matches: what narrows comes before what most postings say
    (EmploymentType.INTERNSHIP, re.compile(r"\b(intern|interns|internship|trainee|apprentice\w*|working student)\b")),
    (EmploymentType.TEMPORARY, re.compile(r"\b(temp|temporary|seasonal|fixed term)\b")),
    (EmploymentType.CONTRACT, re.compile(r"\b(contract|contractor|freelance\w*|1099|consultant)\b")),
    (EmploymentType.PART_TIME, re.compile(r"\b(part time|parttime)\b")),
    (EmploymentType.FULL_TIME, re.compile(r"\b(full time|fulltime|permanent)\b")),
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")

_NOT_REMOTE: Final = re.compile(r"\b(?:not?|non)[ -]remote\b", re.IGNORECASE)
_WORKPLACES: Final = (
    (Workplace.HYBRID, re.compile(r"\bhybrid\b", re.IGNORECASE)),
    (Workplace.REMOTE, re.compile(r"\bremote\b", re.IGNORECASE)),
    (Workplace.ONSITE, re.compile(r"\b(?:on-?\s?site|in-?\s?office|in-?\s?person)\b", re.IGNORECASE)),
)
_INTERVAL: Final = re.compile(r"(?:(?:per|1)[ -])?(year|month|week|day|hour)(?:ly)?\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def employment_type(*labels: str | None) -> EmploymentType | None:
    """Understand a system's words ("FullTime", "Full-time", "1099 Contract"); the first known label counts.

    `OTHER` where there are words but none is known, None where there are none.
    """
    words = [_NO_WORD.sub(" ", _CAMEL.sub(" ", label).lower()).strip() for label in labels if label]
    for text in words:
        for kind, pattern in _EMPLOYMENT:
            if pattern.search(text):
                return kind
    return EmploymentType.OTHER if any(words) else None


def workplace(text: str | None) -> Workplace | None:
    """Find the work model that a text names ("Remote - US", "OnSite"); None where it names none."""
    text = _NOT_REMOTE.sub("", text or "")
    return next((kind for kind, pattern in _WORKPLACES if pattern.search(text)), None)


def interval(text: str | None) -> SalaryInterval | None:
    """Understand "per-year-salary", "1-month", "1 HOUR", "monthly"; None for all others."""
    match = _INTERVAL.match(text or "")
    return SalaryInterval(match[1].lower()) if match else None


def place(*parts: str | None) -> str:
    """Put a place together from its parts, the smallest first, each once: "Berlin, Germany"."""
    lines = (one_line(part, limit=MAX_PLACE_CHARS) for part in parts)
    return ", ".join(dict.fromkeys(line for line in lines if line))


def places(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the places that have a name, each once, in order."""
    lines = [one_line(name, limit=MAX_PLACE_CHARS) for name in names if name]
    return tuple(dict.fromkeys(filter(None, lines)))[:MAX_PLACES]


_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?")


def country_code(*stated: str | None) -> str | None:
    """Return the code (ISO 3166) of the first that states a country by code or name, None where none does."""
    return next((code for one in stated if (code := country(one))), None)


def language_tag(stated: str | None) -> str | None:
    """Return a language as BCP 47 writes it ("en", "pt-BR"), None where it is none."""
    match = _LANGUAGE.fullmatch((stated or "").strip())
    if match is None:
        return None
    return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")


def date_of(text: str | None) -> date | None:
    """Return the date of an ISO 8601 time (or of "… UTC"), as its own offset has it; None where there is none."""
    try:
        return datetime.fromisoformat(text.strip().removesuffix(" UTC")).date() if text else None
    except ValueError:
        return None


def date_of_ms(epoch_ms: float | None) -> date | None:
    """Return the date (UTC) of a Unix time in milliseconds; None where there is none."""
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, UTC).date() if epoch_ms else None
    except (ValueError, OverflowError, OSError):
        return None


def number(value: float | str | None) -> float | None:
    """Return a number that may be written as text ("75000", "75,000.50"); None where it is none."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def salary(
    minimum: float | None, maximum: float | None, *, currency: str | None, per: SalaryInterval | None
) -> Salary | None:
    """Return a salary of what is stated and makes sense; 0 means not stated. None where nothing is left."""
    low, high = _amount(minimum), _amount(maximum)
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    code = (currency or "").strip().upper()
    return Salary(minimum=low, maximum=high, currency=code if _CURRENCY.fullmatch(code) else None, interval=per)


def _amount(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) and 0 < value < MAX_AMOUNT else None


def span(salaries: Iterable[Salary | None]) -> Salary | None:
    """Return one salary over all that have the first one's currency and interval: systems state one for each zone."""
    stated = [one for one in salaries if one]
    if not stated:
        return None
    first = stated[0]
    alike = [one for one in stated if (one.currency, one.interval) == (first.currency, first.interval)]
    return Salary(
        minimum=min((one.minimum for one in alike if one.minimum is not None), default=None),
        maximum=max((one.maximum for one in alike if one.maximum is not None), default=None),
        currency=first.currency,
        interval=first.interval,
    )
