"""A page of a longer list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """Items in the list's order. `more` says whether the list goes on behind the last of them."""

    items: Sequence[ItemT]
    more: bool
