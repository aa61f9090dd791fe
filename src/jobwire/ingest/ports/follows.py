"""A person's companies. `storage` fits this."""

from collections.abc import Sequence
from typing import Protocol

from jobwire.domain.companies import Follow
from jobwire.domain.runs import UserId


class Follows(Protocol):
    """The companies that people follow."""

    async def all(self, user: UserId) -> Sequence[Follow]:
        """All of a user's, disabled ones too."""
        ...
