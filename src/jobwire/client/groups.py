"""Events as they come, put together into what is folded as one: a group takes a client to a later version, whole."""

from collections.abc import Sequence
from typing import Final

import msgspec

from jobwire.client.sse import Event

_GROUPED: Final = frozenset({"status", "all_jobs", "added", "update", "companies", "log"})
"""Events that are always part of a group. All others may come between two, without an id."""


class Gathering:
    """What one connection has brought of a group that is not whole yet."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._is_in_pieces = False

    def take(self, event: Event) -> Sequence[Event]:
        """Take one event in; return what can be folded now: most often nothing, or a group.

        The pieces of a snapshot are folded as they come: its first event has cleared the cursor.
        """
        if not event.id and not self._is_in_pieces and (self._events or event.name in _GROUPED):
            self._events.append(event)
            return ()
        whole, self._events = [*self._events, event], []
        if event.id:
            self._is_in_pieces = event.id == "0"
        return whole


def is_old(whole: Sequence[Event], cursor: str) -> bool:
    """Whether a view at `cursor` is past this already. Raise `ValueError` for what is no event of the protocol.

    A server that is a moment behind another one may send such, and to fold it would take the view back. What brings
    everything is never old: the server may have had a reason to begin anew.
    """
    if any(event.name == "all_jobs" for event in whole):
        return False
    last = whole[-1]
    version = msgspec.json.decode(last.data, type=_Versioned).version if last.name == "beat" else version_of(last.id)
    return 0 < version < version_of(cursor)


def version_of(cursor: str) -> int:
    """The version in a cursor; 0 in none, and in what is none."""
    digits = cursor.partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


class _Versioned(msgspec.Struct):
    version: int
