"""Extraction in a process of its own: the worker's loop stays free for boards and commits, on another processor.

The child reads a line of settings, then tasks, and answers each; all of them are frames: four bytes of length, and
MessagePack. Its next task waits for it in the pipe; what else comes meanwhile is gathered for the one after that.
"""

import asyncio
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

from jobwire.children import start_child
from jobwire.domain.companies import BoardRef
from jobwire.ingest.extraction import Extracted, Extraction
from jobwire.logs import Log

MOST_SOURCES: Final = 64
MOST_BYTES: Final = 4 * 1024 * 1024
"""A task takes no further wish after so many sources, or bytes of them."""
TASKS_SENT: Final = 2
"""While the child is at one task, it has the next one at hand."""
PATIENCE_S: Final = 60.0
"""A task takes milliseconds; one that takes so long hangs."""
_LENGTH: Final = 4

TOO_MUCH: Final = "It could not be read: its text broke Jobwire's reader, or took it too long."

_log = Log(__name__)


class Wish(msgspec.Struct, frozen=True, array_like=True):
    """Sources of one board."""

    system: str
    slug: str
    sources: list[bytes]


Answer = list[Extracted | str]
_TASK: Final = msgspec.msgpack.Decoder(list[Wish])
_ANSWERS: Final = msgspec.msgpack.Decoder(list[Answer])
_ENCODER: Final = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class _Waiting:
    wish: Wish
    answer: asyncio.Future[Answer]
    begin: Callable[[], None]

    def give(self, answer: Answer) -> None:
        """Answer, where somebody still waits for it."""
        if not self.answer.done():
            self.answer.set_result(answer)


class ExtractorProcess:
    """Keeps the child for as long as this is entered. It fits `ingest.extraction.Extractor`.

    A source that breaks the child, or keeps it for too long, gets that as its answer; the others are done again.
    """

    def __init__(self, command: Sequence[str], greeting: bytes) -> None:
        self._command = command
        self._greeting = greeting
        self._process: Process | None = None
        self._waiting: deque[_Waiting] = deque()
        self._suspects: list[_Waiting] = []
        """Wishes whose task broke the child: one of them did it. They are tried one by one, with nothing else."""
        self._asked: set[asyncio.Task[None]] = set()
        self._writing = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._work = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return None if self._process is None else self._process.pid

    async def __aenter__(self) -> Self:
        """Start the child, which takes a second to be ready, and take wishes."""
        await self._child()
        self._working = asyncio.create_task(self._keep_working(), name="extractor")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Take no more, and end the child."""
        assert self._working is not None
        tasks = [self._working, *self._asked]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end(self._process)

    async def extract(
        self, board: BoardRef, sources: Sequence[bytes], begin: Callable[[], None]
    ) -> Sequence[Extracted | str]:
        """Have sources of a board made into postings, in their order; where that fails, say why.

        `begin` is called when they are sent to the child, which may be at others first: some milliseconds.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(Wish(board.system, board.slug, list(sources)), answer, begin))
        self._work.set()
        return await answer

    async def _keep_working(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            if not self._asked:
                suspects, self._suspects = self._suspects, []
                for one in suspects:
                    one.give(await self._ask_singly(one.wish))
            while not self._suspects and len(self._asked) < TASKS_SENT and (taken := self._take()):
                asked = asyncio.create_task(self._do(taken))
                asked.add_done_callback(self._done)
                self._asked.add(asked)

    def _done(self, asked: asyncio.Task[None]) -> None:
        self._asked.discard(asked)
        self._work.set()

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        count = size = 0
        while self._waiting and count < MOST_SOURCES and size < MOST_BYTES:
            one = self._waiting.popleft()
            if not one.answer.done():  # else nobody waits for it any more
                one.begin()
                taken.append(one)
                count += len(one.wish.sources)
                size += sum(map(len, one.wish.sources))
        return taken

    async def _do(self, taken: Sequence[_Waiting]) -> None:
        answers = await self._ask([one.wish for one in taken])
        if answers is None:
            self._suspects += taken
            return
        for one, answer in zip(taken, answers, strict=True):
            one.give(answer)

    async def _ask_singly(self, wish: Wish) -> Answer:
        answer: Answer = []
        for source in wish.sources:
            answers = await self._ask([Wish(wish.system, wish.slug, [source])])
            answer += [TOO_MUCH] if answers is None else answers[0]
        return answer

    async def _ask(self, task: Sequence[Wish]) -> list[Answer] | None:
        """Have the child do a task, after those before; None where that, or one of those, ended the child."""
        process: Process | None = None
        try:
            async with self._writing:
                process = await self._child()
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(_frame(task))
                await process.stdin.drain()
            # Locks are given in the order in which they were asked for: as the answers come
            async with self._reading, asyncio.timeout(PATIENCE_S):
                length = int.from_bytes(await process.stdout.readexactly(_LENGTH), "big")
                return _ANSWERS.decode(await process.stdout.readexactly(length))
        # An OSError is a child that cannot be started, one that is gone, or one that takes too long (TimeoutError)
        except (OSError, asyncio.IncompleteReadError, msgspec.DecodeError) as error:
            _log.warning("extractor.broke", pid=process and process.pid, boards=len(task), error=error)
            await self._end(process)
            return None

    async def _child(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await start_child(self._command, self._greeting, answers=True)
        return self._process

    async def _end(self, process: Process | None) -> None:
        """End this child, whatever it does."""
        if process is self._process:
            self._process = None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _frame(message: object) -> bytearray:
    frame = bytearray(_LENGTH)
    _ENCODER.encode_into(message, frame, _LENGTH)
    frame[:_LENGTH] = (len(frame) - _LENGTH).to_bytes(_LENGTH, "big")
    return frame


def work_for_worker(extraction: Extraction, tasks: BinaryIO, answers: BinaryIO) -> None:
    """Be the child: do tasks until there are no more."""
    while len(head := tasks.read(_LENGTH)) == _LENGTH:
        task = _TASK.decode(tasks.read(int.from_bytes(head, "big")))
        answers.write(_frame([extraction.all(BoardRef(wish.system, wish.slug), wish.sources) for wish in task]))
        answers.flush()
