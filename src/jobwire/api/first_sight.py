"""What a run's page shows before its scripts are there: how far the run has come. The app draws over it.

Its looks are those of the page's header (`web/src/styles/first.css`).
"""

import asyncio
from typing import Final

from starlette.types import Scope

from jobwire.api.auth import authenticate
from jobwire.api.ports import RunReads
from jobwire.api.tokens import Tokens
from jobwire.domain.errors import JobwireError
from jobwire.domain.history import RunSummary
from jobwire.domain.runs import JobStatus, RunId
from jobwire.logs import Log

PATIENCE_S: Final = 0.5
"""Scripts take about as long: later, it is no first sight."""
SEGMENTS: Final = (JobStatus.READY, JobStatus.SKIPPED, JobStatus.EXPIRED, JobStatus.ERROR)
"""In the order of the page's own bar, which has those that are under way behind them, where a run goes on."""

_log = Log(__name__)


class FirstSight:
    """Looks at runs for those who may see them."""

    def __init__(self, tokens: Tokens, run_reads: RunReads) -> None:
        self._tokens = tokens
        self._run_reads = run_reads

    async def of(self, scope: Scope, run_id: RunId) -> str:
        """The HTML of a run; empty for somebody who may not see it, and where it takes long: the app says why."""
        try:
            me = authenticate(scope, self._tokens).user_id
            async with asyncio.timeout(PATIENCE_S):
                return html_of(await self._run_reads.summary(me, run_id))
        except (JobwireError, TimeoutError):
            return ""
        except Exception as error:  # noqa: BLE001 - a mistake of ours costs this, and not the page
            _log.error("first_sight.failed", error=error, run=run_id)
            return ""


def html_of(run: RunSummary) -> str:
    """Write numbers of our own: nothing in it comes from anybody else."""
    total, done = sum(run.counts.values()), sum(count for status, count in run.counts.items() if status.is_terminal)
    percent = 100 * done // total if total else 0
    is_final = run.status.is_listed
    jobs = "job" if total == 1 else "jobs"
    return f"""
      <div class="first">
        <main class="first-run">
          <div class="first-row"><h1>Run {run.run_id}</h1></div>
          <p class="first-meter">
            {f"<b>{percent} %</b>" if is_final and total else ""}
            <svg role="progressbar" aria-label="Jobs done" aria-valuemin="0" aria-valuemax="100"
              {f'aria-valuenow="{percent}"' if is_final else ""}
              viewBox="0 0 {total or 1} 1" preserveAspectRatio="none">{_segments(run) if is_final else ""}</svg>
          </p>
          <p class="first-figures">{f"<b>{done:,}</b> / {total:,} {jobs}" if is_final else ""}</p>
        </main>
      </div>
    """


def _segments(run: RunSummary) -> str:
    rects: list[str] = []
    x = 0
    for status in SEGMENTS if run.status.is_terminal else (*SEGMENTS, JobStatus.CRAWLING):
        count = run.counts.get(status, 0)
        rects.append(f'<rect data-segment="{status}" x="{x}" width="{count}" height="1"/>')
        x += count
    return "".join(rects)
