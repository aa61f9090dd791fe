"""Which requests fail, and how."""

from collections import OrderedDict
from enum import Enum
from hashlib import blake2b
from typing import Final

from jobwire.demo.answers import Answer, json_answer
from jobwire.demo.options import Faults

REMEMBERED: Final = 10_000


class Trouble(Enum):
    """A way to fail."""

    BUSY = json_answer({"message": "Too Many Requests"}, 429)
    FAILING = json_answer({"message": "Internal Server Error"}, 500)

    @property
    def answer(self) -> Answer:
        """What the caller gets to see."""
        if self is Trouble.BUSY:
            return Answer(self.value.status, self.value.body, headers=((b"retry-after", b"1"),))
        return self.value


class Troubles:
    """Strikes the same requests in every run of the same seed, and each of them once a generation.

    It remembers the last 10,000 that it struck; one that is forgotten may be struck again.
    """

    def __init__(self, faults: Faults | None, seed: int) -> None:
        self._faults = faults
        self._seed = seed
        self._struck: OrderedDict[str, None] = OrderedDict()

    def strike(self, generation: int, request: str) -> Trouble | None:
        """Say how this request fails, if it does. `request`: what tells it from others of its generation."""
        if self._faults is None:
            return None
        draw = _draw(f"{self._seed}/{generation}/{request}")
        if draw >= self._faults.busy + self._faults.failing or not self._first(f"{generation}/{request}"):
            return None
        return Trouble.BUSY if draw < self._faults.busy else Trouble.FAILING

    def _first(self, key: str) -> bool:
        if key in self._struck:
            return False
        self._struck[key] = None
        if len(self._struck) > REMEMBERED:
            self._struck.popitem(last=False)
        return True


def _draw(text: str) -> float:
    """A number from 0 up to 1 that follows from the text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big") / 2**32
