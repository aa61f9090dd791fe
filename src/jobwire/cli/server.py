"""Finds the server that a command talks to, or starts one for as long as the command takes."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from jobwire.bootstrap.foundation import Foundation, foundation, local_user
from jobwire.bootstrap.serving import serving
from jobwire.cli.address import known_address
from jobwire.cli.client import Client, server_url
from jobwire.domain.errors import InvalidInput, NotSignedIn, Unavailable
from jobwire.settings import Settings

TOKEN_TTL: Final = timedelta(days=7)
"""It lives in this process alone, and must outlive the longest run: the stream ends when its token does."""
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - an address to look for, not to listen on


@dataclass(frozen=True, slots=True)
class Target:
    """Which server, and with which token. `given` says whether somebody named the server."""

    url: str
    given: bool
    token: str | None


def target(settings: Settings, url: str | None, environ: Mapping[str, str]) -> Target:
    """Take `--url`, else JOBWIRE_URL, else the address of this machine's own server. Raise `InvalidInput`.

    Its own is the one that JOBWIRE_PORT names, else the one that serves the data folder right now.
    """
    named = url or environ.get("JOBWIRE_URL") or None
    token = environ.get("JOBWIRE_TOKEN") or None
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise InvalidInput("JOBWIRE_TOKEN holds no token.", advice="Set it to what `jobwire token` prints.")
    return Target(server_url(named) if named else _found(settings), named is not None, token)


def _found(settings: Settings) -> str:
    known = None if "port" in settings.model_fields_set else known_address(settings.data_dir)
    return known or own_url(settings)


def own_url(settings: Settings) -> str:
    """Return where this machine's own server listens, by its settings. Raise `InvalidInput` for a free port."""
    if settings.port == 0:
        raise InvalidInput("With JOBWIRE_PORT=0 the server's port is not known.", advice="Name it with --url.")
    host = _ANYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


@asynccontextmanager
async def connected(settings: Settings, to: Target) -> AsyncGenerator[Client]:
    """A client of the server that must be there. Raise `Unavailable` or `NotSignedIn` where it is not."""
    token = to.token or await _local_token(settings)
    async with Client(to.url, token) as client:
        await client.check()
        yield client


@asynccontextmanager
async def connected_or_started(
    settings: Settings, to: Target, *, worker: bool = False
) -> AsyncGenerator[tuple[Client, bool]]:
    """The same; where nobody named a server and none is there that is ours, one is started. True: it was started.

    With a `worker`, it also works on what waits for one, runs of before included.
    """
    if to.given or to.token is not None:
        async with connected(settings, to) as client:
            yield client, False
        return
    token = await _local_token(settings)
    async with Client(to.url, token) as client:
        if await is_ours(client):
            yield client, False
            return
    own = settings.model_copy(update={"host": "127.0.0.1", "port": 0})
    async with (
        serving(own, worker=worker) as server,
        Client(server.url, await token_of(server.foundation)) as client,
    ):
        yield client, True


def sign_in_link(url: str, code: str) -> str:
    """Return the address that signs in, once, whoever opens it."""
    return f"{url}/signin?code={code}"


async def token_of(ground: Foundation) -> str:
    """Make a token for this machine's user."""
    return ground.tokens.access(await local_user(ground), TOKEN_TTL)


async def _local_token(settings: Settings) -> str:
    async with foundation(settings) as ground:
        return await token_of(ground)


async def is_ours(client: Client) -> bool:
    """Whether the server is there, and takes tokens made with the local secret."""
    try:
        await client.check()
    except (Unavailable, NotSignedIn):
        return False
    return True
