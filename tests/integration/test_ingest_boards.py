"""Runs over the real connectors and real HTTP: the made-up site, answers that are wrong, and the real samples."""

import gzip
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from boards_server import Answer, Site, body, serve, settings_for, status
from boards_shapes import SHAPES
from ingest_world import World, make_world

from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.demo.options import DemoOptions, Faults
from jobwire.demo.server import DemoSite
from jobwire.domain.companies import BoardRef
from jobwire.domain.description import plain_text, safe_html
from jobwire.ingest.listing import SAME
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.packed_text import unpacked

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from boards_samples import BOARDS, DETAIL, sample

FAST = {"127.0.0.1": {"per_second": 10_000, "concurrency": 16}}
GREENHOUSE = next(shape for shape in SHAPES if shape.system == "greenhouse")
SERVED = ("greenhouse", "lever", "ashby", "smartrecruiters")
"""The systems whose samples are served here in their APIs' shapes."""


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve() as site:
        yield site


@pytest.fixture
async def world(database: Database, site: Site) -> AsyncIterator[World]:
    settings = settings_for(site.origin, host_pace=FAST)
    async with BoardClient(settings, jitter=lambda: 0.0) as client:
        yield make_world(database, BoardRegistry(settings, client))


def boards(**by_slug: Answer) -> Answer:
    """A site whose boards each answer in their own way."""

    def answer(request: web.Request) -> Any:
        slug = next((slug for slug in by_slug if f"/{slug}" in request.path), None)
        return by_slug[slug](request) if slug else web.Response(status=404)

    return answer


async def run(world: World, *sources: str) -> int:
    user = await world.user()
    await world.follow(user, *sources)
    return await world.run(user)


async def test_runs_over_the_made_up_site_see_what_it_says_of_itself(database: Database) -> None:
    async with DemoSite(DemoOptions(companies=8, postings=250, churn=0.3)) as site:
        settings = Settings.model_validate(
            {"board_urls": site.board_urls, "allow_private_hosts": True, "host_pace": FAST}
        )
        async with BoardClient(settings) as client:
            world = make_world(database, BoardRegistry(settings, client))
            user = await world.user()
            await world.follow(user, *site.companies)
            first = await world.run(user)
            assert await world.counts(first) == {"ready": 250}
            second = await world.run(user)
            assert await world.counts(second) == {"skipped": 250}
            marked = [one for one in site.world.companies if one.system in {"greenhouse", "ashby"}]
            assert (await world.logs(second)).count(SAME) == len(marked) > 1
            site.world.advance()
            third = await world.run(user)
            for company in site.world.companies:
                changes = site.world.last_changes(company)
                jobs = await world.jobs(third, company.name)
                expected = dict.fromkeys(site.world.roster(company).entries, "skipped")
                expected |= dict.fromkeys(changes.new | changes.changed, "ready")
                assert jobs == expected | dict.fromkeys(changes.gone, "expired")
            assert await world.status(third) == "finished"


async def test_a_site_with_faults_costs_what_is_faulty_only(database: Database) -> None:
    faults = Faults(busy=0, failing=0.02)
    async with DemoSite(DemoOptions(companies=8, postings=120, faults=faults)) as site:
        settings = Settings.model_validate(
            {"board_urls": site.board_urls, "allow_private_hosts": True, "host_pace": FAST}
        )
        async with BoardClient(settings, jitter=lambda: 0.0) as client:
            world = make_world(database, BoardRegistry(settings, client))
            run_id = await run(world, *site.companies)
            jobs = await world.jobs_by_key(run_id)
    counts = Counter(jobs.values())
    assert await world.status(run_id) == "finished"
    assert counts == {"ready": 118, "error": 1, "expired": 1}
    reasons = [reason for reason in (await world.reasons(run_id)).values() if "no title" in str(reason)]
    assert len(reasons) == 1


NESTED = b'{"jobs": [' + b"[" * 2_500_000 + b"]" * 2_500_000 + b"]}"


def truncated(request: web.Request) -> web.Response:
    whole = gzip.compress(json.dumps({"jobs": [{"id": one} for one in range(500)]}).encode())
    return web.Response(body=whole[:-200], headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("answer", "said", "advice"),
    [
        (status(404), "knows no such board", "Check the board's name on the company's careers page"),
        (status(500), "answered with status 500", "Try again later"),
        (body(b"<!doctype html><p>Welcome"), "the answer is a web page, not JSON", "Open the board's address"),
        (body(NESTED), "nested too deeply", "Open the board's address"),
        (body(b'{"jobs": [{"id": 1, "title": "Eng'), "the answer is not what the system documents", "Open the board's"),
        (truncated, "", "Open the board's address"),
        (body({"jobs": "none"}), "the answer is not what the system documents", "Open the board's address"),
        (status(403), "refuses to answer", "Jobwire does not work around that"),
    ],
    ids=["unknown", "500", "html", "nested", "cut json", "cut gzip", "wrong type", "403"],
)
async def test_a_bad_board_says_what_is_wrong_and_the_run_goes_on(
    world: World, site: Site, answer: Answer, said: str, advice: str
) -> None:
    good = GREENHOUSE.listing([GREENHOUSE.job(1, "Engineer"), GREENHOUSE.job(2, "Cook")])
    site.answer = boards(bad=answer, good=body(good))
    run_id = await run(world, "Bad Inc=greenhouse:bad", "Good Inc=greenhouse:good")
    companies = await world.companies(run_id)
    state, reason = companies["Bad Inc"]
    assert state == "error"
    assert str(reason).startswith("greenhouse:bad: ")
    assert said in str(reason)
    assert advice in str(reason)
    assert companies["Good Inc"] == ("done", None)
    assert await world.counts(run_id) == {"ready": 2}
    assert await world.status(run_id) == "finished"
    (line,) = await world.rows(
        "SELECT company, message FROM run_logs WHERE run_id = :run AND level = 'error'", run=run_id
    )
    assert tuple(line) == ("Bad Inc", reason)


