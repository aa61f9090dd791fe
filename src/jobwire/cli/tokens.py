"""`jobwire token`: a token for scripts, or a link that signs somebody in."""

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from jobwire.api.tokens import ACCESS_TTL
from jobwire.bootstrap.foundation import foundation, local_user
from jobwire.cli.client import Client
from jobwire.cli.exits import Exit
from jobwire.cli.output import say
from jobwire.cli.running import say_on_stderr
from jobwire.cli.serve import LINK_TTL
from jobwire.cli.server import is_ours, sign_in_link, target
from jobwire.settings import Settings

_TO_ASK_WITH: Final = timedelta(minutes=1)
_NOBODY_THERE: Final = (
    "No server of yours answers at {url}: the link works once one does. "
    "If yours has another data folder, set JOBWIRE_DATA_DIR here as there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """For whom, and for how long. Without `email`: this machine's own user; a new one is made."""

    email: str | None = None
    ttl_s: int | None = None
    link: bool = False
    url: str | None = None


async def token(settings: Settings, wanted: Wanted) -> Exit:
    """Print a token, or a link. Raise `InvalidInput` for what is no address."""
    url = target(settings, wanted.url, os.environ).url if wanted.link else ""
    async with foundation(settings) as ground:
        user = await (local_user(ground) if wanted.email is None else ground.users.ensure(wanted.email))
        if wanted.link:
            say(sign_in_link(url, await ground.users.issue_code(user, _ttl(wanted, LINK_TTL))))
            async with Client(url, ground.tokens.access(user, _TO_ASK_WITH)) as client:
                if not await is_ours(client):
                    say_on_stderr(_NOBODY_THERE.format(url=url))
        else:
            say(ground.tokens.access(user, _ttl(wanted, ACCESS_TTL)))
    return Exit.OK


def _ttl(wanted: Wanted, usual: timedelta) -> timedelta:
    return usual if wanted.ttl_s is None else timedelta(seconds=wanted.ttl_s)
