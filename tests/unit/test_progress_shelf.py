"""Frames are made once for each cursor, large ones off the event loop, and what is kept has a bound."""

import asyncio
import threading
from secrets import token_hex

import msgspec
import pytest

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, Version
from jobwire.progress import shelf as shelves
from jobwire.progress.extras import Encoding, Extra, Wish
from jobwire.progress.frames import Content, Frame, encode
from jobwire.progress.meters import Meters
from jobwire.progress.ports import JobRow
from jobwire.progress.shelf import LARGE, MAX_BYTES, MAX_FRAMES, Shelf
from jobwire.progress.state import RunState
from stream_books import FakeBook


class Encodings:
    """Counts what is encoded, and where."""

    def __init__(self) -> None:
        self.made: list[Content] = []
        self.off_loop = 0

    def __call__(self, content: Content, encoding: Encoding) -> Frame:
        self.made.append(content)
        self.off_loop += threading.current_thread() is not threading.main_thread()
        return encode(content, encoding)


@pytest.fixture
def encodings(monkeypatch: pytest.MonkeyPatch) -> Encodings:
    counted = Encodings()
    monkeypatch.setattr(shelves, "encode", counted)
    return counted


class Run:
    def __init__(self, book: FakeBook, run: RunId, state: RunState) -> None:
        self.book, self.run, self.state, self.shelf = book, run, state, Shelf(state, Meters())

    @classmethod
    async def of(cls, jobs: int, title: str = "x") -> "Run":
        book = FakeBook()
        run = await book.start(await book.user(), ["a"])
        await book.listed(run, "a", {str(number): title for number in range(jobs)})
        return cls(book, run, RunState(await book.read(run, Version(0))))

    async def change(self, *numbers: int) -> Version:
        await self.book.set(self.run, {JobKey("a", str(number)): JobStatus.CRAWLING for number in numbers})
        self.state.apply(await self.book.read(self.run, self.state.version))
        self.shelf.clear()
        return self.state.version


async def test_a_frame_is_made_once_for_all_viewers(encodings: Encodings):
    run = await Run.of(10)
    seen = run.state.version
    await run.change(1)
    assert await run.shelf.frame(seen, Wish()) is await run.shelf.frame(seen, Wish())
    assert await run.shelf.frame(None, Wish()) is await run.shelf.frame(None, Wish())
    assert len(encodings.made) == 2
    assert encodings.off_loop == 0


async def test_a_change_makes_other_frames(encodings: Encodings):
    run = await Run.of(10)
    first = await run.shelf.frame(None, Wish())
    version = await run.change(1)
    assert (await run.shelf.frame(None, Wish())).version == version > first.version


async def test_all_who_need_everything_share_the_snapshot(encodings: Encodings):
    run = await Run.of(10)
    await run.book.end(run.run)
    run.state.apply(await run.book.read(run.run, run.state.version))
    run.shelf.clear()
    frames = [await run.shelf.frame(cursor, Wish()) for cursor in (None, Version(1), Version(2))]
    assert frames[0] is frames[1] is frames[2]
    assert frames[0].last


async def test_a_large_snapshot_is_made_once_off_the_loop_for_all_who_wait(encodings: Encodings):
    run = await Run.of(LARGE + 1)
    wishes = [Wish(encoding=encoding) for encoding in Encoding for _ in range(50)]
    frames = await asyncio.gather(*(run.shelf.frame(None, wish) for wish in wishes))
    assert frames == [frames[0]] * 50 + [frames[-1]] * 50
    assert frames[0] == frames[-1].inflated()
    assert (len(encodings.made), encodings.off_loop) == (1, 1)


async def test_a_large_update_is_made_off_the_loop(encodings: Encodings):
    run = await Run.of(LARGE + 1)
    seen = run.state.version
    await run.change(*range(LARGE + 1))
    frames = await asyncio.gather(*(run.shelf.frame(seen, Wish()) for _ in range(50)))
    assert frames == [frames[0]] * 50
    assert (len(encodings.made), encodings.off_loop) == (1, 1)


