"""Runs that are written by hand, through the real ledger: no careers system, and no worker."""

from collections.abc import Sequence

from bench.made_run import MadeRun
from jobwire.bootstrap.foundation import Foundation
from jobwire.domain.companies import BoardRef
from jobwire.domain.runs import RunId, UserId
from jobwire.ingest.ports.runs import NewJob
from jobwire.storage.follows import Follows
from jobwire.storage.ledger import Ledger

COMPANY_JOBS = 2_000
"""A company of a run has at most so many jobs."""


def viewer_email(number: int) -> str:
    """Whose run `make_run` makes."""
    return f"viewer{number}@example.com"


async def make_run(ground: Foundation, number: int, jobs: int) -> MadeRun:
    """Make a user with one run of so many jobs, in the status `ingesting`."""
    user = await ground.users.ensure(viewer_email(number))
    ledger = Ledger(ground.database, lambda _run, _version: None)
    sizes = [min(COMPANY_JOBS, jobs - start) for start in range(0, jobs, COMPANY_JOBS)]
    companies = [f"company{index:03}" for index in range(len(sizes))]
    run_id = await _start(ground, ledger, user, companies)
    made: list[tuple[str, str]] = []
    for company, size in zip(companies, sizes, strict=True):
        new = [_job(index) for index in range(size)]
        await _list(ledger, run_id, company, new)
        made += [(company, job.external_id) for job in new]
    return MadeRun(run_id, ground.tokens.access(user), made)


async def _start(ground: Foundation, ledger: Ledger, user: UserId, companies: Sequence[str]) -> RunId:
    follows = Follows(ground.database)
    for company in companies:
        await follows.upsert(user, company, board=BoardRef("greenhouse", company))
    found = {follow.company: follow for follow in await follows.all(user)}
    async with ledger.unit() as unit:
        return await unit.create_run(user, [(found[company], "example.com") for company in companies])


async def _list(ledger: Ledger, run_id: RunId, company: str, jobs: Sequence[NewJob]) -> None:
    async with ledger.unit() as unit:
        change = await unit.change(run_id)
        await change.begin()
        await change.listed({company: (1, jobs)})
        await change.advance()


def _job(index: int) -> NewJob:
    title = f"Senior Software Engineer, Payments Platform {index}"
    return NewJob(external_id=str(4_000_000_000 + index), posting_id=None, title=title, location="Berlin, Germany")
