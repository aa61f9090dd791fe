import asyncio
from collections.abc import Sequence

import pytest

from jobwire.domain.errors import Unavailable
from jobwire.worker import indexing


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


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was rested, without resting."""
    found: list[float] = []
    sleep = asyncio.sleep

    async def rest(seconds: float) -> None:
        found.append(seconds)
        await sleep(0)

    monkeypatch.setattr(indexing.asyncio, "sleep", rest)
    return found


async def work(index: FakeIndex) -> None:
    task = asyncio.create_task(indexing.keep_indexing(index))
    await asyncio.wait_for(index.done.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_goes_on_at_once_while_there_is_something_to_do(rests: list[float]):
    await work(FakeIndex([200, 200, 0]))
    assert rests[:2] == [0, 0]
    assert rests[2] >= indexing.IDLE_S


async def test_it_steps_back_while_a_run_is_active(rests: list[float]):
    await work(FakeIndex([200], run_active=True))
    assert rests[0] > 0


async def test_it_does_nothing_beside_a_run_that_needs_the_processor(
    rests: list[float], monkeypatch: pytest.MonkeyPatch
):
    shares = iter([0.9, 0.9, 0.2])
    monkeypatch.setattr(indexing.ProcessorShare, "since_last", lambda _: next(shares, 0.0))
    await work(FakeIndex([200], run_active=True))
    assert rests[:2] == [indexing.IDLE_S] * 2
    assert rests[2] != indexing.IDLE_S


async def test_a_busy_worker_without_a_run_goes_on(rests: list[float], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(indexing.ProcessorShare, "since_last", lambda _: 0.9)
    await work(FakeIndex([200]))
    assert rests[0] == 0


async def test_nothing_stops_it(rests: list[float]):
    await work(FakeIndex([Unavailable("away"), ValueError("a bad posting"), 3]))
    assert len(rests) == 3
