import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_world import World, add_board, add_jobs, add_run, add_run_company, api_world

from jobwire.api.auth import COOKIE
from jobwire.storage.database import Database

SCRIPT = "console.log('hello');\n" * 200


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Jobwire</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / ".hidden").write_text("sesame")
    (folder / "assets" / "app-1a2b.js").write_text(SCRIPT)
    (tmp_path / "outside.txt").write_text("sesame")
    (folder / "assets" / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
async def world(database: Database, dist: Path) -> AsyncIterator[World]:
    async with api_world(database, web=dist) as made:
        yield made


async def test_every_pages_address_shows_the_app(world: World):
    for path in ("/", "/runs/17", "/jobs?q=x", "/settings/", "/index.html", "/signin/more", "/apiary"):
        answer = await world.client().get(path)
        assert answer.status_code == 200
        assert "<title>Jobwire</title>" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", ["/api/session"]),
        ("/runs/17", ["/api/session", "/api/ingestion/status/17"]),
        ("/runs/17/summary", ["/api/session"]),
        ("/runs/0", ["/api/session"]),
        ("/runs/17>;x", ["/api/session"]),
    ],
)
async def test_the_browser_is_told_what_the_page_will_ask_for(world: World, path: str, asked: list[str]):
    links = (await world.client().get(path)).headers["link"]
    assert links == ", ".join(f"<{one}>; rel=preload; as=fetch; crossorigin" for one in asked)


async def test_assets_are_kept_for_good(world: World):
    answer = await world.client().get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert answer.text == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    again = await world.client().get(
        "/assets/app-1a2b.js", headers={"Accept-Encoding": "identity", "If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    head = await world.client().head("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(SCRIPT)))


@pytest.mark.parametrize(
    ("accepted", "gzipped"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.00", False),
        ("br", False),
        ("identity", False),
    ],
)
async def test_assets_are_compressed_for_those_who_take_it(world: World, accepted: str, *, gzipped: bool):
    answer = await world.client().get("/assets/app-1a2b.js", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is gzipped
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.text == SCRIPT
    assert answer.headers["etag"].endswith('-gz"') is gzipped


async def test_a_compressed_twin_is_taken(world: World, dist: Path):
    (dist / "assets" / "app-1a2b.js.gz").write_bytes(twin := gzip.compress(SCRIPT.encode(), 1))
    answer = await world.client().get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-length"] == str(len(twin))
    assert answer.text == SCRIPT


async def test_a_missing_asset_is_not_the_app(world: World):
    assert (await world.client().get("/assets/old-0000.js")).status_code == 404


async def test_other_files_of_the_build_are_served_and_asked_for_again(world: World):
    answer = await world.client().get("/favicon.svg")
    assert (answer.text, answer.headers["content-type"]) == ("<svg/>", "image/svg+xml")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/assets/../../outside.txt",
        "/assets/%2e%2e/%2e%2e/outside.txt",
        "/assets/link.txt",
        "/.hidden",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/%00",
        "/" + "a" * 5000,
    ],
)
async def test_nothing_outside_of_the_build_is_served(world: World, path: str):
    answer = await world.client().get(path)
    assert answer.status_code in {200, 404}
    assert "sesame" not in answer.text
    assert "root:" not in answer.text


async def test_a_new_build_is_seen_without_a_restart(world: World, dist: Path):
    client = world.client()
    old = await client.get("/")
    (dist / "index.html").write_text("<!doctype html><title>A newer Jobwire</title>")
    new = await client.get("/", headers={"If-None-Match": old.headers["etag"]})
    assert (new.status_code, "newer" in new.text) == (200, True)


@pytest.mark.parametrize("web", [None, Path("/nowhere/at/all")])
async def test_without_a_build_the_page_says_what_to_do(database: Database, web: Path | None):
    async with api_world(database, web=web) as world:
        answer = await world.client().get("/runs/17")
        assert answer.status_code == 200
        assert "make web" in answer.text
        assert (await world.client().get("/api/health")).status_code == 200


async def test_a_runs_page_shows_at_once_how_far_it_has_come(world: World, dist: Path):
    (dist / "index.html").write_text('<!doctype html><body><div id="root"></div><p>after</p>')
    me, client = await world.user("me@example.com")
    run = await add_run(world.database, me, "ingesting")
    await add_run_company(world.database, run, await add_board(world.database), "acme")
    jobs = [("1", "ready"), ("2", "ready"), ("3", "skipped"), ("4", "error"), ("5", "crawling"), ("6", "pending")]
    await add_jobs(
        world.database, run, *({"company": "acme", "external_id": key, "status": status} for key, status in jobs)
    )
    answer = await client.get(f"/runs/{run}?stay=true")
    assert "<h1>Run 1</h1>" in answer.text
    assert 'aria-valuenow="66"' in answer.text
    assert "<b>4</b> / 6 jobs" in answer.text
    assert '<rect data-segment="ready" x="0" width="2" height="1"/><rect data-segment="skipped" x="2"' in answer.text
    assert answer.text.endswith("</div><p>after</p>")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "etag" not in answer.headers


async def test_the_app_alone_is_shown_to_whom_a_run_is_not(world: World, dist: Path):
    page = '<!doctype html><body><div id="root"></div>'
    (dist / "index.html").write_text(page)
    me, client = await world.user("me@example.com")
    _, stranger = await world.user("you@example.com")
    run = await add_run(world.database, me)
    for who, path in (
        (stranger, f"/runs/{run}"),
        (world.client(), f"/runs/{run}"),
        (world.client(cookies={COOKIE: "bad"}), f"/runs/{run}"),
        (client, "/runs/999"),
        (client, "/runs/9999999999999999999"),
        (client, f"/runs/{run}/summary"),
    ):
        answer = await who.get(path)
        assert (answer.status_code, answer.text) == (200, page), path
    assert (await client.get(f"/runs/{run}")).text != page


async def test_a_page_without_a_place_for_it_is_sent_as_it_is(world: World):
    me, client = await world.user("me@example.com")
    answer = await client.get(f"/runs/{await add_run(world.database, me)}")
    assert answer.text == "<!doctype html><title>Jobwire</title>"
