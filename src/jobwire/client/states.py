"""The words that a client of the stream is described with: its states, its signals, its patience, and what it does."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Where a client stands."""

    CONNECTING = "connecting"
    """A connection is being opened, and nothing has come on it yet."""
    LIVE = "live"
    """What the view holds is what the server says."""
    ROTATING = "rotating"
    """The same; the server will close this connection, and the next one is being opened."""
    WAITING = "waiting"
    """There is no connection; the time for the next one has not come."""
    ENDED = "ended"
    """The view holds a terminal status."""
    REFUSED = "refused"
    """The server denies this client, cannot be understood, or has been away for too long."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self in {State.ENDED, State.REFUSED}


class Signal(Enum):
    """What a client tells its user."""

    CHANGED = "changed"
    """The view has taken in something new."""
    LOST = "lost"
    """The connection is lost; the client goes on trying."""
    BACK = "back"
    """It is back."""
    ASTRAY = "astray"
    """What the view held was not what the server has: everything is asked for anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a client waits for what, in seconds."""

    silence_s: float = 25
    """A connection that brings no event for so long (two beats and a half) is dead,"""
    gone_s: float = 600
    """and a server that brings none for so long is given up."""
    shortest_pause_s: float = 1
    """After the first failure; each one doubles it,"""
    longest_pause_s: float = 30
    """up to here. The server may ask for more, but not for more than a minute."""
    longest_asked_s: float = 60


@dataclass(frozen=True, slots=True)
class Open:
    """Open this connection at this cursor (empty: from the start), if `fresh` with a new ticket."""

    line: int
    cursor: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """Close this connection; what still comes on it is not told any more."""

    line: int
