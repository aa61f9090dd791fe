"""What a base client at a cursor is owed (PROTOCOL §2 to §4)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.domain.progress import JobKey
from jobwire.domain.runs import JobStatus, RunStatus, Version
from jobwire.progress.codings import SLICE
from jobwire.progress.events import all_jobs_event, update_event
from jobwire.progress.ports import JobRow
from stream_books import FakeBook
from stream_run import A1, B1, Run
from stream_wire import SseParser, Watcher


async def test_before_the_set_is_listed_a_client_gets_statuses_alone():
    run = await Run.start("a", "b")
    assert run.said(None) == [("status", "pending")]
    await run.book.begin(run.run)
    await run.read()
    assert run.said(1) == run.said(None) == [("status", "initializing")]
    await run.book.listed(run.run, "a", {"1": "One"})
    await run.read()
    assert run.said(None) == [("status", "initializing")]
    assert run.said(2) == []


async def test_when_it_is_listed_a_client_gets_everything_with_one_id_at_the_end():
    run = await Run.start("a", "empty")
    await run.book.listed(run.run, "empty", {})
    await run.read()
    seen = run.state.version
    await run.book.listed(run.run, "a", {"1": "One"})
    version = await run.read()
    status, everything = run.events(seen)
    assert (status.name, status.data, status.id) == ("status", "ingesting", None)
    assert everything.name == "all_jobs"
    assert json.loads(everything.data) == {
        "a": [{"external_id": "1", "title": "One", "status": "pending"}],
        "empty": [],
    }
    assert everything.id == f"{version}.{FakeBook.CREATED_MS + version}"


async def test_a_client_behind_gets_one_update_with_the_newest_status_of_what_changed():
    run = await Run.start("a", "b")
    seen = await run.list_all()
    await run.book.set(run.run, {A1: JobStatus.CRAWLING})
    await run.book.set(run.run, {A1: JobStatus.READY, B1: JobStatus.CRAWLING})
    version = await run.read()
    (update,) = run.events(seen)
    assert update.name == "update"
    assert json.loads(update.data) == {"a": {"1": "ready"}, "b": {"1": "crawling"}}
    assert update.id == f"{version}.{FakeBook.CREATED_MS + version}"


async def test_what_a_base_client_does_not_see_makes_no_event():
    run = await Run.start("a", "b")
    seen = await run.list_all()
    await run.book.log(run.run)
    await run.read()
    assert (run.frame(seen).slices, run.frame(seen).version) == ((), run.state.version)


@pytest.mark.parametrize("cursor", [None, 1, 2, 3])
async def test_a_client_from_before_the_listing_gets_everything(cursor: int | None):
    run = await Run.start("a", "b")
    await run.list_all()
    await run.book.set(run.run, {A1: JobStatus.READY})
    await run.read()
    assert (run.names(cursor) == ["status", "all_jobs"]) is (cursor != 3)
    assert (run.names(cursor) == ["update"]) is (cursor == 3)


async def test_a_client_whose_set_has_grown_gets_everything():
    run = await Run.start("a", "b")
    seen = await run.list_all()
    held = run.book.runs[run.run]
    version = held.change(run.run)
    held.jobs[JobKey("a", "late")] = JobRow("a", "late", "Late", JobStatus.PENDING, version, version)
    await run.read()
    assert run.names(seen) == ["status", "all_jobs"]
    assert run.names(version) == []


@pytest.mark.parametrize("status", [RunStatus.ABORTED, RunStatus.ERROR])
@pytest.mark.parametrize("cursor", [None, 1, 2, 3])
async def test_the_end_is_everything_then_the_status(status: RunStatus, cursor: int | None):
    run = await Run.start("a", "b")
    await run.list_all()
    await run.book.end(run.run, status)
    version = await run.read()
    everything, end = run.events(cursor)
    assert (everything.name, everything.id) == ("all_jobs", None)
    assert (end.name, end.data, end.id) == ("status", status, f"{version}.{FakeBook.CREATED_MS + version}")
    assert run.frame(cursor).last


async def test_a_run_that_ends_before_it_is_listed_shows_what_it_has():
    run = await Run.start("a", "b")
    await run.book.listed(run.run, "a", {"1": "One"})
    await run.book.end(run.run)
    await run.read()
    assert run.said(2) == [
        ("all_jobs", '{"a":[{"external_id":"1","title":"One","status":"pending"}],"b":[]}'),
        ("status", "aborted"),
    ]


async def test_a_delta_that_is_not_newer_changes_nothing():
    run = await Run.start("a", "b")
    await run.list_all()
    delta = await run.book.read(run.run, Version(0))
    assert not run.state.apply(delta)
    assert run.state.version == delta.version


@pytest.mark.parametrize("text", [None, "", "0", "x", "-1", "+3", "3 ", "3.", "٣", "3.1", "3.1.1", "9" * 19, "1e1"])
async def test_a_malformed_cursor_claims_nothing(text: str | None):
    run = await Run.start("a", "b")
    assert run.state.claimed(text) is None


@pytest.mark.parametrize("text", ["3", "3.1700000000000", "999"])
async def test_a_cursor_claims_a_version_that_may_be_ahead(text: str):
    run = await Run.start("a", "b")
    assert run.state.claimed(text) == int(text.split(".", maxsplit=1)[0])


hostile = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(hostile, hostile, hostile)
def test_no_text_breaks_out_of_its_event(company: str, external_id: str, title: str):
    row = JobRow(company, external_id, title, JobStatus.READY, Version(1), Version(1))
    for data in (all_jobs_event([company], [row]), update_event([row])):
        lines = data.decode().splitlines()  # as Unicode splits them: more than SSE does
        assert len(lines) == 2
        json.loads(lines[1].removeprefix("data: "))


def test_hostile_titles_arrive_as_they_were():
    title = "x\n\nevent: status\ndata: finished\nid: 1\r\n\u2028\u2029\x85\x0b\x1c\ufffd😀"
    row = JobRow("a\r\nb", "\n\n", title, JobStatus.READY, Version(1), Version(1))
    (event,) = SseParser().feed(all_jobs_event([], [row]) + b"\n")
    watcher = Watcher()
    watcher.take([event])
    assert watcher.jobs == {("a\r\nb", "\n\n"): (title, "ready")}


@given(st.lists(st.tuples(hostile, hostile, hostile, st.sampled_from(JobStatus)), max_size=20), st.data())
def test_a_diff_is_never_larger_than_the_snapshot(jobs: list, data: st.DataObject):
    rows = {(row[0], row[1]): JobRow(*row, Version(1), Version(1)) for row in jobs}
    changed = [row for row in rows.values() if data.draw(st.booleans())]
    companies = list({row.company for row in rows.values()})
    assert len(update_event(changed)) <= len(all_jobs_event(companies, rows.values()))


async def test_a_large_snapshot_is_in_slices():
    run = await Run.start("a")
    await run.book.listed(run.run, "a", {str(number): "x" * 100 for number in range(2_000)})
    await run.read()
    frame = run.frame(None)
    *slices, last = frame.slices
    assert [len(data) for data in slices] == [SLICE] * (len(frame.slices) - 1)
    assert 0 < len(last) <= SLICE
    assert len(slices) > 3
