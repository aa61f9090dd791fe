"""The worker's child that extracts: what it answers, and what becomes of its tasks when it breaks."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from boards_shapes import SHAPES

from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.bootstrap.extractor import extractor_process
from jobwire.domain.companies import BoardRef
from jobwire.ingest.extraction import Extracted, Extraction
from jobwire.settings import Settings
from jobwire.storage.posting_columns import extracted_row
from jobwire.worker import extractor
from jobwire.worker.extractor import TOO_MUCH, ExtractorProcess

GREENHOUSE = next(shape for shape in SHAPES if shape.system == "greenhouse")
ACME, OTHER = BoardRef("greenhouse", "acme"), BoardRef("greenhouse", "other")
BROKEN = (sys.executable, str(Path(__file__).with_name("broken_extractor.py")))


@pytest.fixture
async def broken() -> AsyncIterator[ExtractorProcess]:
    async with ExtractorProcess(BROKEN, b"{}") as process:
        yield process


def ignored() -> None:
    """Whether it has begun is not what most tests are about."""


async def keys(process: ExtractorProcess, *sources: bytes, board: BoardRef = ACME) -> list[str]:
    """What was made, by its key; what was not, by its reason."""
    made = await process.extract(board, sources, ignored)
    return [one.external_id if isinstance(one, Extracted) else one for one in made]


async def test_it_makes_what_would_be_made_here() -> None:
    settings = Settings(database_url=None)
    here = Extraction(BoardRegistry(settings, BoardClient(settings)), extracted_row)
    sources = [json.dumps(GREENHOUSE.job(n, f"Engineer {n}")).encode() for n in range(200)]
    sources += [b"[]", b'{"id": 7}', json.dumps(GREENHOUSE.job(8, "Großartig \N{GRINNING FACE}")).encode()]
    async with extractor_process(settings) as process:
        assert await process.extract(ACME, sources, ignored) == await here.extract(ACME, sources, ignored)
        assert await process.extract(ACME, [], ignored) == []
        unknown = await process.extract(BoardRef("nowhere", "acme"), [b"{}"], ignored)
        assert unknown == await here.extract(BoardRef("nowhere", "acme"), [b"{}"], ignored)
        assert 'No careers system is called "nowhere".' in str(unknown[0])


async def test_wishes_that_wait_are_done_together_and_each_gets_its_own(broken: ExtractorProcess) -> None:
    wishes = [keys(broken, f"{n}a".encode(), f"{n}b".encode(), board=(ACME, OTHER)[n % 2]) for n in range(300)]
    assert await asyncio.gather(*wishes) == [[f"{n}a", f"{n}b"] for n in range(300)]


async def test_a_wish_begins_when_it_is_sent(broken: ExtractorProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not while it only waits: of a large board, few postings are being read at a time."""
    monkeypatch.setattr(extractor, "MOST_SOURCES", 1)
    begun: list[int] = []
    ahead: list[int] = []

    async def wish(n: int) -> None:
        await broken.extract(ACME, [str(n).encode()], lambda: begun.append(n))
        ahead.append(len(begun) - n)

    await asyncio.gather(*(wish(n) for n in range(50)))
    assert begun == list(range(50))
    assert max(ahead) <= extractor.TASKS_SENT + 1


async def test_a_source_that_ends_the_child_costs_only_itself(broken: ExtractorProcess) -> None:
    one, other = await asyncio.gather(keys(broken, b"1", b"die", b"2"), keys(broken, b"unreadable", b"3", board=OTHER))
    assert one == ["1", TOO_MUCH, "2"]
    assert other == ["greenhouse:other: unreadable", "3"]


async def test_a_task_that_was_sent_behind_one_that_ends_the_child_is_done_again(
    broken: ExtractorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "MOST_SOURCES", 1)
    wishes = [keys(broken, one, one + b"+") for one in (b"1", b"die", b"2", b"3", b"die", b"4")]
    answers = await asyncio.gather(*wishes)
    assert answers[0] == ["1", "1+"]
    assert answers[1:5] == [[TOO_MUCH, "die+"], ["2", "2+"], ["3", "3+"], [TOO_MUCH, "die+"]]
    assert answers[5] == ["4", "4+"]


async def test_a_source_that_takes_for_ever_costs_only_itself(
    broken: ExtractorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys(broken, b"warm")
    monkeypatch.setattr(extractor, "PATIENCE_S", 3.0)
    assert await keys(broken, b"1", b"hang") == ["1", TOO_MUCH]


async def test_a_killed_child_is_replaced(broken: ExtractorProcess) -> None:
    await keys(broken, b"1")
    first = broken.pid
    assert first is not None
    psutil.Process(first).kill()
    assert await keys(broken, b"2", b"3") == ["2", "3"]
    assert broken.pid not in {None, first}


async def test_the_child_goes_with_its_worker(broken: ExtractorProcess) -> None:
    async with ExtractorProcess(BROKEN, b"{}") as process:
        await keys(process, b"1")
        child = psutil.Process(process.pid)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


async def test_nobody_waits_for_what_was_given_up(broken: ExtractorProcess) -> None:
    given_up = asyncio.create_task(keys(broken, b"1"))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await keys(broken, b"2") == ["2"]


async def test_a_child_that_cannot_be_started_is_told_and_holds_nobody_up(
    broken: ExtractorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys(broken, b"1")
    psutil.Process(broken.pid).kill()
    with monkeypatch.context() as away:
        away.setattr(broken, "_command", ("/nowhere/python",))
        assert await keys(broken, b"2") == [TOO_MUCH]
    assert await keys(broken, b"3") == ["3"]
