"""How much is measured."""

import msgspec


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds, rates in changes a second."""

    quick: bool = False
    seed: int = 1
    jobs: int = 100_000
    few_jobs: int = 1_000
    """Of a run as most people have one."""
    loads: int = 5
    rate: float = 500
    burst_rate: float = 5_000
    warm_up_s: float = 3
    measured_s: float = 15
    burst_s: float = 10
    throttle: float = 4
    """How many times slower the processor of a phone is taken to be."""
    interactions: int = 80
    tabs: int = 9


def full(seed: int) -> Sizes:
    return Sizes(seed=seed)


def quick(seed: int) -> Sizes:
    """As little as still goes through everything."""
    return Sizes(
        quick=True,
        seed=seed,
        jobs=6_000,
        few_jobs=100,
        loads=1,
        rate=100,
        burst_rate=400,
        warm_up_s=1,
        measured_s=2,
        burst_s=2,
        interactions=8,
        tabs=2,
    )
