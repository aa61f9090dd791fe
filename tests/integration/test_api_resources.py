import json
import re
import unicodedata
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest
from api_world import World, add_board, add_jobs, add_logs, add_posting, add_run, add_run_company, api_world
from sqlalchemy import text

from jobwire.domain.progress import JobKey
from jobwire.domain.retries import RetryWish
from jobwire.domain.runs import RunId
from jobwire.storage.database import Database
from jobwire.storage.users import Users


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with api_world(database) as made:
        yield made


@pytest.fixture
async def client(world: World) -> httpx.AsyncClient:
    return (await world.user("me@example.com"))[1]


async def post_settings(client: httpx.AsyncClient, *items: object) -> list[dict[str, object]]:
    answer = await client.post("/api/ingestion/settings", json=list(items))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def settings(client: httpx.AsyncClient) -> list[dict[str, object]]:
    return (await client.get("/api/ingestion/settings")).json()


def upsert(name: str, source: str = "greenhouse:stripe", **values: object) -> dict[str, object]:
    return {"op": "upsert", "company_name": name, "source": source, **values}


async def test_settings_come_back_as_they_were_posted(client: httpx.AsyncClient):
    filters = {"include": ["engineer", '"Go"', "/^sre/"], "exclude": ["intern"]}
    assert await post_settings(client, upsert("stripe", title_filters=filters, is_enabled=False)) == [
        {
            "op": "upsert",
            "company_name": "stripe",
            "source": "greenhouse:stripe",
            "success": True,
            "error": None,
            "known_source": None,
        }
    ]
    assert await settings(client) == [
        {"company_name": "stripe", "source": "greenhouse:stripe", "title_filters": filters, "is_enabled": False}
    ]
    item = {"op": "upsert", "company_name": "stripe", "title_filters": {}, "is_enabled": None}
    assert (await post_settings(client, item))[0]["source"] == "greenhouse:stripe"
    assert (await settings(client))[0]["title_filters"] == {"include": [], "exclude": []}
    assert (await settings(client))[0]["is_enabled"] is False
    deleted = await post_settings(client, {"op": "delete", "company_name": "stripe"})
    assert [(one["op"], one["company_name"], one["success"]) for one in deleted] == [("delete", "stripe", True)]
    assert await settings(client) == []


async def test_a_company_is_named_by_name_or_line_or_slug(client: httpx.AsyncClient):
    answers = await post_settings(
        client,
        {"op": "upsert", "company_name": "A", "source": "B=greenhouse:c"},
        {"op": "upsert", "source": "B=greenhouse:c"},
        {"op": "upsert", "source": "greenhouse:c"},
    )
    assert [answer["company_name"] for answer in answers] == ["A", "B", "c"]
    assert {answer["source"] for answer in answers} == {"greenhouse:c"}
    assert len(await settings(client)) == 3


async def test_a_line_moves_no_company_to_another_board(client: httpx.AsyncClient):
    await post_settings(client, upsert("c"), upsert("d"))
    line = {"op": "upsert", "source": "lever:c"}
    refused, told_not_to, same = await post_settings(
        client, line, upsert("d", source="lever:d", move=False), upsert("d", move=False)
    )
    assert (refused["success"], refused["company_name"], refused["source"]) == (False, "c", "lever:c")
    assert (refused["known_source"], told_not_to["known_source"]) == ("greenhouse:stripe", "greenhouse:stripe")
    assert "c 2=lever:c" in str(refused["error"])
    assert same["success"]
    assert {one["source"] for one in await settings(client)} == {"greenhouse:stripe"}
    await post_settings(client, {**line, "move": True}, upsert("d", source="lever:d"))
    assert [one["source"] for one in await settings(client)] == ["lever:c", "lever:d"]


