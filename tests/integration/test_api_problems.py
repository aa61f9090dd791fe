from collections.abc import AsyncIterator

import pytest
from api_world import FakeRuns, World, api_world

from jobwire.api.problems import STATUS
from jobwire.domain import errors
from jobwire.domain.runs import RunId, UserId
from jobwire.storage.database import Database


class Raising(FakeRuns):
    def __init__(self) -> None:
        super().__init__()
        self.error: Exception = Exception()

    async def start(self, user: UserId, companies: object) -> RunId:
        raise self.error


@pytest.fixture
def runs() -> Raising:
    return Raising()


@pytest.fixture
async def world(database: Database, runs: Raising) -> AsyncIterator[World]:
    async with api_world(database, runs=runs) as made:
        yield made


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (errors.InvalidInput("What.", advice="Do."), 422, "Unprocessable Content"),
        (errors.UnknownBoard("What."), 422, "Unprocessable Content"),
        (errors.NotSignedIn("What."), 401, "Unauthorized"),
        (errors.Conflict("What.", advice="Do."), 409, "Conflict"),
        (errors.RunActive(17), 409, "Conflict"),
        (errors.RunEnded(17), 409, "Conflict"),
        (errors.Unavailable("What.", advice="Do."), 503, "Service Unavailable"),
        (errors.BoardGone("What."), 502, "Bad Gateway"),
        (errors.HostBusy("What.", retry_after=3), 502, "Bad Gateway"),
    ],
)
async def test_each_error_has_its_status(
    world: World, runs: Raising, error: errors.JobwireError, status: int, title: str
):
    runs.error = error
    _, client = await world.user("me@example.com")
    answer = await client.post("/api/ingestion/start", json={})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    extras = {"run_id": 17} if isinstance(error, errors.RunActive | errors.RunEnded) else {}
    body = answer.json()
    assert body == {"type": "about:blank", "title": body["title"], "status": status, "detail": str(error), **extras}
    assert body["title"] in {title, "Unprocessable Entity"}


def test_every_error_of_the_tree_has_a_status():
    def leaves(kind: type[errors.JobwireError]) -> list[type[errors.JobwireError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]

    for kind in leaves(errors.JobwireError)[1:]:
        assert any(issubclass(kind, known) for known in STATUS), kind


async def test_what_is_not_there_has_one_body(world: World, runs: Raising):
    _, client = await world.user("me@example.com")
    runs.error = errors.NotFound("Something that says too much.")
    bodies = [await client.post("/api/ingestion/start", json={})]
    bodies += [
        await client.get(path)
        for path in (
            "/api/ingestion/status/1",
            "/api/ingestion/status/0",
            "/api/ingestion/status/-1",
            "/api/ingestion/status/nonsense",
            "/api/ingestion/status/99999999999999999999999",
            "/api/ingestion/logs/1",
            "/api/ingestion/runs/1/jobs",
            "/api/jobs/1",
            "/api/nothing/like/that",
            "/api",
            "/api/",
        )
    ]
    assert {answer.status_code for answer in bodies} == {404}
    assert len({answer.content for answer in bodies}) == 1


async def test_a_wrong_method(world: World):
    answer = await world.client().put("/api/health")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["title"] == "Method Not Allowed"
    assert (await world.client().post("/runs/1")).status_code == 405


async def test_what_nobody_expected_is_an_incident_in_answer_and_log(
    world: World, runs: Raising, caplog: pytest.LogCaptureFixture
):
    runs.error = ZeroDivisionError("a detail that is not for everybody")
    _, client = await world.user("me@example.com")
    token = client.headers["Authorization"].removeprefix("Bearer ")
    answer = await client.post(f"/api/ingestion/start?token={token}", json={})
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"]
    body = answer.json()
    assert body["incident"] in body["detail"]
    assert "not for everybody" not in answer.text
    (record,) = [one for one in caplog.records if one.getMessage() == "request.failed"]
    assert record.fields == {"incident": body["incident"], "method": "POST", "path": "/api/ingestion/start"}
    assert record.exc_info


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/api/jobs?compny=acme", '"compny" is no parameter of this request. Did you mean "company"?'),
        ("/api/jobs.csv?q=a&presense=all", '"presense" is no parameter of this request. Did you mean "presence"?'),
        ("/api/ingestion/runs?x=1", '"x" is no parameter of this request. It takes before, limit.'),
        ("/api/ingestion/status/1?x", '"x" is no parameter of this request. It takes none.'),
        ("/api/session?now=", '"now" is no parameter of this request. It takes none.'),
    ],
)
async def test_a_parameter_that_is_not_known_is_not_passed_over(world: World, path: str, detail: str):
    _, client = await world.user("me@example.com")
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_parameters_are_known_to_changes_too_and_pages_health_and_feeds_take_any(world: World):
    _, client = await world.user("me@example.com")
    assert (await client.post("/api/ingestion/start?companies=acme", json={})).status_code == 422
    assert (await client.delete("/api/session?x=1")).status_code == 422
    assert (await client.get("/signin?code=used&utm_source=mail")).status_code != 422
    assert (await client.get("/api/health?now=1")).status_code == 200
    assert (await client.get("/api/jobs/feeds/none?now=1")).status_code == 404
    assert (await client.get("/api/jobs?limit=1&limit=2&after=")).status_code == 200


