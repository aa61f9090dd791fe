"""How many postings there are to a question, and by what they can be narrowed down."""

from fastapi import APIRouter

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer
from jobwire.api.job_filters import UNKNOWN, WantedJobs
from jobwire.domain.openings import Facet

router = APIRouter(tags=["jobs"])


class FacetValue(Answer):
    """A value, as the parameter of the list takes it, and how many postings it would leave."""

    value: str
    count: int


class JobFacets(Answer):
    """The list's length, and the values of each of its parameters, the most frequent first and at most 100.

    Each is counted as if nothing of its own kind were chosen. `seen_since` has days (UTC) on which postings were first
    seen, the newest first. `unindexed` postings are found by title, place and department only, for some seconds yet.
    """

    total: int
    unindexed: int
    instead: dict[str, list[str]]
    company: list[FacetValue]
    location: list[FacetValue]
    workplace: list[FacetValue]
    employment_type: list[FacetValue]
    presence: list[FacetValue]
    seen_since: list[FacetValue]


@router.get("/api/jobs/facets")
async def count_jobs(me: Me, services: AppServices, wanted: WantedJobs) -> JobFacets:
    """Count what `GET /api/jobs` lists with the same parameters, in all and by the values of each."""
    facets = await services.posting_reads.facets(me, wanted)
    return JobFacets(
        total=facets.total,
        unindexed=facets.unindexed,
        instead={word: list(spelled) for word, spelled in facets.instead.items()},
        company=_values(facets.companies),
        location=_values(facets.locations),
        workplace=_values(facets.workplaces),
        employment_type=_values(facets.employment_types),
        presence=_values(facets.presences),
        seen_since=_values(facets.first_seen),
    )


def _values(facet: Facet) -> list[FacetValue]:
    return [FacetValue(value=UNKNOWN if one.value is None else one.value, count=one.count) for one in facet]
