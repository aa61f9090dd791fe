"""Steps: in turn, at most so many at a time, and none after the time is over."""

import asyncio

import pytest

from jobwire.domain.errors import HostBusy
from jobwire.ingest.steps import Steps


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def steps_of(clock: Clock, *wanted: bool) -> Steps:
    """Steps with a budget of one second, three at most; `wanted` is what is answered, and then always that."""
    answers = iter(wanted)

    async def is_wanted() -> bool:
        return next(answers, True)

    return Steps(clock, is_wanted, budget_s=1, longest_s=3)


async def test_companies_take_turns() -> None:
    steps, done = steps_of(Clock()), []

    def step(name: str):
        async def take() -> None:
            done.append(name)

        return take

    for name in ("a1", "a2", "a3", "b1", "c1", "c2"):
        steps.add(name[0], step(name))
    await steps.drain(1)
    assert done == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert not steps


async def test_so_many_run_at_a_time_and_may_add_more() -> None:
    steps, running, most, added = steps_of(Clock()), 0, 0, 0

    async def take() -> None:
        nonlocal running, most, added
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        if added < 10:
            added += 1
            steps.add("a", take)
        running -= 1

    steps.add("a", take)
    steps.add("b", take)
    steps.add("c", take)
    await steps.drain(2)
    assert (most, added) == (2, 10)


@pytest.mark.parametrize(
    ("wanted", "ends"),
    [([], 1.0), ([False], 2.0), ([False, False], 3.0), ([False] * 9, 3.0)],
    ids=["wanted at once", "wanted later", "wanted at the end", "wanted by nobody"],
)
async def test_no_step_begins_when_others_wait_or_after_the_longest_time(wanted: list[bool], ends: float) -> None:
    clock = Clock()
    steps, done = steps_of(clock, *wanted), []

    async def take() -> None:
        clock.now += 0.5
        done.append(clock.now)

    for _ in range(9):
        steps.add("a", take)
    await steps.drain(1)
    assert done[-1] == ends
    assert steps


async def test_a_busy_host_ends_it_with_the_longest_wait() -> None:
    steps, done = steps_of(Clock()), []
    both = asyncio.Barrier(2)

    def busy(wait_s: float):
        async def take() -> None:
            await both.wait()
            raise HostBusy("busy", retry_after=wait_s)

        return take

    async def never() -> None:
        done.append(1)

    steps.add("a", busy(7))
    steps.add("b", busy(30))
    steps.add("c", never)
    await steps.drain(2)
    assert steps.wait_s == 30
    assert done == []


async def test_a_host_that_is_busy_for_no_time_ends_it_too() -> None:
    steps, done = steps_of(Clock()), []

    async def busy() -> None:
        raise HostBusy("busy", retry_after=0)

    async def never() -> None:
        done.append(1)

    steps.add("a", busy)
    steps.add("a", never)
    await steps.drain(1)
    assert (steps.wait_s, done) == (0, [])


async def test_a_failure_ends_the_others() -> None:
    steps, ended = steps_of(Clock()), []

    async def fail() -> None:
        raise ZeroDivisionError

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    steps.add("a", wait)
    steps.add("b", fail)
    with pytest.raises(ExceptionGroup) as raised:
        await steps.drain(3)
    assert raised.group_contains(ZeroDivisionError)
    assert ended == [1]
