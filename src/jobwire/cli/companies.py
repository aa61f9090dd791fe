"""`jobwire companies`: what a person follows, and how each board is. `jobwire unfollow`: the way back."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.cells import cell_len

from jobwire.cli.answers import BoardAnswer
from jobwire.cli.choosing import names_followed
from jobwire.cli.client import Client
from jobwire.cli.exits import Exit
from jobwire.cli.outcome import plural
from jobwire.cli.output import say
from jobwire.cli.running import me
from jobwire.cli.server import connected_or_started, target
from jobwire.cli.text import clean
from jobwire.domain.errors import InvalidInput
from jobwire.settings import Settings


async def list_companies(settings: Settings, *, url: str | None) -> Exit:
    """Print a line for each followed company: its name, its board, how that is."""
    async with connected_or_started(settings, target(settings, url, os.environ)) as (client, _):
        boards = await client.boards()
    for line in _table([(clean(board.company_name), clean(board.source), state(board)) for board in boards]):
        say(line)
    if not boards:
        say(f"You follow no company. Follow one: {me()} ingest anthropic=greenhouse:anthropic")
    return Exit.OK


async def unfollow(settings: Settings, words: Sequence[str], *, url: str | None) -> Exit:
    """Stop following all of these companies, or (raising `InvalidInput`) none of them."""
    async with connected_or_started(settings, target(settings, url, os.environ)) as (client, _):
        await _unfollow(client, names_followed(words, await client.follows()))
    return Exit.OK


async def _unfollow(client: Client, names: Sequence[str]) -> None:
    failed: list[str] = []
    for name, answer in zip(names, await client.unfollow(names), strict=True):
        if answer.success:
            say(f"{name} is no longer followed. Its runs and postings stay.")
        else:  # another terminal was faster
            failed.append(str(answer.error))
    if failed:
        raise InvalidInput(" ".join(failed))


def state(board: BoardAnswer) -> str:
    """Say how a board is, in a few words."""
    if board.setback is not None:
        words = f"cannot be listed: {clean(board.setback.reason)}"
    elif board.listed_at is not None and board.openings is not None:
        words = f"{plural(board.openings, 'opening')}, listed {_minute(board.listed_at)}"
    else:
        words = "not listed yet"
    off = "" if board.is_enabled else "off; "
    question = "" if board.doubt is None else f"; raises a question, see {me()} accept"
    return f"{off}{words}{question}"


def _minute(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Write rows as lines, the first two columns as wide as their widest cell."""
    widths = [max((cell_len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return [
        "  ".join([*(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)), row[2]])
        for row in rows
    ]
