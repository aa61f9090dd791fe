"""A bell wakes who waits, and who comes after it has rung."""

import asyncio

import pytest

from jobwire.progress.bell import Bell
from patience import PATIENCE_S


async def test_who_waits_is_woken_and_who_comes_later_does_not_wait():
    bell = Bell()
    waiting = asyncio.create_task(bell.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    bell.ring()
    async with asyncio.timeout(PATIENCE_S):
        await waiting
        await bell.wait()


async def test_a_hushed_bell_has_to_ring_again():
    bell = Bell()
    bell.ring()
    bell.hush()
    waiting = asyncio.create_task(bell.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    async with asyncio.timeout(PATIENCE_S):
        await waiting


async def test_a_waiter_that_was_cancelled_is_forgotten():
    bell = Bell()
    waiting = asyncio.create_task(bell.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    bell.ring()  # before the cancelled one has had its turn
    with pytest.raises(asyncio.CancelledError):
        await waiting
    bell.ring()
    await bell.wait()
