"""Boards in the systems' wire formats, for tests that hold for every system. Most are whole small careers sites."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from boards_server import Answer

from jobwire.domain.companies import BoardRef


@dataclass(frozen=True)
class Shape:
    """One system: where it is asked, and how it says a posting's title, id, URL and text.

    `limit` is the size of a full page, `has_total` whether the system says how many postings there are, `fixed` the
    fields without which a posting cannot be read.
    """

    system: str
    title: str = "title"
    id: str = "id"
    url: str | None = None
    slug: str = "acme"
    limit: int | None = None
    has_total: bool = False
    fixed: frozenset[str] = frozenset()

    @property
    def board(self) -> BoardRef:
        return BoardRef(self.system, self.slug)

    def host(self, domain: str) -> str:
        """The board's host: its name under the system's domain, or its own."""
        return self.slug if "." in self.slug else f"{self.slug}.{domain}"

    def job(self, key: object, title: object, html: str = "<p>Text</p>", url: object = None) -> dict[str, Any]:
        return {self.id: key, self.title: title, **({self.url: url} if self.url else {}), **self.text(html)}

    def text(self, html: str) -> dict[str, Any]:
        return {"description": html}

    def start(self, request: web.Request) -> int:
        return int(request.query.get("offset") or request.query.get("skip") or request.query.get("start") or 0)

    def page(self, jobs: list[Any], start: int) -> list[Any]:
        return jobs[start : start + self.limit] if self.limit else jobs

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        """The answer for the page at an offset."""
        return self.page(jobs, start)

    def is_listing(self, request: web.Request) -> bool:
        raise NotImplementedError

    def answer(self, jobs: list[Any], request: web.Request) -> web.StreamResponse:
        """What the site answers: the listing, or one posting."""
        if self.is_listing(request):
            return web.json_response(self.listing(jobs, self.start(request)))
        key = unquote(request.path.rsplit("/", 1)[-1])
        known = [job for job in jobs if isinstance(job, dict) and str(job.get(self.id)) == key]
        return self.detail(known[0]) if known else web.Response(status=404)

    def detail(self, job: dict[str, Any]) -> web.StreamResponse:
        return web.json_response(job)

    def site(self, jobs: list[Any]) -> Answer:
        """A careers site with these postings."""
        return lambda request: self.answer(jobs, request)

    def requests(self, count: int) -> int:
        """How many requests a listing of so many postings takes."""
        assert self.limit
        return max(1, -(-count // self.limit)) if self.has_total else count // self.limit + 1


class Greenhouse(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"content": html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"jobs": jobs, "meta": {"total": len(jobs)}}

    def is_listing(self, request: web.Request) -> bool:
        return request.path.endswith("/jobs")


class Lever(Shape):
    def is_listing(self, request: web.Request) -> bool:
        return request.path.startswith("/v0/postings/")


class Ashby(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"descriptionHtml": html}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"apiVersion": "1", "jobs": jobs}

    def is_listing(self, request: web.Request) -> bool:
        return request.path.startswith("/posting-api/job-board/")


class SmartRecruiters(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"jobAd": {"sections": {"jobDescription": {"title": "", "text": html}}}}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"offset": start, "limit": 100, "totalFound": len(jobs), "content": self.page(jobs, start)}

    def is_listing(self, request: web.Request) -> bool:
        return request.path.endswith("/postings")


class Recruitee(Shape):
    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"offers": jobs}

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/api/offers/" and request.headers["Host"] == self.host("recruitee.com")


class Workable(Shape):
    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"name": "Acme", "description": "<p>We</p>", "jobs": jobs}

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/api/v1/widget/accounts/acme" and request.query["details"] == "true"


class Teamtailor(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"_jobposting": {"@type": "JobPosting", "description": html}}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"version": "https://jsonfeed.org/version/1.1", "items": jobs}

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/jobs.json" and request.headers["Host"] == self.host("teamtailor.com")


class Personio(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"jobDescriptions": [{"name": "", "value": html}]}

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/xml"

    def answer(self, jobs: list[Any], request: web.Request) -> web.StreamResponse:
        if not self.is_listing(request):
            return web.Response(status=404)
        assert request.headers["Host"] == f"{self.slug}.jobs.{self.system.replace('-', '.').removesuffix('.com')}." + (
            "com" if self.system.endswith("-com") else "de"
        )
        positions = "".join(f"<position>{self._fields(job)}</position>" for job in jobs)
        feed = f'<?xml version="1.0" encoding="UTF-8"?>\n<workzag-jobs>{positions}</workzag-jobs>'
        return web.Response(text=feed, content_type="text/xml")

    def _fields(self, job: Any) -> str:
        if not isinstance(job, dict):
            return str(job)
        return "".join(f"<{name}>{self._value(name, value)}</{name}>" for name, value in job.items())

    def _value(self, name: str, value: Any) -> str:
        if name == "jobDescriptions" and isinstance(value, list) and value and isinstance(value[0], dict):
            return "".join(
                f"<jobDescription><name>{one['name']}</name><value>{_xml(one['value'])}</value></jobDescription>"
                for one in value
            )
        return "" if value is None else _xml(str(value))


def _xml(text: str) -> str:
    """Text for XML, with references to what XML may not hold, as careless programs write them."""
    return "".join(
        f"&#{ord(char)};" if char == "\0" or 0xD800 <= ord(char) <= 0xDFFF else escape(char) for char in text
    )


class Breezy(Shape):
    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/json" and request.headers["Host"] == f"{self.slug}.breezy.hr"

    def text(self, html: str) -> dict[str, Any]:
        return {"html": html}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return [_without(job, "html") for job in jobs]

    def detail(self, job: dict[str, Any]) -> web.StreamResponse:
        page = f'<html><body><h1>Job</h1><div class="description">{job["html"]}</div></body></html>'
        raw = page.encode("utf-8", "surrogatepass").replace("\udc00".encode("utf-8", "surrogatepass"), b"\xff")
        return web.Response(body=raw, content_type="text/html")


class Workday(Shape):
    def job(self, key: object, title: object, html: str = "<p>Text</p>", url: object = None) -> dict[str, Any]:
        path = f"/job/Berlin/Engineer_{key}" if key else "/job/Berlin/Engineer"
        return {"title": title, "externalPath": path, "bulletFields": [key] if key else [], "html": html}

    def start(self, request: web.Request) -> int:
        return 0

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        page = [_without(job, "html") for job in self.page(jobs, start)]
        return {"total": 0 if start else len(jobs), "jobPostings": page, "facets": [], "userAuthenticated": False}

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/wday/cxs/acme/Careers/jobs"

    def site(self, jobs: list[Any]) -> Answer:
        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.headers["Host"] == "acme.wd5.myworkdayjobs.com"
            if not self.is_listing(request):
                return self._job(jobs, request)
            question = json.loads(await request.read())
            if request.method != "POST" or question["limit"] > 20:
                return web.Response(status=400)
            return web.json_response(self.listing(jobs, question["offset"]))

        return answer

    def _job(self, jobs: list[Any], request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/wday/cxs/acme/Careers")
        for job in jobs:
            if isinstance(job, dict) and job["externalPath"] == path:
                more = job.get("info")
                info = {
                    "title": job["title"],
                    "jobDescription": job["html"],
                    **(more if isinstance(more, dict) else {}),
                }
                return web.json_response({"jobPostingInfo": info})
        return web.Response(status=404)


class Eightfold(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"job_description": html}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"positions": self.page(jobs, start), "count": len(jobs), "domain": "acme.com"}

    def is_listing(self, request: web.Request) -> bool:
        assert request.headers["Host"] == "jobs.acme.com"
        assert request.query["domain"] == "acme.com"
        return request.path == "/api/apply/v2/jobs"


class Amazon(Shape):
    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"error": None, "hits": len(jobs), "facets": {}, "jobs": self.page(jobs, start)}

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/en/search.json" and request.query["result_limit"] == "100"


class Google(Shape):
    """A page of HTML, with its postings as arrays in a script."""

    def start(self, request: web.Request) -> int:
        return (int(request.query["page"]) - 1) * 20

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        rows = [self._row(job) for job in self.page(jobs, start)]
        data = json.dumps([rows, None, len(jobs), 20]).replace("<", "\\u003c")
        other = "AF_initDataCallback({key: 'ds:0', hash: '1', data:[null,\"en\"], sideChannel: {}});"
        script = f"AF_initDataCallback({{key: 'ds:1', hash: '2', data:{data}, sideChannel: {{}}}});"
        return f"<!doctype html><html><body><script nonce='x'>{other}</script><script>{script}</script></body></html>"

    def _row(self, job: Any) -> Any:
        if not isinstance(job, dict):
            return job
        rest = [None, None, None, None, None, "Google", "en-US", [], [None, job["description"]]]
        return [job["id"], job["title"], *rest]

    def is_listing(self, request: web.Request) -> bool:
        return request.path == "/about/careers/applications/jobs/results"

    def answer(self, jobs: list[Any], request: web.Request) -> web.StreamResponse:
        if not self.is_listing(request):
            return web.Response(status=404)
        page = str(self.listing(jobs, self.start(request)))
        return web.Response(text=page, content_type="text/html")


class TikTok(Shape):
    def text(self, html: str) -> dict[str, Any]:
        return {"description": html}

    def listing(self, jobs: list[Any], start: int = 0) -> object:
        return {"code": 0, "message": "ok", "data": {"job_post_list": self.page(jobs, start), "count": len(jobs)}}

    def site(self, jobs: list[Any]) -> Answer:
        async def answer(request: web.Request) -> web.StreamResponse:
            path, site = {"tiktok": ("tiktok", "lifeattiktok.com"), "bytedance": ("en", "joinbytedance.com")}[
                self.system
            ]
            asked = (request.headers.get("website-path"), request.headers.get("Origin"))
            is_right = asked == (path, f"https://{site}") and "en-US" in request.headers["Accept-Language"]
            if request.method != "POST" or not is_right:
                return web.Response(status=400)
            assert request.path == "/api/v1/public/supplier/search/job/posts"
            return web.json_response(self.listing(jobs, json.loads(await request.read())["offset"]))

        return answer


def _without(job: Any, name: str) -> Any:
    return {key: value for key, value in job.items() if key != name} if isinstance(job, dict) else job


SHAPES: list[Shape] = [
    Greenhouse("greenhouse", url="absolute_url"),
    Lever("lever", title="text", url="hostedUrl", limit=100),
    Lever("lever-eu", title="text", url="hostedUrl", limit=100),
    Ashby("ashby", url="jobUrl", fixed=frozenset({"isListed"})),
    SmartRecruiters(
        "smartrecruiters", title="name", url="postingUrl", limit=100, has_total=True, fixed=frozenset({"active"})
    ),
    Recruitee("recruitee", url="careers_url", fixed=frozenset({"status"})),
    Workable("workable", id="shortcode", url="url"),
    Teamtailor("teamtailor", url="url"),
    Personio("personio", title="name"),
    Personio("personio-com", title="name"),
    Breezy("breezy", title="name", url="url", fixed=frozenset({"friendly_id"})),
    Workday(
        "workday",
        id="bulletFields",
        slug="acme.wd5/Careers",
        limit=20,
        has_total=True,
        fixed=frozenset({"externalPath"}),
    ),
    Eightfold(
        "eightfold",
        title="name",
        url="canonicalPositionUrl",
        slug="jobs.acme.com/acme.com",
        limit=10,
        has_total=True,
        fixed=frozenset({"isPrivate"}),
    ),
    Amazon("amazon", id="id_icims", slug="amazon", limit=100, has_total=True),
    Google("google", slug="google", limit=20, has_total=True),
    TikTok("tiktok", slug="tiktok", limit=100, has_total=True),
    TikTok("bytedance", slug="bytedance", limit=100, has_total=True),
]
PAGED = [shape for shape in SHAPES if shape.limit]
