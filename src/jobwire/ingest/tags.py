"""What a board's whole answer is marked with, so that one that is still the same need not be sent again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from jobwire.domain.postings import EXTRACTION_VERSION

FULL_EVERY: Final = timedelta(days=7)
"""So often is a board read in full, whatever it says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """The mark (ETag) of the answer at `address`. `digest` tells its content from others."""

    etag: str
    address: str
    digest: str

    def contradicts(self, other: "Tag") -> bool:
        """Whether two different answers are marked alike."""
        return (self.etag, self.address) == (other.etag, other.address) and self.digest != other.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTag:
    """The mark of a listing that was recorded whole, and read with this `extraction`.

    `is_false`: the board has marked different answers alike. No mark of its is believed any more.
    """

    tag: Tag
    listing: int
    read_at: datetime
    extraction: int = EXTRACTION_VERSION
    is_false: bool = False

    def to_send(self, now: datetime) -> Tag | None:
        """Return the mark, where the board may be asked whether it still holds."""
        holds = not self.is_false and self.extraction == EXTRACTION_VERSION and now - self.read_at < FULL_EVERY
        return self.tag if holds else None


def next_tag(known: KnownTag | None, tag: Tag | None, listing: int, read_at: datetime) -> KnownTag | None:
    """Return what is known of a board's marks after listing `listing`, which was marked with `tag`."""
    if known is not None and (known.is_false or (tag is not None and tag.contradicts(known.tag))):
        return replace(known, is_false=True)
    return None if tag is None else KnownTag(tag=tag, listing=listing, read_at=read_at)
