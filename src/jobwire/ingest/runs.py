"""Starting and aborting runs."""

from collections.abc import Sequence

from jobwire.domain.companies import Follow
from jobwire.domain.errors import InvalidInput
from jobwire.domain.runs import RunId, RunStatus, UserId
from jobwire.ingest.pauses import tell_of_pauses
from jobwire.ingest.ports.boards import Boards
from jobwire.ingest.ports.follows import Follows
from jobwire.ingest.ports.runs import LogLine
from jobwire.ingest.ports.tasks import Tasks
from jobwire.ingest.ports.units import Ledger


class Runs:
    """What a person can do to their runs."""

    def __init__(self, ledger: Ledger, follows: Follows, boards: Boards, tasks: Tasks) -> None:
        self._ledger = ledger
        self._follows = follows
        self._boards = boards
        self._tasks = tasks

    async def start(self, user: UserId, companies: Sequence[str] | None = None) -> RunId:
        """Start a run of the named companies, or of all that are enabled.

        A board that is left alone since it has failed is asked all the same where its company is named.
        Raise `InvalidInput` when there is nothing to run, `RunActive` when a run is going. The run, its companies and
        its tasks are written in one transaction.
        """
        follows = select_follows(await self._follows.all(user), companies)
        hosts = {follow.company: self._boards.reader(follow.board).host(follow.board.slug) for follow in follows}
        async with self._ledger.unit() as unit:
            wanted = [(follow, hosts[follow.company]) for follow in follows]
            run_id = await unit.create_run(user, wanted, named=companies is not None)
            await tell_of_pauses(unit, run_id, set(hosts.values()))
            await self._tasks.defer_slices(unit, run_id, sorted(set(hosts.values())))
        return run_id

    async def abort(self, user: UserId, run_id: RunId) -> None:
        """Freeze a run as it stands. Raise `NotFound`, or `RunEnded` when it is over."""
        async with self._ledger.unit() as unit:
            await unit.owned_run(user, run_id)
            change = await unit.change(run_id)
            await change.end(RunStatus.ABORTED)
            await change.log([LogLine(message="Aborted. What was read until now is kept.", level="warning")])


def select_follows(follows: Sequence[Follow], companies: Sequence[str] | None) -> Sequence[Follow]:
    """The follows that are named, or all enabled ones. Raise `InvalidInput` that says what is missing."""
    if companies is None:
        if enabled := [follow for follow in follows if follow.enabled]:
            return enabled
        raise InvalidInput("There is no company to run.", advice="Follow one first (`POST /api/ingestion/settings`).")
    by_name = {follow.company: follow for follow in follows}
    if unknown := [name for name in companies if name not in by_name]:
        raise InvalidInput(f"You do not follow {', '.join(map(repr, unknown[:10]))}.", advice="Follow it first.")
    if not companies:
        raise InvalidInput("The list of companies is empty.", advice="Name one, or leave the list out for all.")
    return [by_name[name] for name in dict.fromkeys(companies)]
