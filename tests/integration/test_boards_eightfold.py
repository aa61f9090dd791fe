"""An Eightfold site whose pages end at 2,000 positions (at 200 here), as several companies' do, over real HTTP."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from boards_server import Site, reading

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import HostBusy
from jobwire.ingest.ports.boards import BoardReader, Listing

CAP = 200
SLUG = "jobs.acme.com/acme.com"
Beyond = Callable[[list[int], int], web.StreamResponse | list[int]]


def refused(_: list[int], __: int) -> web.StreamResponse:
    return web.Response(status=400)


def missing(_: list[int], __: int) -> web.StreamResponse:
    return web.Response(status=404)


def empty(_: list[int], __: int) -> list[int]:
    return []


def again(ids: list[int], start: int) -> list[int]:
    return ids[start % CAP :][:10]


def further(ids: list[int], start: int) -> list[int]:
    return ids[start : start + 10]


@dataclass
class Company:
    """Positions, `beyond` for pages past the cap, and pages by path for all else. `older` says which API is on."""

    ids: list[int]
    beyond: Beyond = refused
    count: int | None = None
    pages: dict[str, str | int] = field(default_factory=dict[str, str | int])
    is_older: bool = True
    asked: list[str] = field(default_factory=list[str])

    def __call__(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Host"] == "jobs.acme.com"
        self.asked.append(request.path_qs)
        if request.path in {"/api/apply/v2/jobs", "/api/pcsx/search"}:
            is_on = self.is_older == (request.path == "/api/apply/v2/jobs")
            return self._page(int(request.query["start"])) if is_on else web.Response(status=403)
        key = request.path.rsplit("/", 1)[-1]
        if request.path.startswith("/api/apply/v2/jobs/") and int(key) in self.ids:
            return web.json_response({**position(int(key)), "job_description": "<p>Text</p>"})
        page = self.pages.get(request.path, 404)
        if isinstance(page, int):
            return web.Response(status=page, headers={"Retry-After": "60"} if page == 429 else {})
        return web.Response(text=page, content_type="application/xml")

    def _page(self, start: int) -> web.StreamResponse:
        page = self.ids[start : start + 10] if start < CAP else self.beyond(self.ids, start)
        if isinstance(page, web.StreamResponse):
            return page
        data = {"positions": [position(one) for one in page], "count": self.count or len(self.ids)}
        return web.json_response(data if self.is_older else {"data": data})


def position(key: int) -> dict[str, object]:
    return {"id": key, "name": f"Engineer, No. {key}", "location": "Berlin,Germany", "t_update": key}


def sitemap(*addresses: str, kind: str = "urlset") -> str:
    return f"<{kind}>" + "".join(f"<url><loc>{one}</loc></url>" for one in addresses) + f"</{kind}>"


def job_page(key: object, domain: str = "acme.com") -> str:
    return f"https://jobs.acme.com/careers/job/{key}-engineer-no-{key}-berlin?domain={domain}"


@pytest.fixture(autouse=True)
def cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwire.boards.eightfold._CAP", CAP)


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[BoardReader]:
    async with reading(site, BoardRef("eightfold", SLUG)) as made:
        yield made


async def read(site: Site, reader: BoardReader, company: Company) -> tuple[Listing, list[int]]:
    site.answer = company
    listing = await reader.list(SLUG)
    return listing, [int(one.external_id) for one in listing.openings]


LARGE = list(range(1, 251))


@pytest.mark.parametrize("is_older", [True, False])
@pytest.mark.parametrize("beyond", [refused, missing, empty, again])
async def test_the_sitemap_names_what_the_pages_do_not_reach(
    site: Site, reader: BoardReader, beyond: Beyond, is_older: object
) -> None:
    pages: dict[str, str | int] = {"/careers/sitemap.xml": sitemap(*map(job_page, LARGE))}
    company = Company(LARGE, beyond, pages=pages, is_older=bool(is_older))
    listing, found = await read(site, reader, company)

    assert found == LARGE
    assert listing.complete
    assert listing.patience == 4
    assert company.asked[-2:] == ["/robots.txt", "/careers/sitemap.xml?domain=acme.com"]


async def test_what_the_sitemap_names_is_read_by_its_key(site: Site, reader: BoardReader) -> None:
    pages: dict[str, str | int] = {"/careers/sitemap.xml": sitemap(*map(job_page, LARGE))}
    listing, _ = await read(site, reader, Company(LARGE, pages=pages))
    known, named = listing.openings[0], listing.openings[-1]
    posting = reader.extract(SLUG, await reader.fetch(SLUG, named.external_id))

    assert (known.title, known.change_key) == ("Engineer, No. 1", "1")
    assert (named.title, named.location) == ("Engineer No 250 Berlin", "")
    assert named.change_key is None
    assert named.url == "https://jobs.acme.com/careers/job/250"
    assert (posting.title, posting.location, posting.description_text) == (
        "Engineer, No. 250",
        "Berlin, Germany",
        "Text",
    )


async def test_pages_that_go_on_are_read_on(site: Site, reader: BoardReader) -> None:
    company = Company(LARGE, further)
    listing, found = await read(site, reader, company)

    assert found == LARGE
    assert listing.complete
    assert listing.patience == 1
    assert len(company.asked) == 25


async def test_a_count_that_is_the_cap_is_looked_up_in_the_sitemap(site: Site, reader: BoardReader) -> None:
    pages: dict[str, str | int] = {"/careers/sitemap.xml": sitemap(*map(job_page, LARGE))}
    listing, found = await read(site, reader, Company(LARGE, count=CAP, pages=pages))

    assert found == LARGE
    assert listing.complete


@pytest.mark.parametrize("count", [199, 200])
async def test_below_the_cap_nothing_else_is_asked(site: Site, reader: BoardReader, count: int) -> None:
    company = Company(list(range(count)))
    listing, found = await read(site, reader, company)

    assert len(found) == count
    assert listing.complete is (count < CAP)
    assert ("/robots.txt" in company.asked) is (count == CAP)


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        ({}, "status 404"),
        ({"/careers/sitemap.xml": 403}, "refuses"),
        ({"/careers/sitemap.xml": "<html>"}, "its sitemap names none"),
        ({"/careers/sitemap.xml": sitemap()}, "its sitemap names none"),
        ({"/careers/sitemap.xml": sitemap(*map(job_page, LARGE[:-1]))}, "has 250 postings, and lists 249"),
        ({"/robots.txt": "User-agent: *\nDisallow: /careers/sitemap.xml\n"}, "its sitemap names none"),
        ({"/robots.txt": 403}, "its sitemap cannot be read: eightfold:jobs.acme.com/acme.com: "),
    ],
)
async def test_without_the_sitemap_the_listing_is_partial(
    site: Site, reader: BoardReader, pages: dict[str, str | int], says: str
) -> None:
    listing, found = await read(site, reader, Company(LARGE, pages=pages))

    assert found[:CAP] == LARGE[:CAP]
    assert not listing.complete
    assert says in " ".join(listing.notes)


async def test_a_site_that_wants_patience_gets_it(site: Site, reader: BoardReader) -> None:
    with pytest.raises(HostBusy):
        await read(site, reader, Company(LARGE, pages={"/careers/sitemap.xml": 429}))


async def test_a_sitemap_of_sitemaps_and_what_is_none_of_this_companys(site: Site, reader: BoardReader) -> None:
    others = [
        job_page(9_001, "other.com"),
        "https://jobs.acme.com/careers/jobs/9002",
        "https://jobs.acme.com/careers/job/x",
        "https://jobs.acme.com//[job/9003",
    ]
    maps = sitemap("https://jobs.acme.com/careers/a.xml", "https://jobs.acme.com/careers/b.xml", kind="sitemapindex")
    pages: dict[str, str | int] = {
        "/careers/sitemap.xml": maps,
        "/careers/a.xml": sitemap(*others, *map(job_page, LARGE[:100])),
        "/careers/b.xml": sitemap(*(f"https://jobs.acme.com/en/careers/job/{one}" for one in LARGE[100:])),
    }
    listing, found = await read(site, reader, Company(LARGE, pages=pages))

    assert found == LARGE
    assert listing.complete
