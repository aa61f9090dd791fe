"""What title filters make of titles: for the page where they are written, and for a preview whose filters change."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field

from jobwire.api.asking import Me
from jobwire.api.fields import Answer, Request, Text
from jobwire.api.settings_items import Filters
from jobwire.domain.filters import TitleFilters, Verdict, aside

router = APIRouter(tags=["settings"])

MAX_TITLES: Final = 2_000
MAX_TITLE_CHARS: Final = 1_000


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
async def judge_titles(_: Me, body: TitlesRequest) -> list[VerdictAnswer]:
    """Try filters on titles, in order. Nothing is saved."""
    return await aside(partial(_judge, body))


def _judge(body: TitlesRequest) -> list[VerdictAnswer]:
    filters = TitleFilters.of(body.title_filters.include, body.title_filters.exclude)
    return [_answer(filters.verdict(title)) for title in body.titles]


def _answer(verdict: Verdict) -> VerdictAnswer:
    start, end = verdict.span or (None, None)
    return VerdictAnswer(kept=verdict.kept, term=verdict.term, start=start, end=end)
