"""Previews: the API orders one for each company, a worker lists the board at its host's pace, the API hands it out."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from jobwire.domain.aside import aside
from jobwire.domain.companies import Follow
from jobwire.domain.errors import BoardError, HostBusy
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import UserId
from jobwire.ingest.ports.boards import Boards, Listing, Opening, Unreadable
from jobwire.ingest.ports.follows import Follows
from jobwire.ingest.previews import Preview, PreviewJob, PreviewStatus
from jobwire.ingest.runs import select_follows
from jobwire.ingest.waiting import Orders, ask
from jobwire.logs import Log

_log = Log(__name__)


class PreviewTasks(Protocol):
    """The queue of previews."""

    async def defer_preview(self, connection: Any, order: int, host: str) -> None:
        """Queue a preview, before all slices of its host, in the connection's transaction."""
        ...


class Told(Protocol):
    """What people know already."""

    async def of(self, user: UserId, company: str, /) -> Collection[str]:
        """The external_ids of a company's openings that this person's runs have told of before."""
        ...


class Previews:
    """Orders previews and waits for them: the API's part."""

    def __init__(
        self,
        follows: Follows,
        boards: Boards,
        orders: Orders[Preview],
        tasks: PreviewTasks,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._follows = follows
        self._boards = boards
        self._orders = orders
        self._tasks = tasks
        self._clock = clock

    async def preview(self, user: UserId, companies: Sequence[str] | None = None) -> Mapping[str, Preview]:
        """List the boards of all enabled companies, or of these. Raise `InvalidInput` when there is nothing to list."""
        follows = select_follows(await self._follows.all(user), companies)
        hosts = {one.company: self._boards.reader(one.board).host(one.board.slug) for one in follows}

        async def defer(connection: Any, company: str, order: int) -> None:
            await self._tasks.defer_preview(connection, order, hosts[company])

        answers, why_not = await ask(self._orders, user, list(hosts), defer, self._clock)
        return {company: answers.get(company) or _failed(why_not) for company in hosts}


class Previewer:
    """Lists boards for previews: the worker's part."""

    def __init__(self, follows: Follows, boards: Boards, told: Told, orders: Orders[Preview]) -> None:
        self._follows = follows
        self._boards = boards
        self._told = told
        self._orders = orders

    async def work(self, order: int) -> None:
        """Answer one order, with a preview or with why there is none. One that is gone is no longer wanted."""
        placed = await self._orders.placed(order)
        if placed is None:
            return
        user, company = placed
        follow = next((one for one in await self._follows.all(user) if one.company == company), None)
        if follow is not None:
            await self._orders.answer(order, await self._look(user, follow))

    async def _look(self, user: UserId, follow: Follow) -> Preview:
        try:
            listing = await self._boards.reader(follow.board).list(follow.board.slug)
            told = await self._told.of(user, follow.company)
        except HostBusy as busy:
            return _failed(f"{busy.message} Look again then.")
        except BoardError as error:
            return _failed(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            _log.error("preview.failed", error=error, board=str(follow.board))
            return _failed(f"{follow.board} could not be read: an unexpected error, see Jobwire's own log.")
        return await aside(user, partial(preview_of, listing, follow.filters, told))


def preview_of(listing: Listing, filters: TitleFilters, told: Collection[str]) -> Preview:
    """Apply title filters to a listing, of which a person knows those in `told`.

    Lines that cannot be read count, and are kept out.
    """

    def job(opening: Opening | Unreadable) -> PreviewJob:
        is_read = isinstance(opening, Opening)
        return PreviewJob(
            id=opening.external_id,
            title=opening.title,
            location=opening.location if is_read else "",
            url=opening.url if is_read else "",
            known=opening.external_id in told,
        )

    included: list[Opening] = []
    excluded: list[Opening] = []
    for opening in listing.openings:
        (included if filters.keeps(opening.title) else excluded).append(opening)
    return Preview(
        status=PreviewStatus.SUCCESS,
        total_count=len(listing.openings) + len(listing.unreadable),
        filtered_count=len(included),
        urls_count=len({opening.url for opening in included}),
        included=[job(opening) for opening in included],
        excluded=[job(opening) for opening in (*excluded, *listing.unreadable)],
        notes=listing.notes,
    )


def _failed(message: str) -> Preview:
    return Preview(status=PreviewStatus.ERROR, error_message=message)
