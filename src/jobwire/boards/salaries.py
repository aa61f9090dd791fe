"""Salaries that are stated in words."""

import re
from typing import Final

from jobwire.boards.terms import interval, number, salary
from jobwire.boards.text import one_line
from jobwire.domain.postings import Salary

_AMOUNT: Final = r"([$€£¥]?)\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(k?)"
_SALARY: Final = re.compile(
    rf"{_AMOUNT}(?:\s*[\u2013\u2014-]\s*{_AMOUNT})?\s*(?:\+\s*)?(?:/|per)\s*(\w+)", re.IGNORECASE
)
_CURRENCIES: Final = {"€": "EUR", "£": "GBP"}
"""Signs of one currency only: "$" and "¥" are several countries'."""


def salary_in_words(text: str, currency: str | None = None) -> Salary | None:
    """Understand "$1 - $5 / year", "€60k - €80k / year"; the currency is that of the sign, where none is given.

    Free text: what is not of this form is left alone.
    """
    match = _SALARY.search(one_line(text, limit=200))
    if match is None or (per := interval(match[7])) is None:
        return None
    low = _amount(match[2], match[3] or match[6])
    high = _amount(match[5], match[6]) if match[5] else low
    return salary(low, high, currency=currency or _CURRENCIES.get(match[1]), per=per)


def _amount(digits: str, thousand: str | None) -> float | None:
    value = number(digits)
    return value * 1_000 if value is not None and thousand else value
