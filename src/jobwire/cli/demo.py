"""`jobwire demo`: the careers site of made-up companies, by itself."""

import json
import os
import shlex
import signal
import sys
import threading

from jobwire.cli.output import say
from jobwire.cli.ports import port_error
from jobwire.demo.options import SYSTEMS, DemoOptions
from jobwire.demo.server import run


def demo(options: DemoOptions, host: str, port: int, *, as_json: bool, with_parent: bool) -> None:
    """Serve the site until SIGINT or SIGTERM; `with_parent`: or until stdin is closed."""
    if with_parent:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        run(options, host, port, on_ready=_announce_json if as_json else _announce)
    except OSError as error:
        raise port_error(host, port, error) from error


def _announce(url: str, companies: list[str]) -> None:
    say(f"The demo careers site is at {url}. Stop with Ctrl-C. To have Jobwire read it:")
    say()
    say(f"export JOBWIRE_BOARD_URLS={shlex.quote(json.dumps(dict.fromkeys(SYSTEMS, url)))}")
    say("export JOBWIRE_ALLOW_PRIVATE_HOSTS=1")
    say()
    say(f"Its {len(companies)} companies:")
    for company in companies:
        say(f"  {shlex.quote(company)}")


def _announce_json(url: str, companies: list[str]) -> None:
    say(json.dumps({"url": url, "board_urls": dict.fromkeys(SYSTEMS, url), "companies": companies}))


def _end_with_stdin() -> None:
    """A parent that was killed says no goodbye, but its end of the pipe is closed for it."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
