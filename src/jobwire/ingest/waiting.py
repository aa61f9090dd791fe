"""Orders that the API places and a worker answers: for minutes, between two processes."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from jobwire.domain.runs import UserId

PATIENCE_S: Final = 120.0
"""So long is an answer waited for: slow boards take half a minute, and busy hosts make others wait their turn."""
NO_WORKER_S: Final = 10.0
"""So long may there be no worker: one that starts again takes a few seconds."""
LOOK_EVERY_S: Final = 0.1
NOT_IN_TIME: Final = "There was no answer within two minutes. Try again later."
NO_WORKER: Final = "No worker is running to look at it. Start one: `jobwire worker`."

Result = TypeVar("Result")


class Orders(Protocol[Result]):
    """Where orders and their answers lie. `subject` is what an order is about: a company, an address."""

    async def place(
        self, user: UserId, subjects: Sequence[str], defer: Callable[[Any, str, int], Awaitable[None]]
    ) -> Mapping[str, int]:
        """Write an order for each subject; `defer` (connection, subject, order) runs in the same transaction."""
        ...

    async def placed(self, order: int) -> tuple[UserId, str] | None:
        """Who asked for which subject; None when the order is gone."""
        ...

    async def answer(self, order: int, result: Result) -> None:
        """Put the answer where the order is."""
        ...

    async def answers(self, orders: Collection[int]) -> Mapping[int, Result]:
        """Those of these orders that are answered."""
        ...

    async def drop(self, orders: Collection[int]) -> None:
        """Forget them."""
        ...

    async def has_worker(self) -> bool:
        """Whether anybody is there to answer."""
        ...


async def ask(
    orders: Orders[Result],
    user: UserId,
    subjects: Sequence[str],
    defer: Callable[[Any, str, int], Awaitable[None]],
    clock: Callable[[], float],
) -> tuple[Mapping[str, Result], str]:
    """Place orders, wait for their answers, and forget them; say why answers are missing, where some are."""
    placed = await orders.place(user, subjects, defer)
    try:
        answers, why_not = await _wait_for(orders, set(placed.values()), clock)
    finally:
        await asyncio.shield(orders.drop(placed.values()))
    return {subject: answers[order] for subject, order in placed.items() if order in answers}, why_not


async def _wait_for(
    orders: Orders[Result], wanted: set[int], clock: Callable[[], float]
) -> tuple[Mapping[int, Result], str]:
    """Wait until all are answered, patience ends, or there has been nobody to do it; say why some are missing."""
    began = worked = clock()
    while True:
        answers = await orders.answers(wanted)
        now = clock()
        if len(answers) == len(wanted) or now - began > PATIENCE_S:
            return answers, NOT_IN_TIME
        if await orders.has_worker():
            worked = now
        elif now - worked > NO_WORKER_S:
            return answers, NO_WORKER
        await asyncio.sleep(LOOK_EVERY_S)
