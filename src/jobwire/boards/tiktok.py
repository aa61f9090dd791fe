"""TikTok's and ByteDance's own careers sites: pages of 100 postings, texts included; 10,000 to a question at most."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from jobwire.boards import parse
from jobwire.boards.http import Manners
from jobwire.boards.listings import Draft, PageRead, read_pages
from jobwire.boards.readers import Reader, WireJob
from jobwire.boards.systems import CareersUrl, Site, System, in_path
from jobwire.boards.terms import country_code, employment_type, number, place, places, salary
from jobwire.boards.text import description, one_line, paragraphs
from jobwire.domain.errors import BoardError, BoardUnreadable, HostBusy
from jobwire.domain.postings import Posting, Salary
from jobwire.ingest.ports.boards import Listing
from jobwire.settings import HostPace

_LIMIT: Final = 100
_CAP: Final = 10_000
"""It counts no further: then the categories divide the listing, and the cities what is still too much."""
_DIVIDING: Final = ("job_category_id_list", "location_code_list")
_MAX_VALUES: Final = 1_000
"""So many categories or cities are taken: each is a question."""
_API: Final = "/api/v1/public/supplier"
_FILTERS: Final = ("recruitment_id_list", "job_category_id_list", "subject_id_list", "location_code_list")
"""None of them may be left out."""
_TAG: Final = re.compile(r"</[a-z]|<br\b", re.IGNORECASE)
_DEPTH: Final = 6
"""So many places or categories, one within another, are looked at."""


class Area(msgspec.Struct):
    """A city within its parents, a category within its own, or a kind of employment."""

    en_name: str | None = None
    parent: "Area | None" = None


class Pay(msgspec.Struct):
    """`job_post_info`. It does not say what time the amounts are for."""

    min_salary: float | str | None = None
    max_salary: float | str | None = None
    currency: str | None = None


class TikTokJob(WireJob):
    """`job_post_list[]`."""

    description: str | None = None
    requirement: str | None = None
    city_info: Area | None = None
    recruit_type: Area | None = None
    job_category: Area | None = None
    job_post_info: Pay | None = None


class Data(msgspec.Struct):
    """`data`."""

    job_post_list: list[msgspec.Raw] | None = None
    count: int | None = None


class Page(msgspec.Struct):
    """`POST …/search/job/posts`. A `code` other than 0 is an error with status 200."""

    data: Data | None = None
    code: int | None = None


class Choice(msgspec.Struct):
    """A category, by its `id`, or a city, by its `code`."""

    id: int | str | None = None
    code: str | None = None


class Choices(msgspec.Struct):
    """`data`: what may be filtered by. The categories are the outer ones."""

    job_type_list: list[Choice] | None = None
    city_list: list[Choice] | None = None


class Filters(msgspec.Struct):
    """`POST …/config/job/filters`."""

    data: Choices | None = None


_PAGE: Final = msgspec.json.Decoder(Page)
_CHOICES: Final = msgspec.json.Decoder(Filters)
_JOB: Final = msgspec.json.Decoder(TikTokJob)


class TikTokReader(Reader[TikTokJob]):
    """Reads careers sites of TikTok's kind."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, _JOB)

    async def list(self, slug: str) -> Listing:
        """Read all pages, in parts where there are too many."""
        draft = Draft(self._site.load(slug))
        await self._read_part(slug, draft, {})
        return draft.finish()

    async def _read_part(self, slug: str, draft: Draft, applied: Mapping[str, str]) -> None:
        """Read what the filters leave: at once where the number is true, else in parts."""
        first = await self._page(slug, draft, applied, 0)
        if (first.count or 0) >= _CAP:
            if await self._divided(slug, draft, applied, first):
                return
            draft.doubt(f"The board counts no further than {_CAP} postings, and nothing divides them into parts.")

        async def read(offset: int) -> PageRead:
            page = await self._page(slug, draft, applied, offset) if offset else first
            jobs = page.job_post_list or []
            await self._add(draft, slug, jobs)
            return PageRead(len(jobs), first.count)

        await read_pages(draft, read, limit=_LIMIT, max_pages=_CAP // _LIMIT)

    async def _divided(self, slug: str, draft: Draft, applied: Mapping[str, str], whole: Data) -> bool:
        """Read the parts that the next filter makes; False where there is none, or one that is not heeded."""
        divide = next((name for name in _DIVIDING if name not in applied), None)
        values = (await self._values(slug, draft)).get(divide, ()) if divide else ()
        if divide is None or len(values) < 2:  # noqa: PLR2004 - one part would be the whole again
            return False
        probes = [await self._page(slug, draft, {**applied, divide: value}, 0) for value in values[:2]]
        if probes[0].job_post_list and probes[0].job_post_list == probes[1].job_post_list:
            return False
        for value in values:
            part = draft.part()
            await self._read_part(slug, part, {**applied, divide: value})
            draft.take_in(part)
        await self._compare(slug, draft, whole)
        return True

    async def _compare(self, slug: str, draft: Draft, whole: Data) -> None:
        """Look whether the parts hold what the whole does: no number says how many there are."""
        draft.expect(_CAP)
        newest = draft.part()
        await self._add(newest, slug, whole.job_post_list or [])
        if not all(draft.holds(one.external_id) for one in newest.openings):
            draft.doubt("Some postings are in none of the parts into which the board was divided.")
        draft.take_in(newest)

    async def _values(self, slug: str, draft: Draft) -> Mapping[str, Sequence[str]]:
        """Return what each filter may be set to; nothing where the site does not say."""
        try:
            body = await self._site.get(f"{_API}/config/job/filters", slug, posted=b"{}", load=draft.load)
            choices = parse.page(body, _CHOICES, board=draft.board).data or Choices()
        except HostBusy:
            raise
        except BoardError as error:
            draft.note(error.message)
            return {}
        stated = ([one.id for one in choices.job_type_list or []], [one.code for one in choices.city_list or []])
        return {
            name: list(dict.fromkeys(str(one) for one in values if one))[:_MAX_VALUES]
            for name, values in zip(_DIVIDING, stated, strict=True)
        }

    async def _page(self, slug: str, draft: Draft, applied: Mapping[str, str], offset: int) -> Data:
        question: dict[str, object] = {
            "keyword": "",
            "limit": _LIMIT,
            "offset": offset,
            **{one: [applied[one]] if one in applied else [] for one in _FILTERS},
        }
        posted = msgspec.json.encode(question)
        body = await self._site.get(f"{_API}/search/job/posts", slug, posted=posted, load=draft.load)
        page = parse.page(body, _PAGE, board=draft.board)
        if page.code or page.data is None:
            what = f"an error ({page.code})" if page.code else "an answer that is not what the system documents"
            raise BoardUnreadable(f"{draft.board}: the site answered with {what}.")
        return page.data

    def _posting(self, slug: str, job: TikTokJob, key: str, title: str) -> Posting:
        parts = [_html(part) for part in (job.description, job.requirement) if part]
        return Posting(
            external_id=key,
            title=title,
            url=self._url(slug, job, key),
            locations=self._locations(job),
            employment_type=employment_type(*_names(job.recruit_type)),
            department=one_line((job.job_category or Area()).en_name) or None,
            country=country_code(*_names(job.city_info)[1:][-1:]),
            salary=_salary(job.job_post_info or Pay()),
            requirements=description(_html(job.requirement or "")),
            description=description(parts[0] if len(parts) == 1 else "".join(f"<div>{part}</div>" for part in parts)),
        )

    def _locations(self, job: TikTokJob) -> tuple[str, ...]:
        """Return the city with all that it lies in."""
        return places([place(*_names(job.city_info))])

    def _url(self, slug: str, job: TikTokJob, key: str) -> str:  # noqa: ARG002 - it holds no address
        return f"{self._site.system.public_url(slug)}/{in_path(key)}"


def _names(area: Area | None) -> Sequence[str]:
    """Return the names of an area and of those that it is a part of, the smallest first."""
    names: list[str] = []
    while area is not None and len(names) < _DEPTH:
        names.append(area.en_name or "")
        area = area.parent
    return names


def _html(text: str) -> str:
    """Return a text as HTML: most are plain, with line breaks."""
    return text if _TAG.search(text) else paragraphs(text)


def _salary(pay: Pay) -> Salary | None:
    return salary(number(pay.min_salary), number(pay.max_salary), currency=pay.currency, per=None)


def _slug_of(url: CareersUrl) -> str | None:
    is_careers = url.host == "careers.tiktok.com" or (url.host == "tiktok.com" and url.segment(0) == "careers")
    return "tiktok" if is_careers or url.host in {"lifeattiktok.com", "api.lifeattiktok.com"} else None


def _slug_of_bytedance(url: CareersUrl) -> str | None:
    return "bytedance" if url.host in {"joinbytedance.com", "jobs.bytedance.com"} else None


def _system(
    name: str, origin: str, public: str, website_path: str, slug_of: Callable[[CareersUrl], str | None]
) -> System:
    return System(
        name=name,
        origin=origin,
        override_keys=tuple(dict.fromkeys((name, "tiktok"))),
        slug=re.compile(name),
        # Without these headers it answers 400.
        manners=Manners(
            pace=HostPace(per_second=1, concurrency=1),
            headers={
                "website-path": website_path,
                "Origin": public,
                "Referer": f"{public}/",
                "Accept-Language": "en-US",
            },
        ),
        slug_of=slug_of,
        public_url=lambda _: f"{public}/search",
        reader=TikTokReader,
    )


SYSTEM: Final = _system("tiktok", "https://api.lifeattiktok.com", "https://lifeattiktok.com", "tiktok", _slug_of)
BYTEDANCE_SYSTEM: Final = _system(
    "bytedance", "https://jobs.bytedance.com", "https://joinbytedance.com", "en", _slug_of_bytedance
)
"""TikTok's owner: the same site for its other companies."""
