"""What was found out about a posting, and what that means to this person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jobwire.domain.runs import JobStatus
from jobwire.domain.stays import Stay
from jobwire.domain.strikes import Strikes
from jobwire.ingest.ports.postings import Extract, TextState
from jobwire.ingest.ports.runs import RunCompany


@dataclass(frozen=True, slots=True)
class Read:
    """The posting was read and its source is another than the known one: it is to be written."""

    extract: Extract


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The posting's source is the known one. `compared` is false where another run had looked already.

    `key` is the posting's own key under which its text was asked for.
    """

    compared: bool = True
    key: str | None = None


def unchanged_text(text: TextState, listing: int, now: datetime, came: bytes | None = None) -> Unchanged | None:
    """Whether a text is the known one, without it being read: it was compared already, or its system says so.

    Or it `came` with the listing, and has the hash of the known one.
    """
    if text.is_read_for(listing):
        return Unchanged(compared=False)
    if text.is_spared(now):
        return Unchanged()
    if text.is_of(came):
        return Unchanged(key=text.own_key.listed)
    return None


@dataclass(frozen=True, slots=True)
class Gone:
    """The posting has left the board since it was listed; `is_listed` where only its own page says so."""

    reason: str = "It left the board while the run was reading it."
    is_listed: bool = False


DEAD_LINK: Final = Gone("The board lists it, but its own page is gone.", is_listed=True)
REFUSING: Final = Gone("The board lists it, but its own page has refused to be read three times.", is_listed=True)


@dataclass(frozen=True, slots=True)
class Failed:
    """The posting could not be read. `strikes`: its own page has refused the question, so often by now."""

    reason: str
    strikes: Strikes | None = None


Finding = Read | Unchanged | Gone | Failed


def verdict(company: RunCompany, listing: int, text: TextState, *, was_kept: bool) -> tuple[JobStatus, str]:
    """`ready` where the posting is news to this person in this listing, `skipped` where it is not.

    `was_kept` says whether their filters kept its title when they last took the board in. It is `back` only to somebody
    who has seen it, and for whom it was gone.
    """
    told = company.told(text.posting_id)
    if text.stay.first > told:
        return JobStatus.READY, "new"
    if not was_kept:
        return JobStatus.READY, "new to your filters"
    if not text.stay.was_live_at(told):
        return JobStatus.READY, "back" if company.has_seen(text.stay) else "new"
    if changes := text.changes(since=told, until=listing):
        return JobStatus.READY, changes
    return JobStatus.SKIPPED, "unchanged"


def verdict_on_gone(company: RunCompany, stay: Stay, gone: Gone) -> tuple[JobStatus, str]:
    """`expired`, but for a posting that was gone already when this person last took the board in."""
    if stay.first <= company.taken and not stay.was_live_at(company.taken):
        return JobStatus.SKIPPED, "listed, but its own page is still gone"
    return JobStatus.EXPIRED, gone.reason
