"""`jobwire serve`: the app, its worker, and a link that signs this machine's user in."""

import logging
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Final

from jobwire.bootstrap.foundation import local_user
from jobwire.bootstrap.serving import Serving, serving
from jobwire.bootstrap.working import working
from jobwire.cli.address import made_known
from jobwire.cli.client import Client
from jobwire.cli.demo_child import DemoSite, demo_site
from jobwire.cli.exits import Exit
from jobwire.cli.output import configure_logs, say
from jobwire.cli.ports import check_port, port_error
from jobwire.cli.running import Stop, complain, me, stop_signals, unless_stopped
from jobwire.cli.server import sign_in_link, token_of
from jobwire.cli.show import show
from jobwire.domain.errors import JobwireError
from jobwire.settings import Settings

LINK_TTL: Final = timedelta(minutes=15)


async def serve(settings: Settings, *, worker: bool, demo: bool) -> Exit:
    """Serve until SIGINT or SIGTERM. Raise `Unavailable` when the port is taken or the database cannot be reached."""
    configure_logs(logging.WARNING if demo else logging.INFO)
    check_port(settings.host, settings.port)
    server: Serving | None = None

    async def generation() -> int:
        return 0 if server is None else await _count_runs(server)

    with stop_signals() as stop:
        async with AsyncExitStack() as stack:
            site = await stack.enter_async_context(demo_site(settings.data_dir, generation)) if demo else None
            server = await _enter(stack, settings, site, worker=worker)
            stack.enter_context(made_known(settings, server.url))
            await _greet(server)
            if site is not None:
                await _show(server, site, settings, stop)
            if not stop.event.is_set():
                say(f"Serving at {server.url}. Stop with Ctrl-C.")
            await stop.event.wait()
            say("Stopping.")
    return Exit.OK


async def work(settings: Settings) -> Exit:
    """Work on runs until SIGINT or SIGTERM."""
    configure_logs()
    with stop_signals() as stop:
        await unless_stopped(stop, working(settings))
    return Exit.OK


async def _enter(stack: AsyncExitStack, settings: Settings, site: DemoSite | None, *, worker: bool) -> Serving:
    served = site.settings(settings) if site else settings
    made_up = site.companies_beside(settings) if site else ()
    try:
        return await stack.enter_async_context(serving(served, worker=worker, made_up=made_up))
    except OSError as error:  # somebody was faster than the check
        raise port_error(settings.host, settings.port, error) from error


async def _greet(server: Serving) -> None:
    user = await local_user(server.foundation)
    code = await server.foundation.users.issue_code(user, LINK_TTL)
    say(f"Jobwire is at {server.url}")
    say("Sign in with this link, once and within 15 minutes:")
    say(f"  {sign_in_link(server.url, code)}")  # a line of its own: shorter than terminals are wide
    say(f"Another link: {me()} token --link")
    say()


async def _count_runs(server: Serving) -> int:
    async with Client(server.url, await token_of(server.foundation)) as client:
        return await client.count_runs()


async def _show(server: Serving, site: DemoSite, settings: Settings, stop: Stop) -> None:
    """Show the demo; whatever goes wrong with it, Jobwire goes on serving."""
    try:
        async with Client(server.url, await token_of(server.foundation)) as client:
            await unless_stopped(stop, show(client, site, site.companies_beside(settings)))
    except JobwireError as error:
        complain(error)
