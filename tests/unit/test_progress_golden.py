"""The golden streams: this fold and the web app's (`web/src/lib/stream/golden.test.ts`) must agree on each of them."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jobwire.domain.progress import RunView

FOLDER = Path(__file__).parents[2] / "protocol" / "golden"
CASES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_fold(path: Path):
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["name"] == path.stem
    view = RunView()
    for event in case["events"]:
        view.apply(event["event"], event["data"], event["id"] or "")
    expected = case["expect"]
    assert view.status == expected["status"]
    assert view.cursor == expected["cursor"]
    assert view.digest() == expected["digest"]
    held: dict[str, dict[str, list[str]]] = {}
    for key, job in view.jobs.items():
        held.setdefault(key.company, {})[key.external_id] = [job.title, str(job.status)]
    assert held == expected["jobs"]
    check_extras(view, expected)


def check_extras(view: RunView, expected: dict[str, Any]) -> None:
    """Those that a case tells of."""
    standings = {name: [str(one.status), one.jobs, one.reason] for name, one in view.standings.items()}
    assert standings == expected.get("companies", {})
    log = [[line.seq, line.level, line.company, line.external_id, line.message] for line in view.log]
    assert log == expected.get("log", [])
    assert (view.beat and msgspec.to_builtins(view.beat)) == expected.get("beat")
    assert view.is_astray is expected.get("astray", False)


def test_there_are_golden_streams():
    assert len(CASES) >= 10
