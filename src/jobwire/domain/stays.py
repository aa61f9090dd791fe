"""When a posting stood on its board, in numbers of the board's listings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stay:
    """A posting's presence on its board: `first` is the listing that brought it."""

    first: int
    absences: Sequence[int] = ()
    """The listings from which on it was gone and was back again, in turn: absences that are over."""
    gone: int | None = None
    """The listing from which on it is gone; None while it is live."""

    def was_live_at(self, listing: int) -> bool:
        """Whether it stood on the board when this listing was taken in."""
        if listing < self.first or (self.gone is not None and listing >= self.gone):
            return False
        return sum(turn <= listing for turn in self.absences) % 2 == 0

    def was_seen_at(self, listings: Iterable[int]) -> bool:
        """Whether somebody who took these listings in has ever had it before them."""
        return any(self.was_live_at(listing) for listing in listings)

    def back_at(self, listing: int) -> "Stay":
        """It is there again from this listing on."""
        assert self.gone is not None, "it is not gone"
        return Stay(self.first, (*self.absences, self.gone, listing))
