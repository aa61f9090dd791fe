"""How large the boards of the mirror are: as 997 real Greenhouse boards were in August 2026."""

from itertools import pairwise
from typing import Final

BOARDS: Final = 997
POSTINGS: Final = 40_786
_KNOWN: Final = ((0, 1), (498, 10), (897, 91), (986, 442), (996, 2_179))
"""The board at this place, by size, has so many postings: the smallest, the median, p90, p99 and the largest."""
_BEND: Final = 1.5555039947444929
"""Of the curve between two known places, so that all of them add up to `POSTINGS`."""


def mirror_sizes() -> tuple[int, ...]:
    """The sizes of all boards, the large ones spread among the small."""
    sizes = [
        round(low * (high / low) ** (((place - first) / (last - first)) ** _BEND))
        for (first, low), (last, high) in pairwise(_KNOWN)
        for place in range(first, last)
    ]
    sizes.append(_KNOWN[-1][1])
    # 389 has no divisor in common with 997: every board comes up once.
    return tuple(sizes[place * 389 % BOARDS] for place in range(BOARDS))


def few_sizes() -> tuple[int, ...]:
    """A mirror that only shows that the benchmark works."""
    return (1, 40, 3, 12)
