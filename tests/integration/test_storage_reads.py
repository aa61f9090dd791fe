from datetime import UTC, date, datetime
from typing import Any

import pytest
from api_world import add_board, add_jobs, add_logs, add_posting, add_run, add_run_company
from sqlalchemy import insert

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import NotFound
from jobwire.domain.history import CHANGED, JobFilter
from jobwire.domain.openings import OpeningFilter, Presence
from jobwire.domain.pages import Page
from jobwire.domain.postings import Salary, SalaryInterval
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunId, RunStatus, UserId
from jobwire.storage.database import Database
from jobwire.storage.posting_reads import PostingReads
from jobwire.storage.run_reads import RunReads
from jobwire.storage.tables import follows
from jobwire.storage.users import Users


@pytest.fixture
async def me(database: Database) -> UserId:
    return await Users(database).ensure("me@example.com")


@pytest.fixture
async def you(database: Database) -> UserId:
    return await Users(database).ensure("you@example.com")


async def follow(database: Database, user: UserId, company: str, board: int, **values: Any) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(follows).values(user_id=user, company=company, board_id=board, **values))


def ids(page: Page[Any]) -> list[int]:
    return [line.posting_id for line in page.items]


async def test_a_run_as_a_whole(database: Database, me: UserId):
    reads, board = RunReads(database), await add_board(database)
    run = await add_run(database, me, "ingesting", version=42)
    await add_run_company(database, run, board, "a", position=1)
    await add_run_company(database, run, board, "b", position=0, status="error", reason="gone")
    await add_jobs(
        database,
        run,
        {"company": "a", "external_id": "1", "status": "ready", "reason": f"{CHANGED}places"},
        {"company": "a", "external_id": "2"},
        {"company": "a", "external_id": "3"},
        {"company": "a", "external_id": "4", "status": "ready", "reason": "new"},
        {"company": "a", "external_id": "5", "status": "ready", "reason": "back"},
        {"company": "a", "external_id": "6", "status": "error", "reason": "changed: its mind"},
    )
    summary = await reads.summary(me, run)
    assert (summary.status, summary.version, summary.companies) == (RunStatus.INGESTING, 42, 2)
    assert list(summary.counts.items()) == [
        (JobStatus.PENDING, 2),
        (JobStatus.READY, 3),
        (JobStatus.ERROR, 1),
    ]
    assert summary.changed_jobs == 1
    assert await reads.current(me) == run
    b, a = await reads.companies(me, run)
    assert (b.company, b.reason, b.counts, b.changed_jobs) == ("b", "gone", {}, 0)
    assert (a.company, a.board, a.counts) == ("a", BoardRef("greenhouse", "stripe"), summary.counts)
    assert a.changed_jobs == 1


async def test_an_empty_run_has_empty_answers(database: Database, me: UserId):
    reads, run = RunReads(database), await add_run(database, me)
    assert (await reads.summary(me, run)).counts == {}
    assert await reads.companies(me, run) == []
    assert await reads.jobs(me, run, JobFilter(), after=None, limit=1) == Page([], more=False)
    assert await reads.logs(me, run, after=0, limit=1) == Page([], more=False)
    assert await reads.current(me) is None


async def test_somebody_elses_run_is_not_there(database: Database, me: UserId, you: UserId):
    reads, run = RunReads(database), await add_run(database, me, "ingesting")
    await add_logs(database, run, "secret")
    for stranger, which in ((you, run), (me, RunId(run + 99))):
        for question in (
            reads.summary(stranger, which),
            reads.companies(stranger, which),
            reads.jobs(stranger, which, JobFilter(), after=None, limit=10),
            reads.logs(stranger, which, after=0, limit=10),
        ):
            with pytest.raises(NotFound):
                await question
    assert await reads.current(you) is None
    assert (await reads.recent(you, before=None, limit=10)).items == []


async def test_runs_newest_first_by_page(database: Database, me: UserId):
    reads = RunReads(database)
    made = [await add_run(database, me) for _ in range(5)]
    first = await reads.recent(me, before=None, limit=3)
    assert ([run.run_id for run in first.items], first.more) == (made[:1:-1], True)
    rest = await reads.recent(me, before=first.items[-1].run_id, limit=3)
    assert ([run.run_id for run in rest.items], rest.more) == (made[1::-1], False)


async def test_jobs_by_page_lose_none_and_repeat_none(database: Database, me: UserId):
    reads, run = RunReads(database), await add_run(database, me)
    posting = await add_posting(database, await add_board(database), "2")
    keys = [JobKey(company, str(n)) for company in ("Größe", "a b", "日本") for n in range(5)]
    await add_jobs(database, run, *({"company": c, "external_id": e, "posting_id": posting} for c, e in keys))
    seen: list[JobKey] = []
    after = None
    while True:
        page = await reads.jobs(me, run, JobFilter(), after=after, limit=4)
        seen += [JobKey(job.company, job.external_id) for job in page.items]
        if not page.more:
            break
        after = seen[-1]
    assert len(seen) == len(keys)
    assert set(seen) == set(keys)
    assert page.items[0].url == "https://example.com/2"


