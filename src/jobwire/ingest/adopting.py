"""Jobs of which only the key is known, tried again: the board is asked whether their lines can be read by now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from jobwire.domain.aside import aside
from jobwire.domain.errors import RunEnded
from jobwire.domain.runs import JobStatus
from jobwire.ingest.finishing import advance
from jobwire.ingest.ports.boards import Listing, Opening
from jobwire.ingest.ports.postings import FreshPosting, KnownPosting
from jobwire.ingest.ports.runs import LogLine, RunCompany, Settlement, UnlistedJob
from jobwire.ingest.ports.units import Ledger, Unit
from jobwire.ingest.updates import new_posting

NOT_LISTED = "The board no longer lists it. The next run of the whole company says whether it has expired."
FILTERED = "Its title is not one that your filters keep."


async def adopt(ledger: Ledger, company: RunCompany, jobs: Sequence[UnlistedJob], listing: Listing) -> None:
    """Tell the jobs whose lines can be read which postings they are about; the others end in `error`.

    The listing counts for nothing else: it has no number, and nothing expires by it.
    """
    ends = await aside(company.run_id, partial(_ends, company, jobs, listing))
    found = {one.external_id: one for one in listing.openings}
    wanted = [found[job.key.external_id] for job in jobs if job not in ends]
    lines = [_line(job, reason) for job, (status, reason) in ends.items() if status is JobStatus.ERROR]
    try:
        async with ledger.unit() as unit:
            postings = await _known(unit, company, wanted)
            change = await unit.change(company.run_id)
            await change.begin()
            await change.adopt(company.company, postings)
            await change.settle(
                [
                    Settlement(key=job.key, attempt=job.attempt, status=status, reason=reason)
                    for job, (status, reason) in ends.items()
                ]
            )
            await change.log(lines)
            await advance(change)
    except RunEnded:
        await ledger.log_late(company.run_id, lines)
        raise


def _ends(
    company: RunCompany, jobs: Sequence[UnlistedJob], listing: Listing
) -> Mapping[UnlistedJob, tuple[JobStatus, str]]:
    """The jobs that are over with this listing, and how they end."""
    titles = {one.external_id: one.title for one in listing.openings}
    refused = {line.external_id: line.reason for line in listing.unreadable}
    ends: dict[UnlistedJob, tuple[JobStatus, str]] = {}
    for job in jobs:
        title = titles.get(job.key.external_id)
        if title is None:
            ends[job] = JobStatus.ERROR, refused.get(job.key.external_id, NOT_LISTED)
        elif not company.filters.keeps(title):
            ends[job] = JobStatus.SKIPPED, FILTERED
    return ends


async def _known(unit: Unit, company: RunCompany, openings: Sequence[Opening]) -> Mapping[str, KnownPosting]:
    """The postings of these lines, by external_id; those that are new are written."""
    if not openings:
        return {}
    board_id = company.board_id
    listing = (await unit.postings.lock_boards([board_id]))[board_id].listing
    known = (await unit.postings.of_boards([board_id]))[board_id]
    ids = await unit.postings.add(
        [FreshPosting(board_id, listing, one) for one in openings if one.external_id not in known]
    )
    postings: dict[str, KnownPosting] = {}
    for one in openings:
        before = known.get(one.external_id)
        made = before or new_posting(ids[board_id, one.external_id], listing, one)
        postings[one.external_id] = replace(made, title=one.title, location=one.location)
    return postings


def _line(job: UnlistedJob, reason: str) -> LogLine:
    return LogLine(company=job.key.company, external_id=job.key.external_id, message=reason, level="error")
