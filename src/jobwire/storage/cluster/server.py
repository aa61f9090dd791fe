"""The server of a cluster: started, stopped, and cleared up after when it died."""

import subprocess
import time
from pathlib import Path
from typing import Final

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster import initdb, options, pidfile, processes, programs, socket
from jobwire.storage.cluster.filelock import FileLock
from jobwire.storage.cluster.home import Home, make_private
from jobwire.storage.cluster.socket import Reply

_GRACE_S: Final = 3.0
"""How long a server may be silent before it counts as broken: it is, for a moment, as it starts and as it stops."""
_KNOCK_S: Final = 0.1
_LOG_DAYS: Final = 6


class Server:
    """The one server of a `Home`. One process at a time calls its methods: `storage.embedded` sees to that.

    Whether any process of it lives is told by a lock that they all inherit, not by `postmaster.pid`: the number in that
    file may belong to another program by now, or the file be empty.
    """

    def __init__(self, home: Home, *, durable: bool, timeout_s: float) -> None:
        self._home = home
        self._durable = durable
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    @property
    def url(self) -> str:
        """The address of Jobwire's database."""
        assert self._folder is not None
        return socket.url(self._folder)

    def ensure(self) -> None:
        """See that the server runs and takes connections."""
        if not self._home.data.exists():
            initdb.make(self._home, durable=self._durable)
        folder = self._folder = socket.choose(self._home)
        if socket.knock(folder) is not Reply.READY:
            alive = self._open_lock()
            try:
                if self._clear(folder, alive):
                    self._launch(folder, alive)
            finally:
                alive.close()  # the server's processes hold it from here on

    def stop(self) -> None:
        """Shut the server down in order. Nothing that was committed needs recovery at the next start."""
        assert self._folder is not None
        alive = self._open_lock()
        try:
            if not self._is_gone(alive):
                processes.end(self._home.data, self._home.account, gone=lambda: self._is_gone(alive))
            socket.leave(self._home, self._folder)
        finally:
            alive.close()

    def _open_lock(self) -> FileLock:
        return FileLock(self._home.path / "server.lock", owner=self._home.account)

    def _is_gone(self, alive: FileLock) -> bool:
        if self._process is not None:
            self._process.poll()  # a child that ended stays on the list of processes until it is asked
        # The lock tells of every server that was started here; the list, of one that was started by hand.
        return alive.take() and not processes.postmasters(self._home.data)

    def _clear(self, folder: Path, alive: FileLock) -> bool:
        """Wait until the server answers (False), or until none of its processes is left (True)."""
        began = heard = time.monotonic()
        while not self._is_gone(alive):
            reply = socket.knock(folder)
            if reply is Reply.READY:
                return False
            now = time.monotonic()
            heard = now if reply is Reply.BUSY else heard
            if now - heard > _GRACE_S:
                # Its socket was cleared away, its postmaster was killed, or it hangs: nobody can use it.
                processes.end(self._home.data, self._home.account, gone=lambda: self._is_gone(alive))
            elif now - began > self._timeout_s:
                raise _too_slow(self._timeout_s)
            time.sleep(_KNOCK_S)
        return True

    def _launch(self, folder: Path, alive: FileLock) -> None:
        # None of the cluster's processes lives, so whatever these say is of the past.
        socket.clear(folder)
        pidfile.path(self._home.data).unlink(missing_ok=True)
        make_private(self._home.logs, self._home.account)
        _drop_old(self._home.logs)
        self._process = self._spawn(folder, alive)
        self._await_ready(self._process)

    def _spawn(self, folder: Path, alive: FileLock) -> subprocess.Popen[bytes]:
        home = self._home
        words = home.logs / "startup.log"
        words.unlink(missing_ok=True)
        with words.open("wb") as said:
            home.account.own(words)
            return subprocess.Popen(  # noqa: S603 (our own program and words)
                [
                    home.programs / "postgres",
                    *options.arguments(data=home.data, socket_dir=folder, log_dir=home.logs, durable=self._durable),
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=home.data,
                env=programs.ENVIRONMENT,
                pass_fds=(alive.descriptor,),
                # A session of its own: Ctrl+C in the terminal is for Jobwire, which then stops the server in order.
                start_new_session=True,
                umask=0o077,
                **home.account.identity,
            )

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        # By what it says of itself, now that the file is its own: it logs each knock on a door that is still shut.
        give_up = time.monotonic() + self._timeout_s
        while (said := pidfile.read(self._home.data)) is None or said.status != "ready":
            if (code := process.poll()) is not None:
                raise programs.failed(f"{_last_words(self._home.logs)}(exit code {code})", self._home.logs)
            if time.monotonic() > give_up:
                raise _too_slow(self._timeout_s)
            time.sleep(processes.POLL_S)


def _last_words(logs: Path) -> str:
    files = sorted(logs.glob("*.log"), key=lambda file: file.stat().st_mtime)
    return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files[-2:])


def _drop_old(logs: Path) -> None:
    # The server itself begins a weekday's file anew only if it lives through midnight. One on a laptop may never.
    oldest = time.time() - _LOG_DAYS * 86_400
    for file in logs.glob("*.log"):
        if file.stat().st_mtime < oldest:
            file.unlink()


def _too_slow(timeout_s: float) -> Unavailable:
    return Unavailable(
        f"The embedded PostgreSQL was not ready after {timeout_s:.0f} s.",
        advice="After a crash it may have much to recover: try again in a minute.",
    )
