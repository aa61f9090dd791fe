"""Work that would hold up the event loop, done in threads where people take turns.

One person's hostile filters hold up what is theirs.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any, Final, TypeVar

THREADS: Final = 2
AT_ONCE: Final = 200
"""Items of a long work that are done before it is another one's turn."""

_T = TypeVar("_T")
_Item = TypeVar("_Item")


class FairThreads:
    """Does work in a few threads. Whoever has work waiting gets one of it done in turn, and one at a time.

    So, with two threads, one person's work never takes both.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="aside")
        self._lock = Lock()
        self._waiting: dict[Hashable, list[tuple[Future[Any], Callable[[], Any]]]] = {}
        """Work by whose it is, those first whose turn is next."""
        self._busy: set[Hashable] = set()

    def submit(self, whose: Hashable, work: Callable[[], _T]) -> Future[_T]:
        """Have it done when it is its turn; until then it can be cancelled."""
        future: Future[_T] = Future()
        with self._lock:
            self._waiting.setdefault(whose, []).append((future, work))
        self._threads.submit(self._work)
        return future

    def _work(self) -> None:
        """Do what may be done, until there is none: the rest is found by those who are at it when they are through."""
        while (turn := self._next()) is not None:
            whose, future, work = turn
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
                    future.set_exception(error)
            with self._lock:
                self._busy.discard(whose)

    def _next(self) -> tuple[Hashable, Future[Any], Callable[[], Any]] | None:
        with self._lock:
            whose = next((one for one in self._waiting if one not in self._busy), None)
            if whose is None:
                return None
            mine = self._waiting.pop(whose)
            future, work = mine.pop(0)
            if mine:
                self._waiting[whose] = mine  # behind all others
            self._busy.add(whose)
            return whose, future, work


_threads: Final = FairThreads(THREADS)


async def aside(whose: Hashable, work: Callable[[], _T]) -> _T:
    """Do what takes long in a thread, in turn with the work of others. `whose` tells people apart, or their runs."""
    return await asyncio.wrap_future(_threads.submit(whose, work))


async def each_aside(
    whose: Hashable, do: Callable[[_Item], _T], items: Sequence[_Item], *, at_once: int = AT_ONCE
) -> list[_T]:
    """Do the same to each item, so many of them a turn."""
    done: list[_T] = []
    for at in range(0, len(items), at_once):
        done += await aside(whose, partial(_each, do, items[at : at + at_once]))
    return done


def _each(do: Callable[[_Item], _T], items: Sequence[_Item]) -> list[_T]:
    return [do(item) for item in items]
