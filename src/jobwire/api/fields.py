"""Field types that the requests and answers share."""

from datetime import UTC, datetime
from typing import Annotated, Final, cast

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from jobwire.domain.runs import JobStatus

MAX_ID: Final = 2**63 - 1


def _clean(text: str) -> str:
    if "\0" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):  # noqa: PLR2004 - surrogates
        raise ValueError("Text must not hold NUL or half of a surrogate pair")
    return text


def _in_utc(time: datetime) -> datetime:
    return time.astimezone(UTC)


def blank_is_absent(value: object) -> object:
    """`?company=` is the same as no company."""
    return None if value == "" else value


def without_blanks(values: object) -> object:
    """`?status=` is the same as no status."""
    return [value for value in cast("list[object]", values) if value != ""] if isinstance(values, list) else values


Text = Annotated[str, AfterValidator(_clean)]
"""Text that PostgreSQL and UTF-8 can hold; its bytes are kept."""

Time = Annotated[datetime, AfterValidator(_in_utc)]
"""A time in UTC, written with `Z`."""

Counts = Annotated[
    dict[JobStatus, int],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {status.value: {"type": "integer"} for status in JobStatus},
            "additionalProperties": False,
        }
    ),
]
"""How many jobs have each status; a status that none has is left out."""

Wanted = Annotated[Text | None, BeforeValidator(blank_is_absent), Query()]
"""A filter in the query: blank is the same as left out."""

WantedFlag = Annotated[bool | None, BeforeValidator(blank_is_absent), Query()]
"""Yes, no, or (blank or left out) either."""

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
"""An id in the path; one that cannot exist is answered with 404."""


class Request(BaseModel):
    """A body that a client sends: a field that is not known, or of another type, is an error, not a guess."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """A body that the API sends; every field is always there."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class JobOfRun(Request):
    """What names a job within its run."""

    company_name: Text
    external_id: Text
