"""Run as a process: the demo careers site, without latency and without faults."""

from typing import Final

import msgspec

from bench.parent import Parent, work_for_parent
from jobwire.demo.options import SYSTEMS, DemoOptions, System
from jobwire.demo.server import DemoSite

CACHE_BYTES: Final = 2**30
"""Room for all boards, encoded: what is measured is not the site."""


class CareersTask(msgspec.Struct, frozen=True, kw_only=True):
    """`sizes` of the boards, where they are not left to chance; `systems` that the companies use, in turn."""

    companies: int
    postings: int
    seed: int
    sizes: tuple[int, ...] = ()
    systems: tuple[System, ...] = SYSTEMS


class Careers(msgspec.Struct, frozen=True):
    """The site's origins by system, and its companies as `name=board:slug`."""

    board_urls: dict[str, str]
    companies: list[str]


async def show(parent: Parent) -> None:
    task = await parent.hear(CareersTask)
    options = DemoOptions(
        companies=task.companies, postings=task.postings, seed=task.seed, sizes=task.sizes, systems=task.systems
    )
    async with DemoSite(options, cache_bytes=CACHE_BYTES) as site:
        parent.tell(Careers(site.board_urls, site.companies))
        await parent.gone()


if __name__ == "__main__":
    work_for_parent(show)
