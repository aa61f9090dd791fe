"""How much is measured."""

import msgspec


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds. Each round gives every peer its turn, so that all of them meet the same machine."""

    quick: bool = False
    seed: int = 1
    viewers: tuple[int, ...] = (1_000, 4_000)
    rounds: int = 3
    frames: int = 40
    """A peer's turn: so many changes, each of which is one frame at every viewer."""
    frame_every_s: float = 0.05
    """At least; and a change is made only when all viewers have the one before: on a busy machine, too, none merge."""


def full(seed: int) -> Sizes:
    return Sizes(seed=seed)


def quick(seed: int) -> Sizes:
    """As little as still goes through everything."""
    return Sizes(quick=True, seed=seed, viewers=(20,), rounds=1, frames=5, frame_every_s=0.03)
