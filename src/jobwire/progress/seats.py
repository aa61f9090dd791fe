"""How many may watch at a time."""

from collections import Counter
from types import TracebackType

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

    def take(self, user: UserId) -> "Seat":
        """Hold a seat for as long as it is entered. Entering raises `Full`."""
        return Seat(self, user)

    def sit(self, user: UserId) -> None:
        """Take a seat. Raise `Full`."""
        if self._meters.viewers >= self._viewers or self._taken[user] >= self._per_user:
            self._meters.full += 1
            raise Full("Too many watch already.", advice="Come back later.")
        self._meters.viewers += 1
        self._taken[user] += 1

    def rise(self, user: UserId) -> None:
        """Give one back."""
        self._meters.viewers -= 1
        self._taken[user] -= 1
        if not self._taken[user]:
            del self._taken[user]


class Seat:
    """A context, and no generator: every viewer holds one, for hours."""

    __slots__ = ("_seats", "_user")

    def __init__(self, seats: Seats, user: UserId) -> None:
        self._seats = seats
        self._user = user

    def __enter__(self) -> None:
        self._seats.sit(self._user)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seats.rise(self._user)
