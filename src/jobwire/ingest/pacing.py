"""How a host wants to be asked belongs to all workers: what one has learned of it, the next one there begins with."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

from jobwire.domain.errors import Unavailable
from jobwire.domain.standing import Standing

LOOK_EVERY_S: Final = 1.0
"""A pause that has begun is noted so soon: a worker that waits in place may be killed meanwhile, and notes no more."""
FORGIVEN_AFTER_S: Final = 3600.0
"""A host that nobody has asked for so long is asked twice as fast again."""


class Hosts(Protocol):
    """The hosts as this process knows them."""

    def standing(self, key: str) -> Standing:
        """How a host wants to be asked now."""
        ...

    def resume(self, key: str, standing: Standing) -> None:
        """Ask a host like this from now on, until its answers show otherwise."""
        ...


class Standings(Protocol):
    """The hosts as all processes know them."""

    async def of(self, host: str) -> tuple[Standing, float]:
        """How a host was last found to want to be asked, and how many seconds ago; `pause_s` is what is left of it."""
        ...

    async def note(self, host: str, standing: Standing) -> None:
        """Tell the others."""
        ...


class Pacing:
    """Hands on how hosts want to be asked. A lock of the queue sees to it that one task works on a host at a time."""

    def __init__(self, hosts: Hosts, standings: Standings) -> None:
        self._hosts = hosts
        self._standings = standings

    @asynccontextmanager
    async def at(self, host: str) -> AsyncGenerator[None]:
        """Ask a host, within, as it was last found to want it; the others know of its pauses, and then of all else."""
        noted, age_s = await self._standings.of(host)
        before = Standing(max(1.0, noted.slowness / 2 ** (age_s / FORGIVEN_AFTER_S)), noted.pause_s)
        self._hosts.resume(host, before)
        watching = asyncio.create_task(self._note_pauses(host, before.pause_s), name="pacing")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            after = self._hosts.standing(host)
            if after.slowness != before.slowness or after.pause_s > before.pause_s:
                await self._standings.note(host, after)

    async def _note_pauses(self, host: str, pause_s: float) -> None:
        """Note each pause that begins, or gets longer, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            standing = self._hosts.standing(host)
            if standing.pause_s > pause_s:
                with suppress(Unavailable):  # the work itself does without its database as well as it can
                    await self._standings.note(host, standing)
            pause_s = standing.pause_s
