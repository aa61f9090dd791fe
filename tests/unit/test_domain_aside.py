"""Work aside: people take turns, whatever one of them brings along."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from jobwire.domain.aside import FairThreads, each_aside
from patience import PATIENCE_S


class Gate:
    """Work that begins, and goes on when it may."""

    def __init__(self) -> None:
        self.begun, self.may_go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.may_go.wait(PATIENCE_S)


def noting(done: list[str], what: str) -> Callable[[], None]:
    return lambda: done.append(what)


def wait_for(*futures: Future[None]) -> None:
    for future in futures:
        future.result(PATIENCE_S)


def test_one_person_never_takes_all_threads() -> None:
    threads, gates = FairThreads(2), [Gate() for _ in range(30)]
    hers = [threads.submit("ann", gate) for gate in gates]
    try:
        assert gates[0].begun.wait(PATIENCE_S)
        wait_for(*(threads.submit("bob", lambda: None) for _ in range(100)))
        assert not gates[1].begun.is_set()
    finally:
        for gate in gates:
            gate.may_go.set()
    wait_for(*hers)


def test_in_one_thread_they_take_turns_each_in_order() -> None:
    threads, gate, done = FairThreads(1), Gate(), list[str]()
    held = threads.submit("eve", gate)
    assert gate.begun.wait(PATIENCE_S)
    futures = [threads.submit(whose, noting(done, f"{whose} {n}")) for whose in ("ann", "bob") for n in range(3)]
    futures.append(threads.submit("cid", noting(done, "cid")))
    gate.may_go.set()
    wait_for(held, *futures)
    assert done == ["ann 0", "bob 0", "cid", "ann 1", "bob 1", "ann 2", "bob 2"]


def test_what_fails_or_is_given_up_holds_nobody_up() -> None:
    threads, gate, done = FairThreads(1), Gate(), list[str]()
    held = threads.submit("eve", gate)
    failing = threads.submit("ann", lambda: 1 // 0)
    given_up = threads.submit("ann", noting(done, "given up"))
    assert given_up.cancel()
    last = threads.submit("ann", noting(done, "last"))
    gate.may_go.set()
    wait_for(held, last)
    assert done == ["last"]
    with pytest.raises(ZeroDivisionError):
        failing.result(PATIENCE_S)


async def test_a_long_work_takes_many_turns_and_keeps_its_order() -> None:
    turns = list[int]()
    items = list(range(25))

    def do(item: int) -> int:
        turns.append(item)
        return item * item

    long = asyncio.ensure_future(each_aside("ann", do, items, at_once=10))
    assert await long == [item * item for item in items]
    assert turns == items
