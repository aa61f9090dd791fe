"""The rows, for people and for programs."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bench.machine import Machine
from bench.stream.rows import PEERS, Row, number
from bench.stream.sizes import Sizes


def as_table(sizes: Sizes, machine: Machine, rows: Sequence[Row], missing: Sequence[str]) -> str:
    cells = [("figure", "unit", *PEERS, "target", ""), *(line for row in rows for line in _lines(row))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(line, widths) for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths).rstrip())
    return "\n".join([*lines, "", *(f"Missing: {reason}" for reason in missing), *_about(sizes, machine)])


def as_json(sizes: Sizes, machine: Machine, rows: Sequence[Row], missing: Sequence[str]) -> str:
    document = {"sizes": sizes, "machine": machine, "rows": [_record(row) for row in rows], "missing": list(missing)}
    return msgspec.json.format(msgspec.json.encode(document)).decode()


def _lines(row: Row) -> list[tuple[str, ...]]:
    """A line for the values, with the first limit; and one more for each other limit."""
    values = [number(row.values[peer]) if peer in row.values else "" for peer in PEERS]
    judged = [(str(limit), limit.judge(row.values)) for limit in row.limits] or [("", "")]
    rest = [("", "", *([""] * len(PEERS)), *other) for other in judged[1:]]
    return [(row.figure, row.unit, *values, *judged[0]), *rest]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = range(2, 2 + len(PEERS))
    return "  ".join(
        cell.rjust(width) if index in numbers else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _about(sizes: Sizes, machine: Machine) -> list[str]:
    size = "quick: shows that the benchmark works, its figures say nothing; " if sizes.quick else ""
    return [
        f"{machine.cores} cores of {machine.cpu}, {machine.system}",
        f"Python {machine.python}, PostgreSQL {machine.postgresql}",
        f"{size}seed {sizes.seed}, {machine.at}, load before {machine.load}",
    ]


def _record(row: Row) -> dict[str, Any]:
    judged = [{"limit": str(limit), "verdict": limit.judge(row.values)} for limit in row.limits]
    return {"figure": row.figure, "unit": row.unit, "values": dict(row.values), "limits": judged}
