"""What a client is owed that understands more than the base protocol (docs/reference/protocol.md, Extras)."""

import json
from typing import Any

import pytest

from jobwire.domain.runs import JobStatus, RunStatus
from jobwire.progress.extras import BASE, Extra, parse_extras
from jobwire.progress.frames import PIECE
from jobwire.progress.ports import LOG_LINES
from stream_books import FakeBook
from stream_run import A1, A2, B1, Run
from stream_wire import Watcher

ALL = Extra.ADDED | Extra.COMPANIES | Extra.LOG | Extra.BEAT


def data(run: Run, cursor: int | None, extras: Extra, name: str) -> Any:
    (found,) = [event.data for event in run.events(cursor, extras) if event.name == name]
    return json.loads(found)


@pytest.mark.parametrize(
    ("text", "extras"),
    [
        ("", BASE),
        ("added", Extra.ADDED),
        ("added,log", Extra.ADDED | Extra.LOG),
        (" beat , companies,novelty,,", Extra.BEAT | Extra.COMPANIES),
        ("added,companies,log,beat,rotate", ALL | Extra.ROTATE),
        ("ADDED,None,0", BASE),
    ],
)
def test_names_that_are_not_known_are_ignored(text: str, extras: Extra):
    assert parse_extras(text) == extras


async def test_with_added_jobs_come_from_the_first_listing_on():
    run = await Run.start("a", "b")
    assert run.said(None, Extra.ADDED) == [
        ("status", "pending"),
        ("all_jobs", '{"a":[],"b":[]}'),
    ]
    await run.book.listed(run.run, "a", {"1": "One", "2": "Two"})
    half = await run.read()
    assert run.state.status is RunStatus.INITIALIZING
    assert run.names(1, BASE) == ["status"]
    assert data(run, 1, Extra.ADDED, "added") == {
        "a": [{"external_id": key, "title": title, "status": "pending"} for key, title in (("2", "Two"), ("1", "One"))]
    }
    await run.book.set(run.run, {A1: JobStatus.CRAWLING})
    await run.book.listed(run.run, "b", {"1": "Other"})
    await run.read()
    assert run.names(half, Extra.ADDED) == ["status", "added", "update"]
    assert data(run, half, Extra.ADDED, "added") == {"b": [{"external_id": "1", "title": "Other", "status": "pending"}]}
    assert data(run, half, Extra.ADDED, "update") == {"a": {"1": "crawling"}}
    assert run.names(half, BASE) == ["status", "all_jobs"]


async def test_a_large_snapshot_comes_in_pieces_that_a_cut_does_not_leave_a_hole_in():
    run = await Run.start("a")
    await run.book.listed(run.run, "a", {str(number): f"Job {number}" for number in range(2 * PIECE + 1)})
    version = await run.read()
    events = run.events(None, Extra.ADDED)
    assert [event.name for event in events] == ["status", "all_jobs", "added", "added"]
    assert [event.id for event in events] == [None, "0", None, f"{version}.{FakeBook.CREATED_MS + version}"]
    assert [len(json.loads(event.data)["a"]) for event in events[1:]] == [PIECE, PIECE, 1]
    cut, whole = Watcher(last_event_id="1"), Watcher()
    cut.take(events[:-1])
    assert cut.view.cursor == ""
    whole.take(events)
    assert len(whole.jobs) == 2 * PIECE + 1
    assert run.names(None, BASE) == ["status", "all_jobs"]
    assert [event.id for event in run.events(None, BASE)][:-1] == [None]


async def test_a_snapshot_of_one_piece_keeps_its_cursor():
    run = await Run.start("a")
    await run.book.listed(run.run, "a", {str(number): "" for number in range(PIECE)})
    await run.read()
    assert [event.id is None for event in run.events(None, Extra.ADDED)] == [True, False]


async def test_companies_come_all_at_first_and_then_those_that_changed():
    run = await Run.start("a", "b")
    assert data(run, None, Extra.COMPANIES, "companies") == {
        name: {"status": "waiting", "jobs": 0, "reason": None} for name in ("a", "b")
    }
    await run.book.listed(run.run, "a", {"1": "One", "2": "Two"})
    seen = await run.read()
    assert data(run, 1, Extra.COMPANIES, "companies") == {"a": {"status": "crawling", "jobs": 2, "reason": None}}
    assert "companies" not in run.names(seen, Extra.COMPANIES)
    await run.book.listed(run.run, "b", {"1": "Other"})
    await run.book.set(run.run, {A1: JobStatus.READY, A2: JobStatus.READY})
    await run.read()
    assert data(run, seen, Extra.COMPANIES, "companies") == {
        "a": {"status": "done", "jobs": 2, "reason": None},
        "b": {"status": "crawling", "jobs": 1, "reason": None},
    }


