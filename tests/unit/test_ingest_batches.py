"""Batches: what comes at the same time is done together, each for its own."""

import asyncio
from collections.abc import Sequence

import pytest

from jobwire.ingest.batches import MOST, Batches


class Work:
    """Answers each wish with its square, once it may."""

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []
        self.gate = asyncio.Event()

    async def __call__(self, wishes: Sequence[int]) -> Sequence[int]:
        self.batches.append(wishes)
        await self.gate.wait()
        if 13 in wishes:
            raise ZeroDivisionError
        return [wish * wish for wish in wishes]


async def test_what_comes_while_it_is_busy_is_done_together() -> None:
    work = Work()
    square = Batches(work, asyncio.Lock(), key=lambda wish: wish)
    first = asyncio.create_task(square(1))
    await asyncio.sleep(0)
    rest = [asyncio.create_task(square(wish)) for wish in (2, 3, 4)]
    await asyncio.sleep(0)
    work.gate.set()
    assert await asyncio.gather(first, *rest) == [1, 4, 9, 16]
    assert work.batches == [[1], [2, 3, 4]]


async def test_no_batch_holds_two_of_a_key_or_goes_on_beyond_its_weight() -> None:
    work, lock = Work(), asyncio.Lock()
    work.gate.set()
    square = Batches(work, lock, key=lambda wish: wish % 10, weight=lambda wish: MOST if wish == 5 else 1)
    async with lock:
        wishes = [asyncio.create_task(square(wish)) for wish in (1, 11, 5, 7)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*wishes) == [1, 121, 25, 49]
    assert work.batches == [[1, 5], [11, 7]]


async def test_what_breaks_a_batch_is_raised_to_all_of_it_and_to_nobody_else() -> None:
    work, lock = Work(), asyncio.Lock()
    work.gate.set()
    square = Batches(work, lock, key=lambda wish: wish % 10)
    async with lock:
        wishes = [asyncio.create_task(square(wish)) for wish in (2, 13, 3)]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert [type(one) for one in answers] == [ZeroDivisionError, ZeroDivisionError, int]


async def test_who_is_cancelled_takes_the_batch_along() -> None:
    work = Work()
    square = Batches(work, asyncio.Lock(), key=lambda wish: wish)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await square(1)
    work.gate.set()
    assert await square(2) == 4