async def test_a_board_is_not_followed_by_its_companys_own_host_as_well(world: World, client: httpx.AsyncClient):
    board = await add_board(world.database, "recruitee", "acme")
    await add_posting(world.database, board, "1", url="https://jobs.acme.example/o/engineer")
    own = {"op": "upsert", "source": "recruitee:jobs.acme.example"}
    followed, refused = await post_settings(client, upsert("Acme", source="recruitee:acme"), own)
    assert followed["success"]
    assert (refused["success"], refused["source"]) == (False, own["source"])
    assert "Acme, at recruitee:acme" in str(refused["error"])
    assert "jobs.acme.example=recruitee:acme" in str(refused["error"])
    assert "Acme=recruitee:jobs.acme.example" in str(refused["error"])

    second, moved = await post_settings(
        client,
        upsert("jobs.acme.example", source="recruitee:acme"),
        {**own, "company_name": "Acme", "is_enabled": False},
    )
    assert second["success"]
    assert "jobs.acme.example, at recruitee:acme" in str(moved["error"])
    _, moved = await post_settings(
        client, {"op": "delete", "company_name": "jobs.acme.example"}, {**own, "company_name": "Acme"}
    )
    assert moved["success"]
    assert [(one["company_name"], one["source"]) for one in await settings(client)] == [("Acme", own["source"])]


