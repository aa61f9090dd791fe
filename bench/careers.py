"""Run as a process: the demo careers site, without latency and without faults."""

import msgspec

from bench.parent import Parent, work_for_parent
from jobwire.demo.options import DemoOptions
from jobwire.demo.server import DemoSite


class CareersTask(msgspec.Struct, frozen=True, kw_only=True):
    companies: int
    postings: int
    seed: int


class Careers(msgspec.Struct, frozen=True):
    """The site's origins by system, and its companies as `name=board:slug`."""

    board_urls: dict[str, str]
    companies: list[str]


async def show(parent: Parent) -> None:
    task = await parent.hear(CareersTask)
    options = DemoOptions(companies=task.companies, postings=task.postings, seed=task.seed)
    async with DemoSite(options) as site:
        parent.tell(Careers(site.board_urls, site.companies))
        await parent.gone()


if __name__ == "__main__":
    work_for_parent(show)
