"""Under which name a person knows a posting, and with that whether they may read it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from jobwire.domain.runs import UserId
from jobwire.storage.tables import follows, postings, run_jobs, runs


def name_for(user: UserId) -> ColumnElement[Any]:
    """The company of a posting's row as this person follows it or had it in a run; null: the posting is not theirs."""
    followed_as = (
        select(follows.c.company)
        .where(follows.c.user_id == user, follows.c.board_id == postings.c.board_id)
        .order_by(follows.c.company)
        .limit(1)
        .correlate(postings)
        .scalar_subquery()
    )
    was_in_run_as = (
        select(run_jobs.c.company)
        .join(runs, runs.c.id == run_jobs.c.run_id)
        .where(runs.c.user_id == user, run_jobs.c.posting_id == postings.c.id)
        .order_by(run_jobs.c.run_id.desc(), run_jobs.c.company)
        .limit(1)
        .correlate(postings)
        .scalar_subquery()
    )
    return func.coalesce(followed_as, was_in_run_as)
