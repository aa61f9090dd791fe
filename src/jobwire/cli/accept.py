"""`jobwire accept`: a board has really become so small; without a company, which boards raise that question."""

import os
from collections.abc import Sequence

from jobwire.cli.client import Client
from jobwire.cli.exits import Exit
from jobwire.cli.output import say
from jobwire.cli.server import connected_or_started, target
from jobwire.settings import Settings


async def accept(settings: Settings, companies: Sequence[str], *, url: str | None) -> Exit:
    """Accept what the boards of these companies say, or list what they ask. Raise `InvalidInput`, `Conflict`."""
    async with connected_or_started(settings, target(settings, url, os.environ)) as (client, _):
        if not companies:
            await _list(client)
        for company in companies:
            say((await client.accept(company)).message)
    return Exit.OK


async def _list(client: Client) -> None:
    asked = [(board.company_name, board.doubt) for board in await client.boards() if board.doubt is not None]
    for company, doubt in asked:
        answered = " Accepted: the next run believes it." if doubt.accepted else ""
        say(f"{company}: {doubt.question}{answered}")
    if not asked:
        say("No board raises a question.")
