"""What pydantic found wrong, in words for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobwire.logs import redact


def describe_flaws(flaws: Sequence[Mapping[str, Any]]) -> str:
    """Say where each flaw is and what is wrong there, never what was sent: it may be a secret."""
    return redact(" ".join(f"{_place(flaw['loc'])}: {_sentence(str(flaw['msg']))}" for flaw in flaws[:10]))


def _place(loc: Sequence[int | str]) -> str:
    parts = [str(part) for part in loc if part != "body"]
    return ".".join(parts) or "The body"


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message if message.endswith((".", "!", "?")) else f"{message}."
