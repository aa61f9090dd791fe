"""A client that answers from memory, for tests of the connectors without a network."""

from collections.abc import Callable

from jobwire.boards.answers import Body
from jobwire.boards.http import BoardClient, Manners
from jobwire.boards.registry import BoardRegistry
from jobwire.boards.room import Load
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardGone, PostingGone
from jobwire.ingest.ports.boards import BoardReader
from jobwire.settings import Settings


class StubClient(BoardClient):
    """Answers every address with `answer(url)`, and keeps the addresses."""

    def __init__(self, answer: Callable[[str], bytes]) -> None:
        super().__init__(Settings())
        self.asked: list[str] = []
        self._answer = answer

    async def get(
        self,
        url: str,
        *,
        board: str,
        manners: Manners,
        gone: type[BoardGone | PostingGone] = BoardGone,
        key: str | None = None,
        own_host: str | None = None,
        home: str | None = None,
        posted: bytes | None = None,
        etag: str | None = None,
        load: Load | None = None,
    ) -> Body:
        load = load or Load(self.room, board)
        load.begin_answer()
        self.asked.append(url)
        body = self._answer(url)
        load.take(len(body))
        return Body(body)


def reader_of(board: BoardRef, answer: Callable[[str], bytes], **settings: object) -> BoardReader:
    """The reader for a board, over a client that answers from memory."""
    return BoardRegistry(Settings.model_validate(settings), StubClient(answer)).reader(board)