async def test_a_bad_item_stops_none_of_the_others(client: httpx.AsyncClient):
    bad: list[tuple[object, str]] = [
        (upsert("r", title_filters={"include": ["/(/"]}), "regular expression"),
        (upsert("u", source="monster:x"), "board:slug"),
        (upsert("u", source="nonsense"), "board:slug"),
        (upsert("n", is_enabled="yes"), "is_enabled"),
        (upsert("n", is_enabled=1), "is_enabled"),
        (upsert("t", title_filters={"include": "engineer"}), "title_filters.include"),
        (upsert("t", title_filters={"include": [1]}), "title_filters.include.0"),
        (upsert("t", title_filters=[]), "title_filters"),
        (upsert("t", title_filters={"includes": ["x"]}), "title_filters.includes"),
        (upsert("t", title_filters={"include": ["a\0b"]}), "NUL"),
        (upsert("t", title_filters={"include": ["\ud800"]}), "surrogate"),
        (upsert("t", title_filters={"include": ["x"] * 100 + [str(n) for n in range(300)]}), "At most 200"),
        (upsert(""), "no name"),
        (upsert("x" * 201), "At most 200"),
        (upsert("a\nb"), "line break"),
        (upsert(7), "company_name"),  # type: ignore[arg-type]
        (upsert("s", source=None), "source"),  # type: ignore[arg-type]
        ({"op": "upsert"}, "source"),
        ({"op": "upsert", "company_name": "s"}, "source"),
        ({"op": "delete", "company_name": "unknown"}, "do not follow"),
        ({"op": "delete"}, "company_name"),
        ({"op": "replace", "company_name": "s"}, "upsert"),
        ({"company_name": "s"}, "op"),
        ({"op": ["upsert"]}, "op"),
        ("stripe", "dictionary"),
        (None, "dictionary"),
        ([], "dictionary"),
    ]
    items: list[object] = [upsert("first")]
    for item, _ in bad:
        items += [item, upsert("between")]
    content = json.dumps(items)
    answer = await client.post("/api/ingestion/settings", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    answers = answer.json()
    assert len(answers) == len(items)
    for (item, says), said in zip(bad, answers[1::2], strict=True):
        assert said["success"] is False, item
        assert says.lower() in said["error"].lower(), (item, said["error"])
    assert all(said["success"] for said in [answers[0], *answers[2::2]])
    assert [one["company_name"] for one in await settings(client)] == ["between", "first"]


async def test_items_are_applied_in_order(client: httpx.AsyncClient):
    answers = await post_settings(
        client,
        {"op": "delete", "company_name": "a"},
        upsert("a"),
        {"op": "delete", "company_name": "a"},
        upsert("a", source="lever:plaid"),
    )
    assert [answer["success"] for answer in answers] == [False, True, True, True]
    assert [one["source"] for one in await settings(client)] == ["lever:plaid"]


async def test_at_most_500_items(client: httpx.AsyncClient):
    assert len(await post_settings(client, *[upsert("a")] * 500)) == 500
    answer = await client.post("/api/ingestion/settings", json=[upsert("a")] * 501)
    assert answer.status_code == 422
    assert "500" in answer.json()["detail"]
    assert (await client.post("/api/ingestion/settings", json={})).status_code == 422
    assert await post_settings(client) == []


async def test_names_are_kept_byte_for_byte(client: httpx.AsyncClient):
    names = [
        "Größe",
        unicodedata.normalize("NFD", "Größe"),
        " a ",
        "日本",
        "👩‍💻",
        "\u202eabc",
        "constructor",
        "a/b?c&d#e",
    ]
    answers = await post_settings(client, *(upsert(name) for name in names))
    assert [answer["company_name"] for answer in answers] == names
    raw = (await client.get("/api/ingestion/settings")).json()
    assert sorted(one["company_name"].encode() for one in raw) == sorted(name.encode() for name in names)


async def test_filters_are_tried_on_titles(client: httpx.AsyncClient):
    filters = {"include": ["engineer", '"go"'], "exclude": ["intern"]}
    titles = ["Senior Engineer", "Go", "Engineering Intern", "Cook"]
    answer = await client.post("/api/ingestion/titles", json={"title_filters": filters, "titles": titles})
    assert answer.json() == [
        {"kept": True, "term": "engineer", "start": 7, "end": 15},
        {"kept": True, "term": '"go"', "start": 0, "end": 2},
        {"kept": False, "term": "intern", "start": 12, "end": 18},
        {"kept": False, "term": None, "start": None, "end": None},
    ]
    for body in (
        {"title_filters": {"include": ["/(/"]}, "titles": ["a"]},
        {"title_filters": {}, "titles": ["a"] * 2001},
        {"titles": ["a"]},
    ):
        assert (await client.post("/api/ingestion/titles", json=body)).status_code == 422, body


async def test_companies_to_choose_from(client: httpx.AsyncClient):
    await post_settings(client, upsert("mine"))
    assert (await client.get("/api/ingestion/companies")).json() == [
        {"company_name": "mine", "source": "greenhouse:stripe", "followed": True, "made_up": False},
        {"company_name": "Acme", "source": "lever:acme", "followed": False, "made_up": True},
        {"company_name": "Plaid", "source": "lever:plaid", "followed": False, "made_up": False},
    ]


async def test_how_the_boards_are_doing(world: World, client: httpx.AsyncClient):
    await post_settings(client, upsert("A"), upsert("B", source="lever:plaid", is_enabled=False))
    assert (await client.get("/api/ingestion/boards")).json() == [
        {
            "company_name": name,
            "source": source,
            "is_enabled": name == "A",
            "url": url,
            "listings": 0,
            "listed_at": None,
            "openings": None,
            "postings": 0,
            "doubt": None,
            "setback": None,
            "last_run": None,
        }
        for name, source, url in [
            ("A", "greenhouse:stripe", "https://example.com/stripe"),
            ("B", "lever:plaid", None),
        ]
    ]
    me = await Users(world.database).ensure("me@example.com")
    async with world.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE boards SET listing = 2, listing_began_at = '2026-01-02T03:04:05Z', last_counts = '{12,9}'"
        )
        board, follow = (await connection.exec_driver_sql("SELECT board_id, id FROM follows WHERE company = 'A'")).one()
    await add_posting(world.database, board, "1")
    await add_posting(world.database, board, "2", gone_listing=2)
    for status in ("finished", "ingesting"):
        run = await add_run(world.database, me, status)
        values = {"status": "error", "reason": "404.", "follow_id": follow}
        await add_run_company(world.database, run, board, "A", **values)
    stranger = await Users(world.database).ensure("you@example.com")
    await add_run_company(world.database, await add_run(world.database, stranger), board, "A", status="done")
    one, other = (await client.get("/api/ingestion/boards")).json()
    assert (one["openings"], one["postings"], one["listed_at"]) == (12, 1, "2026-01-02T03:04:05Z")
    assert one["last_run"] == {
        "run_id": run,
        "status": "error",
        "reason": "404.",
        "ended": False,
        "host": "example.com",
    }
    assert other["last_run"] is None


