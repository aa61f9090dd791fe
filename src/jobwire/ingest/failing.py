"""A board that cannot be listed: its company fails, and it is left alone for longer each time.

Where its careers system has said for long enough that there is no such board, its postings are gone.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from jobwire.domain.aside import aside
from jobwire.domain.errors import RunEnded
from jobwire.domain.runs import CompanyStatus, JobStatus
from jobwire.domain.setbacks import Setback, failed_again
from jobwire.ingest.finishing import advance
from jobwire.ingest.joining import Listed, Part, is_expired, join
from jobwire.ingest.ports.postings import KnownBoard
from jobwire.ingest.ports.runs import LogLine, RunCompany
from jobwire.ingest.ports.units import Ledger, Unit
from jobwire.ingest.updates import compare_absence, write_updates


@dataclass(frozen=True, slots=True)
class BoardFailure:
    """Why a board could not be listed. `is_gone`: its careers system says that there is none of that name."""

    reason: str
    is_gone: bool = False


async def record_failure(
    ledger: Ledger, company: RunCompany, failure: BoardFailure, at: datetime, random: float
) -> Listed | None:
    """Count a failure of the company's board, and fail the company with it: then the answer is None.

    `Listed` where the board is gone for good, and this person is told which of its postings have expired. `random` is
    from [0, 1).
    """
    if failure.is_gone:
        return await _record_absence(ledger, company, failure, at, random)
    try:
        async with ledger.unit() as unit:
            board, setback = await _set_back(unit, company, failure, at, random)
            await unit.postings.record_boards({company.board_id: board})
            await _fail(unit, company, _reason(setback, at))
    except RunEnded:
        await ledger.log_late(company.run_id, [_line(company, failure.reason)])
        raise
    return None


async def _record_absence(
    ledger: Ledger, company: RunCompany, failure: BoardFailure, at: datetime, random: float
) -> Listed | None:
    """As with a listing, titles are matched when nothing is locked any more."""
    board_id = company.board_id
    async with ledger.unit() as unit:
        board, setback = await _set_back(unit, company, failure, at, random)
        update = compare_absence(board, (await unit.postings.of_boards([board_id]))[board_id], at)
        after = (await write_updates(unit.postings, {board_id: update}, {}))[board_id]
    reason = _reason(setback, at)
    if await aside(company.run_id, lambda: any(is_expired(company, posting) for posting in after.gone)):
        (listed,) = await join(ledger, [Part(company, after, at, [_line(company, reason)])])
        return listed
    await fail_company(ledger, company, f"{reason} {update.note}".strip())
    return None


async def _set_back(
    unit: Unit, company: RunCompany, failure: BoardFailure, at: datetime, random: float
) -> tuple[KnownBoard, Setback]:
    """Lock the company's board, and count the failure."""
    board = (await unit.postings.lock_boards([company.board_id]))[company.board_id]
    setback = failed_again(board.setback, failure.reason, at, random)
    return replace(board, setback=setback), setback


async def fail_company(ledger: Ledger, company: RunCompany, reason: str) -> None:
    """End what is open of a company as `error`."""
    try:
        async with ledger.unit() as unit:
            await _fail(unit, company, reason)
    except RunEnded:
        await ledger.log_late(company.run_id, [_line(company, reason)])
        raise


async def _fail(unit: Unit, company: RunCompany, reason: str) -> None:
    change = await unit.change(company.run_id)
    await change.begin()
    if company.status is CompanyStatus.CRAWLING:
        await change.settle_all(company.company, JobStatus.ERROR, reason)
        await change.log([_line(company, reason)])
    elif await change.fail_company(company.company, reason):
        await change.log([_line(company, reason)])
    await advance(change)


def _reason(setback: Setback, at: datetime) -> str:
    if not setback.holds(at):
        return setback.reason
    return (
        f"{setback.reason} It has failed {setback.failures} times in a row, and is left alone until {setback.until} "
        "unless you name it, or try it again."
    )


def _line(company: RunCompany, reason: str) -> LogLine:
    return LogLine(company=company.company, message=reason, level="error")
