"""Pictures of a run: what the stream and the API say becomes counts, stages, percent and rate."""

from datetime import timedelta

import msgspec
import pytest
from cli_pictures import BEGAN, Clock, company_answer, run_answer

from jobwire.cli.picture import Stage, Tracker
from jobwire.domain.progress import RunView
from jobwire.domain.runs import CompanyStatus, JobStatus, RunStatus


def tracker(clock: Clock | None = None) -> Tracker:
    return Tracker(run_answer(), RunView(), clock or Clock(), now=lambda: BEGAN + timedelta(seconds=3))


def ingesting(view: RunView, **statuses: str) -> None:
    jobs = {
        company: [
            {"external_id": str(index), "title": "", "status": status} for index, status in enumerate(every.split())
        ]
        for company, every in statuses.items()
    }
    view.apply("status", "ingesting")
    view.apply("all_jobs", msgspec.json.encode(jobs).decode(), "5")


def test_before_the_stream_has_jobs_the_companies_answer_counts() -> None:
    tracked = tracker()
    tracked.view.apply("status", "initializing")
    tracked.companies = [
        company_answer("acme", CompanyStatus.CRAWLING, {JobStatus.READY: 3, JobStatus.PENDING: 1}),
        company_answer("slow", CompanyStatus.LISTING),
        company_answer("gone", CompanyStatus.ERROR, reason="no such board"),
    ]
    drawn = tracked.picture()
    assert (drawn.status, drawn.listed, drawn.done, drawn.total, drawn.percent) == (RunStatus.INITIALIZING, 2, 3, 4, 0)
    assert [company.stage for company in drawn.companies] == [Stage.RUNNING, Stage.RUNNING, Stage.FAILED]


def test_afterwards_the_stream_counts_and_the_answer_tells_of_failed_boards() -> None:
    tracked = tracker()
    tracked.companies = [
        company_answer("acme", CompanyStatus.CRAWLING, {JobStatus.PENDING: 4}),
        company_answer("gone", CompanyStatus.ERROR, reason="no such board"),
    ]
    ingesting(tracked.view, acme="ready skipped pending crawling", gone="", late="expired", odd="error ready")
    drawn = tracked.picture()
    assert [(one.name, one.stage, one.done, one.total, one.reason) for one in drawn.companies] == [
        ("acme", Stage.RUNNING, 2, 4, None),
        ("gone", Stage.FAILED, 0, 0, "no such board"),
        ("late", Stage.DONE, 1, 1, None),
        ("odd", Stage.FAILED, 2, 2, None),
    ]
    assert (drawn.done, drawn.total, drawn.failed) == (5, 7, 1)


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


def test_the_rate_is_a_mean_over_the_last_seconds() -> None:
    clock = Clock()
    tracked = tracker(clock)
    ingesting(tracked.view, acme="ready pending pending")
    assert tracked.picture().rate == 0
    clock.now += 4
    ingesting(tracked.view, acme="ready ready ready")
    assert tracked.picture().rate == pytest.approx(0.5)
    clock.now += 20
    assert tracked.picture().rate == 0


def test_a_run_is_as_old_as_it_is_and_at_its_end_as_long_as_it_took() -> None:
    clock = Clock()
    tracked = tracker(clock)
    clock.now += 7
    assert tracked.picture().elapsed_s == pytest.approx(10)
    tracked.run = run_answer(RunStatus.FINISHED, finished_at=BEGAN + timedelta(seconds=31))
    assert tracked.picture().elapsed_s == pytest.approx(31)
