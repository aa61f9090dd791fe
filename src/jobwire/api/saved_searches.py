"""Questions that a person keeps, and a feed of what is new to each: its key opens this feed and nothing else."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from jobwire.api.asking import AppServices, Me
from jobwire.api.atom import MEDIA_TYPE, atom_feed
from jobwire.api.fields import Answer, Id, Text, Time
from jobwire.api.fields import Request as Body
from jobwire.api.job_filters import UNKNOWN, WantedJobs
from jobwire.domain.errors import NotFound
from jobwire.domain.openings import Presence, SavedSearch

FEED_DAYS: Final = 14
"""So long ago may Jobwire have seen first what a feed holds."""
FEED_ENTRIES: Final = 500

router = APIRouter(tags=["jobs"])


class SearchName(Body):
    """What to call a search."""

    name: Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class SearchAnswer(Answer):
    """A saved search. `parameters` are those of `GET /api/jobs`, without what is left out."""

    id: int
    name: str
    parameters: dict[str, list[str]]
    created_at: Time


class NewSearch(Answer):
    """`feed` is the path of the search's Atom feed. It holds the key, and is told this once."""

    feed: str


@router.get("/api/jobs/searches")
async def list_searches(me: Me, services: AppServices) -> list[SearchAnswer]:
    """List the saved searches, by name."""
    return [
        SearchAnswer(id=one.search_id, name=one.name, parameters=_parameters(one), created_at=one.created_at)
        for one in await services.saved_searches.all(me)
    ]


@router.post("/api/jobs/searches")
async def save_search(me: Me, services: AppServices, wanted: WantedJobs, body: SearchName) -> NewSearch:
    """Save the search with these parameters. One of the same name is replaced, and its old feed ends."""
    key = await services.saved_searches.save(me, body.name, wanted)
    return NewSearch(feed=f"/api/jobs/feeds/{key}")


@router.delete("/api/jobs/searches/{search_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_search(me: Me, services: AppServices, search_id: Id) -> None:
    """Forget a saved search: its feed ends."""
    await services.saved_searches.delete(me, search_id)


@router.get(
    "/api/jobs/feeds/{key}",
    response_class=Response,
    responses={HTTPStatus.OK: {"content": {"application/atom+xml": {"schema": {"type": "string"}}}}},
)
async def read_feed(request: Request, services: AppServices, key: Text) -> Response:
    """Atom: what Jobwire has seen first in the last two weeks, the newest first. The key in the address signs in."""
    search = await services.saved_searches.of_feed(key)
    if search is None:
        raise NotFound("There is no such feed.")
    since = max(datetime.now(UTC).date() - timedelta(days=FEED_DAYS), search.wanted.seen_since or date.min)
    wanted = dataclasses.replace(search.wanted, seen_since=since)
    lines = await services.posting_reads.newest(search.user_id, wanted, limit=FEED_ENTRIES)
    address = request.app.state.origins.public(request.url)
    return Response(atom_feed(search, lines, str(address)), media_type=MEDIA_TYPE)


def _parameters(search: SavedSearch) -> dict[str, list[str]]:
    wanted = search.wanted
    given = {
        "q": [wanted.query],
        "company": wanted.companies,
        "location": wanted.locations,
        "workplace": [UNKNOWN if one is None else one for one in wanted.workplaces],
        "employment_type": [UNKNOWN if one is None else one for one in wanted.employment_types],
        "remote": [] if wanted.remote is None else [str(wanted.remote).lower()],
        "presence": [] if wanted.presence is Presence.LIVE else [wanted.presence],
        "seen_since": [] if wanted.seen_since is None else [wanted.seen_since.isoformat()],
        "seen": [] if wanted.seen is None else [str(wanted.seen).lower()],
        "starred": [] if wanted.starred is None else [str(wanted.starred).lower()],
        "run": [] if wanted.run is None else [str(wanted.run)],
    }
    return {name: kept for name, values in given.items() if (kept := [str(value) for value in values if value])}
