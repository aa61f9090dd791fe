import asyncio
from collections.abc import Sequence

import pytest

from jobwire.domain.errors import Unavailable
from jobwire.worker import indexing
from patience import PATIENCE_S


class FakeIndex:
    """Answers as told, and then waits for ever."""

    def __init__(self, steps: Sequence[int | Exception], *, run_active: bool = False) -> None:
        self.steps = list(steps)
        self.run_active = run_active
        self.done = asyncio.Event()

    async def step(self) -> int:
        if not self.steps:
            self.done.set()
            await asyncio.Event().wait()
        answer = self.steps.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def yields(self) -> bool:
        return self.run_active


async def rests_of(index: FakeIndex) -> list[float]:
    """Let it work, and answer how long it wanted to rest each time."""
    found: list[float] = []

    async def rest(seconds: float) -> None:
        found.append(seconds)
        await asyncio.sleep(0)

    task = asyncio.create_task(indexing.keep_indexing(index, rest))
    await asyncio.wait_for(index.done.wait(), PATIENCE_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return found


async def test_it_goes_on_at_once_while_there_is_something_to_do():
    rests = await rests_of(FakeIndex([200, 200, 0]))
    assert rests[:2] == [0, 0]
    assert rests[2] >= indexing.IDLE_S


async def test_it_steps_back_while_a_run_is_active():
    rests = await rests_of(FakeIndex([200], run_active=True))
    assert rests[0] > 0


async def test_it_does_nothing_beside_a_run_that_needs_the_processor(monkeypatch: pytest.MonkeyPatch):
    shares = iter([0.9, 0.9, 0.2])
    monkeypatch.setattr(indexing.ProcessorShare, "since_last", lambda _: next(shares, 0.0))
    rests = await rests_of(FakeIndex([200], run_active=True))
    assert rests[:2] == [indexing.IDLE_S] * 2
    assert rests[2] != indexing.IDLE_S


async def test_a_busy_worker_without_a_run_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(indexing.ProcessorShare, "since_last", lambda _: 0.9)
    rests = await rests_of(FakeIndex([200]))
    assert rests[0] == 0


async def test_nothing_stops_it():
    rests = await rests_of(FakeIndex([Unavailable("away"), ValueError("a bad posting"), 3]))
    assert len(rests) == 3
