"""The golden sessions: this client and the page's (`web/src/lib/stream/sessions.test.ts`) do the same in each."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from jobwire.client.machine import Machine
from jobwire.client.sse import Event
from jobwire.client.states import Open, Patience, State
from jobwire.domain.progress import RunView

CASES: Final = sorted((Path(__file__).parents[2] / "protocol" / "sessions").glob("*.json"))


class Client:
    """The machine, and the names that a session gives to its connections."""

    def __init__(self) -> None:
        self.view = RunView()
        self.machine = Machine(
            self.view, lambda signal: None, uniform=lambda low, _high: low, patience=Patience(), now=0
        )
        self.names: dict[int, str] = {}
        self.wanted: list[Open] = []
        self.now = 0.0

    def take(self, step: dict[str, Any]) -> None:
        match step:
            case {"opens": name, "cursor": cursor}:
                self.wait()
                wanted = self.wanted.pop(0)
                assert (wanted.cursor, wanted.fresh) == (cursor, step.get("fresh", False))
                self.names[wanted.line] = name
            case {"on": name, "event": event, "data": data, "id": id}:
                self.machine.heard(self.number(name), Event(event, data, id or ""), self.now)
            case {"cut": name}:
                self.machine.closed(self.number(name), self.now)
            case {"no_content": name}:
                self.machine.missed(self.number(name), self.now)
            case {"closes": _}:
                pass
            case _:
                raise AssertionError(step)
        self.obey()

    def number(self, name: str) -> int:
        return next(number for number, known in self.names.items() if known == name)

    def obey(self) -> None:
        while self.machine.commands:
            command = self.machine.commands.pop(0)
            if isinstance(command, Open):
                self.wanted.append(command)
            else:
                self.names.pop(command.line, None)

    def wait(self) -> None:
        """Until it is time for the next connection, where the client waits for that."""
        if self.machine.state is State.WAITING:
            self.now = self.machine.deadline
            self.machine.tick(self.now)
            self.obey()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_session(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["name"] == path.stem
    client, open_ones = Client(), set[str]()
    for step in case["steps"]:
        assert not client.wanted or {"opens", "closes"} & set(step), f"nothing is to be opened before {step}"
        open_ones |= {step["opens"]} if "opens" in step else set()
        open_ones -= {step.get("cut"), step.get("no_content"), step.get("closes")}
        client.take(step)
        if "on" not in step:
            assert set(client.names.values()) == open_ones, step
    assert set(client.names.values()) == open_ones
    assert not client.wanted
    expected = case["expect"]
    assert (client.machine.state is State.ENDED) == expected["over"]
    assert (client.view.status, client.view.cursor) == (expected["status"], expected["cursor"])
    assert {key.external_id: str(job.status) for key, job in client.view.jobs.items()} == expected["jobs"]


def test_there_are_golden_sessions() -> None:
    assert len(CASES) >= 10
