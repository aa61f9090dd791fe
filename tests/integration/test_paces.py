"""What one worker has learned of a host's pace, another begins with."""

from collections.abc import Callable

import pytest

from jobwire.domain.runs import RunId
from jobwire.ingest.pacing import PacedSlices
from jobwire.ingest.slices import SliceEnd
from jobwire.storage.database import Database
from jobwire.storage.paces import HostPaces


class Worker:
    """A worker's memory, and slices that leave a host as slow as `finds` says."""

    def __init__(self, finds: float | Exception) -> None:
        self.finds = finds
        self.known: dict[str, float] = {}
        self.began_at = 0.0

    def slowness(self, key: str) -> float:
        return self.known[key]

    def set_slowness(self, key: str, slowness: float) -> None:
        self.known[key] = slowness

    async def work(self, run_id: RunId, host: str, is_over: Callable[[], bool]) -> SliceEnd:
        self.began_at = self.known[host]
        if isinstance(self.finds, Exception):
            self.known[host] = 16
            raise self.finds
        self.known[host] = self.finds
        return SliceEnd(more=False)

    async def give_up(self, run_id: RunId, host: str, reason: str) -> None:
        raise AssertionError


async def work(database: Database, finds: float | Exception, host: str = "api.example") -> float:
    """Let a worker of its own work; answer how slowly it began."""
    worker = Worker(finds)
    await PacedSlices(worker, worker, HostPaces(database)).work(RunId(1), host)  # pyright: ignore[reportArgumentType]
    return worker.began_at


async def test_what_a_worker_learns_is_handed_on(database: Database) -> None:
    assert await work(database, finds=8) == 1
    assert await work(database, finds=1, host="other.example") == 1
    assert await work(database, finds=4) == pytest.approx(8, rel=0.01)
    assert await work(database, finds=1) == pytest.approx(4, rel=0.01)
    assert await work(database, finds=1) == 1


async def test_a_slice_that_breaks_off_has_learned_as_well(database: Database) -> None:
    with pytest.raises(OSError, match="away"):
        await work(database, OSError("away"))

    assert await work(database, finds=1) == pytest.approx(16, rel=0.01)


async def test_time_forgives(database: Database) -> None:
    class Aged(HostPaces):
        async def slowness(self, host: str) -> tuple[float, float]:
            slowness, _ = await super().slowness(host)
            return slowness, 2 * 3600.0

    await work(database, finds=8)
    worker = Worker(1)
    await PacedSlices(worker, worker, Aged(database)).work(RunId(1), "api.example")  # pyright: ignore[reportArgumentType]

    assert worker.began_at == 2
