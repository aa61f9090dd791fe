"""The web app's benchmark does what it says; how fast anything is, is not tested."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

from playwright.async_api import Browser

from postgres_server import TestServer

CHECKOUT = Path(__file__).parents[2]


def test_a_quick_run_measures_something(web_app: None, chromium: Browser, postgres: TestServer) -> None:
    assert chromium.is_connected()  # there is one: the benchmark starts its own
    env = {**os.environ, "JOBWIRE_BENCH_DATABASE_URL": postgres.url}
    command = (sys.executable, "-m", "bench.web", "--quick", "--json", "--only", "streaming", "hands", "tabs")
    ended = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == 0, ended.stderr
    values = {(one["benchmark"], one["name"]): one["value"] for one in json.loads(ended.stdout)["figures"]}
    assert all(map(math.isfinite, values.values()))
    assert values["U3 size", "elements"] > 100
    assert values["U1 steady", "main thread busy"] > 0
    assert values["hands", "keys and clicks"] == 8
    assert values["tabs", "streams of 2 tabs"] == 1
