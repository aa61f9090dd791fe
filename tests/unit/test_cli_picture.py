"""Pictures of a run: what the stream and the API say becomes counts, stages, percent and rate."""

from datetime import timedelta

import msgspec
import pytest
from cli_pictures import BEGAN, Clock, run_answer

from jobwire.cli.picture import Stage, Tracker
from jobwire.domain.progress import RunView
from jobwire.domain.runs import RunStatus


def tracker(clock: Clock | None = None) -> Tracker:
    return Tracker(run_answer(), RunView(), clock or Clock(), now=lambda: BEGAN + timedelta(seconds=3))


def standing(view: RunView, **companies: tuple[str, str | None]) -> None:
    said = {name: {"status": status, "jobs": 0, "reason": reason} for name, (status, reason) in companies.items()}
    view.apply("companies", msgspec.json.encode(said).decode())


def ingesting(view: RunView, status: str = "ingesting", **statuses: str) -> None:
    jobs = {
        company: [
            {"external_id": str(index), "title": "", "status": status} for index, status in enumerate(every.split())
        ]
        for company, every in statuses.items()
    }
    view.apply("status", status)
    view.apply("all_jobs", msgspec.json.encode(jobs).decode(), "5")
    standing(view, **dict.fromkeys(statuses, ("crawling", None)))


def test_jobs_are_counted_while_boards_still_list() -> None:
    tracked = tracker()
    ingesting(tracked.view, "initializing", acme="ready ready ready pending")
    standing(tracked.view, slow=("listing", None), gone=("error", "no such board"), next=("waiting", None))
    drawn = tracked.picture()
    assert (drawn.status, drawn.listed, drawn.done, drawn.total, drawn.percent) == (RunStatus.INITIALIZING, 2, 3, 4, 0)
    assert [(one.name, one.stage, one.reason) for one in drawn.companies] == [
        ("acme", Stage.RUNNING, None),
        ("slow", Stage.RUNNING, None),
        ("gone", Stage.FAILED, "no such board"),
        ("next", Stage.WAITING, None),
    ]


def test_a_company_says_what_it_waits_for_until_it_is_over() -> None:
    tracked = tracker()
    ingesting(tracked.view, "initializing", acme="pending")
    standing(tracked.view, acme=("crawling", "the host"), gone=("error", "no such board"), done=("done", "the host"))
    assert [(one.waits, one.reason) for one in tracked.picture().companies] == [
        ("the host", None),
        (None, "no such board"),
        (None, None),
    ]


def test_a_company_is_over_when_the_stream_says_so_and_failed_where_a_job_did() -> None:
    tracked = tracker()
    ingesting(tracked.view, acme="ready skipped pending crawling", late="expired", odd="error ready", bad="error ready")
    standing(tracked.view, late=("done", None), odd=("done", "of no interest"))
    drawn = tracked.picture()
    assert [(one.name, one.stage, one.done, one.total, one.reason) for one in drawn.companies] == [
        ("acme", Stage.RUNNING, 2, 4, None),
        ("late", Stage.DONE, 1, 1, None),
        ("odd", Stage.FAILED, 2, 2, None),
        ("bad", Stage.RUNNING, 2, 2, None),
    ]
    assert (drawn.done, drawn.total, drawn.failed) == (7, 9, 2)
    tracked.view.apply("status", "aborted")
    assert [one.stage for one in tracked.picture().companies] == [Stage.STOPPED, Stage.DONE, Stage.FAILED, Stage.FAILED]


def test_jobs_of_a_company_that_was_not_told_yet_do_not_count() -> None:
    """They come in one group with their company: nobody sees this for long."""
    tracked = tracker()
    ingesting(tracked.view)
    tracked.view.apply("added", '{"acme": [{"external_id": "1", "title": "A", "status": "ready"}]}')
    assert tracked.picture().total == 0


def test_percent_never_goes_back_and_is_100_only_at_the_end() -> None:
    tracked = tracker()
    ingesting(tracked.view, acme="ready " * 199 + "pending")
    assert tracked.picture().percent == 99
    ingesting(tracked.view, acme="ready pending")  # a retry, or a larger snapshot
    assert tracked.picture().percent == 99
    tracked.view.apply("status", "finished")
    assert tracked.picture().percent == 100


def test_an_aborted_run_stays_at_its_percent() -> None:
    tracked = tracker()
    ingesting(tracked.view, acme="ready pending")
    assert tracked.picture().percent == 50
    tracked.view.apply("status", "aborted")
    assert tracked.picture().percent == 50


def test_a_run_that_was_aborted_before_it_is_watched_has_its_percent() -> None:
    tracked = tracker()
    ingesting(tracked.view, "aborted", acme="ready ready ready pending")
    assert tracked.picture().percent == 75


def test_the_pace_is_looked_at_once_a_second() -> None:
    clock = Clock()
    tracked = tracker(clock)
    for second in range(9):
        ingesting(tracked.view, acme="ready " * second + "pending " * (20 - second))
        drawn = tracked.picture()
        clock.now += 0.5
        assert (tracked.picture().rate, tracked.picture().left_s) == (drawn.rate, drawn.left_s)
        clock.now += 0.5
    assert drawn.rate == pytest.approx(1)
    assert drawn.left_s == pytest.approx(12)
    tracked.view.apply("status", "aborted")
    assert (tracked.picture().rate, tracked.picture().left_s) == (None, None)


def test_the_time_that_is_left_is_that_of_the_slowest_host() -> None:
    """Two boards of 20 jobs at one host, which does one a second: twice as long where they are known to share it."""
    clock = Clock()
    apart, together = tracker(clock), tracker(clock)
    together.hosts = dict.fromkeys(("a", "b"), "api.example.com")
    for second in range(9):
        for tracked in (apart, together):
            ingesting(tracked.view, a="ready " * second + "pending " * (20 - second), b="pending " * 19 + "ready")
        left = [tracked.picture().left_s for tracked in (apart, together)]
        clock.now += 1
    assert left == [pytest.approx(12), pytest.approx(31)]


def test_nothing_is_said_of_the_time_that_is_left_while_more_jobs_may_come() -> None:
    clock = Clock()
    tracked = tracker(clock)
    for second in range(9):
        ingesting(tracked.view, "initializing", acme="ready " * second + "pending " * (20 - second))
        drawn = tracked.picture()
        clock.now += 1
    assert drawn.rate == pytest.approx(1)
    assert drawn.left_s is None


def test_the_time_of_a_run_begins_when_a_worker_begins_with_it() -> None:
    clock = Clock()
    tracked = Tracker(run_answer(started_at=None), RunView(), clock)
    clock.now += 60
    assert tracked.picture().elapsed_s == 0
    ingesting(tracked.view, "initializing", acme="pending")
    assert tracked.picture().elapsed_s == 0
    clock.now += 7
    assert tracked.picture().elapsed_s == pytest.approx(7)


def test_a_run_is_as_old_as_it_is_and_at_its_end_as_long_as_it_took() -> None:
    clock = Clock()
    tracked = tracker(clock)
    clock.now += 7
    assert tracked.picture().elapsed_s == pytest.approx(10)
    tracked.run = run_answer(RunStatus.FINISHED, finished_at=BEGAN + timedelta(seconds=31))
    assert tracked.picture().elapsed_s == pytest.approx(31)
