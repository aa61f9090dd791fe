"""Measures the web app, as it is built, in Chromium: targets U1 to U8 of a run of 100,000 jobs.

A missed target is printed, never hidden; it is no failure of the command.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Collection
from typing import Final

from playwright.async_api import Browser

from bench import report
from bench.figures import Figure
from bench.machine import describe
from bench.server import VARIABLE, bench_server
from bench.web import hands, load, lost, streaming, tabs
from bench.web.served import Site, site
from bench.web.sizes import Sizes, full, quick
from bench.web.view import View, chromium, signed_in
from jobwire.bootstrap.serving import WEB
from jobwire.httpd import new_event_loop

PARTS: Final = ("load", "streaming", "hands", "lost", "tabs")


def main() -> None:
    options = _options()
    if not (WEB / "index.html").is_file():
        raise SystemExit("The web app is not built. Run `make web`.")
    for name in [name for name in os.environ if name.startswith("JOBWIRE_") and name != VARIABLE]:
        del os.environ[name]  # the figures are those of the defaults, whatever this shell has set
    sizes = (quick if options.quick else full)(options.seed)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(runner.run(_measure(sizes, options.only or PARTS, as_json=options.json)))


async def _measure(sizes: Sizes, parts: Collection[str], *, as_json: bool) -> str:
    async with bench_server() as server, chromium() as browser:
        machine = describe(server.version)
        async with site(server, sizes) as made:
            figures = [figure async for figure in _figures(browser, made, sizes, parts)]
    return (report.as_json if as_json else report.as_table)(sizes, machine, figures)


async def _figures(browser: Browser, made: Site, sizes: Sizes, parts: Collection[str]) -> AsyncIterator[Figure]:
    """One part after the other; all but the first on one page, which stays."""
    if "load" in parts:
        _say("load")
        for figure in await load.measure(browser, made, sizes):
            yield figure
    async with signed_in(browser, made, made.big) as context:
        view = await View.open(context, made.big)
        measures = {
            "streaming": streaming.measure,
            "hands": hands.measure,
            "lost": lost.measure,
            "tabs": tabs.measure,
        }
        for name, measure in measures.items():
            if name in parts:
                _say(name)
                for figure in await measure(view, made, sizes):
                    yield figure


def _say(name: str) -> None:
    print(f"Measuring: {name}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="only show that the benchmark works")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
