"""What title filters make of titles: for the page where they are written, and for a preview whose filters change."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field

from jobwire.api.asking import Me
from jobwire.api.fields import Answer, Request, Text
from jobwire.api.settings_items import Filters
from jobwire.domain.aside import aside, each_aside
from jobwire.domain.filters import TitleFilters, Verdict

router = APIRouter(tags=["settings"])

MAX_TITLES: Final = 2_000
MAX_TITLE_CHARS: Final = 1_000
_AT_ONCE: Final = 20
"""Titles judged in one go: hostile terms take their time with long ones."""


class TitlesRequest(Request):
    """Titles, and the filters to try on them."""

    title_filters: Filters
    titles: Annotated[list[Annotated[Text, Field(max_length=MAX_TITLE_CHARS)]], Field(max_length=MAX_TITLES)]


class VerdictAnswer(Answer):
    """Whether a title is kept, and by which term: null where none of them is in the title.

    `start` and `end` say where the term is in the title, in Unicode code points.
    """

    kept: bool
    term: str | None
    start: int | None
    end: int | None


@router.post("/api/ingestion/titles")
async def judge_titles(me: Me, body: TitlesRequest) -> list[VerdictAnswer]:
    """Try filters on titles, in order. Nothing is saved."""
    wanted = body.title_filters
    filters = await aside(me, lambda: TitleFilters.of(wanted.include, wanted.exclude))
    return [_answer(verdict) for verdict in await each_aside(me, filters.verdict, body.titles, at_once=_AT_ONCE)]


def _answer(verdict: Verdict) -> VerdictAnswer:
    start, end = verdict.span or (None, None)
    return VerdictAnswer(kept=verdict.kept, term=verdict.term, start=start, end=end)