async def test_facts_about_the_server(client: httpx.AsyncClient):
    facts = (await client.get("/api/server")).json()
    assert (facts["keep_runs_days"], facts["stand_ins"]) == (90, {})
    assert facts["version"]


async def test_start_and_abort(world: World, client: httpx.AsyncClient):
    answer = await client.post("/api/ingestion/start", json={"companies": ["Größe"]})
    assert (answer.status_code, answer.json()) == (200, {"run_id": 17})
    assert world.runs.asked == [["Größe"]]
    again = await client.post("/api/ingestion/start")
    assert (again.status_code, again.json()["run_id"]) == (409, 17)
    _, you = await world.user("you@example.com")
    assert (await you.post("/api/ingestion/abort/17")).status_code == 404
    answer = await client.post("/api/ingestion/abort/17")
    assert answer.json()["success"] is True
    assert answer.json()["message"]
    assert (await client.post("/api/ingestion/abort/17")).status_code == 409
    assert (await client.post("/api/ingestion/start", json={"companies": []})).status_code == 422
    assert (await client.post("/api/ingestion/start", json={})).json() == {"run_id": 18}


async def test_retry(world: World, client: httpx.AsyncClient):
    run = (await client.post("/api/ingestion/start")).json()["run_id"]
    path = f"/api/ingestion/retry/{run}"
    answer = await client.post(path)
    assert (answer.status_code, answer.json()) == (200, {"run_id": run, "jobs": 1, "boards": 0})
    jobs = [{"company_name": "Größe", "external_id": "1"}]
    for body in ({}, {"companies": ["Größe"]}, {"jobs": jobs}):
        assert (await client.post(path, json=body)).status_code == 200
    assert world.retries.asked == [
        RetryWish(),
        RetryWish(),
        RetryWish(companies=["Größe"]),
        RetryWish(jobs=[JobKey("Größe", "1")]),
    ]
    for body in ({"companies": []}, {"jobs": []}, {"jobs": [{"company_name": "Größe"}]}, {"companies": ["fine"]}):
        assert (await client.post(path, json=body)).status_code == 422, body
    busy = await client.post(path, json={"companies": ["busy"]})
    assert (busy.status_code, busy.json()["run_id"]) == (409, 18)
    await client.post(f"/api/ingestion/abort/{run}")
    assert (await client.post(path)).json()["run_id"] == 99


async def test_dry_run(client: httpx.AsyncClient):
    job = {"id": "1", "title": "Engineer", "location": "Köln", "url": "https://example.com/1", "known": False}
    whole = (await client.post("/api/ingestion/dry-run", json={})).json()
    assert whole["Größe"] == {
        "status": "success",
        "total_count": 2,
        "filtered_count": 1,
        "urls_count": 1,
        "included_jobs": [job],
        "excluded_jobs": [job],
        "notes": ["Only the first 200 pages of the listing were read."],
        "error_message": None,
    }
    assert (whole["gone"]["status"], whole["gone"]["error_message"]) == ("error", "The board is gone.")
    assert list((await client.post("/api/ingestion/dry-run", json={"companies": ["gone"]})).json()) == ["gone"]


async def a_run(world: World, email: str = "me@example.com") -> tuple[RunId, httpx.AsyncClient]:
    user, client = await world.user(email)
    board = await add_board(world.database)
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    run = await add_run(world.database, user, "ingesting", started_at=began, version=42)
    await add_run_company(world.database, run, board, "Größe", status="crawling")
    posting = await add_posting(world.database, board, "1")
    await add_jobs(
        world.database,
        run,
        {"company": "Größe", "external_id": "1", "status": "ready", "posting_id": posting},
        {"company": "Größe", "external_id": "2", "status": "error", "reason": "HTTP 500"},
    )
    await add_logs(world.database, run, "one", "two", "three")
    return run, client


