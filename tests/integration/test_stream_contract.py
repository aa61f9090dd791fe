"""The ledger in memory answers the stream as the real one does."""

import re
from collections.abc import AsyncIterator

import msgspec
import pytest

from jobwire.domain.errors import NotFound, RunEnded
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId, RunStatus, UserId, Version
from jobwire.progress.ports import LOG_LINES, RunDelta
from jobwire.storage.database import Database
from stream_books import LINE, Book, FakeBook, LedgerBook


@pytest.fixture(params=["memory", "real"])
async def book(request: pytest.FixtureRequest) -> AsyncIterator[Book]:
    if request.param == "memory":
        yield FakeBook()
    else:
        yield LedgerBook(request.getfixturevalue("database"))


@pytest.fixture(autouse=True)
def _database(database: Database) -> None:
    """Asked for here, since an async fixture cannot be asked for within one."""


async def start(book: Book, *companies: str) -> RunId:
    return await book.start(await book.user(), companies)


async def test_whose_a_run_is(book: Book):
    run = await start(book, "a")
    assert await book.reader.owner(run) == await book.user()
    assert await book.reader.owner(RunId(run + 1)) is None


async def test_a_new_run(book: Book):
    delta = await book.reader.read(await start(book, "b", "a"), Version(0))
    assert (delta.status, delta.version, delta.status_version) == (RunStatus.PENDING, 1, 1)
    assert delta.listed_version is None
    assert list(delta.companies) == [(name, CompanyStatus.WAITING, None, 1) for name in ("b", "a")]
    assert list(delta.jobs) == []
    assert delta.version_ms >= delta.created_ms > 1_600_000_000_000


def rows(delta: RunDelta) -> list[tuple[object, ...]]:
    return [msgspec.structs.astuple(job) for job in delta.jobs]


async def test_the_way_of_a_run(book: Book):
    run = await start(book, "a", "b")
    await book.begin(run)
    begun = await book.reader.read(run, Version(0))
    assert (begun.status, begun.version, begun.status_version) == (RunStatus.INITIALIZING, 2, 2)

    await book.listed(run, "a", {"1": "One", "2": "Two"})
    half = await book.reader.read(run, begun.version)
    assert (half.status, half.version, half.listed_version) == (RunStatus.INITIALIZING, 3, None)
    assert sorted(rows(half)) == [
        ("a", "1", "One", JobStatus.PENDING, 3, 3),
        ("a", "2", "Two", JobStatus.PENDING, 3, 3),
    ]

    await book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
    await book.listed(run, "b", {})
    listed = await book.reader.read(run, half.version)
    assert (listed.status, listed.version, listed.listed_version) == (RunStatus.INGESTING, 5, 5)
    assert rows(listed) == [("a", "1", "One", JobStatus.CRAWLING, 4, 3)]

    await book.set(run, {JobKey("a", "1"): JobStatus.READY, JobKey("a", "9"): JobStatus.READY})
    await book.set(run, {JobKey("a", "2"): JobStatus.ERROR})
    end = await book.reader.read(run, listed.version)
    assert (end.status, end.version, end.status_version) == (RunStatus.FINISHED, 7, 7)
    assert rows(end) == [
        ("a", "1", "One", JobStatus.READY, 6, 3),
        ("a", "2", "Two", JobStatus.ERROR, 7, 3),
    ]


async def test_jobs_come_in_order_of_version(book: Book):
    run = await start(book, "a")
    await book.listed(run, "a", {"1": "One", "2": "Two", "3": "Three"})
    await book.set(run, {JobKey("a", "3"): JobStatus.CRAWLING})
    await book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
    versions = [job.version for job in (await book.reader.read(run, Version(0))).jobs]
    assert versions == [2, 3, 4]


async def test_a_terminal_status_is_never_taken_back(book: Book):
    run = await start(book, "a")
    await book.listed(run, "a", {"1": "One", "2": "Two"})
    await book.set(run, {JobKey("a", "1"): JobStatus.READY})
    await book.set(run, {JobKey("a", "1"): JobStatus.ERROR})
    await book.set(run, {JobKey("a", "1"): JobStatus.CRAWLING})
    delta = await book.reader.read(run, Version(2))
    assert [(job.external_id, job.status, job.version) for job in delta.jobs] == [("1", JobStatus.READY, 3)]


async def test_a_change_that_touches_no_job_is_a_version_all_the_same(book: Book):
    run = await start(book, "a")
    await book.log(run)
    delta = await book.reader.read(run, Version(1))
    assert (delta.version, list(delta.jobs)) == (2, [])
    assert delta.status_version == 1
    assert list(delta.companies) == []


async def test_lines_of_the_log_come_in_order_and_once(book: Book):
    run = await start(book, "a")
    for _ in range(3):
        await book.log(run)
    lines = (await book.reader.read(run, Version(0))).log
    assert [line.version for line in lines] == [2, 3, 4]
    assert [line.seq for line in lines] == sorted({line.seq for line in lines})
    assert {line[2:6] for line in lines} == {("info", None, None, LINE)}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.at) for line in lines)
    newer = (await book.reader.read(run, Version(3), lines[1].seq)).log
    assert list(newer) == [lines[2]]


async def test_a_long_log_is_read_from_its_end(book: Book):
    run = await start(book, "a")
    for _ in range(LOG_LINES // 20 + 1):
        await book.log(run, 20)
    lines = (await book.reader.read(run, Version(0))).log
    assert len(lines) == LOG_LINES
    assert (lines[0].version, lines[-1].version) == (3, 2 + LOG_LINES // 20)


async def test_companies_come_when_they_changed(book: Book):
    run = await start(book, "a", "b")
    await book.listed(run, "a", {"1": "One"})
    await book.set(run, {JobKey("a", "1"): JobStatus.READY})
    first = await book.reader.read(run, Version(1))
    assert list(first.companies) == [("a", CompanyStatus.DONE, None, 3)]
    assert list((await book.reader.read(run, Version(3))).companies) == []


async def test_an_abort_freezes_the_run(book: Book):
    run = await start(book, "a", "b")
    await book.listed(run, "a", {"1": "One"})
    await book.end(run)
    with pytest.raises(RunEnded):
        await book.set(run, {JobKey("a", "1"): JobStatus.READY})
    delta = await book.reader.read(run, Version(0))
    assert (delta.status, delta.version, delta.listed_version) == (RunStatus.ABORTED, 3, 3)
    assert [job.status for job in delta.jobs] == [JobStatus.PENDING]


async def test_a_run_that_is_not_there(book: Book):
    with pytest.raises(NotFound):
        await book.reader.read(RunId(99), Version(0))


async def test_versions_of_some_runs(book: Book):
    one = await start(book, "a")
    await book.end(one)
    two = await start(book, "a")
    assert await book.reader.versions([one, two, RunId(99)]) == {one: 2, two: 1}
    assert await book.reader.versions([]) == {}


async def test_users_are_told_apart(book: Book):
    me, other = await book.user(), await book.user("other@example.com")
    assert me != other
    run = await book.start(other, ["a"])
    assert await book.reader.owner(run) == other
    assert isinstance(await book.reader.owner(run), type(UserId(1)))
