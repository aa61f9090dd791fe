"""Runs to draw, for the tests of the terminal's views."""

from datetime import UTC, datetime

from jobwire.cli.answers import LogLineAnswer, RunAnswer
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import CompanyPicture, Picture, Stage
from jobwire.domain.history import LogLevel
from jobwire.domain.runs import JobStatus, RunStatus

BEGAN = datetime(2026, 11, 25, 3, 0, 0, tzinfo=UTC)
EVIL = "\x1b[2J[red]Evil\r\nCo\x07 \u202ex"
"""A name that would clear the screen, if it were let to."""


class Clock:
    """Seconds that go on when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run_answer(status: RunStatus = RunStatus.PENDING, **changed: object) -> RunAnswer:
    values: dict[str, object] = {
        "run_id": 17,
        "status": status,
        "counts": {},
        "total_jobs": 0,
        "started_at": BEGAN,
        "finished_at": None,
        "error_message": None,
    }
    return RunAnswer(**{**values, **changed})  # type: ignore[arg-type]


def company(name: str, stage: Stage, *, reason: str | None = None, **counts: int) -> CompanyPicture:
    return CompanyPicture(
        name=name, stage=stage, counts={JobStatus(key): count for key, count in counts.items()}, reason=reason
    )


def picture(*companies: CompanyPicture, status: RunStatus = RunStatus.INGESTING, **changed: object) -> Picture:
    counts: dict[JobStatus, int] = {}
    for one in companies:
        for key, count in one.counts.items():
            counts[key] = counts.get(key, 0) + count
    values: dict[str, object] = {
        "run_id": 17,
        "status": status,
        "counts": counts,
        "companies": companies,
        "listed": len(companies),
        "percent": 35,
        "rate": 38.2,
        "left_s": 43.0,
        "elapsed_s": 12.4,
    }
    return Picture(**{**values, **changed})  # type: ignore[arg-type]


def outcome(*companies: CompanyPicture, status: RunStatus = RunStatus.FINISHED, **changed: object) -> Outcome:
    values: dict[str, object] = {"reason": None, "url": "http://127.0.0.1:8000", "strict": False}
    return Outcome(picture=picture(*companies, status=status, percent=100), **{**values, **changed})  # type: ignore[arg-type]


def log_line(message: str, *, level: LogLevel = LogLevel.ERROR, company: str | None = "acme") -> LogLineAnswer:
    return LogLineAnswer(seq=1, at=BEGAN, level=level, company=company, external_id="7", message=message)
