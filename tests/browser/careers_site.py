"""A careers site whose postings wait until a test lets them through.

It speaks two systems' wire formats: Greenhouse's (the text comes with the listing) and SmartRecruiters' (each posting
is opened by itself, which a test can hold back, so that "in mid-run" is a state and not a moment).
"""

import asyncio
import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(kw_only=True)
class Opening:
    """One posting. `status` is the HTTP status of its own page."""

    key: str
    title: str
    html: str = "<p>Do good work.</p>"
    status: int = 200


@dataclass(kw_only=True)
class Board:
    """One company's postings. Once `free` of them were opened, the others wait for `let_all_through`."""

    openings: list[Opening]
    free: int | None = None
    opened: int = 0
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def admit(self) -> None:
        self.opened += 1
        if self.free is not None and self.opened > self.free:
            await self._gate.wait()

    def let_all_through(self) -> None:
        self.free = None
        self._gate.set()


class CareersSite:
    """Boards by slug, under one origin for every system."""

    def __init__(self) -> None:
        self.origin = ""
        self.boards: dict[str, Board] = {}
        self._named = 0

    def add(self, board: Board, stem: str = "acme") -> str:
        """Put a board up, and say under which slug."""
        self._named += 1
        slug = f"{stem}{self._named}"
        self.boards[slug] = board
        return slug

    async def greenhouse(self, request: web.Request) -> web.Response:
        board = self._board(request)
        jobs = [
            {
                "id": int(opening.key),
                "title": opening.title,
                "absolute_url": f"https://boards.greenhouse.io/{request.match_info['slug']}/jobs/{opening.key}",
                "location": {"name": "Lisbon"},
                "content": html.escape(opening.html),
            }
            for opening in board.openings
        ]
        return web.json_response({"jobs": jobs, "meta": {"total": len(jobs)}})

    async def smartrecruiters(self, request: web.Request) -> web.Response:
        board = self._board(request)
        offset, limit = (int(request.query[name]) for name in ("offset", "limit"))
        page = [_item(opening) for opening in board.openings[offset : offset + limit]]
        return web.json_response({"offset": offset, "limit": limit, "totalFound": len(board.openings), "content": page})

    async def smartrecruiters_posting(self, request: web.Request) -> web.Response:
        board = self._board(request)
        opening = next((one for one in board.openings if one.key == request.match_info["key"]), None)
        if opening is None:
            raise web.HTTPNotFound
        await board.admit()
        if opening.status != 200:
            return web.Response(status=opening.status)
        section = {"title": "The job", "text": opening.html}
        detail = {"active": True, "jobAd": {"sections": {"jobDescription": section}}}
        return web.json_response(_item(opening) | detail)

    def _board(self, request: web.Request) -> Board:
        board = self.boards.get(request.match_info["slug"])
        if board is None:
            raise web.HTTPNotFound
        return board


def _item(opening: Opening) -> dict[str, Any]:
    return {"id": opening.key, "name": opening.title, "location": {"fullLocation": "Porto, Portugal"}}


@asynccontextmanager
async def careers_site() -> AsyncIterator[CareersSite]:
    """Serve on a free loopback port; what still waits at the end is let through."""
    site = CareersSite()
    app = web.Application()
    app.router.add_get("/v1/boards/{slug}/jobs", site.greenhouse)
    app.router.add_get("/v1/companies/{slug}/postings", site.smartrecruiters)
    app.router.add_get("/v1/companies/{slug}/postings/{key}", site.smartrecruiters_posting)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield site
    finally:
        for board in site.boards.values():
            board.let_all_through()
        await runner.cleanup()