async def test_a_run(world: World):
    run, client = await a_run(world)
    status = (await client.get(f"/api/ingestion/status/{run}")).json()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", status.pop("created_at"))
    assert status == {
        "run_id": run,
        "status": "ingesting",
        "counts": {"ready": 1, "error": 1},
        "total_jobs": 2,
        "changed_jobs": 0,
        "started_at": "2026-01-02T03:04:05Z",
        "finished_at": None,
        "error_message": None,
        "companies": 1,
        "failed_companies": 0,
        "retry_of": None,
        "retried_in": None,
        "version": 42,
    }
    assert (await client.get("/api/ingestion/current-run")).json() == {"run_id": run}
    runs = (await client.get("/api/ingestion/runs")).json()
    assert ([one["run_id"] for one in runs["runs"]], runs["next"]) == ([run], None)
    assert (await client.get(f"/api/ingestion/runs/{run}/companies")).json() == {
        "companies": [
            {
                "company_name": "Größe",
                "source": "greenhouse:stripe",
                "title_filters": {"include": [], "exclude": []},
                "status": "crawling",
                "reason": None,
                "began_at": None,
                "settled_at": None,
                "counts": {"ready": 1, "error": 1},
                "total_jobs": 2,
                "changed_jobs": 0,
            }
        ]
    }


async def test_the_jobs_of_a_run(world: World):
    run, client = await a_run(world)
    path = f"/api/ingestion/runs/{run}/jobs"
    first = (await client.get(path, params={"limit": 1})).json()
    assert first["jobs"][0]["url"] == "https://example.com/1"
    rest = (await client.get(path, params={"limit": 1, "after": first["next"]})).json()
    assert rest == {
        "jobs": [
            {
                "company_name": "Größe",
                "external_id": "2",
                "title": "Engineer",
                "location": "",
                "status": "error",
                "reason": "HTTP 500",
                "attempt": 1,
                "posting_id": None,
                "url": None,
            }
        ],
        "next": None,
    }

    async def found(query: str) -> list[str]:
        return [job["external_id"] for job in (await client.get(f"{path}?{query}")).json()["jobs"]]

    assert await found("status=&company=&after=&external_id=") == ["1", "2"]
    assert await found("status=error") == ["2"]
    assert await found("status=error&status=ready") == ["1", "2"]
    assert await found("external_id=1&company=Gr%C3%B6%C3%9Fe") == ["1"]
    assert await found("company=Gro%C3%9Fe") == []
    assert (await client.get(f"{path}?status=odd")).status_code == 422


async def test_where_some_jobs_of_a_run_are(world: World):
    run, client = await a_run(world)
    await add_jobs(world.database, run, {"company": "Größe", "external_id": "3", "location": "Köln"})
    jobs = [{"company_name": "Größe", "external_id": external_id} for external_id in ("3", "nope", "1")]
    path = f"/api/ingestion/runs/{run}/locations"
    assert (await client.post(path, json={"jobs": jobs})).json() == {"locations": ["Köln", None, ""]}
    assert (await client.post(path, json={"jobs": []})).json() == {"locations": []}
    assert (await client.post(path, json={"jobs": jobs[:1] * 501})).status_code == 422
    _, you = await world.user("you@example.com")
    assert (await you.post(path, json={"jobs": jobs})).status_code == 404


async def test_the_log_of_a_run(world: World):
    run, client = await a_run(world)
    first = (await client.get(f"/api/ingestion/logs/{run}?limit=2")).json()
    assert [line["message"] for line in first["logs"]] == ["one", "two"]
    assert (first["more"], first["last_seq"]) == (True, first["logs"][-1]["seq"])
    assert set(first["logs"][0]) == {"seq", "at", "level", "company", "external_id", "message"}
    rest = (await client.get(f"/api/ingestion/logs/{run}?after={first['last_seq']}")).json()
    assert ([line["message"] for line in rest["logs"]], rest["more"]) == (["three"], False)
    end = (await client.get(f"/api/ingestion/logs/{run}?after={rest['last_seq']}")).json()
    assert end == {"logs": [], "last_seq": rest["last_seq"], "more": False}


