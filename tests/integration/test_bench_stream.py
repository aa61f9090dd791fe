"""The stream's benchmark does what it says; how fast anything is, is not tested."""

import json
import os
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from bench.machine import Machine
from bench.stream import nchan, table
from bench.stream.lateness import compared
from bench.stream.rows import BROADCAST, FLOOR, JOBWIRE, NCHAN, Limit, Row
from bench.stream.sights import Sight
from bench.stream.sizes import full, quick

from postgres_server import TestServer

CHECKOUT = Path(__file__).parents[2]
PARTS = ("cpu", "latency", "resume", "rotation")
"""The others take long, and are made of what these are made of."""
MACHINE = Machine(cpu="Abacus", cores=2, system="Linux", python="3.11.7", postgresql="18.4", load=0.1, at="2026-01-01")


@pytest.fixture(scope="module")
def measured(postgres: TestServer) -> dict[str, Any]:
    # A setting of the shell's that would break everything, did it reach the processes
    env = {**os.environ, "JOBWIRE_BENCH_DATABASE_URL": postgres.url, "JOBWIRE_MAX_VIEWERS": "1"}
    command = (sys.executable, "-m", "bench.stream", "--quick", "--json", "--only", *PARTS)
    ended = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def peers_here() -> set[str]:
    found = {JOBWIRE, FLOOR}
    if find_spec("sse_starlette"):
        found.add(BROADCAST)
    if nchan.MODULE.exists():
        found.add(NCHAN)
    return found


def row(document: dict[str, Any], figure: str) -> dict[str, Any]:
    (found,) = [one for one in document["rows"] if one["figure"] == figure]
    return found


def values(document: dict[str, Any], beginning: str) -> dict[str, float]:
    (found,) = [one["values"] for one in document["rows"] if one["figure"].startswith(beginning)]
    return found


def test_each_peer_that_is_here_sends_each_frame(measured: dict[str, Any]) -> None:
    sent = row(measured, "bytes a frame, 20 viewers")["values"]
    assert set(sent) == peers_here()
    assert all(70 < size < 120 for size in sent.values()), sent
    assert set(row(measured, "CPU a frame, 20 viewers")["values"]) == peers_here()


def test_a_peer_that_is_missing_is_named_with_how_to_get_it(measured: dict[str, Any]) -> None:
    assert len(measured["missing"]) == len({BROADCAST, NCHAN} - peers_here())  # polling needs what broadcast needs
    assert all("install" in reason for reason in measured["missing"])


def test_the_targets_are_those_of_the_issue(measured: dict[str, Any]) -> None:
    limits = [[limit["limit"] for limit in one["limits"]] for one in measured["rows"] if one["limits"]]
    assert limits == [
        ["≤ 1 x nchan", "≤ 1.6 x bare socket"],
        ["≤ 10", "≤ 0.01 x polling"],
        ["≤ 50"],
        ["≤ 0"],
        ["≤ 225"],
        ["≤ 2,700"],
        ["≤ 0"],
        ["≤ 0"],
    ]


def test_nothing_is_lost(measured: dict[str, Any]) -> None:
    assert values(measured, "commit to client, lost")[JOBWIRE] == 0
    assert values(measured, "commit to client, measured")[JOBWIRE] > 0
    assert values(measured, "changes lost at rotations")[JOBWIRE] == 0
    assert values(measured, "changes seen through rotations")[JOBWIRE] == 80  # 2 viewers, 40 changes


def test_a_resuming_viewer_is_sent_what_it_missed_and_no_more(measured: dict[str, Any]) -> None:
    assert 50 < values(measured, "bytes to resume after 1 changes")[JOBWIRE] <= 225
    assert 2_000 < values(measured, "bytes to resume after 100 changes")[JOBWIRE] <= 2_700


def test_a_change_that_one_viewer_did_not_see_is_lost() -> None:
    changes = [(0, "a", 1_000_000), (0, "b", 2_000_000), (1, "a", 5_000_000)]
    sights = [Sight(0, "b", 4_000_000), Sight(0, "a", 9_000_000), Sight(1, "a", 6_000_000)]
    found = compared(changes, sights, Counter({0: 2, 1: 1}), begin_ns=2_000_000)
    assert (found.late_ms, found.lost) == ([2.0, 1.0], 1)


def test_a_limit_says_by_how_much_it_was_missed_or_why_nobody_knows() -> None:
    values = {JOBWIRE: 12.0, NCHAN: 10.0}
    assert Limit(12).judge(values) == "met"
    assert Limit(1.2, of=NCHAN).judge(values) == "met"
    assert Limit(1.0, of=NCHAN).judge(values) == "MISSED by 20%"
    assert Limit(1.6, of=FLOOR).judge(values) == "bare socket is missing"
    assert Limit(12).judge({NCHAN: 10.0}) == "not measured"


def test_the_table_has_a_line_for_each_limit_and_says_what_is_worth_nothing() -> None:
    rows = [Row("CPU", "µs", {JOBWIRE: 12.0, NCHAN: 10.0}, [Limit(1.0, of=NCHAN), Limit(20)]), Row("size", "B", {})]
    lines = table.as_table(quick(7), MACHINE, rows, ["nothing: install it"]).splitlines()
    assert lines[2].split() == ["CPU", "µs", "12", "10", "≤", "1", "x", "nchan", "MISSED", "by", "20%"]
    assert lines[3].split() == ["≤", "20", "met"]
    assert "Missing: nothing: install it" in lines
    assert lines[-1].startswith("quick: ")
    assert not table.as_table(full(7), MACHINE, rows, []).splitlines()[-1].startswith("quick: ")
