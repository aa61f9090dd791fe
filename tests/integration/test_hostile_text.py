"""What strangers write reaches no way out alive: the list, a posting, previews, CSV, JSON, Atom, logs, the terminal."""

import asyncio
import csv
import html
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final, cast

import httpx
import pytest
from aiohttp import web
from boards_server import Site, serve, settings_for
from defusedxml import ElementTree
from selectolax.lexbor import LexborHTMLParser

from jobwire.bootstrap.foundation import local_user
from jobwire.bootstrap.serving import serving
from jobwire.domain.runs import RunStatus
from patience import PATIENCE_S

CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
UNSAFE: Final = (
    "script, style, link, img, picture, source, svg, math, iframe, object, embed, form, input, base, meta, noscript"
)
ATOM_TAGS: Final = {"feed", "id", "title", "updated", "author", "name", "link", "entry", "published", "summary"}
DESCRIPTION: Final = """
<p onclick="steal()" style="position:fixed;inset:0" class="modal" id="root">Join us.</p>
<script>steal()</script><style>body{display:none}</style><link rel=stylesheet href=https://evil.example/x.css>
<img src="https://tracker.example/pixel.gif" width=1 height=1 onerror=steal()>
<picture><source srcset=//t.example/p></picture>
<a href="javascript:steal()">one</a><a href=" jAvA&#9;ScRiPt:steal()">two</a>
<a href="data:text/html,<script>x</script>">three</a>
<a href="vbscript:x">four</a><a href="/api/ingestion/abort/1">five</a><a href="//evil.example">six</a>
<a href="https://acme.example/apply" ping="https://tracker.example" target="_top">Apply</a>
<svg onload=steal()><use href="data:image/svg+xml,x"/></svg>
<math><mtext><style><img src=x onerror=steal()></style></mtext></math>
<iframe src="https://evil.example"></iframe><object data=x></object>
<embed src=x><form action=x><input name=password></form>
<base href="https://evil.example"><meta http-equiv=refresh content="0;url=https://evil.example">
<table background="https://tracker.example/t.gif"><tr><td background="x">cell</td></tr></table>
\x1b]0;pwned\x07\x1b[31mred\x1b[0m \u202eback\u202c <![CDATA[<script>steal()</script>]]> <!--<script>steal()</script>-->
<noscript><p title="</noscript><img src=x onerror=steal()>"></noscript>
"""
TITLE: Final = "=cmd|' /C calc'!A0 \x1b[2J\x1b]52;c;eA==\x07<script>steal()</script> \u202ereversed\x9b31m"
JOBS: Final = [
    {
        "id": 1,
        "title": TITLE,
        "absolute_url": "javascript:steal()",
        "location": {"name": f"Berlin; {TITLE}"},
        "departments": [{"name": TITLE}],
        "content": html.escape(DESCRIPTION),
    },
    {"id": None, "title": TITLE, "absolute_url": "data:text/html,x"},
    {"id": 3, "title": "Engineer", "absolute_url": 'https://acme.example/"onmouseover="steal()', "content": "x"},
]
PAGE: Final = {
    "@type": "JobPosting",
    "title": TITLE,
    "description": DESCRIPTION,
    "qualifications": DESCRIPTION,
    "url": "javascript:steal()",
    "jobLocation": {"address": TITLE},
}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve() as opened:
        opened.answer = answer
        yield opened


def answer(request: web.Request) -> web.Response:
    if "/v1/boards/" in request.path:
        return web.json_response({"jobs": JOBS, "meta": {"total": len(JOBS)}})
    if request.path == "/robots.txt":
        return web.Response(status=404)
    script = json.dumps(PAGE).replace("</", "<\\/")
    return web.Response(
        text=f'<html><script type="application/ld+json">{script}</script></html>', content_type="text/html"
    )


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in cast("dict[str, object]", value).values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            yield from strings(one)


def check_html(source: str) -> None:
    """Nothing in it acts, loads or styles, and links lead out of here only."""
    page = LexborHTMLParser(f"<p></p>{source}")
    assert page.body is not None
    assert not page.body.css(UNSAFE), source
    for node in page.body.css("body *"):
        assert set(node.attributes) <= {"href", "rel"}, node.html
        assert node.attributes.get("href", "https://").startswith(("https://", "http://", "mailto:")), node.html


