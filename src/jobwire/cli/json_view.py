"""A run as lines of JSON, one object each, for scripts. Everything but ASCII is escaped."""

import json
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TextIO

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.outcome import Outcome
from jobwire.cli.picture import CompanyPicture, Picture

EVERY_S: Final = 1.0


class JsonView:
    """`progress` when the status is new and at most every second, `log` for each failure, `result` at the end."""

    def __init__(self, stream: TextIO, clock: Callable[[], float], *, every_s: float = EVERY_S) -> None:
        self._stream = stream
        self._clock = clock
        self._every_s = every_s
        self._last: Picture | None = None
        self._said: dict[str, object] = {}
        self._said_at = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        pass

    def show(self, picture: Picture) -> None:
        """Write the run's status and counts, when they are new."""
        said: dict[str, object] = {"event": "progress", **_progress(picture)}
        is_new = self._last is None or picture.status is not self._last.status
        if is_new or (said != self._said and self._clock() - self._said_at >= self._every_s):
            self._last, self._said, self._said_at = picture, said, self._clock()
            self._write(said)

    def failure(self, line: LogLineAnswer) -> None:
        """Write a line of the run's log."""
        self._write(
            {
                "event": "log",
                "seq": line.seq,
                "at": line.at.isoformat().replace("+00:00", "Z"),
                "level": line.level.value,
                "company": line.company,
                "external_id": line.external_id,
                "message": line.message,
            }
        )

    def note(self, text: str) -> None:
        """Write a word; scripts may skip it."""
        self._write({"event": "note", "message": text})

    def end(self, outcome: Outcome) -> None:
        """Write the result."""
        self._write(
            {
                "event": "result",
                **_progress(outcome.picture),
                "changed_jobs": outcome.changed_jobs,
                "elapsed_s": round(outcome.picture.elapsed_s, 3),
                "error_message": outcome.reason,
                "exit_code": int(outcome.exit),
                "companies": {company.name: _company(company) for company in outcome.picture.companies},
            }
        )

    def _write(self, line: dict[str, object]) -> None:
        print(json.dumps(line, separators=(",", ":")), file=self._stream, flush=True)


def _progress(picture: Picture) -> dict[str, object]:
    return {
        "run_id": picture.run_id,
        "status": picture.status.value,
        "counts": _counts(picture),
        "total_jobs": picture.total,
        "done": picture.done,
        "percent": picture.percent,
    }


def _counts(of: Picture | CompanyPicture) -> dict[str, int]:
    return {status.value: count for status, count in sorted(of.counts.items()) if count}


def _company(company: CompanyPicture) -> dict[str, object]:
    return {"counts": _counts(company), "total_jobs": company.total, "reason": company.reason}
