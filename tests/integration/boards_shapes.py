"""Boards in the four systems' wire formats, for tests that hold for every system."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from jobwire.domain.companies import BoardRef


@dataclass(frozen=True)
class Shape:
    """One system: where it is asked, and how it says a posting's title, id, URL and text."""

    system: str
    title: str
    url: str
    limit: int | None = None

    @property
    def board(self) -> BoardRef:
        return BoardRef(self.system, "acme")

    def job(self, key: object, title: object, html: str = "<p>Text</p>", url: object = None) -> dict[str, Any]:
        return {"id": key, self.title: title, self.url: url, **self._text(html)}

    def _text(self, html: str) -> dict[str, Any]:
        match self.system:
            case "greenhouse":
                return {"content": html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}
            case "ashby":
                return {"descriptionHtml": html}
            case "smartrecruiters":
                return {"jobAd": {"sections": {"jobDescription": {"title": "", "text": html}}}}
            case _:
                return {"description": html}

    def listing(self, jobs: list[Any], request: web.Request | None = None) -> object:
        """The answer for a page (the first, without a request)."""
        query = request.query if request else {}
        start = int(query.get("offset") or query.get("skip") or 0)
        page = jobs[start : start + self.limit] if self.limit else jobs
        match self.system:
            case "lever" | "lever-eu":
                return page
            case "smartrecruiters":
                return {"offset": start, "limit": 100, "totalFound": len(jobs), "content": page}
            case "greenhouse":
                return {"jobs": page, "meta": {"total": len(jobs)}}
            case _:
                return {"apiVersion": "1", "jobs": page}

    def is_listing(self, request: web.Request) -> bool:
        last = urlsplit(request.path).path.rsplit("/", 1)[-1]
        return last in {"jobs", "acme", "postings"}


SHAPES = [
    Shape("greenhouse", "title", "absolute_url"),
    Shape("lever", "text", "hostedUrl", limit=100),
    Shape("lever-eu", "text", "hostedUrl", limit=100),
    Shape("ashby", "title", "jobUrl"),
    Shape("smartrecruiters", "name", "postingUrl", limit=100),
]
PAGED = [shape for shape in SHAPES if shape.limit]
