import asyncio

import pytest

from jobwire.boards.pace import FASTER_AFTER, FASTER_BY, LONGEST_WAIT_IN_LISTING_S, SLOWEST, Host
from jobwire.boards.retries import backoff, retry_after
from jobwire.domain.errors import BoardUnavailable, HostBusy
from jobwire.domain.standing import Standing
from jobwire.settings import HostPace
from patience import PATIENCE_S


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


def host(time: Time, *, per_second: float = 2, concurrency: int = 1) -> Host:
    return Host(
        "api.example", HostPace(per_second=per_second, concurrency=concurrency), clock=time.clock, sleep=time.sleep
    )


async def visit(host: Host) -> None:
    await host.enter("lever:acme")
    host.leave()


async def test_starts_are_evenly_spaced(time: Time) -> None:
    paced = host(time)
    starts: list[float] = []
    for _ in range(4):
        await visit(paced)
        starts.append(time.now - 1_000)

    assert starts == [0, 0.5, 1, 1.5]


async def test_time_that_passes_unused_allows_no_burst(time: Time) -> None:
    paced = host(time)
    await visit(paced)
    time.now += 60
    await visit(paced)
    idle = time.now
    await visit(paced)

    assert time.now - idle == 0.5


async def test_no_more_at_a_time_than_allowed(time: Time) -> None:
    paced = host(time, concurrency=2)
    await paced.enter("lever:acme")
    await paced.enter("lever:acme")
    third = asyncio.create_task(paced.enter("lever:acme"))
    await asyncio.sleep(0)
    assert not third.done()

    paced.leave()
    await third
    paced.leave()
    paced.leave()


async def test_a_cancelled_wait_gives_its_place_back(time: Time) -> None:
    asleep = asyncio.Event()

    async def sleep_forever(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    paced = Host("api.example", HostPace(per_second=1), clock=time.clock, sleep=sleep_forever)
    await visit(paced)
    waiting = asyncio.create_task(paced.enter("lever:acme"))
    await asleep.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    time.now += 10

    await asyncio.wait_for(visit(paced), PATIENCE_S)


async def test_a_short_refusal_is_waited_out_by_everybody(time: Time) -> None:
    paced = host(time)
    paced.refuse(4)
    await visit(paced)

    assert time.now == 1_004


async def test_who_already_waits_heeds_a_pause_that_begins_meanwhile(time: Time) -> None:
    paced: Host

    async def sleep(seconds: float) -> None:
        if time.now == 1_000:
            paced.refuse(3)
        time.now += seconds

    paced = Host("api.example", HostPace(per_second=2), clock=time.clock, sleep=sleep)
    await visit(paced)
    await visit(paced)

    assert time.now == 1_003


async def test_a_long_refusal_is_the_callers_to_wait_out(time: Time) -> None:
    paced = host(time)
    paced.refuse(60)
    time.now += 20

    with pytest.raises(HostBusy, match=r"lever:acme: api\.example asks to come back in 40 s") as caught:
        await visit(paced)
    assert caught.value.retry_after == 40

    time.now += 40
    await visit(paced)


@pytest.mark.parametrize("wait", [16 * 60.0, 1e12])
async def test_a_refusal_for_over_15_minutes_is_not_waited_for(time: Time, wait: float) -> None:
    paced = host(time)
    paced.refuse(wait)

    with pytest.raises(BoardUnavailable, match=r"api\.example"):
        await visit(paced)

    time.now += 60 * 60
    await visit(paced)


async def test_refusals_without_an_answer_add_up(time: Time) -> None:
    paced = host(time)
    paced.refuse(600)
    time.now += 600
    paced.refuse(600)

    with pytest.raises(BoardUnavailable):
        await visit(paced)


async def test_an_answer_makes_refusals_forgotten(time: Time) -> None:
    paced = host(time)
    paced.refuse(600)
    time.now += 600
    paced.answer()
    paced.refuse(600)

    with pytest.raises(HostBusy):
        await visit(paced)


async def starts(paced: Host, time: Time, count: int) -> list[float]:
    """The pauses before so many answers."""
    pauses: list[float] = []
    for _ in range(count):
        before = time.now
        await visit(paced)
        pauses.append(time.now - before)
        paced.answer()
    return pauses


async def test_a_refusal_makes_the_host_slower_and_answers_faster_again(time: Time) -> None:
    paced = host(time, per_second=2)
    await starts(paced, time, 5)
    paced.refuse(0)
    paced.refuse(0)
    assert paced.standing.slowness == 4

    pauses = await starts(paced, time, 3 * FASTER_AFTER)
    assert pauses[2] == 2
    assert pauses[FASTER_AFTER + 2] == pytest.approx(2 / FASTER_BY)
    await starts(paced, time, FASTER_AFTER * 2)
    assert paced.standing.slowness == 1
    assert (await starts(paced, time, 3))[-1] == 0.5


async def test_refusals_now_and_then_do_not_add_up(time: Time) -> None:
    """One in a hundred, whatever the pace: then slower would not be better."""
    paced = host(time)
    for _ in range(20):
        paced.refuse(0)
        for _ in range(100):
            paced.answer()

    assert paced.standing.slowness == 1


async def test_requests_that_were_under_way_are_refused_as_one(time: Time) -> None:
    paced = host(time, concurrency=4)
    for _ in range(4):
        paced.refuse(3)

    assert paced.standing == Standing(2, 3)


async def test_in_the_middle_of_a_listing_a_longer_pause_is_borne(time: Time) -> None:
    paced = host(time)
    paced.refuse(LONGEST_WAIT_IN_LISTING_S)
    with pytest.raises(HostBusy) as first_page:
        await paced.enter("lever:acme")
    began = time.now
    await paced.enter("lever:acme", begun=7)
    paced.leave()
    assert time.now - began == LONGEST_WAIT_IN_LISTING_S

    paced.refuse(LONGEST_WAIT_IN_LISTING_S + 1)
    with pytest.raises(HostBusy) as later_page:
        await paced.enter("lever:acme", begun=7)
    assert (first_page.value.is_cut_short, later_page.value.is_cut_short) == (False, True)


async def test_what_another_process_has_found_holds_here(time: Time) -> None:
    first, second = host(time), host(time)
    first.refuse(40)
    second.resume(first.standing)

    assert second.standing == first.standing == Standing(2, 40)
    with pytest.raises(HostBusy, match="40 s"):
        await visit(second)
    time.now += 40
    second.resume(first.standing)
    assert (await starts(second, time, 3))[1:] == [1, 1]


async def test_a_host_becomes_so_slow_and_no_slower(time: Time) -> None:
    paced = host(time, per_second=2)
    for _ in range(50):
        paced.refuse(0)

    assert (await starts(paced, time, 3))[-1] == SLOWEST / 2


async def test_a_pause_that_a_site_asks_for_is_kept(time: Time) -> None:
    paced = host(time, per_second=2)
    paced.slow_down(7)

    assert (await starts(paced, time, 3))[1:] == [7, 7]


def test_backoff_doubles_up_to_a_limit_and_is_spread_over_all_of_it() -> None:
    assert [backoff(n, base_s=0.5, random=1) for n in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert backoff(3, base_s=0.5, random=0) == 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7),
        (" 1.5 ", 1.5),
        ("Thu, 01 Jan 1970 00:01:30 GMT", 30),
        ("Thu, 01 Jan 1970 00:00:30 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("9" * 400, None),
        ("", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=60) == seconds
