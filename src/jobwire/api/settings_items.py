"""One item of posted settings. An item that cannot be read is kept as such: it must not stop the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from jobwire.api.fields import Request, Text
from jobwire.api.problems import describe_flaws


class Filters(Request):
    """Title filters: a term is a contained phrase, `"word"` a whole word, `/…/` a regular expression (RE2)."""

    # Also a part of answers, and there both are always said
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    include: list[Text] = Field(default_factory=list[str])
    exclude: list[Text] = Field(default_factory=list[str])


class UpsertItem(Request):
    """Add a company or change it. What is left out of a known company stays as it is.

    `move` says whether a known company may go to another board. Left out: yes where `company_name` says which company
    is meant, no where the name was only taken from `source`.
    """

    op: Literal["upsert"]
    company_name: Text | None = None
    source: Text | None = None
    title_filters: Filters | None = None
    is_enabled: bool | None = None
    move: bool | None = None


class DeleteItem(Request):
    """Stop following a company. Its history stays."""

    op: Literal["delete"]
    company_name: Text


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """An item with a flaw, and as much of it as can be said back."""

    op: str | None
    company_name: str | None
    source: str | None
    error: str


def _keep_unreadable(value: Any, handler: ValidatorFunctionWrapHandler) -> "ReadItem":
    try:
        return handler(value)
    except ValidationError as error:
        flaws = error.errors(include_url=False, include_context=False, include_input=False)
        return UnreadableItem(
            _said(value, "op"),
            _said(value, "company_name"),
            _said(value, "source"),
            describe_flaws([{"loc": _without_tag(flaw["loc"]), "msg": flaw["msg"]} for flaw in flaws]),
        )


def _without_tag(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Pydantic puts the union's tag first: a reader has no use for it."""
    return loc[1:] if loc and loc[0] in {"upsert", "delete"} else loc


def _said(value: object, name: str) -> str | None:
    """A field as it was sent, where it can be sent back."""
    if not isinstance(value, Mapping):
        return None
    said = cast("Mapping[object, object]", value).get(name)
    return said if isinstance(said, str) and said.encode("utf-8", "replace").decode() == said else None


ReadItem = UpsertItem | DeleteItem | UnreadableItem
"""What an item is once it was read."""

SettingsItem = Annotated[UpsertItem | DeleteItem, Field(discriminator="op"), WrapValidator(_keep_unreadable)]
"""What an item should be. Validation makes it a `ReadItem`; OpenAPI shows the two that are right."""
