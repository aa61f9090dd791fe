"""The figures, for people and for programs."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from bench.figures import Figure, Target
from bench.machine import Machine


class Plan(Protocol):
    """How much was measured."""

    @property
    def quick(self) -> bool: ...
    @property
    def seed(self) -> int: ...


HEADINGS = ("benchmark", "figure", "value", "target", "")


def as_table(plan: Plan, machine: Machine, figures: Sequence[Figure]) -> str:
    rows = [HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths).rstrip())
    return "\n".join([*lines, "", *_about(plan, machine)])


def as_json(plan: Plan, machine: Machine, figures: Sequence[Figure]) -> str:
    document = {"plan": plan, "machine": machine, "figures": [_record(figure) for figure in figures]}
    return msgspec.json.format(msgspec.json.encode(document)).decode()


def _about(plan: Plan, machine: Machine) -> list[str]:
    size = "quick: shows that the benchmark works, its figures say nothing; " if plan.quick else ""
    return [
        f"{machine.cores} cores of {machine.cpu}, {machine.system}",
        f"Python {machine.python}, PostgreSQL {machine.postgresql}",
        f"{size}seed {plan.seed}, {machine.at}, load before {machine.load}",
    ]


def _row(figure: Figure) -> tuple[str, ...]:
    verdict = {None: "", True: "ok", False: "MISSED"}[figure.is_met]
    value = f"{_number(figure.value)} {figure.unit}".rstrip()
    return figure.benchmark, figure.name, value, _target(figure.target), verdict


def _target(target: Target | None) -> str:
    if target is None:
        return ""
    return f"{'≤' if target.wanted == 'at most' else '≥'} {_number(target.value)}"


def _number(value: float) -> str:
    """Three figures for small numbers, whole large ones."""
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, figure, value, target, verdict = (
        text.rjust(width) if index == 2 else text.ljust(width)
        for index, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"{name}  {figure}  {value}  {target}  {verdict}".rstrip()


def _record(figure: Figure) -> dict[str, Any]:
    target = figure.target and {"wanted": figure.target.wanted, "value": figure.target.value}
    return {
        "benchmark": figure.benchmark,
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "target": target,
        "ok": figure.is_met,
    }
