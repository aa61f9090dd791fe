"""What a person can read of the postings that concern them: what the storage answers and the API shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from jobwire.domain.companies import BoardRef
from jobwire.domain.pages import Page
from jobwire.domain.postings import EmploymentType, Salary, Workplace
from jobwire.domain.runs import RunId, UserId


class Presence(StrEnum):
    """Whether postings that have left their board are wanted."""

    LIVE = "live"
    GONE = "gone"
    ALL = "all"


class Mark(StrEnum):
    """What a person has noted on a posting, for nobody but themselves."""

    SEEN = "seen"
    STARRED = "starred"


class OpeningKey(NamedTuple):
    """The place of a posting in the list, newest day first, then the highest id."""

    day: date
    posting_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """One posting in a list, under the name that the person has for the company."""

    posting_id: int
    company: str
    title: str
    location: str
    workplace: Workplace | None
    employment_type: EmploymentType | None
    department: str | None
    posted_on: date | None
    closes_on: date | None
    country: str | None
    language: str | None
    salary: Salary | None
    url: str
    first_seen_at: datetime
    gone_at: datetime | None
    marks: frozenset[Mark]

    @property
    def remote(self) -> bool | None:
        """Whether the work is remote; None where the system does not say."""
        return None if self.workplace is None else self.workplace is Workplace.REMOTE

    @property
    def key(self) -> OpeningKey:
        """The day is when the system says that it was posted, or else the day (UTC) when it was first seen."""
        return OpeningKey(self.posted_on or self.first_seen_at.astimezone(UTC).date(), self.posting_id)


class Happening(StrEnum):
    """What can become of a posting."""

    FIRST_SEEN = "first_seen"
    CHANGED = "changed"
    GONE = "gone"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What became of a posting, and when Jobwire saw it.

    `reason`: why it is gone, or which parts have changed ("salary, text"); None for the others.
    """

    at: datetime
    kind: Happening
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SameJob:
    """Another live posting of the same job, as the careers system has it: as a rule, at another place."""

    posting_id: int
    location: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningDetail:
    """One posting in full. `description` is HTML as the board sent it, None until it has been read.

    `requirements` is the part of it that the board sets apart as such.
    """

    line: OpeningLine
    external_id: str
    board: BoardRef
    locations: tuple[str, ...]
    description: str | None
    requirements: str | None
    gone_reason: str | None
    history: Sequence[Event]
    """From when it was first seen to now; of much that happened, the last fifty events."""
    also: Sequence[SameJob]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningFilter:
    """Which postings to list. What is empty or None leaves all of them in; None among the values: not said.

    `query`: every word of it begins a word of the title, company, place, department or text.
    """

    query: str = ""
    companies: Sequence[str] = ()
    locations: Sequence[str] = ()
    workplaces: Sequence[Workplace | None] = ()
    employment_types: Sequence[EmploymentType | None] = ()
    remote: bool | None = None
    presence: Presence = Presence.LIVE
    seen_since: date | None = None
    """The first day (UTC) on which Jobwire may have seen it first."""
    run: RunId | None = None
    """Only what was news to this run of the person's."""
    seen: bool | None = None
    starred: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPage(Page[OpeningLine]):
    """A page of postings. `instead`: words of the query that are nowhere, and what was looked for as well."""

    instead: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many postings one value would leave; None: where it is not said."""

    value: str | None
    count: int


Facet = Sequence[FacetCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningFacets:
    """What is wanted, counted: each facet as if nothing of its own kind were chosen, the most frequent first."""

    total: int
    unindexed: int
    """Postings whose words are not known yet: they are found by title, place and department only."""
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    companies: Facet = ()
    locations: Facet = ()
    workplaces: Facet = ()
    employment_types: Facet = ()
    presences: Facet = ()
    first_seen: Facet = ()
    """By day (UTC), the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A question that a person keeps."""

    search_id: int
    user_id: UserId
    name: str
    wanted: OpeningFilter
    created_at: datetime