async def test_a_large_snapshot_is_kept_while_one_update_leads_from_it_to_now(encodings: Encodings):
    run = await Run.of(LARGE + 1)
    snapshot = await run.shelf.frame(None, Wish())
    await run.change(*range(LARGE // 4))
    assert await run.shelf.frame(None, Wish()) == snapshot
    update = await run.shelf.frame(snapshot.version, Wish())
    assert update.version == run.state.version
    await run.change(*range(LARGE // 4, LARGE // 2))
    assert (await run.shelf.frame(None, Wish())).version == run.state.version


async def test_a_large_snapshot_is_not_kept_past_the_end(encodings: Encodings):
    run = await Run.of(LARGE + 1)
    snapshot = await run.shelf.frame(None, Wish())
    await run.book.end(run.run)
    run.state.apply(await run.book.read(run.run, run.state.version))
    run.shelf.clear()
    end = await run.shelf.frame(None, Wish())
    assert end is not snapshot
    assert end.last


async def test_thousands_of_cursors_do_not_fill_the_memory(encodings: Encodings):
    run = await Run.of(5)
    cursors = [run.state.version]
    for _ in range(MAX_FRAMES + 50):
        await run.book.log(run.run)
        cursors.append(await run.change())
    await run.change(1)
    for cursor in cursors:
        assert (await run.shelf.frame(cursor, Wish())).version == run.state.version
    assert len(run.shelf._frames) == MAX_FRAMES


async def test_large_frames_at_many_cursors_do_not_fill_the_memory(encodings: Encodings):
    run = await Run.of(1_000)
    cursors = [run.state.version]
    for _ in range(50):
        cursors.append(await run.change())  # noqa: PERF401 - one after the other
    for number in range(1_000):
        held = run.book.runs[run.run]
        key = JobKey("a", str(number))
        held.jobs[key] = msgspec.structs.replace(held.jobs[key], external_id=token_hex(1_000))
    await run.change(*range(1_000))
    frames = [await run.shelf.frame(cursor, Wish()) for cursor in cursors]
    assert sum(frame.size for frame in frames) > MAX_BYTES
    assert sum(frame.size for frame in run.shelf._frames.values()) <= MAX_BYTES


async def test_frames_are_shared_by_what_makes_them_differ(encodings: Encodings):
    run = await Run.of(10)
    seen = run.state.version
    await run.change(1)
    same = [Extra(0), Extra.ROTATE, Extra.BEAT, Extra.BEAT | Extra.ROTATE]
    frames = [await run.shelf.frame(seen, Wish(extras)) for extras in same]
    assert all(frame is frames[0] for frame in frames)
    others = [Wish(Extra.ADDED), Wish(Extra.LOG), Wish(Extra.COMPANIES), Wish(encoding=Encoding.GZIP)]
    assert len({id(await run.shelf.frame(seen, wish)) for wish in [*others, Wish()]}) == 5


async def test_a_large_snapshot_with_added_is_kept_while_the_set_grows(encodings: Encodings):
    run = await Run.of(LARGE * 2)
    wish = Wish(Extra.ADDED, Encoding.GZIP)
    snapshot = await run.shelf.frame(None, wish)
    held = run.book.runs[run.run]
    version = held.change(run.run)
    held.jobs[JobKey("a", "late")] = JobRow("a", "late", "Late", JobStatus.PENDING, version, version)
    run.state.apply(await run.book.read(run.run, run.state.version))
    run.shelf.clear()
    assert await run.shelf.frame(None, wish) is snapshot
    assert (await run.shelf.frame(snapshot.version, wish)).version == version


async def test_many_lines_of_the_log_are_encoded_off_the_loop(encodings: Encodings):
    run = await Run.of(3)
    await run.book.log(run.run, LARGE + 1)
    run.state.apply(await run.book.read(run.run, run.state.version))
    await run.shelf.frame(None, Wish(Extra.LOG))
    await run.shelf.frame(None, Wish())
    assert (len(encodings.made), encodings.off_loop) == (2, 1)
