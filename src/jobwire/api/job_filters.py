"""Which postings are wanted, as the query of an address says it: the same for the list, its counts and its exports."""

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field

from jobwire.api.fields import MAX_ID, Text, Wanted, WantedFlag, blank_is_absent, without_blanks
from jobwire.domain.openings import OpeningFilter, Presence
from jobwire.domain.postings import EmploymentType, Workplace
from jobwire.domain.runs import RunId

UNKNOWN: Final = "unknown"
"""The value of a facet where the system does not say."""
MAX_VALUES: Final = 200
"""Values of one kind that can be chosen at once."""

_Many = BeforeValidator(without_blanks), Query(max_length=MAX_VALUES)
_Texts = Annotated[list[Text], *_Many]
_Workplaces = Annotated[list[Workplace | Literal["unknown"]], *_Many]
_EmploymentTypes = Annotated[list[EmploymentType | Literal["unknown"]], *_Many]
_Day = Annotated[date | None, BeforeValidator(blank_is_absent), Query()]
_Run = Annotated[Annotated[int, Field(ge=1, le=MAX_ID)] | None, BeforeValidator(blank_is_absent), Query()]


def _wanted(
    q: Wanted = None,
    company: _Texts = [],  # noqa: B006 - FastAPI copies it
    location: _Texts = [],  # noqa: B006
    workplace: _Workplaces = [],  # noqa: B006
    employment_type: _EmploymentTypes = [],  # noqa: B006
    remote: WantedFlag = None,
    presence: Annotated[Presence, Query()] = Presence.LIVE,
    seen_since: _Day = None,
    run: _Run = None,
    seen: WantedFlag = None,
    starred: WantedFlag = None,
) -> OpeningFilter:
    return OpeningFilter(
        query=q or "",
        companies=company,
        locations=location,
        workplaces=[None if one == UNKNOWN else Workplace(one) for one in workplace],
        employment_types=[None if one == UNKNOWN else EmploymentType(one) for one in employment_type],
        remote=remote,
        presence=presence,
        seen_since=seen_since,
        run=None if run is None else RunId(run),
        seen=seen,
        starred=starred,
    )


WantedJobs = Annotated[OpeningFilter, Depends(_wanted)]
"""The filter in the query; what is left out or blank filters nothing."""
