"""Turns at what takes long: however much one person asks for, connections are left for the others."""

import asyncio
from weakref import WeakValueDictionary

from jobwire.domain.runs import UserId


class Turns:
    """Lets each person do `at_once` things at a time; more of them wait for their turn, without a connection."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._gates = WeakValueDictionary[UserId, asyncio.Semaphore]()

    def of(self, user: UserId) -> asyncio.Semaphore:
        """The person's gate, to be entered; forgotten when nobody is in it or before it."""
        gate = self._gates.get(user)
        if gate is None:
            gate = self._gates[user] = asyncio.Semaphore(self._at_once)
        return gate
