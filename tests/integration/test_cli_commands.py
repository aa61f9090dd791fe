"""The `jobwire` command itself, as processes: against real servers, a real database and the demo careers site."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from jobwire.demo.options import DemoOptions
from jobwire.demo.server import DemoSite
from patience import PATIENCE_S

LINK = re.compile(r"http://127\.0\.0\.1:\d+/signin\?code=\S+")


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    """A person's environment: a database and a folder of the test's own, no settings from outside."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("JOBWIRE_", "FORCE_"))}
    return {
        **ours,
        "JOBWIRE_DATABASE_URL": database_url,
        "JOBWIRE_DATA_DIR": str(tmp_path / "data"),
        "JOBWIRE_PORT": str(_free_port()),
        "JOBWIRE_ALLOW_PRIVATE_HOSTS": "1",
    }


def jobwire(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobwire", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@contextmanager
def started(environ: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on; at the end it is told to stop, and does."""
    command = [sys.executable, "-m", "jobwire", *words]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.terminate()
            child.communicate(timeout=PATIENCE_S)


def read_until(child: subprocess.Popen[str], wanted: str) -> str:
    """Read stdout up to the line that holds `wanted`; the process's end is a failure."""
    assert child.stdout is not None
    lines = ""
    for line in child.stdout:
        lines += line
        if wanted in line:
            return lines
    assert child.stderr is not None
    raise AssertionError(f"{wanted!r} never came:\n{lines}\n{child.stderr.read()}")


@asynccontextmanager
async def site(environ: dict[str, str], **options: float) -> AsyncIterator[DemoSite]:
    """A small careers site that `environ` names."""
    made = DemoOptions(**{"companies": 4, "postings": 40, **options})  # type: ignore[arg-type]
    async with DemoSite(made) as served:
        environ["JOBWIRE_BOARD_URLS"] = json.dumps(served.board_urls)
        yield served


def _address(link: str) -> str:
    return link.partition("/signin")[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_serve_prints_a_link_that_signs_in_once_and_stops_in_order(environ: dict[str, str]) -> None:
    def use() -> None:
        with started(environ, "serve", "--no-worker") as server:
            printed = read_until(server, "Serving at")
            link = LINK.search(printed)
            assert link is not None
            with httpx.Client() as browser:
                assert browser.get(link[0]).status_code == 303
                session = browser.get(f"http://127.0.0.1:{environ['JOBWIRE_PORT']}/api/session")
                assert session.json() == {"email": "me@localhost"}
            assert httpx.get(link[0]).status_code == 403
            token = jobwire(environ, "token", "--user", "ann@example.com", "--ttl", "60").stdout.strip()
            who = httpx.get(
                f"http://127.0.0.1:{environ['JOBWIRE_PORT']}/api/session", headers={"Authorization": f"Bearer {token}"}
            )
            assert who.json() == {"email": "ann@example.com"}
            another = jobwire(environ, "token", "--link").stdout.strip()
            assert httpx.get(another).status_code == 303
            taken = jobwire(environ, "serve")
            assert (taken.returncode, taken.stdout) == (5, "")
            assert f"Port {environ['JOBWIRE_PORT']} of 127.0.0.1 is taken." in taken.stderr
            assert "make run PORT=" in taken.stderr
            server.send_signal(signal.SIGINT)
            assert server.wait(PATIENCE_S) == 0

    await asyncio.to_thread(use)


async def test_other_terminals_find_the_server_of_their_folder_by_itself(environ: dict[str, str]) -> None:
    """Also on a port that nobody told them, and not once it has gone; whatever becomes of others beside it."""
    del environ["JOBWIRE_PORT"]
    folder = Path(environ["JOBWIRE_DATA_DIR"])

    def use() -> None:
        folder.mkdir()
        with started(environ, "serve", "--no-worker", "--port", "0") as server:
            read_until(server, "Serving at")
            there = jobwire(environ, "token", "--link")
            link = there.stdout.strip()
            assert there.stderr == ""
            assert httpx.get(link).status_code == 303
            named = jobwire({**environ, "JOBWIRE_PORT": "9"}, "token", "--link").stdout
            assert named.startswith("http://127.0.0.1:9/")
            first = _address(link)
            with started(environ, "serve", "--no-worker", "--port", "0") as second:
                read_until(second, "Serving at")
                assert _address(jobwire(environ, "token", "--link").stdout) not in {first, ""}
            assert _address(jobwire(environ, "token", "--link").stdout) == first
            with started(environ, "serve", "--no-worker", "--port", "0") as third:
                read_until(third, "Serving at")
                third.kill()
            assert _address(jobwire(environ, "token", "--link").stdout) == first
        assert not list((folder / "servers").iterdir())
        nowhere = jobwire(environ, "token", "--link")
        assert nowhere.stdout.startswith("http://127.0.0.1:8000/")
        assert "No server of yours answers at http://127.0.0.1:8000" in nowhere.stderr
        assert "JOBWIRE_DATA_DIR" in nowhere.stderr

    await asyncio.to_thread(use)


async def test_ingest_follows_runs_and_tells_without_a_server(environ: dict[str, str]) -> None:
    async with site(environ) as demo:
        first = await asyncio.to_thread(jobwire, environ, "ingest", *demo.companies)
        assert first.returncode == 0, first.stderr
        assert "\x1b" not in first.stdout
        assert re.search(r"Run \d+ finished after .*: 40 new, 0 changed, 0 unchanged, 0 expired, 0 fail", first.stdout)
        assert "one is started for this run" in first.stderr
        assert "worker.ready" not in first.stderr  # the server's worker is as quiet as the command
        assert "See it at" not in first.stdout  # where it was, there is nothing now
        assert re.search(r"To see it in the app: .*serve", first.stdout)
        name = demo.companies[0].rpartition("=")[0]
        again = await asyncio.to_thread(jobwire, environ, "ingest", name, "--json", "--strict")
        assert again.returncode == 0, again.stderr
        result = json.loads(again.stdout.splitlines()[-1])
        assert (result["event"], result["status"], list(result["companies"])) == ("result", "finished", [name])
        assert result["counts"] == {"skipped": result["total_jobs"]}
        assert (await asyncio.to_thread(jobwire, environ, "accept")).stdout == "No board raises a question.\n"
        kept = await asyncio.to_thread(jobwire, environ, "keep", name)
        assert (kept.returncode, kept.stdout) == (2, "")
        assert "raised no question. Look up the open ones (`jobwire accept`)." in kept.stderr
        bad = await asyncio.to_thread(jobwire, environ, "ingest", "lever:no-such-board", name, "--strict")
        assert bad.returncode == 3, bad.stdout
        assert "no-such-board" in bad.stdout
        again = await asyncio.to_thread(jobwire, environ, "retry", str(result["run_id"] + 1), "--json")
        assert again.returncode == 1, again.stderr
        tried = json.loads(again.stdout.splitlines()[-1])
        assert (tried["run_id"], list(tried["companies"])) == (result["run_id"] + 2, ["no-such-board"])
        assert f"1 board of run {result['run_id'] + 1} again, in run {tried['run_id']}." in again.stderr
        none = await asyncio.to_thread(jobwire, environ, "retry", str(result["run_id"]), "--company", name)
        assert (none.returncode, none.stdout) == (2, "")
        assert "Nothing of that has failed" in none.stderr
        nope = await asyncio.to_thread(jobwire, environ, "retry", str(result["run_id"]), "--company", "nope")
        assert (nope.returncode, nope.stdout) == (2, "")
        assert f"Run {result['run_id']} has no company nope." in nope.stderr
        gone = await asyncio.to_thread(jobwire, environ, "retry", "4711", "--company", name)
        assert (gone.returncode, gone.stdout) == (2, "")
        assert "There is no run 4711, or it is not yours." in gone.stderr
        await asyncio.to_thread(_leave, environ, name, openings=result["total_jobs"])


def _leave(environ: dict[str, str], name: str, *, openings: int) -> None:
    """Leave that company and no-such-board, and then the others."""
    listed = jobwire(environ, "companies").stdout.splitlines()
    (known,) = [line for line in listed if line.startswith(name)]
    assert re.fullmatch(rf"{name} +\w+:\S+ +{openings} openings, listed \d{{4}}-\d\d-\d\d \d\d:\d\d UTC", known)
    (failed,) = [line for line in listed if line.startswith("no-such-board")]
    assert re.match(r"no-such-board +lever:no-such-board +cannot be listed: .*knows no such board", failed)
    none = jobwire(environ, "unfollow", name, "nobody")
    assert (none.returncode, none.stdout) == (2, "")
    assert 'You do not follow "nobody".' in none.stderr
    for word, left in ((name, name), ("lever:no-such-board", "no-such-board")):
        gone = jobwire(environ, "unfollow", word)
        assert (gone.returncode, gone.stdout) == (0, f"{left} is no longer followed. Its runs and postings stay.\n")
    others = re.findall(r"\w+:\S+(?=  )", jobwire(environ, "companies").stdout)
    assert jobwire(environ, "unfollow", *others).returncode == 0
    empty = jobwire(environ, "companies")
    assert "You follow no company. Follow one:" in empty.stdout


async def test_a_run_is_watched_left_with_ctrl_c_joined_and_aborted(environ: dict[str, str]) -> None:
    environ["JOBWIRE_HOST_PACE"] = json.dumps({"127.0.0.1": {"per_second": 0.2}})

    def use(demo: DemoSite) -> None:
        with started(environ, "serve") as server:
            read_until(server, "Serving at")
            token = jobwire(environ, "token").stdout.strip()
            with started(environ, "ingest", *demo.companies, "--json") as ingesting:
                run_id = json.loads(read_until(ingesting, '"progress"').splitlines()[-1])["run_id"]
                ingesting.send_signal(signal.SIGINT)
                assert ingesting.wait(PATIENCE_S) == 130
                assert ingesting.stderr is not None
                assert f"Run {run_id} goes on. Come back: python -m jobwire watch {run_id}" in ingesting.stderr.read()
            with started(environ, "ingest", "--json") as joined, started(environ, "watch", str(run_id)) as watching:
                assert json.loads(read_until(joined, '"progress"').splitlines()[-1])["run_id"] == run_id
                read_until(watching, f"Run {run_id} ")
                aborted = httpx.post(
                    f"http://127.0.0.1:{environ['JOBWIRE_PORT']}/api/ingestion/abort/{run_id}",
                    headers={"Authorization": f"Bearer {token}"},
                )
                assert aborted.json()["success"] is True
                assert (joined.wait(PATIENCE_S), watching.wait(PATIENCE_S)) == (4, 4)
                assert watching.stdout is not None
                assert f"Run {run_id} was aborted after" in watching.stdout.read()

    async with site(environ) as demo:
        await asyncio.to_thread(use, demo)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["watch", "1"], 5, "Start it with `jobwire serve`"),
        (["ingest", "--url", "http://127.0.0.1:9"], 5, "does not answer at http://127.0.0.1:9."),
        (["ingest", "nobody-knows-it"], 2, "Write board:slug"),
        (["token", "--user", "nobody"], 2, "no e-mail address"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_with_its_exit_code(
    environ: dict[str, str], words: list[str], code: int, told: str
) -> None:
    done = jobwire(environ, *words)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_bad_settings_are_named_without_their_values(environ: dict[str, str]) -> None:
    done = jobwire({**environ, "JOBWIRE_SECRET_KEY": "too-short-secret"}, "token")
    assert done.returncode == 2
    assert "JOBWIRE_SECRET_KEY" in done.stderr
    assert "too-short-secret" not in done.stderr


def test_a_database_that_is_away_is_unavailable(environ: dict[str, str]) -> None:
    done = jobwire({**environ, "JOBWIRE_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}, "token")
    assert (done.returncode, done.stdout) == (5, "")
    assert "Traceback" not in done.stderr


def test_the_demo_site_goes_with_its_parent(environ: dict[str, str]) -> None:
    """`serve --demo` shows a run, and a `kill -9` of it leaves no careers site behind."""
    environ["JOBWIRE_HOST_PACE"] = json.dumps({"127.0.0.1": {"per_second": 500, "concurrency": 8}})
    with started(environ, "serve", "--demo") as server:
        printed = read_until(server, "Serving at")
        assert re.search(r"Run 1 finished after .* of 600 jobs at 12 companies", printed)
        assert printed.index("/signin?code=") < printed.index("Run 1 ")
        children = psutil.Process(server.pid).children(recursive=True)
        assert any("demo" in child.cmdline() for child in children)
        server.kill()
        server.wait()
        _gone, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
        assert not [child for child in alive if "jobwire" in " ".join(child.cmdline())]


def test_the_demo_prints_what_to_set(environ: dict[str, str]) -> None:
    with started(environ, "demo", "--port", "0", "--companies", "3", "--postings", "9", "--no-faults") as demo:
        printed = read_until(demo, "Its 3 companies")
    urls = re.search(r"export JOBWIRE_BOARD_URLS='(.*)'", printed)
    assert urls is not None
    assert set(json.loads(urls[1])) == {"greenhouse", "lever", "ashby", "smartrecruiters"}