async def test_jobs_as_filtered(database: Database, me: UserId):
    reads, run = RunReads(database), await add_run(database, me)
    for n, status in enumerate(JobStatus):
        await add_jobs(database, run, {"company": "ab"[n % 2], "external_id": str(n), "status": status})

    async def found(wanted: JobFilter) -> list[str]:
        return [job.external_id for job in (await reads.jobs(me, run, wanted, after=None, limit=10)).items]

    assert await found(JobFilter(statuses=[JobStatus.PENDING, JobStatus.READY])) == ["0", "2"]
    assert await found(JobFilter(company="b")) == ["1", "3", "5"]
    assert await found(JobFilter(company="b", external_id="3")) == ["3"]
    assert await found(JobFilter(company="c")) == []


async def test_logs_go_on_behind_a_line(database: Database, me: UserId):
    reads, run = RunReads(database), await add_run(database, me)
    await add_logs(database, run, "one", "two", "three")
    first = await reads.logs(me, run, after=0, limit=2)
    assert ([line.message for line in first.items], first.more) == (["one", "two"], True)
    rest = await reads.logs(me, run, after=first.items[-1].seq, limit=2)
    assert ([line.message for line in rest.items], rest.more) == (["three"], False)


async def test_postings_newest_first_by_page(database: Database, me: UserId):
    reads, board = PostingReads(database), await add_board(database)
    await follow(database, me, "stripe", board)
    old = await add_posting(database, board, "old", posted_on=date(2020, 1, 1))
    new = await add_posting(database, board, "new", posted_on=date(2026, 9, 9))
    seen = [await add_posting(database, board, f"{n}") for n in range(3)]
    expected = [new, *reversed(seen), old]
    found: list[int] = []
    after = None
    while True:
        page = await reads.search(me, OpeningFilter(), after=after, limit=2)
        found += ids(page)
        if not page.more:
            break
        after = page.items[-1].key
    assert found == expected


async def test_titles_are_filtered_and_pages_still_full(
    database: Database, me: UserId, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("jobwire.storage.posting_reads._BATCH", 3)
    reads, board = PostingReads(database), await add_board(database)
    await follow(database, me, "stripe", board, include=["engineer"], exclude=['"intern"'])
    wanted = []
    for n in range(20):
        posting = await add_posting(
            database, board, str(n), title=["Cook", "Engineer", "Engineer, Intern", "Sales"][n % 4]
        )
        wanted += [posting] * (n % 4 == 1)
    page = await reads.search(me, OpeningFilter(), after=None, limit=4)
    assert (ids(page), page.more) == (wanted[:0:-1], True)
    rest = await reads.search(me, OpeningFilter(), after=page.items[-1].key, limit=4)
    assert (ids(rest), rest.more) == (wanted[:1], False)


async def test_a_board_followed_twice_is_listed_once(database: Database, me: UserId):
    reads, board = PostingReads(database), await add_board(database)
    await follow(database, me, "b eng", board, include=["engineer"])
    await follow(database, me, "a sales", board, include=["sales"])
    await add_posting(database, board, "1", title="Engineer")
    await add_posting(database, board, "2", title="Sales Engineer")
    await add_posting(database, board, "3", title="Cook")
    page = await reads.search(me, OpeningFilter(), after=None, limit=10)
    assert [(line.title, line.company) for line in page.items] == [("Sales Engineer", "a sales"), ("Engineer", "b eng")]
    page = await reads.search(me, OpeningFilter(companies=["b eng"]), after=None, limit=10)
    assert [line.company for line in page.items] == ["b eng", "b eng"]


async def test_postings_by_presence_and_place_of_work(database: Database, me: UserId):
    reads, board = PostingReads(database), await add_board(database)
    await follow(database, me, "Größe AG", board)
    a = await add_posting(database, board, "1", workplace="remote")
    b = await add_posting(database, board, "2", workplace="onsite")
    c = await add_posting(database, board, "3", gone_listing=3, gone_at=datetime.now(UTC))

    async def found(**wanted: Any) -> list[int]:
        return ids(await reads.search(me, OpeningFilter(**wanted), after=None, limit=10))

    assert await found() == [b, a]
    assert await found(presence=Presence.GONE) == [c]
    assert await found(presence=Presence.ALL) == [c, b, a]
    assert await found(remote=True) == [a]
    assert await found(remote=False) == [b]
    assert await found(companies=["größe ag"]) == []


async def test_a_posting_is_open_to_its_followers_and_to_those_whose_run_had_it(
    database: Database, me: UserId, you: UserId
):
    reads, board = PostingReads(database), await add_board(database)
    salary = {"minimum": 1.5, "maximum": None, "currency": "EUR", "interval": "hour"}
    posting = await add_posting(database, board, "x", salary=salary, locations=["Köln", "Bonn"])
    for stranger in (me, you):
        with pytest.raises(NotFound):
            await reads.one(stranger, posting)
    await follow(database, me, "stripe", board, include=["nothing of that"])
    detail = await reads.one(me, posting)
    assert (detail.line.company, detail.external_id, detail.locations) == ("stripe", "x", ("Köln", "Bonn"))
    assert detail.line.salary == Salary(minimum=1.5, maximum=None, currency="EUR", interval=SalaryInterval.HOUR)
    run = await add_run(database, you)
    await add_jobs(database, run, {"company": "then", "external_id": "x", "posting_id": posting})
    assert (await reads.one(you, posting)).line.company == "then"
    with pytest.raises(NotFound):
        await reads.one(me, posting + 1)
