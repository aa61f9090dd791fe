"""Numbers on the command line: what is none, or is out of bounds, is said in a sentence."""

from collections.abc import Callable

import typer


def whole(low: int, high: int) -> Callable[[str], int]:
    """A parser for whole numbers between these two, both included."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise typer.BadParameter(f'"{text}" is not a whole number from {low} to {high}.')
        return number

    return parse


def decimal(text: str) -> float:
    """Parse any number."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is not a number.') from None
