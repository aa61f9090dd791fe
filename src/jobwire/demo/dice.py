"""Chance that follows from a seed: the same on every machine and every Python."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import count
from math import cos, exp, gcd, log, sqrt, tau
from struct import Struct
from typing import Final, TypeVar

T = TypeVar("T")

_BLOCK: Final = Struct("<16I")


class Dice:
    """Draws that follow from a text.

    Made of a hash, since Python does not promise the same `choice` or `sample` for ever. It also takes a tenth of the
    time that seeding `Random` takes, which counts when a hundred thousand postings are made up on their way out.
    """

    __slots__ = ("random",)

    def __init__(self, seed: str) -> None:
        self.random = _numbers(seed).__next__
        """A number from 0 up to, and without, 1."""

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[int(self.random() * len(things))]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, likelihood: float) -> bool:
        """True with this likelihood."""
        return self.random() < likelihood

    def around(self, expected: float) -> int:
        """A whole number next to `expected`, which is its mean."""
        return int(expected) + self.chance(expected % 1)

    def log_normal(self, sigma: float) -> float:
        """A positive number, as the sizes of things in the world are spread; its median is 1."""
        # Box and Muller's way from two even numbers to one of a bell curve.
        bell = sqrt(-2 * log(1 - self.random())) * cos(tau * self.random())
        return exp(sigma * bell)

    def several(self, things: Iterable[T], count: int) -> list[T]:
        """`count` of them, or all, in any order."""
        left = list(things)
        for place in range(min(count, len(left))):
            other = self.between(place, len(left) - 1)
            left[place], left[other] = left[other], left[place]
        return left[:count]

    def window(self, things: Sequence[T], count: int, shift: int = 0) -> tuple[T, ...]:
        """`count` of them, or all, by walking in even steps. One `shift` more drops the first and takes up another."""
        size = len(things)
        stride, start = self.pick(_strides(size)), self.between(0, size - 1)
        return tuple([things[(start + (shift + step) * stride) % size] for step in range(min(count, size))])


def weighted(weights: Mapping[T, int]) -> tuple[T, ...]:
    """Each thing as often as it weighs, to pick from."""
    return tuple(thing for thing, weight in weights.items() for _ in range(weight))


def _numbers(seed: str) -> Iterator[float]:
    """Even numbers from [0, 1), without end."""
    for block in count():
        for number in _BLOCK.unpack(blake2b(f"{block}/{seed}".encode()).digest()):
            yield number / 2**32


@cache
def _strides(size: int) -> tuple[int, ...]:
    """Steps that come by every one of `size` places before they return to the first."""
    return tuple(step for step in range(1, size + 1) if gcd(step, size) == 1)
