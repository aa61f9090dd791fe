"""The queue. `worker` fits this."""

from collections.abc import Collection
from typing import Protocol

from jobwire.domain.runs import RunId
from jobwire.ingest.ports.units import Unit


class Tasks(Protocol):
    """The queue of slices: each is a stretch of one host's work for one run."""

    async def defer_slices(self, unit: Unit, run_id: RunId, hosts: Collection[str]) -> None:
        """Queue one slice for each host, in the unit's transaction; a host that has one waiting gets no other."""
        ...