async def test_what_is_somebody_elses_is_as_if_it_were_not_there(world: World):
    run, client = await a_run(world)
    _, you = await world.user("you@example.com")
    posting = (await client.get(f"/api/ingestion/runs/{run}/jobs")).json()["jobs"][0]["posting_id"]
    for method, path in [
        ("GET", f"/api/ingestion/status/{run}"),
        ("GET", f"/api/ingestion/logs/{run}"),
        ("GET", f"/api/ingestion/runs/{run}/companies"),
        ("GET", f"/api/ingestion/runs/{run}/jobs"),
        ("POST", f"/api/ingestion/abort/{run}"),
        ("POST", f"/api/ingestion/retry/{run}"),
        ("GET", f"/api/jobs/{posting}"),
    ]:
        theirs = await you.request(method, path)
        nobodys = (
            await you.request(method, path + "999")
            if "/runs/" not in path
            else await you.get(path.replace(f"/{run}/", "/999/"))
        )
        assert (theirs.status_code, theirs.content) == (404, nobodys.content), path
        assert dict(theirs.headers) == dict(nobodys.headers)
    assert (await you.get("/api/ingestion/runs")).json() == {"runs": [], "next": None}
    assert (await you.get("/api/ingestion/current-run")).json() == {"run_id": None}
    assert (await you.get("/api/jobs")).json() == {"jobs": [], "next": None, "instead": {}}
    assert (await client.get(f"/api/jobs/{posting}")).status_code == 200


async def test_jobs_are_counted(world: World):
    user, client = await world.user("me@example.com")
    assert (await post_settings(client, upsert("Größe", "greenhouse:x")))[0]["success"]
    board = (await world.services.follows.all(user))[0].board
    async with world.database.connect() as connection:
        query = text("SELECT id FROM boards WHERE slug = :slug")
        board_id = (await connection.execute(query, {"slug": board.slug})).scalar_one()
    await add_posting(world.database, board_id, "1", workplace="remote")
    await add_posting(world.database, board_id, "2", employment_type="contract", locations=["Bonn", "Köln"])
    assert (await client.get("/api/jobs/facets?workplace=unknown&q=")).json() == {
        "total": 1,
        "unindexed": 2,
        "instead": {},
        "company": [{"value": "Größe", "count": 1}],
        "location": [{"value": "Bonn", "count": 1}, {"value": "Köln", "count": 1}],
        "workplace": [{"value": "remote", "count": 1}, {"value": "unknown", "count": 1}],
        "employment_type": [{"value": "contract", "count": 1}],
        "presence": [{"value": "live", "count": 1}],
        "seen_since": [{"value": "2026-01-02", "count": 1}],
    }
    for query, count in {
        "company=Größe&company=x": 2,
        "company=&location=": 2,
        "location=Köln": 1,
        "employment_type=unknown&employment_type=contract": 2,
        "seen_since=2026-01-03": 0,
        "seen_since=&run=": 2,
    }.items():
        assert (await client.get(f"/api/jobs/facets?{query}")).json()["total"] == count, query
        assert len((await client.get(f"/api/jobs?{query}")).json()["jobs"]) == count, query
    for query in ("workplace=moon", "seen_since=yesterday", "run=0", "presence=gon", "company=%00", "nothing=1"):
        answer = await client.get(f"/api/jobs/facets?{query}")
        assert answer.status_code == 422, query
    assert (await client.get("/api/jobs/facets?run=1")).status_code == 404


