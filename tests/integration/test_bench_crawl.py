"""The benchmark of ingestion goes through all of its parts; how fast anything is, is not tested."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.crawl.sizes import BOARDS, POSTINGS, few_sizes, mirror_sizes

from postgres_server import TestServer

CHECKOUT = Path(__file__).parents[2]


def test_the_mirror_is_as_large_as_the_real_boards_were() -> None:
    sizes = sorted(mirror_sizes())
    assert (len(sizes), sum(sizes)) == (BOARDS, POSTINGS) == (997, 40_786)
    assert (median(sizes), sizes[897], sizes[986], sizes[-1], sizes[0]) == (10, 91, 442, 2_179, 1)


def test_everybody_ingests_the_same_postings(postgres: TestServer) -> None:
    env = {**os.environ, "JOBWIRE_BENCH_DATABASE_URL": postgres.url, "JOBWIRE_MAX_CONNECTION_S": "0.2"}
    command = (sys.executable, "-m", "bench.crawl", "--quick", "--json")
    ended = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["plan"]["postings"] == sum(few_sizes())
    figures = {(one["benchmark"], one["name"]): one for one in document["figures"]}
    assert ("Jobwire", "next day, all unchanged by their ETags: time") in figures
    assert all(one["value"] > 0 for one in figures.values() if "CPU" not in one["name"])
    has_scrapy = importlib.util.find_spec("scrapy") is not None
    assert (("Scrapy", "from page to committed row") in figures) == has_scrapy
    targets = {key: one["target"]["value"] for key, one in figures.items() if one["target"]}
    assert targets[("Jobwire", "times the speed of floor")] == 0.25
    assert targets[("Jobwire", "next day, as a part of the first")] == 0.5
    assert targets[("Jobwire", "most memory of its worker")] == 600
