"""How much is measured."""

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The sizes of all benchmarks; times in seconds."""

    quick: bool = False
    seed: int = 1
    runs: int = 10
    viewers: int = 100
    changes_per_second: float = 100
    """Over all runs; each change is a commit."""
    warm_up_s: float = 3
    measured_s: float = 20
    jobs_a_run: int = 1_000
    pollers: int = 2
    """Few: what they ask for costs the server so much that more would change what the viewers see."""
    poll_every_s: float = 3
    companies: int = 50
    postings: int = 10_000
    snapshot_jobs: int = 100_000


def full(seed: int) -> Plan:
    return Plan(seed=seed)


def quick(seed: int) -> Plan:
    """As little as still goes through everything."""
    return Plan(
        quick=True,
        seed=seed,
        runs=2,
        viewers=6,
        changes_per_second=40,
        warm_up_s=0.2,
        measured_s=1,
        jobs_a_run=100,
        poll_every_s=0.5,
        companies=4,
        postings=100,
        snapshot_jobs=5_000,
    )
