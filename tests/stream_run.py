"""A run in memory, and the state that a channel keeps of it."""

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import RunId, Version
from jobwire.progress.extras import BASE, Extra
from jobwire.progress.frames import Frame, encode
from jobwire.progress.state import RunState
from stream_books import FakeBook
from stream_wire import Event, SseParser

A1, A2, B1 = JobKey("a", "1"), JobKey("a", "2"), JobKey("b", "1")


class Run:
    """A run, and a state that is kept current."""

    def __init__(self, book: FakeBook, run: RunId, state: RunState) -> None:
        self.book, self.run, self.state = book, run, state

    @classmethod
    async def start(cls, *companies: str) -> "Run":
        book = FakeBook()
        run = await book.start(await book.user(), companies)
        return cls(book, run, RunState(await book.read(run, Version(0))))

    async def read(self) -> Version:
        self.state.apply(await self.book.read(self.run, self.state.version, self.state.last_seq))
        return self.state.version

    async def list_all(self) -> Version:
        await self.book.listed(self.run, "a", {"1": "One", "2": "Two"})
        await self.book.listed(self.run, "b", {"1": "Other"})
        return await self.read()

    def frame(self, cursor: int | None, extras: Extra = BASE) -> Frame:
        return encode(self.state.content(None if cursor is None else Version(cursor), extras))

    def events(self, cursor: int | None, extras: Extra = BASE) -> list[Event]:
        return SseParser().feed(b"".join(self.frame(cursor, extras).slices))

    def said(self, cursor: int | None, extras: Extra = BASE) -> list[tuple[str, str]]:
        """The events' names and data."""
        return [(event.name, event.data) for event in self.events(cursor, extras)]

    def names(self, cursor: int | None, extras: Extra = BASE) -> list[str]:
        return [event.name for event in self.events(cursor, extras)]
