"""Units of work: what is read, written and announced together. `storage` fits these."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from jobwire.domain.companies import Follow
from jobwire.domain.retries import RetryWish
from jobwire.domain.runs import RunId, UserId
from jobwire.domain.standing import Pause
from jobwire.ingest.ports.postings import Postings
from jobwire.ingest.ports.runs import Claim, LogLine, RunChange


class Retries(Protocol):
    """What failed of a run, to be opened again within a unit of work."""

    async def strangers(self, run_id: RunId, wish: RetryWish) -> Sequence[str]:
        """What is wished for and is not in the run at all, whether it failed or not: each said in a few words."""
        ...

    async def failed_boards(self, run_id: RunId, wish: RetryWish) -> Sequence[str]:
        """The companies that are wished for and whose boards could not be listed, in the run's order."""
        ...

    async def reopen_jobs(self, run_id: RunId, wish: RetryWish) -> Mapping[str, int]:
        """Failed jobs become `pending` as a new attempt, and their companies `crawling`; answer how many by host.

        The run's lock is held: `Unit.change` took it.
        """
        ...

    async def reopen_boards(self, run_id: RunId, boards: Sequence[tuple[Follow, str]]) -> None:
        """Companies whose boards failed wait to be listed, each (with its host) as it is followed now, and as if named.

        The run's lock is held. Raise `Conflict` where they are no longer followed as given.
        """
        ...

    async def copy_jobs(self, run_id: RunId, of: RunId, wish: RetryWish) -> Mapping[str, int]:
        """Give a new run the failed jobs of an ended one; answer how many by host.

        Their companies settle without moving what the person has taken in.
        """
        ...


class Unit(Protocol):
    """A unit of work: one transaction. Order of locks: boards, postings by id, the run, its rows."""

    @property
    def postings(self) -> Postings:
        """Boards and postings, in this transaction."""
        ...

    @property
    def retries(self) -> Retries:
        """What failed, in this transaction."""
        ...

    async def driver_connection(self) -> Any:
        """The driver's own connection: what the queue writes through it commits with this unit."""
        ...

    async def change(self, run_id: RunId) -> RunChange:
        """Lock the run and give it a new version. Raise `RunEnded`: the whole unit is then rolled back."""
        ...

    async def pauses(self, hosts: Collection[str]) -> Sequence[Pause]:
        """The pauses that some of these hosts want just now."""
        ...

    async def owned_run(self, user_id: UserId, run_id: RunId) -> None:
        """Raise `NotFound` unless the run is this user's."""
        ...

    async def create_run(
        self, user_id: UserId, companies: Sequence[tuple[Follow, str]], *, named: bool = False
    ) -> RunId:
        """Create a run of these companies (with their hosts); `named` where the person has named each of them.

        Raise `RunActive`, or `Conflict` where the companies are no longer followed as they are given.
        """
        ...


class Ledger(Protocol):
    """The only writer of run state."""

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Open a unit of work. What it changed is announced to all viewers after the commit."""
        ...

    async def claim(self, run_id: RunId, host: str) -> Claim:
        """What is open of a run at a host. Raise `RunEnded`."""
        ...

    async def is_open(self, run_id: RunId, host: str) -> bool:
        """Whether anything is left to do of a run at a host, once all changes that have begun are through."""
        ...

    async def is_wanted(self, host: str) -> bool:
        """Whether anybody else waits for a host now: another run's slice, or a person with a preview."""
        ...

    async def log_late(self, run_id: RunId, lines: Sequence[LogLine]) -> None:
        """Keep log lines that come after the end: without a version."""
        ...
