"""Sources become postings, ready to be stored: the part of the work that needs a processor, and nothing else."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, UnknownBoard
from jobwire.domain.postings import Posting
from jobwire.ingest.ports.boards import BoardReader, Boards
from jobwire.ingest.ports.postings import ExtractedRow
from jobwire.logs import Log

UNEXPECTED = "It could not be read: an unexpected error, see Jobwire's own log."

_log = Log(__name__)


class Extracted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was made of a source."""

    external_id: str
    row: ExtractedRow


class Extractor(Protocol):
    """Extracts, somewhere."""

    async def extract(
        self, board: BoardRef, sources: Sequence[bytes], begin: Callable[[], None]
    ) -> Sequence[Extracted | str]:
        """Make sources of a board into postings, in their order; where that fails, say why.

        `begin` is called when it is their turn.
        """
        ...


class Extraction:
    """Extracts here and now. It fits `Extractor`. `as_row` makes a posting what storage takes."""

    def __init__(self, boards: Boards, as_row: Callable[[Posting], ExtractedRow]) -> None:
        self._boards = boards
        self._as_row = as_row

    async def extract(
        self, board: BoardRef, sources: Sequence[bytes], begin: Callable[[], None]
    ) -> Sequence[Extracted | str]:
        """Do it."""
        begin()
        return self.all(board, sources)

    def all(self, board: BoardRef, sources: Sequence[bytes]) -> list[Extracted | str]:
        """Make sources of a board into postings; where that fails, say why."""
        try:
            reader = self._boards.reader(board)
        except UnknownBoard as error:
            return [str(error)] * len(sources)
        return [self._one(reader, board, source) for source in sources]

    def _one(self, reader: BoardReader, board: BoardRef, source: bytes) -> Extracted | str:
        try:
            posting = reader.extract(board.slug, source)
            return Extracted(posting.external_id, self._as_row(posting))
        except BoardError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours about one posting must not end the run
            _log.error("extract.failed", error=error, board=board)
            return UNEXPECTED
