"""Looks at careers pages: the API orders one, a worker does it at the host's pace, a person confirms what it finds."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardError, HostBusy, InvalidInput
from jobwire.domain.runs import UserId
from jobwire.ingest.waiting import Orders, ask
from jobwire.logs import Log

NOTHING: Final = (
    "No careers system that Jobwire knows is named in the page, and it holds no posting for search engines. "
    "Open one of the company's postings, and paste that address."
)

_log = Log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A board that a page shows. `sentence` says what was taken for what, and why; `url` is the board's own page."""

    board: BoardRef
    sentence: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a page shows, likeliest first. `error_message` says why nothing is known, where that is so."""

    address: str
    sightings: Sequence[Sighting] = ()
    error_message: str | None = None


class PageLooker(Protocol):
    """Recognises careers systems by their marks in pages."""

    async def look(self, address: str) -> Look:
        """Look at a page. Raise a `BoardError`, or `InvalidInput`."""
        ...


class LookTasks(Protocol):
    """The queue of looks."""

    async def defer_look(self, connection: Any, order: int, host: str) -> None:
        """Queue a look, before all slices of its host, in the connection's transaction."""
        ...


class Looks:
    """Orders looks and waits for them: the API's part."""

    def __init__(
        self,
        orders: Orders[Look],
        tasks: LookTasks,
        host_of: Callable[[str], str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._orders = orders
        self._tasks = tasks
        self._host_of = host_of
        self._clock = clock

    async def look(self, user: UserId, address: str) -> Look:
        """Look at a page. Raise `InvalidInput` where it cannot be one."""
        host = self._host_of(address)

        async def defer(connection: Any, _address: str, order: int) -> None:
            await self._tasks.defer_look(connection, order, host)

        answers, why_not = await ask(self._orders, user, [address], defer, self._clock)
        return answers.get(address) or Look(address=address, error_message=why_not)


class Looker:
    """Looks at pages: the worker's part."""

    def __init__(self, pages: PageLooker, orders: Orders[Look]) -> None:
        self._pages = pages
        self._orders = orders

    async def work(self, order: int) -> None:
        """Answer one order. One that is gone is no longer wanted."""
        placed = await self._orders.placed(order)
        if placed is not None:
            _, address = placed
            look = await _tried(address, self._pages.look(address))
            await self._orders.answer(order, look)


async def _tried(address: str, looking: Awaitable[Look]) -> Look:
    try:
        look = await looking
    except HostBusy as busy:
        return Look(address=address, error_message=f"{busy.message} Look again then.")
    except (BoardError, InvalidInput) as error:
        return Look(address=address, error_message=str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
        _log.error("look.failed", error=error, address=address)
        return Look(address=address, error_message="An unexpected error, see Jobwire's own log.")
    return look if look.sightings else replace(look, error_message=NOTHING)
