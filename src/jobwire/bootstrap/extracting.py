"""Extraction run again, over what is kept of the boards."""

from collections.abc import Sequence

from jobwire.boards.directory import parse_company
from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.bootstrap.foundation import foundation
from jobwire.domain.errors import InvalidInput
from jobwire.ingest.extracting import Tally, extract_again
from jobwire.settings import Settings
from jobwire.storage.made_postings import MadePostings
from jobwire.storage.raw_pages import open_raw_pages


async def extract_from_raw_pages(settings: Settings, companies: Sequence[str]) -> Tally:
    """Extract the postings of these boards (none: of all) again.

    Raise `InvalidInput`, `UnknownBoard`, `Unavailable`.
    """
    wanted = [parse_company(line)[1] for line in companies]
    raw = open_raw_pages(settings)
    if raw is None:
        raise InvalidInput(
            "No raw pages are kept.", advice="JOBWIRE_RAW_PAGES names a folder or a bucket to keep them in."
        )
    async with foundation(settings) as ground:
        boards = BoardRegistry(settings, BoardClient(settings))  # never entered: no board is asked
        return await extract_again(boards, MadePostings(ground.database), raw, wanted)