async def test_lines_of_the_log_come_by_version_the_last_thousand_at_most():
    run = await Run.start("a")
    await run.book.log(run.run, 3)
    seen = await run.read()
    await run.book.log(run.run, 2)
    version = await run.read()
    (event,) = run.events(seen, Extra.LOG)
    assert [line["seq"] for line in json.loads(event.data)] == [4, 5]
    assert event.id == f"{version}.{FakeBook.CREATED_MS + version}"
    line = data(run, None, Extra.LOG, "log")[0]
    assert sorted(line) == ["at", "company", "external_id", "level", "message", "seq"]
    await run.book.log(run.run, LOG_LINES)
    await run.read()
    for cursor in (None, seen):
        assert [line["seq"] for line in data(run, cursor, Extra.LOG, "log")] == list(range(6, LOG_LINES + 6))
    assert run.names(seen, BASE) == []


@pytest.mark.parametrize("extras", [Extra.BEAT, Extra.BEAT | Extra.ADDED, ALL])
async def test_who_is_in_step_gets_no_final_state_but_a_beat_that_proves_the_same(extras: Extra):
    run = await Run.start("a", "b")
    seen = await run.list_all()
    client = Watcher()
    client.take(run.events(None, extras))
    await run.book.set(run.run, dict.fromkeys((A1, A2, B1), JobStatus.READY))
    await run.read()
    assert run.state.status is RunStatus.FINISHED
    events = run.events(seen, extras)
    assert "all_jobs" not in [event.name for event in events]
    assert [event.name for event in events[-2:]] == ["beat", "status"]
    client.take(events)
    assert (client.view.is_astray, client.view.status) == (False, RunStatus.FINISHED)
    assert client.view.beat is not None
    assert (client.view.beat.jobs, client.view.beat.version) == (3, run.state.version)
    assert set(client.jobs.values()) == {("One", "ready"), ("Two", "ready"), ("Other", "ready")}
    without = run.names(seen, extras & ~Extra.BEAT)
    assert without[0] == "all_jobs"
    assert without[-1] == "status"


@pytest.mark.parametrize("cursor", [None, 1])
async def test_who_is_not_in_step_gets_the_final_state_and_a_beat(cursor: int | None):
    run = await Run.start("a", "b")
    await run.list_all()
    await run.book.end(run.run)
    await run.read()
    assert run.names(cursor, Extra.BEAT) == ["all_jobs", "beat", "status"]


async def test_before_it_is_listed_a_client_without_added_must_hold_nothing():
    run = await Run.start("a", "b")
    await run.book.listed(run.run, "a", {"1": "One"})
    await run.read()
    assert (run.state.stand(BASE).jobs, run.state.stand(BASE).digest) == (0, "00000000")
    assert run.state.stand(Extra.ADDED).jobs == 1


async def test_the_digest_that_is_kept_is_that_of_a_client():
    run = await Run.start("a", "b")
    await run.list_all()
    for key, status in ((A1, JobStatus.CRAWLING), (A1, JobStatus.READY), (B1, JobStatus.ERROR)):
        await run.book.set(run.run, {key: status})
        await run.read()
        client = Watcher()
        client.take(run.events(None, BASE))
        assert run.state.stand(BASE).digest == client.view.digest()


async def test_all_events_come_in_their_order_and_the_last_carries_the_cursor():
    run = await Run.start("a", "b")
    await run.book.log(run.run)
    await run.list_all()
    assert run.names(None, ALL) == ["status", "all_jobs", "companies", "log"]
    await run.book.set(run.run, {A1: JobStatus.READY, A2: JobStatus.READY})
    await run.book.log(run.run)
    seen = run.state.version
    await run.book.end(run.run)
    await run.read()
    events = run.events(seen, ALL)
    assert [event.name for event in events] == ["update", "companies", "log", "beat", "status"]
    assert [event.id is None for event in events] == [True] * 4 + [False]
