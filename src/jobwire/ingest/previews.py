"""What a run would bring, company by company: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class PreviewStatus(StrEnum):
    """Whether the board could be listed."""

    SUCCESS = "success"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewJob:
    """One opening of a preview; `id` is its external_id. `known`: this person's runs have told of it before."""

    id: str
    title: str
    location: str
    url: str
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One company's part of a preview.

    `total_count` counts all openings, `filtered_count` those that the title filters keep, `urls_count` the different
    URLs among the kept ones. `notes` are sentences about the listing, as in a run's log: above all why it may lack
    postings. `error_message` says why there is nothing, where the status is `error`.
    """

    status: PreviewStatus
    total_count: int = 0
    filtered_count: int = 0
    urls_count: int = 0
    included: Sequence[PreviewJob] = ()
    excluded: Sequence[PreviewJob] = ()
    notes: Sequence[str] = ()
    error_message: str | None = None
