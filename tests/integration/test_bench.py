"""The benchmarks do what they say; how fast anything is, is not tested."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench import live, plan, report
from bench.figures import Figure, Target, percentile
from bench.machine import Machine
from bench.watch import Sights
from bench.write import Change

from postgres_server import TestServer

CHECKOUT = Path(__file__).parents[2]
MACHINE = Machine(cpu="Abacus", cores=2, system="Linux", python="3.11.7", postgresql="18.4", load=0.1, at="2026-01-01")


def bench(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # A setting of the shell's that would break everything, did it reach the processes
    env = {**os.environ, "JOBWIRE_BENCH_DATABASE_URL": url, "JOBWIRE_MAX_CONNECTION_S": "0.2"}
    command = (sys.executable, "-m", "bench", *arguments)
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def quick(postgres: TestServer) -> dict[str, Any]:
    ended = bench(postgres.url, "--quick", "--json", "--seed", "7")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def value(document: dict[str, Any], benchmark: str, name: str) -> float:
    (found,) = [one for one in document["figures"] if (one["benchmark"], one["name"]) == (benchmark, name)]
    return found["value"]


def test_every_benchmark_measures_something(quick: dict[str, Any]) -> None:
    assert {one["benchmark"] for one in quick["figures"]} == {"live", "ingest", "snapshot"}
    measured = [one for one in quick["figures"] if one["unit"]]
    # The kernel counts CPU time in ticks: a process that was hardly asked has none
    assert [one["name"] for one in measured if one["value"] <= 0 and "CPU" not in one["name"]] == []
    assert quick["plan"]["seed"] == 7
    assert quick["machine"]["postgresql"]


def test_every_change_is_seen_by_every_viewer(quick: dict[str, Any]) -> None:
    sizes = quick["plan"]
    at_most = (
        (sizes["warm_up_s"] + sizes["measured_s"]) * sizes["changes_per_second"] * sizes["viewers"] / sizes["runs"]
    )
    assert 0 < value(quick, "live", "events measured") <= at_most
    assert value(quick, "live", "events lost") == 0
    assert value(quick, "live", "polling, changes never seen") == 0


def test_the_targets_are_those_of_the_issue(quick: dict[str, Any]) -> None:
    targets = {one["name"]: one["target"] for one in quick["figures"] if one["target"]}
    assert targets == {
        "commit to event, p50": {"wanted": "at most", "value": 20},
        "commit to event, p99": {"wanted": "at most", "value": 100},
        "events lost": {"wanted": "at most", "value": 0},
        "changes committed": {"wanted": "at least", "value": 0.95 * quick["plan"]["changes_per_second"]},
        "first run, all new": {"wanted": "at least", "value": 1500},
    }


def test_an_unknown_benchmark_is_an_error(postgres: TestServer) -> None:
    ended = bench(postgres.url, "everything")
    assert ended.returncode == 2
    assert "live, ingest, snapshot" in ended.stderr


def test_what_breaks_is_no_figure() -> None:
    ended = bench("postgresql://127.0.0.1:1/nowhere", "--quick", "snapshot")
    assert ended.returncode == 1
    assert not ended.stdout


def test_a_percentile_is_a_value_that_was_measured() -> None:
    hundred = [float(number) for number in range(100, 0, -1)]
    assert percentile(hundred, 0.5) == 50
    assert percentile(hundred, 0.99) == 99
    assert percentile([3.0], 0.01) == percentile([3.0], 0.99) == 3
    assert math.isnan(percentile([], 0.5))


def test_a_change_that_one_viewer_did_not_see_is_lost() -> None:
    changes = [Change(1, "a", 1_000_000), Change(1, "b", 2_000_000), Change(2, "a", 5_000_000)]
    clients = [
        Sights(1, {"a": 4_000_000, "b": 4_000_000}, 10),
        Sights(1, {"a": 6_000_000}, 10),
        Sights(2, {"a": 6_000_000}, 10),
    ]
    assert live.latencies(changes, clients) == ([3.0, 5.0, 2.0, 1.0], 1)


def test_a_missed_target_is_printed_and_what_is_worth_nothing_says_so() -> None:
    figures = [
        Figure("live", "p99", 123.4, "ms", Target("at most", 100)),
        Figure("live", "p50", 4.56, "ms", Target("at most", 20)),
        Figure("ingest", "rate", 1499, "/s", Target("at least", 1500)),
        Figure("ingest", "bytes", 1_234_567, "B"),
    ]
    lines = report.as_table(plan.quick(7), MACHINE, figures).splitlines()
    assert [line.split()[-1] for line in lines[2:6]] == ["MISSED", "ok", "MISSED", "B"]
    assert "123 ms" in lines[2]
    assert "1,234,567 B" in lines[5]
    assert lines[-1].startswith("quick: ")
    assert "NaN" not in report.as_json(plan.full(7), MACHINE, figures)
