"""What the careers systems' APIs share: the world, its addresses, and the clock that moves it on."""

from collections.abc import Callable, Hashable
from typing import Final

import msgspec

from jobwire.demo.answers import Answer
from jobwire.demo.cache import BytesCache
from jobwire.demo.companies import Company
from jobwire.demo.world import World

CACHE_BYTES: Final = 256 * 1024 * 1024


class Desk:
    """Serves one world at one origin. `clock` gives seconds and never goes back."""

    def __init__(
        self, world: World, *, origin: str, clock: Callable[[], float], cache_bytes: int = CACHE_BYTES
    ) -> None:
        self.world = world
        self.origin = origin
        self._clock = clock
        self._cache = BytesCache(cache_bytes)
        self._listed_since: dict[int, float] = {}

    def page_url(self, company: Company, external_id: str) -> str:
        """The posting's public page."""
        return f"{self.origin}/{company.slug}/{external_id}"

    def begin_listing(self, company: Company) -> None:
        """Somebody lists this board from its start: move it on, if it has been listed as it is for long enough."""
        now, after = self._clock(), self.world.options.churn_after
        since = self._listed_since.setdefault(company.index, now)
        if after is not None and now - since >= after:
            self.world.advance_board(company)
            self._listed_since[company.index] = now

    def board(self, company: Company, variant: Hashable, make: Callable[[], object]) -> Answer:
        """Answer with a whole board as JSON, encoded once a generation and variant."""
        key = (company.index, self.world.generation_of(company), variant)
        return Answer(200, self._cache.get(key, lambda: msgspec.json.encode(make())))
