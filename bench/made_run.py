"""A run that was made for a benchmark, as the processes tell each other of it."""

import msgspec


class MadeRun(msgspec.Struct, frozen=True):
    """A run whose jobs are all pending, and a token of its owner."""

    run_id: int
    token: str
    jobs: list[tuple[str, str]]
    """Company and external_id."""
