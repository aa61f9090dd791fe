"""What is asked for at the same time is done together: one transaction in place of many."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

MOST: Final = 2_000
"""A batch takes no more once it weighs so much."""

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")


class Batches(Generic[Wish, Answer]):
    """Hands wishes on to `work`, all those that have come while it was busy, or its `lock` was taken.

    No batch holds two wishes with one `key`. What breaks a batch is raised to all who wait for it.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Wish]], Awaitable[Sequence[Answer]]],
        lock: asyncio.Lock,
        *,
        key: Callable[[Wish], Hashable],
        weight: Callable[[Wish], int] = lambda _: 1,
    ) -> None:
        self._work = work
        self._lock = lock
        self._key = key
        self._weight = weight
        self._waiting: list[tuple[Wish, asyncio.Future[Answer]]] = []

    async def __call__(self, wish: Wish) -> Answer:
        """Have it done, with others."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        async with self._lock:
            while not answer.done():
                await self._do(self._take())
        return answer.result()

    def _take(self) -> list[tuple[Wish, asyncio.Future[Answer]]]:
        taken: dict[Hashable, tuple[Wish, asyncio.Future[Answer]]] = {}
        left: list[tuple[Wish, asyncio.Future[Answer]]] = []
        weight = 0
        for one in self._waiting:
            key = self._key(one[0])
            if key in taken or weight >= MOST:
                left.append(one)
            else:
                taken[key] = one
                weight += self._weight(one[0])
        self._waiting = left
        return list(taken.values())

    async def _do(self, batch: Sequence[tuple[Wish, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._work([wish for wish, _ in batch])
        except asyncio.CancelledError:
            for _, answer in batch:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - each of them raises it for itself
            for _, answer in batch:
                answer.set_exception(error)
            return
        for (_, answer), one in zip(batch, answers, strict=True):
            answer.set_result(one)
