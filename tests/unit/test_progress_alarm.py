"""The alarm, on the event loops that it may have to run on."""

import asyncio
from collections.abc import Callable

import pytest

from jobwire.httpd import new_event_loop
from jobwire.progress.alarm import Alarm
from patience import PATIENCE_S


@pytest.fixture(params=[asyncio.new_event_loop, new_event_loop], ids=["asyncio", "served"])
def rings(request: pytest.FixtureRequest) -> Callable[..., float]:
    """Set an alarm to these times from now, one after the other, and answer how many s from now it rings."""

    async def ring(*times: float) -> float:
        loop = asyncio.get_running_loop()
        rung = asyncio.Event()
        alarm, start = Alarm(rung.set), loop.time()
        for time in times:
            alarm.set(start + time)
        async with asyncio.timeout(PATIENCE_S):
            await rung.wait()
        return loop.time() - start

    def run(*times: float) -> float:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(ring(*times))

    return run


def test_it_rings_at_the_time_that_was_set_last(rings: Callable[..., float]):
    assert rings(3_600, 0.05) >= 0.045
    assert rings(0.01, 0.1) >= 0.095
    assert rings(0.01, 3_600, 0.1) >= 0.095


def test_a_time_that_has_passed_rings_at_once(rings: Callable[..., float]):
    assert rings(-1) < 5
    assert rings(-1, -2, 0.01) >= 0.005
    assert rings(3_600, -1, -5) < 5


async def test_a_cancelled_alarm_never_rings():
    rung = asyncio.Event()
    alarm = Alarm(rung.set)
    alarm.set(0)
    alarm.cancel()
    await asyncio.sleep(0.01)
    assert not rung.is_set()
