"""How long a client waits before its next connection."""

from collections.abc import Callable
from typing import Final

from jobwire.client.states import Patience

_MOST_DOUBLINGS: Final = 10


class Pauses:
    """What the server asked for; after failures longer and longer, and jittered. `uniform` takes two bounds."""

    def __init__(self, patience: Patience, uniform: Callable[[float, float], float]) -> None:
        self._patience = patience
        self._uniform = uniform
        self._failures = 0
        self.asked_s = patience.shortest_pause_s
        """What the server last asked for, in seconds."""

    def ask(self, seconds: float) -> None:
        """The server asks for a pause of so long."""
        self.asked_s = min(seconds, self._patience.longest_asked_s)

    def reset(self) -> None:
        """Something has come: what failed before no longer counts."""
        self._failures = 0

    def after_failure(self) -> float:
        """One failure more: the pause after it, in seconds, at most twice as long as the last."""
        doubled = max(self.asked_s, self._patience.shortest_pause_s) * 2 ** min(self._failures, _MOST_DOUBLINGS)
        longest = max(self.asked_s, min(doubled, self._patience.longest_pause_s))
        self._failures += 1
        return self._uniform(longest / 2, longest)