async def test_jobs(world: World, client: httpx.AsyncClient):
    await post_settings(client, upsert("Größe", title_filters={"exclude": ["cook"]}))
    board = await add_board(world.database, "lever", "other")
    assert board
    async with world.database.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT id FROM boards WHERE slug = 'stripe'")).scalar_one()
    salary = {"minimum": 1000, "maximum": 2000, "currency": "EUR", "interval": "month"}
    posting = await add_posting(
        world.database,
        row,
        "x/1",
        title="Engineer",
        workplace="remote",
        employment_type="full_time",
        department="R&D",
        posted_on=date(2026, 1, 1),
        closes_on=date(2026, 2, 1),
        country="DE",
        language="de",
        salary=salary,
        description="<p onclick=alert(1)>Build.</p><script>alert(1)</script>",
        locations=["Köln"],
    )
    await add_posting(world.database, row, "2", title="Cook")
    await add_posting(world.database, board, "3", title="Engineer elsewhere")
    third = await add_posting(world.database, row, "4", title="Engineer II")
    line = {
        "id": posting,
        "company_name": "Größe",
        "title": "Engineer",
        "location": "Berlin",
        "remote": True,
        "workplace": "remote",
        "employment_type": "full_time",
        "department": "R&D",
        "posted_on": "2026-01-01",
        "closes_on": "2026-02-01",
        "country": "DE",
        "language": "de",
        "salary": salary,
        "url": "https://example.com/x/1",
        "first_seen_at": "2026-01-02T03:04:05Z",
        "gone_at": None,
        "seen": False,
        "starred": False,
    }
    first = (await client.get("/api/jobs", params={"limit": 1})).json()
    assert [job["id"] for job in first["jobs"]] == [third]
    rest = (await client.get("/api/jobs", params={"after": first["next"]})).json()
    assert rest == {"jobs": [line], "next": None, "instead": {}}
    assert (await client.get("/api/jobs?q=engineer&remote=true&company=Gr%C3%B6%C3%9Fe")).json()["jobs"] == [line]
    assert len((await client.get("/api/jobs?q=&remote=&company=&after=")).json()["jobs"]) == 2
    assert (await client.get(f"/api/jobs/{posting}")).json() == {
        **line,
        "external_id": "x/1",
        "source": "greenhouse:stripe",
        "locations": ["Köln"],
        "description_html": "<p>Build.</p>",
        "description_text": "Build.",
        "requirements_html": None,
        "gone_reason": None,
        "history": [{"at": "2026-01-02T03:04:05Z", "kind": "first_seen", "reason": None}],
        "also": [],
    }


async def test_requirements_are_what_the_board_sets_apart_or_else_the_text(world: World, client: httpx.AsyncClient):
    board = await add_board(world.database, slug="acme")
    await post_settings(client, upsert("Acme", "greenhouse:acme"))
    text = "<p>We build.</p><h3>Requirements</h3><ul><li onclick=alert(1)>Go</ul><h3>Benefits</h3><p>Tea</p>"
    of_text = "<h3>Requirements</h3><ul><li>Go</li></ul>"

    async def shown(**values: object) -> object:
        posting = await add_posting(world.database, board, str(values), **values)
        return (await client.get(f"/api/jobs/{posting}")).json()["requirements_html"]

    assert await shown(description=text) == of_text
    assert await shown(description=text, requirements="") == of_text
    assert await shown(description=text, requirements="<p>Rust</p>") == "<p>Rust</p>"
    assert await shown(description="<p>We build.</p>", requirements="") is None
    assert await shown() is None


async def test_a_posting_names_the_others_of_its_job(world: World, client: httpx.AsyncClient):
    board, elsewhere = await add_board(world.database, slug="acme"), await add_board(world.database, slug="other")
    await post_settings(client, upsert("Acme", "greenhouse:acme"))
    postings = {
        place: await add_posting(world.database, of, place, location=place, **values)
        for place, of, values in (
            ("Oslo", board, {"job_key": "7"}),
            ("Paris", board, {"job_key": "7"}),
            ("Berlin", board, {"job_key": "7"}),
            ("gone", board, {"job_key": "7", "gone_listing": 2}),
            ("another job", board, {"job_key": "8"}),
            ("another board", elsewhere, {"job_key": "7"}),
            ("no job", board, {}),
        )
    }

    async def also(place: str) -> list[object]:
        return (await client.get(f"/api/jobs/{postings[place]}")).json()["also"]

    assert await also("Oslo") == [
        {"id": postings[place], "location": place, "url": f"https://example.com/{place}"}
        for place in ("Berlin", "Paris")
    ]
    assert await also("another job") == await also("no job") == []