async def test_a_secret_that_stands_for_a_parameter_is_not_repeated(world: World):
    _, client = await world.user("me@example.com")
    token = client.headers["Authorization"].removeprefix("Bearer ")
    assert token not in (await client.get(f"/api/jobs?{token}")).text
    assert len((await client.get(f"/api/jobs?{'x' * 5_000}")).text) < 500


@pytest.mark.parametrize(
    ("send", "status"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"[" * 200_000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 422),
        ({"json": {"companies": "sesame"}}, 422),
        ({"json": {"companies": [1]}}, 422),
        ({"json": {"companies": ["a\0sesame"]}}, 422),
        ({"content": b'{"companies": ["\\ud800"]}', "headers": {"Content-Type": "application/json"}}, 422),
        ({"json": {"company": "sesame"}}, 422),
        ({"json": ["sesame"]}, 422),
    ],
)
async def test_bodies_that_cannot_be_read(world: World, send: dict[str, object], status: int):
    _, client = await world.user("me@example.com")
    answer = await client.post("/api/ingestion/start", **send)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert "sesame" not in answer.text


@pytest.mark.parametrize(
    ("send", "detail"),
    [
        ({"content": b'{"companies": }', "headers": {"Content-Type": "application/json"}}, "from character 14 on"),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, "Content-Type: application/json"),
        ({"content": b"{}", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, "Content-Type"),
        ({}, "Send JSON"),
    ],
)
async def test_a_body_that_is_no_json_is_told_what_to_be(world: World, send: dict[str, object], detail: str):
    _, client = await world.user("me@example.com")
    answer = await client.post("/api/ingestion/settings", **send)
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/jobs?limit=0",
        "/api/jobs?limit=100000",
        "/api/jobs?limit=x",
        "/api/jobs?q=%00",
        "/api/jobs?after=nonsense",
        "/api/jobs?after=%00",
        "/api/jobs?after=WzFd",
        "/api/jobs?after=WyIyMDI1LTAxLTAxIiw5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "/api/jobs?remote=perhaps",
        "/api/ingestion/runs?before=0",
        "/api/ingestion/runs?before=99999999999999999999",
    ],
)
async def test_queries_that_cannot_be_read(world: World, path: str):
    _, client = await world.user("me@example.com")
    answer = await client.get(path)
    assert answer.status_code == 422
    assert answer.json()["status"] == 422


async def test_a_body_has_a_limit(world: World):
    _, client = await world.user("me@example.com")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    for content in (b"x" * (1024 * 1024 + 1), chunks()):
        answer = await client.post(
            "/api/ingestion/settings", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert "1 MiB" in answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_health(world: World):
    answer = await world.client().get("/api/health")
    assert answer.json() == {"status": "ok", "version": "0.1.0"}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/health", "/signin?code=x"])
async def test_without_a_database_strangers_are_not_told_where_it_is(path: str):
    gone = Database("postgresql://me:sesame@127.0.0.1:1/nothing")
    async with api_world(gone) as world:
        answer = await world.client().get(path)
    await gone.close()
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("The database does not answer.")
    assert "127.0.0.1" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_headers_on_every_answer(world: World):
    for path in ("/", "/api/health", "/api/nothing", "/signin", "/assets/none.js"):
        headers = (await world.client().get(path)).headers
        policy = headers["content-security-policy"]
        assert policy.startswith(("default-src 'self'; script-src 'self';", "default-src 'none'; style-src 'sha256-"))
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in {"same-origin", "no-referrer"}


async def test_a_page_without_the_app_may_show_the_icon_that_it_names(world: World):
    answer = await world.client().get("/signin?code=none-such")
    assert answer.status_code == 403
    assert '<link rel="icon" href="/favicon.svg"' in answer.text
    assert "; img-src 'self';" in answer.headers["content-security-policy"]


async def test_the_openapi_document_names_every_answer(world: World):
    document = (await world.client().get("/api/openapi.json")).json()
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) >= {"GET /api/jobs/{job_id}", "POST /api/ingestion/settings", "GET /api/health"}
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) == len(set(names))
    for name, operation in operations.items():
        assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"], name
        code, good = next(one for one in operation["responses"].items() if one[0].startswith("2"))
        (content,) = good.get("content", {"": {"schema": code == "204"}}).values()
        assert content["schema"], name
    item = operations["POST /api/ingestion/settings"]["requestBody"]["content"]["application/json"]["schema"]["items"]
    assert item["discriminator"]["propertyName"] == "op"
    run = document["components"]["schemas"]["RunAnswer"]
    assert set(run["required"]) == set(run["properties"])
