"""What a person asks of postings, as conditions on their rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, case, cast, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from jobwire.domain.openings import OpeningFilter, Presence
from jobwire.domain.postings import Workplace
from jobwire.domain.runs import JobStatus
from jobwire.storage.follow_names import FollowNames
from jobwire.storage.search_words import Question
from jobwire.storage.tables import postings, run_jobs


def asked(wanted: OpeningFilter, names: FollowNames, question: Question) -> list[ColumnElement[bool]]:
    """What is the same for every facet: the person's boards, the words, the run, remote or not."""
    conditions = [postings.c.board_id.in_(names.of_board), *question.conditions(names)]
    if wanted.remote is not None:
        is_remote = postings.c.workplace == str(Workplace.REMOTE)
        conditions.append(is_remote if wanted.remote else ~is_remote)
    if wanted.run is not None:
        news = select(run_jobs.c.posting_id).where(
            run_jobs.c.run_id == wanted.run, run_jobs.c.status == str(JobStatus.READY)
        )
        conditions.append(postings.c.id.in_(news))
    return conditions


def chosen(wanted: OpeningFilter) -> list[ColumnElement[bool]]:
    """What is chosen among the values of the facets, companies aside."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.presence is not Presence.ALL:
        live = postings.c.gone_listing.is_(None)
        conditions.append(live if wanted.presence is Presence.LIVE else ~live)
    if wanted.seen_since is not None:
        since = datetime.combine(wanted.seen_since, time(), UTC)  # the column itself: it has an index
        conditions.append(postings.c.first_seen_at >= since)
    if wanted.locations:
        conditions.append(places().overlap(cast(array(list(wanted.locations)), ARRAY(Text))))
    if wanted.workplaces:
        conditions.append(_one_of(postings.c.workplace, wanted.workplaces))
    if wanted.employment_types:
        conditions.append(_one_of(postings.c.employment_type, wanted.employment_types))
    return conditions


def day() -> ColumnElement[Any]:
    """`OpeningKey.day`, as an immutable expression: an index can hold it."""
    return func.coalesce(postings.c.posted_on, first_seen_on())


def first_seen_on() -> ColumnElement[Any]:
    """The day (UTC) on which Jobwire saw it first."""
    return cast(func.timezone("UTC", postings.c.first_seen_at, type_=DateTime()), Date)


def places() -> ColumnElement[Any]:
    """All places of a posting; before its text is read, what the listing says."""
    return case(
        (postings.c.locations == cast(array([]), ARRAY(Text)), array([postings.c.location])),
        else_=postings.c.locations,
    )


def _one_of(column: ColumnElement[Any], values: Sequence[str | None]) -> ColumnElement[bool]:
    stated = column.in_([str(value) for value in values if value is not None])
    return or_(stated, column.is_(None) if None in values else false())
