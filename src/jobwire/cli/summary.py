"""The table and the sentence at the end of a run."""

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobwire.cli.bars import COLOURS, STATUS_COLOURS
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import CompanyPicture, Stage
from jobwire.cli.running import me
from jobwire.cli.text import clean, shortened
from jobwire.domain.runs import JobStatus

ROWS: Final = 60
"""A longer table says how many more companies there are; the page has them all."""
LONGEST_NAME: Final = 40
HEADINGS: Final = {
    JobStatus.SKIPPED: "unchanged",
    JobStatus.EXPIRED: "expired",
    JobStatus.ERROR: "failed",
}
"""Those behind the news."""


def print_summary(console: Console, outcome: Outcome) -> None:
    """Print what the run brought, company by company, and the result in a sentence."""
    if outcome.picture.companies:
        console.print(summary_table(outcome))
    colour = STATUS_COLOURS.get(outcome.picture.status, "")
    console.print(Text(outcome.sentence, colour), soft_wrap=True)
    where = f"See it at {outcome.page}" if outcome.page else f"To see it in the app: {me()} serve"
    console.print(Text(where), soft_wrap=True)


def summary_table(outcome: Outcome) -> Table:
    """Make the table: failed companies first."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("company", no_wrap=True)
    for heading in ("new or changed",) if outcome.changed is None else ("new", "changed"):
        table.add_column(heading, justify="right", style=COLOURS[JobStatus.READY])
    for status, heading in HEADINGS.items():
        table.add_column(heading, justify="right", style=COLOURS[status])
    if _has_stopped(outcome):
        table.add_column("left open", justify="right")
    table.add_column("jobs", justify="right")
    if outcome.failed_boards:
        table.add_column("why", overflow="fold")
    companies = sorted(outcome.picture.companies, key=lambda company: company.stage is not Stage.FAILED)
    for company in companies[:ROWS]:
        table.add_row(*_cells(company, outcome))
    if (more := len(companies) - ROWS) > 0:
        table.add_row(Text(f"… and {more:,} more", "dim"))
    return table


def _cells(company: CompanyPicture, outcome: Outcome) -> Iterator[Text]:
    yield Text(shortened(clean(company.name), LONGEST_NAME))
    for count in (*_news(company, outcome), *(company.counts.get(status, 0) for status in HEADINGS)):
        yield Text(f"{count:,}" if count else "·")
    if _has_stopped(outcome):
        yield Text(_left(company))
    yield Text(f"{company.total:,}")
    if outcome.failed_boards:
        yield Text(clean(company.reason or ""))


def _news(company: CompanyPicture, outcome: Outcome) -> tuple[int, ...]:
    ready = company.counts.get(JobStatus.READY, 0)
    if outcome.changed is None:
        return (ready,)
    changed = outcome.changed.get(company.name, 0)
    return ready - changed, changed


def _has_stopped(outcome: Outcome) -> bool:
    return any(company.left or company.stage is Stage.STOPPED for company in outcome.picture.companies)


def _left(company: CompanyPicture) -> str:
    if company.stage is Stage.STOPPED and not company.total:
        return "not listed"
    return f"{company.left:,}" if company.left else "·"
