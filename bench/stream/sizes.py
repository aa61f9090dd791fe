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
    idle_viewers: int = 2_000
    warm_visitors: int = 1_000
    visitors: int = 10_000
    """Who come and go: so many must leave nothing behind."""
    runs: int = 100
    run_viewers: int = 1_000
    """Of all these runs together."""
    run_jobs: int = 300
    changes_per_second: float = 500
    warm_up_s: float = 3
    measured_s: float = 15
    read_viewers: int = 1_000
    read_changes: int = 80
    read_changes_per_second: float = 10
    minute_s: float = 60
    minute_jobs: int = 100
    minute_changes: int = 20
    cut_every_s: float = 29
    resume_changes: tuple[int, ...] = (1, 10, 100, 1_000)
    rotate_every_s: float = 2
    rotation_viewers: int = 20
    rotation_changes: int = 500
    rotation_changes_per_second: float = 50
    big_jobs: int = 100_000
    big_viewers: int = 10
    big_s: float = 10
    big_commit: int = 5
    """Jobs that change in one commit."""

    @property
    def write_s(self) -> float:
        return self.warm_up_s + self.measured_s


def full(seed: int) -> Sizes:
    return Sizes(seed=seed)


def quick(seed: int) -> Sizes:
    """As little as still goes through everything."""
    return Sizes(
        quick=True,
        seed=seed,
        viewers=(20,),
        rounds=1,
        frames=5,
        frame_every_s=0.03,
        idle_viewers=50,
        warm_visitors=20,
        visitors=100,
        runs=2,
        run_viewers=6,
        run_jobs=100,
        changes_per_second=20,
        warm_up_s=0.5,
        measured_s=4,
        read_viewers=10,
        read_changes=15,
        minute_s=3,
        minute_changes=5,
        cut_every_s=1,
        resume_changes=(1, 100),
        rotate_every_s=0.5,
        rotation_viewers=2,
        rotation_changes=40,
        big_jobs=3_000,
        big_viewers=2,
        big_s=1,
    )
