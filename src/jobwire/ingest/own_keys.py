"""What a careers system marks a posting's changes with: while that stands still, its text need not be asked for."""

from dataclasses import dataclass
from datetime import datetime

from jobwire.domain.postings import EXTRACTION_VERSION
from jobwire.ingest.tags import FULL_EVERY


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A posting's key as its listing `listed` it last, and the one under which its text was `read` last.

    `read` is as `stamped` makes it. None: there is none.
    """

    listed: str | None = None
    read: str | None = None
    read_at: datetime | None = None

    def spares(self, now: datetime) -> bool:
        """Whether the text is as it was read: the key stands still, and the text was asked for of late."""
        return (
            self.listed is not None
            and self.read == stamped(self.listed)
            and self.read_at is not None
            and now - self.read_at < FULL_EVERY
        )


def stamped(key: str) -> str:
    """Return a key with the extraction that read its text: a later one reads it again."""
    return f"{EXTRACTION_VERSION} {key}"
