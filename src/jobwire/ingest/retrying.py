"""Trying again what failed of a run: in the run itself, or, when that has ended, in a new run of just that."""

from collections.abc import Collection, Sequence
from typing import Final

from jobwire.domain.companies import Follow
from jobwire.domain.errors import InvalidInput, RunEnded
from jobwire.domain.retries import Retried, RetryWish
from jobwire.domain.runs import RunId, UserId
from jobwire.ingest.pauses import tell_of_pauses
from jobwire.ingest.ports.boards import Boards
from jobwire.ingest.ports.follows import Follows
from jobwire.ingest.ports.runs import LogLine
from jobwire.ingest.ports.tasks import Tasks
from jobwire.ingest.ports.units import Ledger, Unit

_MAX_NAMED: Final = 10


class Retrying:
    """Opens again what failed. A board that failed is listed as it is followed now; an unfollowed one is left out."""

    def __init__(self, ledger: Ledger, follows: Follows, boards: Boards, tasks: Tasks) -> None:
        self._ledger = ledger
        self._follows = follows
        self._boards = boards
        self._tasks = tasks

    async def retry(self, user: UserId, run_id: RunId, wish: RetryWish) -> Retried:
        """Try what is wished for once more, as far as it failed.

        Raise `NotFound`; `InvalidInput` when none of it failed; `RunActive` when the run has ended and another goes.
        """
        follows = {follow.company: follow for follow in await self._follows.all(user)}
        try:
            return await self._in_the_run(user, run_id, wish, follows)
        except RunEnded:
            return await self._in_a_new_run(user, run_id, wish, follows)

    async def _in_the_run(self, user: UserId, run_id: RunId, wish: RetryWish, follows: dict[str, Follow]) -> Retried:
        async with self._ledger.unit() as unit:
            await unit.owned_run(user, run_id)
            change = await unit.change(run_id)
            boards = await self._failed_boards(unit, run_id, wish, follows)
            jobs = await unit.retries.reopen_jobs(run_id, wish)
            await unit.retries.reopen_boards(run_id, boards)
            retried = Retried(run_id=run_id, jobs=sum(jobs.values()), boards=len(boards))
            await _check_some(unit, run_id, wish, retried)
            await change.log([LogLine(message=_said(retried))])
            await self._defer(unit, run_id, {*jobs, *(host for _, host in boards)})
        return retried

    async def _in_a_new_run(self, user: UserId, run_id: RunId, wish: RetryWish, follows: dict[str, Follow]) -> Retried:
        async with self._ledger.unit() as unit:
            boards = await self._failed_boards(unit, run_id, wish, follows)
            new = await unit.create_run(user, boards, named=True)
            jobs = await unit.retries.copy_jobs(new, run_id, wish)
            retried = Retried(run_id=new, jobs=sum(jobs.values()), boards=len(boards))
            await _check_some(unit, run_id, wish, retried)
            change = await unit.change(new)
            await change.log([LogLine(message=_said(retried, f"in run {run_id} "))])
            await self._defer(unit, new, {*jobs, *(host for _, host in boards)})
        return retried

    async def _defer(self, unit: Unit, run_id: RunId, hosts: Collection[str]) -> None:
        await tell_of_pauses(unit, run_id, hosts)
        await self._tasks.defer_slices(unit, run_id, sorted(hosts))

    async def _failed_boards(
        self, unit: Unit, run_id: RunId, wish: RetryWish, follows: dict[str, Follow]
    ) -> Sequence[tuple[Follow, str]]:
        failed = await unit.retries.failed_boards(run_id, wish)
        followed = [follows[company] for company in failed if company in follows]
        return [(follow, self._boards.reader(follow.board).host(follow.board.slug)) for follow in followed]


async def _check_some(unit: Unit, run_id: RunId, wish: RetryWish, retried: Retried) -> None:
    """Raise `InvalidInput` where nothing is tried again. What the run does not have at all is named."""
    if retried.jobs or retried.boards:
        return
    strangers = await unit.retries.strangers(run_id, wish)
    if not strangers:
        raise InvalidInput(
            f"Nothing of that has failed in run {run_id}.",
            advice="It may be in work again, or the company is no longer followed: look at the run.",
        )
    more = len(strangers) - _MAX_NAMED
    raise InvalidInput(
        f"Run {run_id} has no {', '.join(strangers[:_MAX_NAMED])}{f' and {more} more' if more > 0 else ''}.",
        advice="Write company names and job ids as the run's page has them; for all that failed, name none.",
    )


def _said(retried: Retried, where: str = "") -> str:
    parts = [(retried.boards, "board"), (retried.jobs, "job")]
    counts = [f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    verb = "is" if retried.boards + retried.jobs == 1 else "are"
    return f"{' and '.join(counts)} that failed {where}{verb} tried again."
