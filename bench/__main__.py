"""Measures, and prints one table. A missed target is printed, never hidden; it is no failure of the command."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias

from bench import ingest, live, plan, report, snapshot
from bench.figures import Figure
from bench.machine import describe
from bench.plan import Plan
from bench.server import VARIABLE, BenchServer, bench_server
from jobwire.httpd import new_event_loop

Measure: TypeAlias = Callable[[BenchServer, Plan], Awaitable[Sequence[Figure]]]
BENCHMARKS: Final[Mapping[str, Measure]] = {
    live.NAME: live.measure,
    ingest.NAME: ingest.measure,
    snapshot.NAME: snapshot.measure,
}


def main() -> None:
    options = _options()
    _forget_settings()
    chosen = plan.quick(options.seed) if options.quick else plan.full(options.seed)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(runner.run(_measure(options.names or list(BENCHMARKS), chosen, as_json=options.json)))


def _forget_settings() -> None:
    """The figures are those of the defaults, whatever this shell has set; all processes inherit that."""
    for name in [name for name in os.environ if name.startswith("JOBWIRE_") and name != VARIABLE]:
        del os.environ[name]


async def _measure(names: Sequence[str], chosen: Plan, *, as_json: bool) -> str:
    figures: list[Figure] = []
    async with bench_server() as server:
        machine = describe(server.version)
        for name in names:
            print(f"Measuring: {name}", file=sys.stderr, flush=True)
            figures += await BENCHMARKS[name](server, chosen)
    return (report.as_json if as_json else report.as_table)(chosen, machine, figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(BENCHMARKS)}; all of it")
    parser.add_argument("--quick", action="store_true", help="only show that the benchmarks work")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    return options


if __name__ == "__main__":
    main()
