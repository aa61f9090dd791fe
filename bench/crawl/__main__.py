"""Ingests a mirror of 997 boards with 40,786 postings three times: the floor, Scrapy, and Jobwire with all it does.

A missed target is printed, never hidden; it is no failure of the command.
"""

import argparse
import asyncio
import importlib.util
import os
import sys
from collections.abc import Mapping

import aiohttp

from bench import plan, report
from bench.careers import Careers, CareersTask
from bench.child import child
from bench.crawl.contest import CONCURRENCY, Crawled, CrawlTask
from bench.crawl.product import Days, days_of
from bench.crawl.sizes import few_sizes, mirror_sizes
from bench.figures import Figure, Target
from bench.machine import describe
from bench.server import VARIABLE, BenchServer, bench_server
from jobwire.httpd import new_event_loop

FLOOR, SCRAPY, JOBWIRE = "floor", "Scrapy", "Jobwire"
MODULES = {FLOOR: "bench.crawl.floor", SCRAPY: "bench.crawl.spider"}
TARGETS = {SCRAPY: Target("at least", 2.0), FLOOR: Target("at least", 0.25)}
"""Jobwire's postings a second, as a multiple of theirs."""
NEXT_DAY = Target("at most", 0.5)
MEMORY = Target("at most", 600)


def main() -> None:
    options = _options()
    for name in [name for name in os.environ if name.startswith("JOBWIRE_") and name != VARIABLE]:
        del os.environ[name]  # the figures are those of the defaults, whatever this shell has set
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(runner.run(_measure(options)))


async def _measure(options: argparse.Namespace) -> str:
    sizes = few_sizes() if options.quick else mirror_sizes()
    chosen = plan.Plan(quick=options.quick, seed=options.seed, companies=len(sizes), postings=sum(sizes))
    task = CareersTask(
        companies=len(sizes), postings=sum(sizes), seed=options.seed, sizes=sizes, systems=("greenhouse",)
    )
    async with bench_server() as server, child("bench.careers", task) as site:
        machine = describe(server.version)
        careers = await site.hear(Careers)
        urls = _urls(careers)
        await _warm_up(urls)
        done = await _peers(server, urls)
        assert {one.postings for one in done.values()} == {sum(sizes)}, done
        _say(JOBWIRE)
        async with server.database() as database_url:
            days = await days_of(database_url, careers)
    figures = _figures(done, days)
    return (report.as_json if options.json else report.as_table)(chosen, machine, figures)


async def _peers(server: BenchServer, urls: Mapping[str, str]) -> dict[str, Crawled]:
    done: dict[str, Crawled] = {}
    for name, module in MODULES.items():
        if name == SCRAPY and importlib.util.find_spec("scrapy") is None:
            print("Scrapy is not installed: `make bench-ingest` does so.", file=sys.stderr)
            continue
        _say(name)
        async with server.database() as database_url:
            task = CrawlTask(database_url=database_url, urls=dict(urls))
            async with child(module, task) as peer:
                done[name] = await peer.hear(Crawled)
    return done


def _urls(careers: Careers) -> dict[str, str]:
    origin = careers.board_urls["greenhouse"]
    slugs = [spec.rpartition(":")[2] for spec in careers.companies]
    return {slug: f"{origin}/v1/boards/{slug}/jobs?content=true&pay_transparency=true" for slug in slugs}


async def _warm_up(urls: Mapping[str, str]) -> None:
    """Have the site make up and encode its boards before anybody is measured."""
    left = list(urls.values())

    async def work(session: aiohttp.ClientSession) -> None:
        while left:
            async with session.get(left.pop()) as response:
                await response.read()

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work(session) for _ in range(CONCURRENCY)))


def _figures(done: Mapping[str, Crawled], days: Days) -> list[Figure]:
    first, following, marked = days.first, days.next, days.marked
    speed = {name: one.postings / one.seconds for name, one in done.items()}
    speed[JOBWIRE] = first.postings / first.seconds
    return [
        *(Figure(name, "from page to committed row", value, "postings/s") for name, value in speed.items()),
        *(
            Figure(JOBWIRE, f"times the speed of {name}", speed[JOBWIRE] / speed[name], "", TARGETS[name])
            for name in (SCRAPY, FLOOR)
            if name in speed
        ),
        *(Figure(name, "time", one.seconds, "s") for name, one in done.items()),
        Figure(JOBWIRE, "time", first.seconds, "s"),
        *(Figure(name, "CPU time", one.cpu_s, "s") for name, one in done.items()),
        *(Figure(JOBWIRE, f"CPU time of its {name}", used, "s") for name, used in first.cpu_s.items()),
        Figure(JOBWIRE, "events shown to a viewer meanwhile", first.events, ""),
        Figure(JOBWIRE, "next day, all read and unchanged: time", following.seconds, "s"),
        Figure(JOBWIRE, "next day, as a part of the first", following.seconds / first.seconds, "", NEXT_DAY),
        *(Figure(JOBWIRE, f"next day, CPU time of its {name}", used, "s") for name, used in following.cpu_s.items()),
        Figure(JOBWIRE, "next day, all unchanged by their ETags: time", marked.seconds, "s"),
        *(Figure(JOBWIRE, f"by ETags, CPU time of its {name}", used, "s") for name, used in marked.cpu_s.items()),
        *(Figure(name, "most memory", one.peak_mb, "MB") for name, one in done.items()),
        *(Figure(JOBWIRE, f"most memory of its {name}", peak, "MB", MEMORY) for name, peak in days.peaks_mb.items()),
    ]


def _say(name: str) -> None:
    print(f"Measuring: {name}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.crawl", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that the benchmark works")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
