"""How many may watch at a time."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from jobwire.domain.errors import Unavailable
from jobwire.domain.runs import UserId
from jobwire.progress.meters import Meters


class Full(Unavailable):
    """Too many watch already."""


class Seats:
    """At most `viewers` at a time, and at most `per_user` of one person."""

    def __init__(self, viewers: int, per_user: int, meters: Meters) -> None:
        self._viewers = viewers
        self._per_user = per_user
        self._meters = meters
        self._taken: Counter[UserId] = Counter()

    @contextmanager
    def take(self, user: UserId) -> Generator[None]:
        """Hold a seat. Raise `Full`."""
        if self._meters.viewers >= self._viewers or self._taken[user] >= self._per_user:
            self._meters.full += 1
            raise Full("Too many watch already.", advice="Come back later.")
        self._meters.viewers += 1
        self._taken[user] += 1
        try:
            yield
        finally:
            self._meters.viewers -= 1
            self._taken[user] -= 1
            if not self._taken[user]:
                del self._taken[user]
