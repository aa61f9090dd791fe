"""Greenhouse's Job Board API: a whole board with all its texts in one answer.

https://developers.greenhouse.io/job-board.html
"""

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, cast

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft
from jobwire.boards.readers import WholeReader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import date_of, employment_type, language_tag, places, salary, span, workplace
from jobwire.boards.text import description, one_line, web_url
from jobwire.domain.postings import EmploymentType, Posting, Salary, SalaryInterval
from jobwire.settings import HostPace

_PAGES_HOSTS: Final = frozenset(
    {"boards.greenhouse.io", "boards.eu.greenhouse.io", "job-boards.greenhouse.io", "job-boards.eu.greenhouse.io"}
)
_EMPLOYMENT_FIELDS: Final = frozenset({"employment type", "time type"})
_WORK_MODEL: Final = re.compile(r"(?:fully )?(?:remote|hybrid|on-?\s?site|in-?\s?office)", re.IGNORECASE)
_SHORT: Final = 1_000
"""Places with no more characters are remembered: a board has thousands of postings at a few of them."""
_PAY_INTERVALS: Final = (
    (SalaryInterval.HOUR, re.compile(r"\bhour", re.IGNORECASE)),
    (SalaryInterval.YEAR, re.compile(r"\b(?:annual|year|salary)", re.IGNORECASE)),
)


class Named(msgspec.Struct):
    """A department, an office, or a location."""

    name: str | None = None
    location: str | None = None


class Metadata(msgspec.Struct):
    """A field that the company has defined itself."""

    name: str | None = None
    value: object = None


class PayRange(msgspec.Struct):
    """`pay_input_ranges[]`: amounts in hundredths of the currency."""

    min_cents: float | None = None
    max_cents: float | None = None
    currency_type: str | None = None
    title: str | None = None


class GreenhouseJob(WireJob):
    """`jobs[]`."""

    absolute_url: str | None = None
    location: Named | None = None
    content: str | None = None
    first_published: str | None = None
    application_deadline: str | None = None
    language: str | None = None
    internal_job_id: int | str | None = None
    departments: list[Named] | None = None
    offices: list[Named] | None = None
    metadata: list[Metadata] | None = None
    pay_input_ranges: list[PayRange] | None = None


class Page(msgspec.Struct):
    """`GET /v1/boards/{token}/jobs`."""

    jobs: list[msgspec.Raw]
    meta: object = None


_PAGE: Final = msgspec.json.Decoder(Page)
_JOB: Final = msgspec.json.Decoder(GreenhouseJob)


class GreenhouseReader(WholeReader[GreenhouseJob]):
    """Reads Greenhouse boards."""

    beyond_lines = frozenset({"content", "departments", "metadata", "pay_input_ranges"})

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    def _address(self, slug: str) -> str:
        return f"/v1/boards/{in_path(slug)}/jobs?content=true&pay_transparency=true"

    async def _read(self, draft: Draft, slug: str, body: bytes) -> None:
        page = parse.page(body, _PAGE, board=draft.board)
        await self._add(draft, slug, page.jobs)
        draft.expect(_total(page.meta))

    def _posting(self, slug: str, job: GreenhouseJob, key: str, title: str) -> Posting:
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            workplace=workplace(job.location and job.location.name),
            employment_type=_employment_type(job.metadata or []),
            department=next(iter(places(one.name for one in job.departments or [])), None),
            posted_on=date_of(job.first_published),
            closes_on=date_of(job.application_deadline),
            language=language_tag(job.language),
            salary=span(_salary(one) for one in job.pay_input_ranges or []),
            job_key=None if job.internal_job_id is None else one_line(str(job.internal_job_id)) or None,
            description=description(_unescaped(job.content or "")),
        )

    def _locations(self, job: GreenhouseJob) -> tuple[str, ...]:
        location = (job.location and job.location.name) or ""
        offices = tuple((one.name, one.location) for one in job.offices or ())
        if len(location) + sum(len(name or "") + len(place or "") for name, place in offices) > _SHORT:
            return _places.__wrapped__(location, offices)
        return _places(location, offices)

    def _url(self, slug: str, job: GreenhouseJob, key: str) -> str:
        return web_url(job.absolute_url) or f"{_public_url(slug)}/jobs/{in_path(key)}"


@lru_cache(maxsize=1024)
def _places(location: str, offices: tuple[tuple[str | None, str | None], ...]) -> tuple[str, ...]:
    """The places of a posting: its own, then those of its offices (names and locations) that say more."""
    said = places(location.split(";"))
    named = tuple(place for place in said if not _WORK_MODEL.fullmatch(place))
    ours = [_parts(place) for place in named]
    stated = tuple(place for place in places(place for _, place in offices) if not _is_covered(place, ours))
    return named + stated or places(name for name, _ in offices) or said


def _is_covered(office: str, locations: Sequence[Sequence[str]]) -> bool:
    """Whether an office says no more than the locations (their parts) do: "Portugal" next to "Lisbon, Portugal"."""
    theirs = _parts(office)
    return any(theirs[0] in ours or ours[0] in theirs for ours in locations)


def _parts(place: str) -> Sequence[str]:
    return [part.strip() for part in place.casefold().split(",")]


def _unescaped(content: str) -> str:
    """Undo the one layer of escaping around the whole text. Escaped text holds no bare `<`."""
    if "<" in content:
        return content
    text = content.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#39;", "'")
    if "&#" in text:  # not one of the five that Greenhouse writes: the thorough way takes four times as long
        return html.unescape(content)
    return text.replace("&amp;", "&")


def _employment_type(metadata: list[Metadata]) -> EmploymentType | None:
    stated = [one.value for one in metadata if (one.name or "").strip().casefold() in _EMPLOYMENT_FIELDS]
    return employment_type(*(label for value in stated for label in _labels(value)))


def _labels(value: object) -> list[str]:
    """Return the choices of a single or multiple select."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _salary(pay: PayRange) -> Salary | None:
    title = one_line(pay.title)
    per = next((interval for interval, pattern in _PAY_INTERVALS if pattern.search(title)), None)
    low, high = (None if cents is None else cents / 100 for cents in (pay.min_cents, pay.max_cents))
    return salary(low, high, currency=pay.currency_type, per=per)


def _total(meta: object) -> int | None:
    total = cast("dict[str, object]", meta).get("total") if isinstance(meta, dict) else None
    return total if isinstance(total, int) else None


def _public_url(slug: str) -> str:
    return f"https://job-boards.greenhouse.io/{in_path(slug)}"


def _slug_of(url: CareersUrl) -> str | None:
    if url.host == "boards-api.greenhouse.io":
        return url.after("v1", "boards")
    if url.host not in _PAGES_HOSTS:
        return None
    return url.query.get("for") if url.segment(0) == "embed" else url.segment(0)


SYSTEM: Final = System(
    name="greenhouse",
    origin="https://boards-api.greenhouse.io",
    override_keys=("greenhouse",),
    slug=re.compile(r"[A-Za-z0-9_-]{1,100}"),
    manners=Manners(pace=HostPace(per_second=2, concurrency=2)),
    slug_of=_slug_of,
    public_url=_public_url,
    reader=GreenhouseReader,
    marks_boards=True,
)