@pytest.mark.parametrize("system", SERVED)
async def test_a_posting_without_a_title_fails_and_the_others_do_not(world: World, site: Site, system: str) -> None:
    field = {"lever": "text", "smartrecruiters": "name"}.get(system, "title")
    jobs = [{"id": key, field: title} for key, title in (("1", "Engineer"), ("2", None), ("3", "Cook"))]
    listing: object = {
        "lever": jobs,
        "smartrecruiters": {"offset": 0, "limit": 100, "totalFound": len(jobs), "content": jobs},
    }.get(system, {"jobs": jobs})

    def answer(request: web.Request) -> web.Response:
        one = next((job for job in jobs if request.path.endswith(f"/{job['id']}")), None)
        return web.json_response(one or listing)

    site.answer = answer
    run_id = await run(world, f"acme={system}:acme")
    assert await world.jobs(run_id) == {"1": "ready", "2": "error", "3": "ready"}
    assert (await world.reasons(run_id))["2"] == f"{system}:acme: posting 2 has no title."
    assert await world.status(run_id) == "finished"


async def test_texts_reach_the_database_whole_and_a_reader_safe(world: World, site: Site) -> None:
    html = '<p>Hello &amp; welcome</p><script>alert(1)</script><img src=x onerror="alert(1)"><ul><li>One</li></ul>'
    job = GREENHOUSE.job(1, "Engineer \u0000 \U0001f600 ", html=html)
    raw = json.dumps(GREENHOUSE.listing([job])).encode().replace(b"\\ud83d\\ude00", b"\\ud83d\\ude00 \\ud83d")
    site.answer = body(raw)
    run_id = await run(world, "acme=greenhouse:acme")
    assert await world.jobs(run_id) == {"1": "ready"}
    (row,) = await world.rows("SELECT title, description FROM postings")
    assert row.title.startswith("Engineer")
    assert "\N{GRINNING FACE}" in row.title
    assert unpacked(row.description) == html
    safe = safe_html(html)
    assert "script" not in safe
    assert "onerror" not in safe
    assert plain_text(safe) == "Hello & welcome\n- One"


@pytest.mark.parametrize("name", [name for name, board in BOARDS.items() if board.split(":")[0] in SERVED])
async def test_every_sample_whose_text_is_there_becomes_ready(world: World, site: Site, name: str) -> None:
    raw = sample(name)
    system, _, slug = BOARDS[name].partition(":")
    listing = json.loads(raw)
    detail = json.loads(sample(DETAIL)) if system == "smartrecruiters" else {}

    def answer(request: web.Request) -> web.Response:
        if system == "lever" and int(request.query.get("skip", 0)):
            return web.json_response([])
        if system == "smartrecruiters" and not request.path.endswith("/postings"):
            is_there = request.path.endswith(f"/{detail['id']}")
            return web.json_response(detail) if is_there else web.json_response({}, status=404)
        if system == "smartrecruiters":
            start = int(request.query.get("offset", 0))
            return web.json_response({**listing, "content": listing["content"][start:]})
        return web.Response(body=raw, content_type="application/json")

    site.answer = answer
    source = f"acme={BoardRef(system, slug)}"
    first = await run(world, source)
    jobs = await world.jobs(first)
    if system == "smartrecruiters":
        with_text = {detail["id"]} & {one["id"] for one in listing["content"]}
        assert set(jobs) == {one["id"] for one in listing["content"]}
    else:
        postings = listing if system == "lever" else listing["jobs"]
        with_text = {str(one["id"]) for one in postings if one.get("isListed", True)}
        assert set(jobs) == with_text
    assert with_text
    assert {key for key, state in jobs.items() if state == "ready"} == with_text
    texts = await world.rows("SELECT description, title FROM postings WHERE fingerprint IS NOT NULL")
    assert len(texts) == len(with_text)
    assert all(len(unpacked(row.description)) > 100 and row.title for row in texts)
    second = await world.run(await world.user())
    assert set((await world.jobs(second)).items()) == {(key, "skipped") for key in with_text} | {
        (key, state) for key, state in (await world.jobs(second)).items() if key not in with_text
    }
    assert await world.status(second) == "finished"
