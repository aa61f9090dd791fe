"""`jobwire accept`, `jobwire keep`: what boards ask that are suddenly small, and what a person says to it."""

import os
from collections.abc import Sequence

from jobwire.cli.client import Client
from jobwire.cli.exits import Exit
from jobwire.cli.output import say
from jobwire.cli.server import connected_or_started, target
from jobwire.domain.expiry import Reply
from jobwire.settings import Settings


async def reply_to(settings: Settings, companies: Sequence[str], reply: Reply, *, url: str | None) -> Exit:
    """Reply to what the boards of these companies ask, or list it. Raise `InvalidInput`, `Conflict`."""
    async with connected_or_started(settings, target(settings, url, os.environ)) as (client, _):
        if not companies:
            await _list(client)
        for company in companies:
            say((await client.reply(company, reply)).message)
    return Exit.OK


async def _list(client: Client) -> None:
    asked = [(board.company_name, board.doubt) for board in await client.boards() if board.doubt is not None]
    for company, doubt in asked:
        accepted = " Accepted: the next run believes it." if doubt.reply is Reply.GONE else ""
        say(f"{company}: {doubt.question}{accepted}")
    if not asked:
        say("No board raises a question.")
