"""The stream's benchmark does what it says; how fast anything is, is not tested."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from bench.machine import Machine
from bench.stream import nchan, table
from bench.stream.rows import BROADCAST, FLOOR, JOBWIRE, NCHAN, Limit, Row
from bench.stream.sizes import full, quick

from postgres_server import TestServer

CHECKOUT = Path(__file__).parents[2]
MACHINE = Machine(cpu="Abacus", cores=2, system="Linux", python="3.11.7", postgresql="18.4", load=0.1, at="2026-01-01")


@pytest.fixture(scope="module")
def measured(postgres: TestServer) -> dict[str, Any]:
    # A setting of the shell's that would break everything, did it reach the processes
    env = {**os.environ, "JOBWIRE_BENCH_DATABASE_URL": postgres.url, "JOBWIRE_MAX_VIEWERS": "1"}
    command = (sys.executable, "-m", "bench.stream", "--quick", "--json")
    ended = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=300)
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


def test_each_peer_that_is_here_sends_each_frame(measured: dict[str, Any]) -> None:
    sent = row(measured, "bytes a frame, 20 viewers")["values"]
    assert set(sent) == peers_here()
    assert all(70 < size < 120 for size in sent.values()), sent
    assert set(row(measured, "CPU a frame, 20 viewers")["values"]) == peers_here()


def test_a_peer_that_is_missing_is_named_with_how_to_get_it(measured: dict[str, Any]) -> None:
    assert len(measured["missing"]) == len({BROADCAST, NCHAN} - peers_here())
    assert all("install" in reason for reason in measured["missing"])


def test_the_targets_are_those_of_the_issue(measured: dict[str, Any]) -> None:
    limits = {one["figure"]: [limit["limit"] for limit in one["limits"]] for one in measured["rows"] if one["limits"]}
    assert limits == {"CPU a frame, 20 viewers": ["≤ 1 x nchan", "≤ 1.6 x bare socket"]}


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
