from datetime import UTC, datetime

from jobwire.api.first_sight import html_of
from jobwire.domain.history import RunSummary
from jobwire.domain.runs import JobStatus, RunId, RunStatus, Version


def run(status: RunStatus, **counts: int) -> RunSummary:
    return RunSummary(
        run_id=RunId(7),
        status=status,
        version=Version(1),
        counts={JobStatus(name): count for name, count in counts.items()},
        changed_jobs=0,
        companies=1,
        failed_companies=0,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        started_at=None,
        finished_at=None,
        error_message=None,
        retry_of=None,
        retried_in=None,
    )


def test_percent_is_said_once_it_cannot_go_back() -> None:
    while_listing = html_of(run(RunStatus.INITIALIZING, ready=1, pending=1))
    assert "%" not in while_listing
    assert "aria-valuenow" not in while_listing
    assert "<rect" not in while_listing
    assert "<b>50 %</b>" in html_of(run(RunStatus.INGESTING, ready=1, pending=1))


def test_it_is_never_all_before_all_is_done() -> None:
    assert 'aria-valuenow="99"' in html_of(run(RunStatus.INGESTING, ready=99_999, pending=1))
    assert "<b>99,999</b> / 100,000 jobs" in html_of(run(RunStatus.INGESTING, ready=99_999, pending=1))
    assert 'aria-valuenow="100"' in html_of(run(RunStatus.FINISHED, ready=1))


def test_nothing_is_under_way_in_a_run_that_has_ended() -> None:
    assert 'data-segment="crawling" x="1" width="2"' in html_of(run(RunStatus.INGESTING, ready=1, crawling=2))
    assert "crawling" not in html_of(run(RunStatus.ABORTED, ready=1, crawling=2))


def test_a_run_without_jobs_has_no_percent_to_show() -> None:
    empty = html_of(run(RunStatus.FINISHED))
    assert "<b>0 %</b>" not in empty
    assert 'viewBox="0 0 1 1"' in empty
    assert "<b>0</b> / 0 jobs" in empty
