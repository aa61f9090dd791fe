"""`jobwire extract --again`: make the postings again of what the boards once sent."""

from collections.abc import Sequence

from jobwire.bootstrap.extracting import extract_from_raw_pages
from jobwire.cli.exits import Exit
from jobwire.cli.output import say
from jobwire.ingest.extracting import Tally
from jobwire.settings import Settings

_MAX_FLAWS = 20


async def extract(settings: Settings, companies: Sequence[str]) -> Exit:
    """Do it, and say what came of it."""
    tally = await extract_from_raw_pages(settings, companies)
    for line in _lines(tally):
        say(line)
    return Exit.PARTLY_FAILED if tally.unreadable else Exit.OK


def _lines(tally: Tally) -> list[str]:
    lines = [f"{tally.read} postings of {tally.boards} boards extracted again, {tally.differ} of them differ now."]
    if tally.not_kept:
        lines.append(f"{tally.not_kept} postings have no raw page that they were made of: the next run reads them.")
    if tally.unreadable:
        lines.append(f"{tally.unreadable} postings could not be read, and stay as they are:")
    return lines + [f"  {flaw}" for flaw in list(tally.flaws)[:_MAX_FLAWS]]
