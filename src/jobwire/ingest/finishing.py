"""Moving a run on, and telling its log when a company or the run itself has come to its end."""

from collections.abc import Mapping, Sequence
from typing import Final

from jobwire.domain.runs import JobStatus, RunStatus
from jobwire.ingest.ports.runs import LogLine, RunChange


async def advance(change: RunChange, lines: Sequence[LogLine] = ()) -> None:
    """Settle the companies that are through and, when all are, the run. To be called last in a change.

    `lines` are what its log has to say of it before that.
    """
    before = change.status
    done = await change.advance()
    ends = [LogLine(company=company, message=f"Done: {_counts(counts)}.") for company, counts in done.items()]
    if change.status is not before:
        ends.extend(_told(change.status))
    await change.log([*lines, *ends])


def _told(status: RunStatus) -> list[LogLine]:
    match status:
        case RunStatus.INGESTING:
            return [LogLine(message="Every board is listed or has failed: no more jobs will join.")]
        case RunStatus.FINISHED:
            return [LogLine(message="Finished.")]
        case RunStatus.ERROR:
            return [LogLine(message="No company's board could be listed.", level="error")]
        case _:
            return []


_FOR_PEOPLE: Final = {JobStatus.SKIPPED: "unchanged", JobStatus.ERROR: "failed"}
"""Statuses that are called something else wherever a person reads them."""


def _counts(counts: Mapping[JobStatus, int]) -> str:
    parts = [f"{counts[status]} {_FOR_PEOPLE.get(status, status)}" for status in JobStatus if counts.get(status)]
    return ", ".join(parts) or "no postings"
