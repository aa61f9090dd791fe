"""Finds the processes of a cluster, and ends them.

By their command lines and parents, which everybody may read. (Their working folder would say it better; but root in a
container may not look at other users'.)
"""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster.account import Account

POLL_S: Final = 0.02
_ORDERLY_S: Final = 30.0
_AT_ONCE_S: Final = 8.0
"""The postmaster itself kills, after 5 s, those of its children that do not end at once."""
_KILLED_S: Final = 10.0


def postmasters(data: Path) -> list[psutil.Process]:
    """The processes that serve the cluster in `data`: one, or none."""
    return [process for process, words in _all() if words[1:3] == ["-D", str(data)]]


def end(data: Path, account: Account, *, gone: Callable[[], bool]) -> None:
    """End every process of a cluster: in order if it lets us, else by force, until `gone`.

    Blocks for up to 50 s. Raises `Unavailable` when even force does not help.
    """
    # In order: clients are cut off, what they committed is written to its place, nothing needs recovery.
    if _send(postmasters(data), signal.SIGINT) and _until(gone, _ORDERLY_S):
        return
    _send([*postmasters(data), *_orphans(account)], signal.SIGQUIT)
    if _until(gone, _AT_ONCE_S):
        return
    leaders = [*postmasters(data), *_orphans(account)]
    _send([*leaders, *_descendants(leaders)], signal.SIGKILL)
    if not _until(gone, _KILLED_S):
        raise Unavailable(
            f"PostgreSQL's processes of {data} do not end.",
            advice="Look for them with `ps`: another container may hold them, or a disk that does not answer.",
        )


def _all() -> Iterator[tuple[psutil.Process, list[str]]]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name().startswith("postgres"):
                yield process, process.cmdline()


def _orphans(account: Account) -> list[psutil.Process]:
    """Children of killed postmasters, of any cluster of `account`: each is bound to end, and in the way until then.

    A child calls itself `postgres: …`; its parent is a postmaster, or has died.
    """
    found: list[psutil.Process] = []
    for process, words in _all():
        with suppress(psutil.Error):
            if words and words[0].startswith("postgres: ") and process.uids().effective == account.uid:
                parent = process.parent()
                if parent is None or not parent.name().startswith("postgres"):
                    found.append(process)
    return found


def _descendants(processes: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
    for process in processes:
        with suppress(psutil.Error):
            yield from process.children(recursive=True)


def _send(processes: Iterable[psutil.Process], what: signal.Signals) -> bool:
    """Whether there was anybody to send it to."""
    sent = False
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(what)
            sent = True
    return sent


def _until(condition: Callable[[], bool], patience_s: float) -> bool:
    give_up = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(POLL_S)
    return True
