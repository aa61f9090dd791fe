"""Measures the stream and its peers side by side. A missed target is printed, never hidden; it is no failure."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from bench.machine import describe
from bench.server import VARIABLE, BenchServer, bench_server
from bench.stream import big, cpu, latency, memory, minute, reads, resume, rotation, table
from bench.stream.rows import Row
from bench.stream.sizes import Sizes, full, quick
from jobwire.httpd import new_event_loop

Measure: TypeAlias = Callable[[BenchServer, Sizes, set[str]], Awaitable[list[Row]]]
PARTS: Final[Mapping[str, Measure]] = {
    "cpu": cpu.measure,
    "memory": memory.measure,
    "latency": latency.measure,
    "reads": reads.measure,
    "minute": minute.measure,
    "resume": resume.measure,
    "rotation": rotation.measure,
    "big": big.measure,
}


def main() -> None:
    options = _options()
    for name in [name for name in os.environ if name.startswith("JOBWIRE_") and name != VARIABLE]:
        del os.environ[name]  # the figures are those of the defaults, whatever this shell has set
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(runner.run(_measure(options.only or list(PARTS), _sizes(options), as_json=options.json)))


async def _measure(parts: list[str], sizes: Sizes, *, as_json: bool) -> str:
    rows: list[Row] = []
    missing: set[str] = set()
    async with bench_server() as server:
        machine = describe(server.version)
        for part in parts:
            print(f"Measuring: {part}", file=sys.stderr, flush=True)
            rows += await PARTS[part](server, sizes, missing)
    return (table.as_json if as_json else table.as_table)(sizes, machine, rows, sorted(missing))


def _sizes(options: argparse.Namespace) -> Sizes:
    sizes = (quick if options.quick else full)(options.seed)
    given = dict(size.partition("=")[::2] for size in options.size)
    if options.viewers:
        given["viewers"] = options.viewers
    if unknown := given.keys() - set(Sizes.__struct_fields__):
        raise SystemExit(f"there is no size {', '.join(sorted(unknown))}: bench/stream/sizes.py names them all")
    try:
        return msgspec.convert({**msgspec.structs.asdict(sizes), **given}, Sizes, strict=False)
    except msgspec.ValidationError as error:
        raise SystemExit(str(error)) from error


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.stream", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--viewers", nargs="+", type=int, metavar="N", help="of one run, for the CPU time a frame")
    parser.add_argument("--size", nargs="+", default=[], metavar="NAME=N", help="as bench/stream/sizes.py names it")
    parser.add_argument("--quick", action="store_true", help="only show that the benchmark works")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
