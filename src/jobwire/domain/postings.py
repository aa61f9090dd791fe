"""A posting in the one form that every careers system is brought into, and its fingerprint."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from jobwire.domain.description import plain_text, safe_html, words
from jobwire.domain.steady_text import steady_sentences, steady_url

EXTRACTION_VERSION = 5
"""Raise it when extraction changes what it makes of an unchanged source, so that postings are read again."""


class Workplace(StrEnum):
    """Where the work is done, as the system states it."""

    ONSITE = "onsite"
    HYBRID = "hybrid"
    REMOTE = "remote"


class EmploymentType(StrEnum):
    """The kind of employment, in schema.org's terms where it has one."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    OTHER = "other"


class SalaryInterval(StrEnum):
    """The period that a salary is for."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Salary:
    """A stated salary range.

    `minimum` and `maximum` are in whole units of `currency` (ISO 4217), for one `interval`; None where not stated.
    """

    minimum: float | None
    maximum: float | None
    currency: str | None
    interval: SalaryInterval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One posting, normalised.

    No text holds NUL or a lone surrogate.
    """

    external_id: str
    """The system's own key, unique within its board."""
    title: str
    """Never empty, no white space around it."""
    url: str
    """The public page, http or https."""
    locations: tuple[str, ...] = ()
    """All places, the main one first."""
    workplace: Workplace | None = None
    employment_type: EmploymentType | None = None
    department: str | None = None
    posted_on: date | None = None
    closes_on: date | None = None
    """The last day to apply, where one is stated."""
    country: str | None = None
    """ISO 3166 code of two letters, of the main place, where the system states one."""
    language: str | None = None
    """BCP 47 tag of the text, where the system states one."""
    salary: Salary | None = None
    job_key: str | None = None
    """What the system calls the job, where it has several postings: one a place, as a rule. No part of what is read."""
    description: str = ""
    """HTML as the board sent it: never to be shown as it is."""
    requirements: str = ""
    """What the system sets apart as such, a part of the description: HTML in the same state."""
    is_page: bool = False
    """Its text is that of a page for people, on which counters and relative dates move by themselves."""

    @property
    def location(self) -> str:
        """All places in one line, for lists."""
        return "; ".join(self.locations)

    @property
    def remote(self) -> bool | None:
        """Whether the work is remote; None where the system does not say."""
        return None if self.workplace is None else self.workplace is Workplace.REMOTE

    @property
    def description_html(self) -> str:
        """The description, safe to put into a page as it is."""
        return safe_html(self.description)

    @property
    def description_text(self) -> str:
        """The description to read, one line for each paragraph and item."""
        return plain_text(self.description_html)


FINGERPRINT_PARTS: Final = (
    "title",
    "address",
    "places",
    "workplace",
    "employment type",
    "department",
    "salary",
    "text",
)
"""What a reader sees of a posting, in the order in which a fingerprint holds it."""
PART_BYTES: Final = 4


def fingerprint(posting: Posting) -> bytes:
    """`PART_BYTES` for each of `FINGERPRINT_PARTS`, that change when, and only when, that part changes.

    The dates are left out, as several systems move them by themselves, and so is the markup of the description; of a
    page, also what moves in its text and address.
    """
    parts = (
        _digest(posting.title),
        _digest(steady_url(posting.url) if posting.is_page else posting.url),
        _repeated(posting.locations),
        _repeated(posting.workplace),
        _repeated(posting.employment_type),
        _repeated(posting.department),
        _repeated(posting.salary),
        _digest(steady_sentences(posting.description) if posting.is_page else words(posting.description)),
    )
    return b"".join(parts)


def _digest(part: object) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(part), digest_size=PART_BYTES).digest()


_repeated: Final = lru_cache(maxsize=512, typed=True)(_digest)
"""For parts that a board's postings have in common."""


def source_hash(source: bytes, version: int | None = None) -> bytes:
    """16 bytes of a posting's source: equal ones need not be extracted again by this version of extraction."""
    version = EXTRACTION_VERSION if version is None else version
    return hashlib.blake2b(source, digest_size=16, salt=version.to_bytes(2, "big")).digest()
