"""Which careers system is behind a company's own page."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import Answer, Request, Text

router = APIRouter(tags=["companies"])


class LookRequest(Request):
    """The address of a careers page."""

    address: Annotated[Text, Field(min_length=1, max_length=2000)]


class SightingAnswer(Answer):
    """A board that the page shows. `sentence` says what was taken for what, and why; `url` is the board's own page."""

    source: str
    sentence: str
    url: str


class LookAnswer(Answer):
    """What the page shows, likeliest first. `error_message` says why nothing is known, where that is so."""

    address: str
    sightings: list[SightingAnswer]
    error_message: str | None


@router.post("/api/ingestion/look")
async def look(me: Me, services: AppServices, body: LookRequest) -> LookAnswer:
    """Read a careers page, and say which boards it shows. Nothing is saved: to follow one, post its `source`."""
    found = await services.looks.look(me, body.address)
    return LookAnswer(
        address=found.address,
        sightings=[
            SightingAnswer(source=str(one.board), sentence=one.sentence, url=one.url) for one in found.sightings
        ],
        error_message=found.error_message,
    )
