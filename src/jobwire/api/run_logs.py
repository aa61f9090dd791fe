"""A run's log, to read."""

from typing import Annotated

from fastapi import APIRouter, Query

from jobwire.api.asking import AppServices, Me
from jobwire.api.fields import MAX_ID, Answer, Id, Time
from jobwire.domain.history import LogLevel, LogLine
from jobwire.domain.runs import RunId

router = APIRouter(tags=["runs"])


class LogLineAnswer(Answer):
    """One line; `company` and `external_id` say what it is about, where it is about one."""

    seq: int
    at: Time
    level: LogLevel
    company: str | None
    external_id: str | None
    message: str


class LogPage(Answer):
    """Lines in order. Go on with `after=last_seq`, at once where `more` is true."""

    logs: list[LogLineAnswer]
    last_seq: int
    more: bool


@router.get("/api/ingestion/logs/{run_id}")
async def read_run_log(
    me: Me,
    services: AppServices,
    run_id: Id,
    after: Annotated[int, Query(ge=0, le=MAX_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> LogPage:
    """Read the lines with `seq > after`."""
    page = await services.run_reads.logs(me, RunId(run_id), after=after, limit=limit)
    return LogPage(
        logs=[_line(line) for line in page.items],
        last_seq=page.items[-1].seq if page.items else after,
        more=page.more,
    )


def _line(line: LogLine) -> LogLineAnswer:
    return LogLineAnswer(
        seq=line.seq,
        at=line.at,
        level=line.level,
        company=line.company,
        external_id=line.external_id,
        message=line.message,
    )