def check_text(text: str) -> None:
    assert not CONTROLS.search(text), ascii(text)


async def test_nothing_hostile_comes_out_alive(database_url: str, tmp_path: Path, site: Site) -> None:
    settings = settings_for(site.origin, database_url=database_url, data_dir=tmp_path, port=0)
    async with serving(settings, worker=True) as server:
        token = server.foundation.tokens.access(await local_user(server.foundation))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=2 * PATIENCE_S) as client:
            items = [{"op": "upsert", "source": f"acme={board}"} for board in ("greenhouse:acme",)]
            items += [{"op": "upsert", "source": "site=page:careers.acme.example/jobs/1"}]
            saved = (await client.post("/api/ingestion/settings", json=items)).json()
            assert all(item["success"] for item in saved), saved
            previews = (await client.post("/api/ingestion/dry-run", json={})).json()
            run = await _run(client)
            jobs = (await client.get("/api/jobs?limit=500")).json()["jobs"]
            details = [(await client.get(f"/api/jobs/{job['id']}")).json() for job in jobs]
            answers: list[Any] = [previews, jobs, (await client.get("/api/jobs.json")).json()]
            answers += [
                (await client.get(f"/api/ingestion/{what}")).json() for what in (f"logs/{run}", f"runs/{run}/jobs")
            ]
            table = (await client.get("/api/jobs.csv")).text
            feed = await client.get((await client.post("/api/jobs/searches", json={"name": "all"})).json()["feed"])
            shown = await asyncio.to_thread(_cli, server.url, token)

    assert len(jobs) == 3
    assert sorted(preview["total_count"] for preview in previews.values()) == [1, 3]
    _check_details(details)
    for text in strings(answers):
        check_text(text)
    for job in [*jobs, *(one for preview in previews.values() for one in preview["included_jobs"])]:
        assert job["url"].startswith(("https://", "http://")), job["url"]
        assert not set(job["url"]) & set("\"'<> "), job["url"]
    _check_files(table, feed.content)
    check_text(shown.replace("\n", ""))
    assert "steal()" in shown, "the title is shown, as text"


def _check_details(details: list[dict[str, Any]]) -> None:
    for detail in details:
        for part in ("description_html", "requirements_html"):
            check_html(detail.get(part) or "")
        text = detail["description_text"] or ""
        check_text(text.replace("\u202e", "").replace("\u202c", ""))  # right in Hebrew, and held by their paragraph
    (read, *_) = [one for one in details if "Join us." in (one["description_text"] or "")]
    assert 'href="https://acme.example/apply"' in read["description_html"]
    assert "tracker" not in read["description_html"]


def _check_files(table: str, feed: bytes) -> None:
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 4
    for cell in (cell for row in rows for cell in row):
        check_text(cell)
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@"))
    root = ElementTree.fromstring(feed)
    atom = "{http://www.w3.org/2005/Atom}"
    assert len(root.findall(f"{atom}entry")) == 3
    for node in root.iter():
        assert node.tag.removeprefix(atom) in ATOM_TAGS
        assert node.get("href", "https://").startswith(("https://", "http://"))
        check_text((node.text or "").replace("\n", ""))


async def _run(client: httpx.AsyncClient) -> int:
    run = (await client.post("/api/ingestion/start", json={})).json()["run_id"]
    async with asyncio.timeout(PATIENCE_S):
        while True:
            status = (await client.get(f"/api/ingestion/status/{run}")).json()["status"]
            if RunStatus(status).is_terminal:
                return run
            await asyncio.sleep(0.1)


def _cli(url: str, token: str) -> str:
    """What a run of the same boards writes on a terminal that is wide enough, with all that it says of failures."""
    environment = {**os.environ, "JOBWIRE_TOKEN": token, "COLUMNS": "500"}
    command = [sys.executable, "-m", "jobwire", "ingest", "--url", url, "acme", "site"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_S, check=False)
    return (done.stdout + done.stderr).decode()
